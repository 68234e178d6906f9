"""The steps of the page `language_and_bias` between its ideas: smaller digits, two inks, times and counts."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.nets.papers import Net1989
from lenet_utils.pages.language_and_bias import as_c
from lenet_utils.pages.language_and_bias.experiment import BiasedLeNet
from lenet_utils.training.fit import evaluate

Rows = list[list[float]]


def times_as_long(by_loops: Callable[[Rows, Rows], Rows], X: torch.Tensor, times: int = 100) -> float:
    """How many times as long `by_loops` takes for the six maps of the first image of `X` `(N, 1, 28, 28)` as `F.conv2d`.

    Both compute this one image: the loops once, the convolution `times` times, after a first call that does not count.
    """
    image = F.pad(X[:1], (2, 2, 2, 2))
    kernels = torch.randn(6, 1, 5, 5, generator=torch.Generator().manual_seed(0))
    F.conv2d(image, kernels)
    start = time.perf_counter()
    for kernel in kernels:
        by_loops(image[0, 0].tolist(), kernel[0].tolist())
    middle = time.perf_counter()
    for _ in range(times):
        F.conv2d(image, kernels)
    return times * (middle - start) / (time.perf_counter() - middle)


def shrunk(digits: Digits) -> Digits:
    """The digits with 16x16 pixels, as the network of 1989 takes them."""
    X, X_test = (F.interpolate(X, size=16, mode="area") for X in (digits.X_train, digits.X_test))
    return replace(digits, X_train=X, X_test=X_test)


def same_answers(net: Net1989, source: str, X: torch.Tensor) -> int | None:
    """For how many images `X` the C program `source` and `net` give the same answer; None without a C compiler."""
    if not as_c.compiler():
        return None
    with tempfile.TemporaryDirectory() as folder:
        answers = as_c.answers(source, X, folder)
    return int((answers == net(X).argmax(1)).sum())


def inks(X: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The images `X` in dark and in pale ink, at a quarter of the contrast, and which of the two each is."""
    return torch.cat([X, X / 4]), torch.arange(2).repeat_interleave(len(X))


def relu_lenet(kind: str, **settings: Any) -> BiasedLeNet:
    """A LeNet with ReLU, max pooling and biases of this kind: one a `map`, or `nowhere`."""
    return BiasedLeNet(kind, activation="relu", pool="max", seed=0, **settings)


def accuracies(net: nn.Module, digits: Digits, contrasts: Sequence[float]) -> list[float]:
    """Accuracy of `net` on the test digits at each contrast."""
    return [evaluate(net, contrast * digits.X_test, digits.y_test).accuracy for contrast in contrasts]


def biases(net: nn.Module) -> list[int]:
    """How many trained biases each layer of `net` has, layers without any left out."""
    return [values.numel() for name, values in net.named_parameters() if name.endswith("bias")]
