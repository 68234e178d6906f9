"""The exercises of the page `lenet_5`."""

from lenet_utils.exercises.kinds import Number
from lenet_utils.exercises.variants import Variant

EXERCISES = {
    "distance": Number(28, {"counted": 7, "not-squared": 14, "squared-count": 49, "same": 77}),
    "connections": Number(
        192_480,
        {
            "weights-only": 192_000,
            "bias-per-map": 192_120,
            "one-place": 48_120,
            "whole-map": 276_960,
            "one-kernel": 12_480,
            "units": 480,
        },
    ),
}


VARIANTS = {
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
