"""The exercises of the page `cost`."""

from typing import Any

from lenet_utils.exercises.kinds import Number
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets import shapes

EXERCISES = {
    "field": Number(32, {"step-forgotten": 20, "five-steps": 36, "old-step": 24, "image-of-28": 28}),
    "wide": Number(
        9_632,
        {
            "one-side": 4_832,
            "other-side": 4_816,
            "biases": 9_664,
            "no-biases": 9_600,
            "old-biases": 9_616,
            "with-biases": 9_984,
        },
    ),
}


def _blocks(v: Any) -> shapes.Table:
    """Two blocks and a convolution, over an image that is large enough."""
    c1, c3, last = (shapes.Conv(name, 1, kernel) for name, kernel in (("C1", v.kernel), ("C3", v.kernel), ("C5", v.last)))
    return shapes.walk([c1, shapes.Pool("S2"), c3, shapes.Pool("S4"), last], size=120)


def _c3(maps: int, before: int, bias: bool = True) -> int:
    return shapes.walk([shapes.Conv("C3", maps, 5, bias=bias)], channels=before).params


VARIANTS = {
    "field": Variant(
        printed={"kernel": 5, "last": 5},
        places={"kernel": (3, 5, 7, 9), "last": range(2, 10)},
        answer=lambda v: _blocks(v)["C5"].field,
        mistakes={
            "step-forgotten": lambda v: _blocks(v)["S4"].field + v.last - 1,
            "five-steps": lambda v: _blocks(v)["S4"].field + 4 * v.last,
            "old-step": lambda v: _blocks(v)["S4"].field + 2 * (v.last - 1),
        },
    ),
    "wide": Variant(
        printed={"c1": 12, "c3": 32},
        places={"c1": (4, 5, *range(7, 17)), "c3": range(8, 41, 2)},
        answer=lambda v: _c3(v.c3, v.c1),
        mistakes={
            "one-side": lambda v: _c3(v.c3, 6),
            "other-side": lambda v: _c3(16, v.c1),
            "no-biases": lambda v: _c3(v.c3, v.c1, bias=False),
            "old-biases": lambda v: _c3(v.c3, v.c1, bias=False) + 16,
            "with-biases": lambda v: v.c1 * v.c3 * (25 + 1),
        },
    ),
}
