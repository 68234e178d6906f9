"""What belongs to the page `beyond_one_machine` alone."""
