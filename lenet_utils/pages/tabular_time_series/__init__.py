"""What belongs to the page `tabular_time_series` alone."""
