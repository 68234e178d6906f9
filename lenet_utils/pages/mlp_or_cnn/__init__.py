"""What belongs to the page `mlp_or_cnn` alone."""
