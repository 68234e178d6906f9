"""What belongs to the page `lab` alone."""
