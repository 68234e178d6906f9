"""What belongs to the page `see_features` alone."""
