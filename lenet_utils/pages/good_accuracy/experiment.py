"""Which digits a network gets wrong, and how many it must leave to a person to get fewer wrong."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import RECIPE, validation_split
from lenet_utils.pages.mistakes.examine import probabilities
from lenet_utils.pages.mistakes.experiment import NETS
from lenet_utils.training.fit import fit

BOUNDS = (0.0, *(1 - 10 ** (-k / 6) for k in range(1, 31)))  # of confidence: none, then up to 1 - 1/100,000


def left_and_wrong(confidence: torch.Tensor, right: torch.Tensor, bounds: Iterable[float] = BOUNDS) -> list[list[int]]:
    """For each of `bounds` `[left, wrong]`: how many are less sure and so left to a person, and how many others are not right.

    `confidence` and `right` are of shape `(N,)`.
    """
    return [[int((confidence < bound).sum()), int((~right & (confidence >= bound)).sum())] for bound in bounds]


def read(digits: Digits, seed: int, *, model: str, hold_back: int = 5000, num_epochs: int = 5) -> dict[str, Any]:
    """`accuracy` on the test digits of the net `model` and the places of the `wrong` ones; `left_and_wrong` of the `test` and of
    `hold_back` training digits, from which it does not learn.
    """
    learnt = validation_split(digits, hold_back)
    net = NETS[model](seed)
    fit(net, learnt.X_train, learnt.y_train, seed=seed, progress=False, **RECIPE | {"num_epochs": num_epochs})
    confidence, right = answered(net, digits.X_test, digits.y_test)
    return {
        "accuracy": right.double().mean().item(),
        "wrong": (~right).nonzero().flatten().tolist(),
        "test": left_and_wrong(confidence, right),
        "held_back": left_and_wrong(*answered(net, learnt.X_test, learnt.y_test)),
    }


def answered(net: nn.Module, X: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """How sure `net` is of its answers to images `X`, and whether they are the labels `y`, both `(N,)`."""
    confidence, guess = probabilities(net, X).max(1)
    return confidence, guess == y


@named(data="mnist", seeds=10)
def good_accuracy(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Softmax regression, an MLP and LeNet: the digits that each gets wrong, and those that each leaves to a person."""
    return compare({name: {"model": name} for name in NETS}, seeds, data, run=read, keep=keep)
