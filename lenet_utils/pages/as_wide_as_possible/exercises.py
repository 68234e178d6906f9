"""The exercises of "If the machine can take it, should a network be as wide as possible?"."""

from typing import Any

from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Judged, Number, accuracy_of
from lenet_utils.exercises.variants import Variant
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets import shapes
from lenet_utils.nets.lenet import LeNet

C3, MOST, ENOUGH = 64, 416_520, 0.85  # channels, multiply-adds, share right


def _wide(net: LeNet) -> bool | dict[str, int]:
    return net.C3.out_channels >= C3 or {"channels": net.C3.out_channels}


def _cheap(net: LeNet) -> bool | dict[str, int]:
    layers: list[shapes.Conv | shapes.Pool | shapes.Dense]
    layers = [_as_row("C1", net.C1), shapes.Pool("S2"), _as_row("C3", net.C3), shapes.Pool("S4")]
    layers += [shapes.Dense(name, getattr(net, name).out_features) for name in ("F5", "F6", "OUT")]
    table = shapes.walk(layers)
    macs = table.macs - table["C3"].macs + table["C3"].macs // net.C3.groups
    return macs <= MOST or {"macs": macs}


def _as_row(name: str, layer: nn.Conv2d) -> shapes.Conv:
    return shapes.Conv(name, layer.out_channels, layer.kernel_size[0], layer.stride[0], int(layer.padding[0]))


def _trained(channels: tuple[int, int], num_epochs: int) -> LeNet:
    return fit_by_recipe(LeNet("relu", "max", channels=channels, seed=0), data.load(), num_epochs=num_epochs)


EXERCISES = {
    "half": Number(
        3 * 25 * 784 + 8 * 3 * 25 * 100,
        {
            "quarter": (6 * 25 * 784 + 16 * 6 * 25 * 100) // 4,
            "half": (6 * 25 * 784 + 16 * 6 * 25 * 100) // 2,
            "weights": 3 * 26 + 8 * 76,
            "all": 153_720,
            "one-map": 3 * 25 * 784 + 8 * 25 * 100,
            "no-edge": 3 * 25 * 784 + 8 * 3 * 25 * 196,
            "biases": 3 * 26 * 784 + 8 * 76 * 100,
        },
    ),
    "cheap": Judged(
        "a-network",
        LeNet,
        demands={"narrow": _wide, "dear": _cheap, "untrained": accuracy_of(0.3), "too-low": accuracy_of(ENOUGH)},
        solution=lambda: _trained((1, 64), 3),
        mistakes={
            "narrow": lambda: LeNet("relu", "max", seed=0),
            "dear": lambda: LeNet("relu", "max", channels=(6, 64), seed=0),
            "untrained": lambda: LeNet("relu", "max", channels=(1, 64), seed=0),
            "too-low": lambda: _trained((1, 64), 1),
        },
        seconds=30,
    ),
}


def _table(v: Any) -> shapes.Table:
    return LeNet(channels=(v.c1, v.c3)).table


VARIANTS = {
    "half": Variant(
        printed={"c1": 3, "c3": 8},
        places={"c1": range(2, 13), "c3": range(4, 33, 2)},
        answer=lambda v: _table(v)["C1"].macs + _table(v)["C3"].macs,
        mistakes={
            "weights": lambda v: _table(v)["C1"].params + _table(v)["C3"].params,
            "all": lambda v: _table(v).macs,
            "one-map": lambda v: _table(v)["C1"].macs + _table(v)["C3"].macs // v.c1,
        },
    )
}
