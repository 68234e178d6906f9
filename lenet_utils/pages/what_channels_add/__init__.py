"""What belongs to the page `what_channels_add` alone."""
