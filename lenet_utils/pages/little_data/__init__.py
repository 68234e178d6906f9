"""What belongs to the page `little_data` alone."""
