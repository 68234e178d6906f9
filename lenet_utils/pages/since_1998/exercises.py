"""The exercises of the page `since_1998`."""

from typing import Any

from lenet_utils.exercises.kinds import Choice, Number
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets import shapes

EXERCISES = {
    "links": Number(2_416, {"table": 1_516, "no-biases": 2_400, "one-link": 416, "a-bias-a-link": 2_496}),
    "order": Choice("c", ("a", "b", "d")),
}


def _c3(v: Any, links: int) -> int:
    return shapes.walk([shapes.Conv("C3", v.c3, v.kernel, links=links)], channels=v.s2).params


VARIANTS = {
    "links": Variant(
        printed={"s2": 6, "c3": 16, "kernel": 5},
        places={"s2": range(4, 13), "c3": range(8, 33, 2), "kernel": (3, 5, 7)},
        answer=lambda v: _c3(v, v.s2 * v.c3),
        mistakes={
            "no-biases": lambda v: _c3(v, v.s2 * v.c3) - v.c3,
            "one-link": lambda v: _c3(v, v.c3),
            "a-bias-a-link": lambda v: _c3(v, v.s2 * v.c3) + (v.s2 - 1) * v.c3,
        },
    )
}
