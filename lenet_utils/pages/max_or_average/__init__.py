"""What belongs to the page `max_or_average` alone."""
