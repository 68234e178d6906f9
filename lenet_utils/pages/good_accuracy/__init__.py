"""What belongs to the page `good_accuracy` alone."""
