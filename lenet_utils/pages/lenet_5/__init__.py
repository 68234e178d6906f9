"""What belongs to the page `lenet_5` alone."""
