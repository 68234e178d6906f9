"""The exercises of the page `two_cores`."""

import math

from lenet_utils.exercises.kinds import Function, Number
from lenet_utils.exercises.variants import Variant

EXERCISES = {
    "useful": Number(6 / 16, {"wasted": 10 / 16, "inverse": 16 / 6, "all": 1}),
    "at-least": Function(
        lambda macs, size, peak, bandwidth: max(macs / peak, size / bandwidth),
        ((8e9, 1e9, 4e9, 1e9), (2e9, 3e9, 4e9, 1e9), (1e6, 1e6, 1e9, 2e9)),
        {
            "sum": lambda macs, size, peak, bandwidth: macs / peak + size / bandwidth,
            "smaller": lambda macs, size, peak, bandwidth: min(macs / peak, size / bandwidth),
            "only-arithmetic": lambda macs, size, peak, bandwidth: macs / peak,
            "only-bytes": lambda macs, size, peak, bandwidth: size / bandwidth,
        },
    ),
    "diet": Number(1_504, {"no-biases": 1_485, "padded": 2_044, "one-input": 1_204, "note": 61_706}),
}


def _lanes(maps: int, lanes: int) -> int:
    """Of as many whole vectors of `lanes` lanes as hold the `maps`."""
    return math.ceil(maps / lanes) * lanes


def _weights(a: int, b: int, side: int = 4, inputs: int | None = None) -> int:
    """Of a convolution to `a` maps, one from `inputs` maps to `b`, and a dense layer from `b` maps of `side` x `side`."""
    return a * 26 + b * (25 * (a if inputs is None else inputs) + 1) + 10 * (b * side**2 + 1)


VARIANTS = {
    "useful": Variant(
        printed={"maps": 6, "lanes": 16},
        places={"maps": range(3, 31), "lanes": (8, 16)},
        answer=lambda v: v.maps / _lanes(v.maps, v.lanes),
        mistakes={
            "wasted": lambda v: 1 - v.maps / _lanes(v.maps, v.lanes),
            "inverse": lambda v: _lanes(v.maps, v.lanes) / v.maps,
            "all": lambda v: 1,
        },
        fits=lambda v: v.maps < _lanes(v.maps, v.lanes) != 2 * v.maps,
        tolerance=0.001,
    ),
    "diet": Variant(
        printed={"a": 3, "b": 6},
        places={"a": (2, 3, 4, 5), "b": (4, 5, 6, 8, 10)},
        answer=lambda v: _weights(v.a, v.b),
        mistakes={
            "no-biases": lambda v: _weights(v.a, v.b) - v.a - v.b - 10,
            "padded": lambda v: _weights(v.a, v.b, side=5),
            "one-input": lambda v: _weights(v.a, v.b, inputs=1),
        },
    ),
}
