"""Figures: pictures and maps, charts of comparisons, drawings of a network, and explorers with sliders."""
