"""What belongs to the page `network` alone."""
