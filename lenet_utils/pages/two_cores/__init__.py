"""What belongs to the page `two_cores` alone."""
