"""What belongs to the page `figure_9` alone."""
