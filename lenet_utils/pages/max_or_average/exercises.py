"""The exercises of "Maximum or average?"."""

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Function, Judged, accuracy_of
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import AvgPool2d
from lenet_utils.pages.max_or_average.experiment import Pooled

ENOUGH = 0.85
MAPS = torch.rand(2, 3, 6, 8, generator=torch.Generator().manual_seed(0))


def power_mean(X, p):
    return F.avg_pool2d(X**p, 2) ** (1 / p)


def _halves(layer, by):
    return lambda net: torch.allclose(getattr(net, layer)(MAPS.clone()), by(MAPS, 2), atol=1e-5)


def _net(S2, S4, num_epochs=3):
    net = Pooled("max", activation="relu", seed=0)
    net.S2, net.S4 = S2, S4
    return fit_by_recipe(net, data.load(), num_epochs=num_epochs)


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
        },
    ),
    "mixed": Judged(
        "a-network",
        nn.Module,
        demands={
            "s2": _halves("S2", F.max_pool2d),
            "s4": _halves("S4", F.avg_pool2d),
            "untrained": accuracy_of(0.3),
            "too-low": accuracy_of(ENOUGH),
        },
        solution=lambda: _net(nn.MaxPool2d(2), AvgPool2d(2)),
        mistakes={
            "s2": lambda: _net(AvgPool2d(2), nn.MaxPool2d(2), num_epochs=0),
            "s4": lambda: _net(nn.MaxPool2d(2), nn.MaxPool2d(2), num_epochs=0),
            "untrained": lambda: _net(nn.MaxPool2d(2), AvgPool2d(2), num_epochs=0),
            "too-low": lambda: _net(nn.MaxPool2d(2), AvgPool2d(2), num_epochs=1),
        },
        seconds=30,
    ),
}
