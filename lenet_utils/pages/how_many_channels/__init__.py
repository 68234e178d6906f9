"""What belongs to the page `how_many_channels` alone."""
