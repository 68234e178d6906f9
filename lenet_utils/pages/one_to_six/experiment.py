"""What it is worth that every map of C1 has a kernel of its own, and that it learns it."""

from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.errors import expect_one_of
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import RECIPE, fit_by_recipe
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.one_to_six import strokes
from lenet_utils.training.fit import evaluate

VARIANTS = ("six kernels", "one kernel, six maps", "one map")
BY_HAND = "six by hand"


class OneKernel(nn.Module):
    """The convolution `conv` with its first kernel in place of all of them; every map keeps a bias of its own."""

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.maps, self.padding = conv.out_channels, conv.padding
        self.weight = nn.Parameter(conv.weight[:1].detach().clone())
        self.bias = nn.Parameter(conv.get_parameter("bias").detach().clone())

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return F.conv2d(X, self.weight.expand(self.maps, -1, -1, -1), self.bias, padding=self.padding)


def net_of(variant: str, seed: int | None = None) -> LeNet:
    """A fresh `LeNet` with ReLU and max pooling; `variant` says how many kernels and maps its C1 has, and whether they learn.

    With `BY_HAND` the kernels are those of `strokes.bank` and stay so; the biases learn.
    """
    expect_one_of("variant", variant, (*VARIANTS, BY_HAND))
    net = LeNet("relu", "max", channels=(1 if variant == "one map" else 6, 16), seed=seed)
    if variant == "one kernel, six maps":
        net.add_module("C1", OneKernel(net.C1))
    if variant == BY_HAND:
        with torch.no_grad():
            net.C1.weight.copy_(strokes.bank())
        net.C1.weight.requires_grad_(False)
    return net


def recognise(digits: Digits, seed: int, *, variant: str, num_epochs: int = RECIPE["num_epochs"]) -> dict[str, float]:
    """`accuracy` on the test digits of `net_of(variant)`, trained by the book's recipe."""
    net = fit_by_recipe(net_of(variant, seed), digits, seed, num_epochs=num_epochs)
    return {"accuracy": evaluate(net, digits.X_test, digits.y_test).accuracy}


@named(data="mnist", seeds=5)
def one_to_six(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """LeNet with six kernels in C1, with one kernel for all six maps, and with a single map."""
    return compare({name: {"variant": name} for name in VARIANTS}, seeds, data, run=recognise, keep=keep)
