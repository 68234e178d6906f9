"""The exercises of "Why 6 and 16? Could they be 5 and 15?"."""

from typing import Any

from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Choice, Judged, Number, accuracy_of
from lenet_utils.exercises.variants import Variant
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import LeNet, count_params
from lenet_utils.nets.shapes import Table

MOST = 20_000  # weights that the small network may have


def _small(net: nn.Module) -> bool | dict[str, int]:
    weights = count_params(net)
    return weights <= MOST or {"weights": weights, "most": MOST}


def _trained(num_epochs: int = 6, digits: int = 4000) -> LeNet:
    return fit_by_recipe(
        LeNet("relu", "max", channels=(6, 8), hidden=(60, 40), seed=0),
        data.load(),
        images=digits,
        num_epochs=num_epochs,
        batch_size=64,
    )


EXERCISES = {
    "weights": Number(
        count_params(LeNet(channels=(5, 15))),
        {"six-sixteen": 61_706, "dense-as-before": 61_154, "one-input": 56_654, "no-biases": 57_920},
    ),
    "rule": Choice("c", ("a", "b", "d", "e")),
    "small": Judged(
        "a-network",
        nn.Module,
        demands={"too-many": _small, "untrained": accuracy_of(0.3), "too-low": accuracy_of(0.93)},
        solution=_trained,
        mistakes={
            "too-many": lambda: LeNet("relu", "max", seed=0),
            "untrained": lambda: LeNet("relu", "max", channels=(6, 8), hidden=(60, 40), seed=0),
            "too-low": lambda: _trained(num_epochs=1),
        },
        seconds=30,
    ),
}


def _table(v: Any) -> Table:
    return LeNet(channels=(v.c1, v.c3)).table


VARIANTS = {
    "weights": Variant(
        printed={"c1": 5, "c3": 15},
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
