"""What belongs to the page `zip_codes_to_cheques` alone."""
