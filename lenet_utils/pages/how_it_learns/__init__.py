"""What belongs to the page `how_it_learns` alone."""
