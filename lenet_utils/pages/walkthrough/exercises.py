"""The exercises of the page `walkthrough`."""

from typing import Any

from lenet_utils.exercises.kinds import Number
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets.lenet import LeNet
from lenet_utils.nets.shapes import Row

EXERCISES = {
    "larger": Number(
        (16, 12, 12),
        {
            "padded-c3": (16, 16, 16),
            "from-28": (16, 10, 10),
            "channels": (6, 12, 12),
            "batch": (1, 16, 12, 12),
            "maps-last": (12, 12, 16),
            "no-pooling": (16, 28, 28),
            "after-s4": (16, 6, 6),
        },
    ),
    "flat": Number(576, {"from-28": 400, "one-map": 36, "before-pooling": 2304}),
}


def _at(layer: str, v: Any, n: int | None = None) -> Row:
    """What comes out of a layer for images of `n` pixels a side, or of as many as are drawn."""
    return LeNet(channels=(6, v.maps), padding=v.padding, in_size=n or v.n).table[layer]


def _shape(maps: int, side: int) -> tuple[int, ...]:
    return maps, side, side


VARIANTS = {
    "larger": Variant(
        printed={"n": 32, "padding": 2, "maps": 16},
        places={"n": range(20, 65, 2), "padding": (0, 2), "maps": (8, 12, 16, 24)},
        answer=lambda v: _shape(v.maps, _at("C3", v).size),
        mistakes={
            "padded-c3": lambda v: _shape(v.maps, _at("S2", v).size),
            "from-28": lambda v: _shape(v.maps, _at("C3", v, 28).size),
            "channels": lambda v: _shape(6, _at("C3", v).size),
            "batch": lambda v: (1, *_shape(v.maps, _at("C3", v).size)),
            "maps-last": lambda v: _shape(v.maps, _at("C3", v).size)[::-1],
            "no-pooling": lambda v: _shape(v.maps, _at("C1", v).size - 4),
            "after-s4": lambda v: _shape(v.maps, _at("S4", v).size),
        },
    ),
    "flat": Variant(
        printed={"n": 32, "padding": 2, "maps": 16},
        places={"n": range(20, 65, 2), "padding": (0, 2), "maps": (8, 12, 16, 24)},
        answer=lambda v: _at("S4", v).values,
        mistakes={
            "from-28": lambda v: _at("S4", v, 28).values,
            "one-map": lambda v: _at("S4", v).size ** 2,
            "before-pooling": lambda v: _at("C3", v).values,
        },
    ),
}
