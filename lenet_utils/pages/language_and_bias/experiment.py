"""The network of 1989 and LeNet with a bias a unit, a bias a map, and none."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.errors import expect_one_of
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import fit_by_recipe, validation_split
from lenet_utils.nets.lenet import LeNet, count_params
from lenet_utils.nets.papers import Maps, Net1989
from lenet_utils.pages.sentences.experiment import shifted
from lenet_utils.training.fit import evaluate, fit

KINDS = ("unit", "map", "none", "nowhere")  # of the convolutions; "nowhere" takes those of the dense layers as well
CONTRASTS = (1.0, 0.5, 0.25, 0.1, 0.05)


class Biased1989(Net1989):
    """The network of 1989 with biases of one of `KINDS`, all 0 at first; gives the sums of its outputs, not squashed."""

    def __init__(self, bias: str = "unit", seed: int | None = None) -> None:
        expect_one_of("kind of bias", bias, KINDS)
        super().__init__(seed)
        for name in self.layers:
            layer = self[name]
            side = layer.bias.shape[-1] if bias == "unit" else 1
            shape = (len(layer.bias), side, side) if name in ("H1", "H2") else layer.bias.shape
            without = bias == "nowhere" or (bias == "none" and name in ("H1", "H2"))
            _give(layer, torch.zeros(shape), trained=not without)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        *_, before, _ = self.maps(X).values()
        return self["OUT"](before)[:, :, 0, 0]

    def params(self) -> int:
        """How many numbers are trained; weights of links that do not exist are not counted."""
        maps = [layer for layer in self.layers.values() if isinstance(layer, Maps)]
        return count_params(self) - sum(int((layer.links == 0).sum()) * layer.kernel**2 for layer in maps)


def _give(layer: nn.Module, bias: torch.Tensor, trained: bool) -> None:
    del layer.bias
    if trained:
        layer.bias = nn.Parameter(bias)
    else:
        layer.register_buffer("bias", bias)


class UnitBias(nn.Module):
    """A convolution with a bias for every place of every map, 0 at first, in the place of its one a map."""

    def __init__(self, convolution: nn.Conv2d, size: int) -> None:
        super().__init__()
        convolution.bias = None
        self.convolution, self.bias = convolution, nn.Parameter(torch.zeros(convolution.out_channels, size, size))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return self.convolution(X) + self.bias


class BiasedLeNet(LeNet):
    """A `LeNet` with biases of one of `KINDS`, all 0 at first."""

    def __init__(self, bias: str = "map", **settings: Any) -> None:
        expect_one_of("kind of bias", bias, KINDS)
        super().__init__(**settings)
        for name in ("C1", "C3", "F5", "F6", "OUT"):
            layer = getattr(self, name)
            convolution = name in ("C1", "C3")
            if bias == "nowhere" or (bias == "none" and convolution):
                layer.bias = None
            elif bias == "unit" and convolution:
                setattr(self, name, UnitBias(layer, self.table[name].size))
            else:
                nn.init.zeros_(layer.bias)


# The rate was chosen by digits held back from the training set, as was that it is the same for all kinds.
RECIPE_1989: dict[str, Any] = {"num_epochs": 10, "batch_size": 32, "optimizer": "adamw", "lr": 0.003, "schedule": "one-cycle"}


def on_zip_codes(digits: Digits, seed: int, *, bias: str, hold_back: int = 0, **recipe: Any) -> dict[str, float]:
    """`error` and `train_error` of the network of 1989, `moved`, the error on digits moved by a pixel, and `params`.

    `moved` is the mean over the four directions, with paper coming in at the edge. `hold_back` training digits to choose by.
    """
    digits = validation_split(digits, hold_back) if hold_back else digits
    X, X_test = 2 * digits.X_train - 1, 2 * digits.X_test - 1
    net = Biased1989(bias, seed)
    fit(net, X, digits.y_train, seed=seed, progress=False, **RECIPE_1989 | recipe)
    around = [shifted(X_test, right, down, background=-1.0) for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    moved = [1 - evaluate(net, images, digits.y_test).accuracy for images in around]
    return {
        "error": 1 - evaluate(net, X_test, digits.y_test).accuracy,
        "train_error": 1 - evaluate(net, X, digits.y_train).accuracy,
        "moved": sum(moved) / len(moved),
        "params": net.params(),
    }


def on_contrasts(digits: Digits, seed: int, *, bias: str, num_epochs: int = 2) -> dict[str, Any]:
    """`accuracy` of LeNet with ReLU and max pooling, `accuracies` on test digits times each of `CONTRASTS`; `params`."""
    net = fit_by_recipe(BiasedLeNet(bias, activation="relu", pool="max", seed=seed), digits, seed, num_epochs=num_epochs)
    accuracies = [evaluate(net, share * digits.X_test, digits.y_test).accuracy for share in CONTRASTS]
    return {"accuracy": accuracies[0], "accuracies": accuracies, "params": count_params(net)}


@named(data="usps", seeds=10)
def biases(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The network of 1989, trained as today, with a bias a unit, a bias a map, and none, on the zip codes of its paper."""
    return compare({kind: {"bias": kind} for kind in KINDS}, seeds, data, run=on_zip_codes, keep=keep)


@named(data="mnist", seeds=20)
def contrast(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """LeNet with a bias a map, with none in its convolutions and with none at all, on digits of less and less contrast."""
    return compare({kind: {"bias": kind} for kind in KINDS[1:]}, seeds, data, run=on_contrasts, keep=keep)
