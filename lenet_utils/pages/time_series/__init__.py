"""What belongs to the page `time_series` alone."""
