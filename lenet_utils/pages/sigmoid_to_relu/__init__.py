"""What belongs to the page `sigmoid_to_relu` alone."""
