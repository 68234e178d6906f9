"""What belongs to the page `see_weights` alone."""
