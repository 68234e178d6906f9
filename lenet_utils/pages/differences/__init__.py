"""What belongs to the page `differences` alone."""
