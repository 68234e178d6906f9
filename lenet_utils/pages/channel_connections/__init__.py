"""What belongs to the page `channel_connections` alone."""
