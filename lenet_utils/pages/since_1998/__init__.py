"""What belongs to the page `since_1998` alone."""
