"""What belongs to the page `walkthrough` alone."""
