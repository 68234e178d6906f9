"""What belongs to the page `conv2d_conv3d` alone."""
