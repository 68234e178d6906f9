"""What belongs to the page `memorise_or_derive` alone."""
