"""What belongs to the page `sentences` alone."""
