"""What belongs to the page `recall` alone."""
