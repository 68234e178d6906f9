"""What belongs to the page `structured_data` alone."""
