"""The exercises of "Does the network make a table of a picture?"."""

from collections.abc import Callable

import torch

from lenet_utils import data
from lenet_utils.exercises.kinds import Choice, Function, Judged, accuracy_of, normal
from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.structured_data.experiment import correlations
from lenet_utils.training.fit import evaluate, fit

A = normal(40, 6)
Label = Callable[[torch.Tensor], torch.Tensor]
CASES = ((A, A[:, [2, 0, 1]] * -2 + 1), (A + 3, normal(40, 4, seed=1) + 5))


def _best(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    return correlations(A, B).abs().max(1).values


def _with_sign(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    return correlations(A, B).max(1).values


def _other_way(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    return correlations(A, B).abs().max(0).values


def _not_centred(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    A, B = (table / table.norm(dim=0) for table in (A, B))
    return (A.T @ B).abs().max(1).values


def _two_answers(net: LeNet) -> bool | dict[str, int]:
    classes = net.OUT.out_features
    return classes == 2 or {"classes": classes}


def _right(net: LeNet, label: Label) -> float:
    """The share of the test digits whose `label(digit)`, 0 or 1, the network outputs."""
    digits = data.load()
    return evaluate(net, digits.X_test, label(digits.y_test)).accuracy


def odd(y: torch.Tensor) -> torch.Tensor:
    return y % 2


def large(y: torch.Tensor) -> torch.Tensor:
    return (y >= 5).long()


def _not_flipped(net: LeNet) -> bool:
    return _right(net, odd) >= 0.2


def _not_large(net: LeNet) -> bool:
    return _right(net, large) < 0.8 or _right(net, odd) > 0.8


def _trained(label: Label, num_classes: int = 2, num_epochs: int = 5) -> LeNet:
    net, digits = LeNet("relu", "max", num_classes=num_classes, seed=0), data.load()
    recipe = RECIPE | {"num_epochs": num_epochs, "batch_size": 64, "progress": False}
    fit(net, digits.X_train, label(digits.y_train), **recipe)
    return net


EXERCISES = {
    "partners": Function(
        _best, cases=CASES, mistakes={"with-sign": _with_sign, "other-way": _other_way, "not-centred": _not_centred}
    ),
    "which": Choice("b", ("a", "c", "d")),
    "parity": Judged(
        "a-network",
        LeNet,
        demands={
            "ten": _two_answers,
            "flipped": _not_flipped,
            "large": _not_large,
            "too-low": accuracy_of(0.95, lambda net: _right(net, odd)),
        },
        solution=lambda: _trained(odd),
        mistakes={
            "ten": lambda: _trained(torch.Tensor.long, num_classes=10, num_epochs=1),
            "flipped": lambda: _trained(lambda y: 1 - odd(y), num_epochs=2),
            "large": lambda: _trained(large, num_epochs=2),
            "too-low": lambda: LeNet("relu", "max", num_classes=2, seed=0),
        },
        seconds=30,
    ),
}
