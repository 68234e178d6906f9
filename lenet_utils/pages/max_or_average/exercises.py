"""The exercises of "Maximum or average?"."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Function, Judged, accuracy_of
from lenet_utils.exercises.process import WAS_TRAINED, as_trained, was_trained
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import AvgPool2d
from lenet_utils.pages.max_or_average.experiment import Pooled

ENOUGH = 0.85
MAPS = torch.rand(2, 3, 6, 8, generator=torch.Generator().manual_seed(0))


def power_mean(X: torch.Tensor, p: float) -> torch.Tensor:
    return F.avg_pool2d(X**p, 2) ** (1 / p)


def _halves(layer: str, by: Callable[[torch.Tensor, int], torch.Tensor]) -> Callable[[nn.Module], bool]:
    """The demand that `layer` does to the maps that LeNet gives it what `by` does."""
    maps = torch.rand(2, *{"S2": (6, 28, 28), "S4": (16, 10, 10)}[layer], generator=torch.Generator().manual_seed(1))

    def demand(net: nn.Module) -> bool:
        given = getattr(net, layer)(maps.clone())
        return given.shape == by(maps, 2).shape and torch.allclose(given, by(maps, 2), atol=1e-5)

    return demand


def _net(S2: nn.Module, S4: nn.Module, **changes: Any) -> Pooled:
    net = Pooled("max", activation="relu", seed=0)
    net.S2, net.S4 = S2, S4
    return fit_by_recipe(net, data.load(), **changes)


def _exchanged() -> Pooled:
    net = _net(nn.MaxPool2d(2), nn.MaxPool2d(2))
    net.S4 = AvgPool2d(2)
    return net


EXERCISES = {
    "power": Function(
        power_mean,
        cases=((MAPS, 1), (MAPS, 2), (MAPS, 8)),
        mistakes={
            "sum": lambda X, p: F.lp_pool2d(X, p, 2),
            "no-root": lambda X, p: F.avg_pool2d(X**p, 2),
            "no-power": lambda X, p: F.avg_pool2d(X, 2),
            "root-first": lambda X, p: F.avg_pool2d(X ** (1 / p), 2) ** p,
            "maximum": lambda X, p: F.max_pool2d(X, 2),
            "precedence": lambda X, p: F.avg_pool2d(X**p, 2) ** 1 / p,
        },
    ),
    "mixed": Judged(
        "a-network",
        nn.Module,
        demands={
            "s2": _halves("S2", F.max_pool2d),
            "s4": _halves("S4", F.avg_pool2d),
            WAS_TRAINED: was_trained,
            "exchanged": as_trained,
            "untrained": accuracy_of(0.3),
            "too-low": accuracy_of(ENOUGH),
        },
        solution=lambda: _net(nn.MaxPool2d(2), AvgPool2d(2)),
        mistakes={
            "s2": lambda: _net(AvgPool2d(2), nn.MaxPool2d(2), num_epochs=0),
            "s4": lambda: _net(nn.MaxPool2d(2), nn.MaxPool2d(2), num_epochs=0),
            WAS_TRAINED: lambda: _net(nn.MaxPool2d(2), AvgPool2d(2), num_epochs=0),
            "exchanged": _exchanged,
            "untrained": lambda: _net(nn.MaxPool2d(2), AvgPool2d(2), num_epochs=1, lr=0),
            "too-low": lambda: _net(nn.MaxPool2d(2), AvgPool2d(2), num_epochs=1),
        },
        seconds=30,
    ),
}
