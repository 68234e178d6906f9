"""What belongs to the page `training` alone."""
