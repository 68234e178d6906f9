"""What belongs to the page `as_wide_as_possible` alone."""
