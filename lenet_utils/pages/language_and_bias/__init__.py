"""What belongs to the page `language_and_bias` alone."""
