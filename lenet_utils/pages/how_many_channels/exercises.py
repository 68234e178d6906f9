"""The exercises of "Why 6 and 16? Could they be 5 and 15?"."""

from typing import Any

from torch import nn

from lenet_utils.exercises.kinds import Choice, Judged, Number
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets.lenet import LeNet, count_params
from lenet_utils.nets.shapes import Table

MOST, LEAST = 20_000, 19_000  # numbers that the small network may have, and those that it should make use of


def _numbers(net: nn.Module) -> int:
    """How many numbers the network holds, whether they are trained or not."""
    return sum(values.numel() for values in net.parameters())


def _as_many_maps(net: LeNet) -> bool | dict[str, int]:
    maps = {"c1": net.C1.out_channels, "c3": net.C3.out_channels}
    return maps == {"c1": 6, "c3": 16} or maps


def _at_most(net: LeNet) -> bool | dict[str, int]:
    return _numbers(net) <= MOST or {"weights": _numbers(net), "most": MOST}


def _at_least(net: LeNet) -> bool | dict[str, int]:
    return _numbers(net) >= LEAST or {"weights": _numbers(net), "least": LEAST}


EXERCISES = {
    "weights": Number(
        count_params(LeNet(channels=(8, 20))),
        {"six-sixteen": 61_706, "dense-as-before": 63_362, "one-input": 71_862, "no-biases": 75_120},
    ),
    "rule": Choice("c", ("a", "b", "d", "e")),
    "small": Judged(
        "a-network",
        LeNet,
        demands={"maps": _as_many_maps, "too-many": _at_most, "too-few": _at_least},
        solution=lambda: LeNet("relu", "max", hidden=(40, 20)),
        mistakes={
            "maps": lambda: LeNet("relu", "max", channels=(6, 8), hidden=(60, 40)),
            "too-many": lambda: LeNet("relu", "max"),
            "too-few": lambda: LeNet("relu", "max", hidden=(20, 20)),
        },
    ),
}


def _table(v: Any) -> Table:
    return LeNet(channels=(v.c1, v.c3)).table


VARIANTS = {
    "weights": Variant(
        printed={"c1": 8, "c3": 20},
        places={"c1": range(2, 13), "c3": (*range(8, 16), *range(17, 33))},
        answer=lambda v: _table(v).params,
        mistakes={
            "six-sixteen": lambda v: 61_706,
            "dense-as-before": lambda v: _table(v).params + (16 - v.c3) * 25 * 120,
            "one-input": lambda v: _table(v).params - (v.c1 - 1) * v.c3 * 25,
            "no-biases": lambda v: _table(v).params - (v.c1 + v.c3 + 120 + 84 + 10),
        },
    )
}
