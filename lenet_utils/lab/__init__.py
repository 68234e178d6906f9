"""The lab, LeNet in the reader's own browser: its panel in a notebook, its files, and weights that travel to and fro."""
