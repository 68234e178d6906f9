"""What belongs to the page `net_1989` alone."""
