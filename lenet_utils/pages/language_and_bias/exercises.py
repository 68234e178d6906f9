"""The exercises of "In which language was LeNet written, and had its convolutions no bias?"."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Judged, Number, accuracy_of
from lenet_utils.exercises.process import WAS_TRAINED, as_trained, was_trained
from lenet_utils.exercises.variants import Variant
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets import shapes
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.language_and_bias.experiment import BiasedLeNet

ENOUGH = 0.85


def _no_bias_in(kinds: type[nn.Module]) -> Callable[[nn.Module], bool]:
    """Whether no layer of `kinds` has a bias."""
    return lambda net: all(layer.bias is None for layer in net.modules() if isinstance(layer, kinds))


def _only_weights(net: nn.Module) -> bool | dict[str, str]:
    """Whether every number of the network is a weight of a convolution or a dense layer; else the name of one that is not."""
    weights = {id(layer.weight) for layer in net.modules() if isinstance(layer, nn.Conv2d | nn.Linear)}
    others = [name for name, value in net.named_parameters() if id(value) not in weights]
    others += [name for name, value in net.named_buffers() if value.is_floating_point()]
    return not others or {"name": others[0]}


def _taken_away_late() -> nn.Module:
    net = fit_by_recipe(LeNet("relu", "max", seed=0), data.load())
    for layer in (net.C1, net.C3, net.F5, net.F6, net.OUT):
        layer.bias = None
    return net


def _with_a_shift() -> nn.Module:
    net = BiasedLeNet("nowhere", activation="relu", pool="max", seed=0)
    net.shift = nn.Parameter(torch.zeros(10))
    return net


def _trained(kind: str, **changes: Any) -> BiasedLeNet:
    return fit_by_recipe(BiasedLeNet(kind, activation="relu", pool="max", seed=0), data.load(), **changes)


EXERCISES = {
    "units": Number(
        6 * 25 + 6 * 28 * 28,
        {
            "per-map": 6 * 25 + 6,
            "none": 6 * 25,
            "only-biases": 6 * 28 * 28,
            "one-map": 6 * 25 + 28 * 28,
            "both": 6 * 26 + 6 * 28 * 28,
        },
    ),
    "without": Judged(
        "a-network",
        nn.Module,
        demands={
            "convolutions": _no_bias_in(nn.Conv2d),
            "dense": _no_bias_in(nn.Linear),
            "others": _only_weights,
            WAS_TRAINED: was_trained,
            "afterwards": as_trained,
            "untrained": accuracy_of(0.3),
            "too-low": accuracy_of(ENOUGH),
        },
        solution=lambda: _trained("nowhere"),
        mistakes={
            "convolutions": lambda: LeNet("relu", "max", seed=0),
            "dense": lambda: BiasedLeNet("none", activation="relu", pool="max", seed=0),
            "others": _with_a_shift,
            WAS_TRAINED: lambda: _trained("nowhere", num_epochs=0),
            "afterwards": _taken_away_late,
            "untrained": lambda: _trained("nowhere", num_epochs=1, lr=0),
            "too-low": lambda: _trained("nowhere", num_epochs=1),
        },
        seconds=30,
    ),
}


def _units(v: Any, maps: int) -> int:
    return maps * shapes.output_size(v.n, v.kernel) ** 2


VARIANTS = {
    "units": Variant(
        printed={"maps": 6, "n": 32, "kernel": 5},
        places={"maps": range(4, 13), "n": range(20, 41, 2), "kernel": (3, 5, 7)},
        answer=lambda v: v.maps * v.kernel**2 + _units(v, v.maps),
        mistakes={
            "per-map": lambda v: v.maps * (v.kernel**2 + 1),
            "none": lambda v: v.maps * v.kernel**2,
            "only-biases": lambda v: _units(v, v.maps),
            "one-map": lambda v: v.maps * v.kernel**2 + _units(v, 1),
            "both": lambda v: v.maps * (v.kernel**2 + 1) + _units(v, v.maps),
        },
    )
}
