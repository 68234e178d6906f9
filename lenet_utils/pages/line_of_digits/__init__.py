"""What belongs to the page `line_of_digits` alone."""
