"""Frozen random filters whose maps are as large as those of trained ones, so that the size of the signal is no handicap."""

from collections.abc import Sequence
from pathlib import Path

import torch

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.what_channels_add.experiment import frozen
from lenet_utils.training.fit import evaluate

BLOCKS = {"C1": "S2", "C3": "S4"}  # each convolution and what the next layer reads of it
IMAGES = 2000


@torch.no_grad()
def signal(net: LeNet, X: torch.Tensor, layer: str) -> float:
    """The root mean square of what `layer` of `net` gives for images `X`."""
    return net.eval().maps(X)[layer].square().mean().sqrt().item()


@torch.no_grad()
def as_large_as(net: LeNet, model: LeNet, X: torch.Tensor) -> LeNet:
    """`net` with the filters of each convolution multiplied so that its `signal` after pooling is that of `model`."""
    for convolution, layer in BLOCKS.items():
        factor = signal(model, X, layer) / signal(net, X, layer)
        for weight in getattr(net, convolution).parameters():
            weight.mul_(factor)
    return net


def on_scaled(
    digits: Digits, seed: int, *, channels: Sequence[int] = (6, 16), num_epochs: int = 1, batch_size: int = 64
) -> dict[str, float]:
    """`accuracy` of frozen random filters that are `as_large_as` those of a LeNet trained from the same seed.

    `before` is how large S4 of the random filters was, `after` how large it is, that is, in the trained LeNet.
    """
    length = {"num_epochs": num_epochs, "batch_size": batch_size}
    model = fit_by_recipe(LeNet("relu", "max", seed=seed), digits, seed, engine="lanes", **length)
    net, X = frozen(channels, seed), digits.X_train[:IMAGES]
    before = signal(net, X, "S4")
    after = signal(as_large_as(net, model, X), X, "S4")
    fit_by_recipe(net, digits, seed, **length)
    return {"accuracy": evaluate(net, digits.X_test, digits.y_test).accuracy, "before": before, "after": after}


@named(data="mnist", seeds=20)
def channels_scaled(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Frozen random convolutions whose maps are as large as those of a LeNet trained from the same seed."""
    return compare({"random scaled": {}}, seeds, data, run=on_scaled, keep=keep)
