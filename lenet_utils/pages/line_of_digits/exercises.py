"""The exercises of the page `line_of_digits`."""

from lenet_utils.exercises.kinds import Number
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets.shapes import output_size

EXERCISES = {
    "places": Number(16, {"every-pixel": 61, "first": 15, "whole": 23, "every-pixel-padded": 65}),
    "step": Number(8, {"as-before": 4, "added": 6, "twice-more": 16, "window": 32}),
}


VARIANTS = {
    "places": Variant(
        printed={"width": 92},
        places={"width": range(45, 200)},
        answer=lambda v: output_size(v.width, 32, 4),
        mistakes={
            "every-pixel": lambda v: output_size(v.width, 32),
            "first": lambda v: output_size(v.width, 32, 4) - 1,
            "whole": lambda v: v.width // 4,
        },
    ),
}
