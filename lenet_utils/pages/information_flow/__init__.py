"""What belongs to the page `information_flow` alone."""
