"""What a channel is worth to a trained network."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from lenet_utils.data import Digits
from lenet_utils.errors import expect_one_of
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import RECIPE, train_relu_lenet, validation_split
from lenet_utils.nets.lenet import LeNet
from lenet_utils.training.fit import evaluate, fit

CONVOLUTIONS = ("C1", "C3")


@torch.no_grad()
def silence(net: LeNet, layer: str, channel: int) -> LeNet:
    """A copy of a `LeNet` with ReLU in which one map of `layer`, `C1` or `C3`, is zero everywhere."""
    expect_one_of("convolution", layer, CONVOLUTIONS)
    silenced = copy.deepcopy(net)
    convolution = getattr(silenced, layer)
    convolution.weight[channel] = 0
    convolution.bias[channel] = 0
    return silenced


@torch.no_grad()
def averaged(net: LeNet, X: torch.Tensor, layer: str, channel: int) -> torch.Tensor:
    """Logits `(N, classes)` for images `X` if one map of `layer`, `C1` or `C3`, is the mean of what it gives for all of them."""
    maps = net.eval().maps(X)[layer]
    maps[:, channel] = maps[:, channel].mean(0)
    C3 = net.act(net.C3(net.pool(maps))) if layer == "C1" else maps
    return net.OUT(net.act(net.F6(net.act(net.F5(net.pool(C3).flatten(1))))))


def accuracies(net: LeNet, X: torch.Tensor, y: torch.Tensor) -> dict[str, dict[str, list[float]]]:
    """Share right with each single channel at `zero` and at its `mean`: `{way: {layer: [a channel each]}}`."""
    found: dict[str, dict[str, list[float]]] = {"zero": {}, "mean": {}}
    for layer in CONVOLUTIONS:
        channels = range(getattr(net, layer).out_channels)
        found["zero"][layer] = [evaluate(silence(net, layer, channel), X, y).accuracy for channel in channels]
        answers = [averaged(net, X, layer, channel).argmax(1) for channel in channels]
        found["mean"][layer] = [(answer == y).double().mean().item() for answer in answers]
    return found


def relearned(
    net: LeNet, layer: str, channel: int | None, X: torch.Tensor, y: torch.Tensor, seed: int = 0, num_epochs: int = 3
) -> LeNet:
    """A copy of `net` whose layers behind `layer` are trained on while `channel` stays zero, or none if it is `None`."""
    again = copy.deepcopy(net) if channel is None else silence(net, layer, channel)
    for name in CONVOLUTIONS[: CONVOLUTIONS.index(layer) + 1]:
        getattr(again, name).requires_grad_(False)
    fit(again, X, y, seed=seed, progress=False, engine="lanes", **RECIPE | {"num_epochs": num_epochs})
    return again


def dearest(net: LeNet, X: torch.Tensor, y: torch.Tensor) -> dict[str, int]:
    """The map of each convolution without which `net` reads fewest of the digits `X`."""
    found = {}
    for layer in CONVOLUTIONS:
        channels = range(getattr(net, layer).out_channels)
        found[layer] = min(channels, key=lambda channel: evaluate(silence(net, layer, channel), X, y).accuracy)
    return found


def on_channels(digits: Digits, seed: int, *, num_epochs: int = 3, hold_back: int = 10_000) -> dict[str, Any]:
    """`accuracy` of a LeNet on the test digits, and of it with each channel at `zero` or at its `mean`.

    `dearest` is the channel of each convolution that costs most on `hold_back` training digits, which nothing is fitted to.
    `relearned` is the accuracy on the test digits after the layers behind it have been trained for `num_epochs` more while it
    stays zero, `longer` that after as much training with all channels.
    """
    split, test = validation_split(digits, hold_back), (digits.X_test, digits.y_test)
    net = train_relu_lenet(split, seed, num_epochs=num_epochs, engine="lanes")
    found: dict[str, Any] = {"accuracy": evaluate(net, *test).accuracy, **accuracies(net, *test)}
    found |= {"dearest": dearest(net, split.X_test, split.y_test), "relearned": {}, "longer": {}}
    for layer, channel in found["dearest"].items():
        for name, silent in (("relearned", channel), ("longer", None)):
            again = relearned(net, layer, silent, split.X_train, split.y_train, seed, num_epochs)
            found[name][layer] = evaluate(again, *test).accuracy
    return found


@named(data="mnist", seeds=5)
def silenced(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Accuracy of LeNet with every single channel zeroed, or at its mean, and after the rest has learned to do without."""
    return compare({"lenet": {}}, seeds, data, run=on_channels, keep=keep)
