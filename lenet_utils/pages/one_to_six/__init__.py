"""What belongs to the page `one_to_six` alone."""
