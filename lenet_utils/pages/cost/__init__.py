"""What belongs to the page `cost` alone."""
