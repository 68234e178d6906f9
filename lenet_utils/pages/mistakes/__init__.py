"""What belongs to the page `mistakes` alone."""
