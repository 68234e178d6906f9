"""What belongs to the page `squash_and_pool` alone."""
