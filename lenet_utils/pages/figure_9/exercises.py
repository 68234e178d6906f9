"""The exercises of the page `figure_9`."""

import math

from lenet_utils.exercises.kinds import Number
from lenet_utils.exercises.variants import Variant

EXERCISES = {
    "pairs": Number(45, {"both-ways": 90, "one-a-class": 10, "with-itself": 55, "all": 100}),
    "products": Number(
        860, {"one-part": 820, "paper": 821, "both-orders": 1_640, "squares-only": 80, "without": 40, "with-bias": 861}
    ),
}


VARIANTS = {
    "pairs": Variant(
        printed={"classes": 10},
        places={"classes": range(4, 41)},
        answer=lambda v: math.comb(v.classes, 2),
        mistakes={
            "both-ways": lambda v: v.classes * (v.classes - 1),
            "one-a-class": lambda v: v.classes,
            "with-itself": lambda v: math.comb(v.classes + 1, 2),
            "all": lambda v: v.classes**2,
        },
    ),
    "products": Variant(
        printed={"n": 40},
        places={"n": range(5, 81)},
        answer=lambda v: v.n + math.comb(v.n + 1, 2),
        mistakes={
            "one-part": lambda v: math.comb(v.n + 1, 2),
            "both-orders": lambda v: v.n + v.n**2,
            "squares-only": lambda v: 2 * v.n,
            "without": lambda v: v.n,
            "with-bias": lambda v: v.n + math.comb(v.n + 1, 2) + 1,
        },
    ),
}
