"""What belongs to the page `view_or_reshape` alone."""
