"""The exercises of the page `lenet_5`."""

from lenet_utils.exercises.kinds import Number
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets.shapes import output_size

EXERCISES = {
    "places": Number(16, {"every-pixel": 61, "first": 15, "whole": 23, "every-pixel-padded": 64}),
    "distance": Number(28, {"counted": 7, "not-squared": 14, "squared-count": 49, "same": 77}),
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
    "distance": Variant(
        printed={"pixels": 7},
        places={"pixels": range(2, 42)},
        answer=lambda v: 4 * v.pixels,
        mistakes={
            "counted": lambda v: v.pixels,
            "not-squared": lambda v: 2 * v.pixels,
            "squared-count": lambda v: v.pixels**2,
            "same": lambda v: 84 - v.pixels,
        },
    ),
}
