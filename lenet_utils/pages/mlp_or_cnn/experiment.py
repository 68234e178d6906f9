"""Accuracy over the number of training digits: LeNet beside an MLP of as many weights."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F

from lenet_utils.data import Digits
from lenet_utils.errors import as_whole, expect_one_of
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import Net
from lenet_utils.nets.lenet import MLP, SAME_WEIGHTS, LeNet
from lenet_utils.pages.sentences.experiment import permuted
from lenet_utils.training.fit import Augment, evaluate, fit

SIZES = (100, 300, 1000, 3000, 10_000, 30_000, 60_000)

# The rate is the best of 0.001, 0.002 and 0.005 for both networks on 1,000 training digits held back, after draws of 10 and 100.
FEW_DIGITS_RECIPE: dict[str, Any] = {
    "batch_size": 64, "optimizer": "adamw", "lr": 0.002, "schedule": "one-cycle", "progress": False,
}  # fmt: skip
STEPS = 300


def draw(y: torch.Tensor, n: int, seed: int = 0) -> torch.Tensor:
    """The places of `n` of the labels `y` at random, the classes in turn; a smaller draw is the beginning of a larger one."""
    as_whole(n=n)
    if n > len(y):
        raise ValueError(f"n expects at most the {len(y):,} labels that there are, got {n:,}.")
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed))
    turn = F.one_hot(y[order]).cumsum(0).gather(1, y[order, None]).flatten()  # 1 for the first of its class, 2 for the next
    return order[turn.argsort(stable=True)][:n]


def learn(
    net: Net, X: torch.Tensor, y: torch.Tensor, seed: int = 0, steps: int = STEPS, least_epochs: int = 3,
    augment: Augment | None = None,
) -> Net:  # fmt: skip
    """Train `net` for `steps` steps, or for `least_epochs` if these are more, however few the images `X` are; returns it."""
    num_epochs = max(least_epochs, math.ceil(steps / math.ceil(len(X) / FEW_DIGITS_RECIPE["batch_size"])))
    fit(net, X, y, num_epochs=num_epochs, seed=seed, augment=augment, **FEW_DIGITS_RECIPE)
    return net


def new_net(model: str, seed: int = 0) -> LeNet | MLP:
    """A fresh `lenet`, or an `mlp` of as many weights."""
    expect_one_of("model", model, ("lenet", "mlp"))
    return LeNet("relu", "max", seed=seed) if model == "lenet" else MLP(SAME_WEIGHTS, "relu", seed=seed)


def possible(sizes: Iterable[int], y: torch.Tensor) -> list[int]:
    """Those of `sizes` for which there are enough labels `y`."""
    return [n for n in sizes if n <= len(y)]


def on_sizes(
    digits: Digits, seed: int, *, model: str, permute: bool = False, sizes: Iterable[int] = SIZES, steps: int = STEPS
) -> dict[str, Any]:
    """`accuracies` on the test digits after training on each of `sizes` digits of a draw; `accuracy` is the last."""
    X, X_test = (permuted(X) if permute else X for X in (digits.X_train, digits.X_test))
    accuracies = []
    for n in possible(sizes, digits.y_train):
        some = draw(digits.y_train, n, seed)
        net = learn(new_net(model, seed), X[some], digits.y_train[some], seed, steps)
        accuracies.append(evaluate(net, X_test, digits.y_test).accuracy)
    return {"accuracy": accuracies[-1], "accuracies": accuracies}


@named(data="mnist", seeds=10)
def learning_curves(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """LeNet and an MLP of as many weights after 100 to 60,000 digits, as they are and with permuted pixels."""
    variants = {f"{m}{' permuted' * p}": {"model": m, "permute": p} for m in ("lenet", "mlp") for p in (False, True)}
    return compare(variants, seeds, data, run=on_sizes, keep=keep)
