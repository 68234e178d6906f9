"""What belongs to the page `atlas` alone."""
