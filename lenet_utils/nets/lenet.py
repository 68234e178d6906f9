"""The LeNet of the note, and two networks without convolutions to hold it against."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.errors import expect_one_of
from lenet_utils.nets import shapes


class ScaledTanh(nn.Module):
    """1.7159 tanh(2x/3), the squashing function of LeCun et al. 1998 (eq. 6 and Appendix A of the preprint)."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 1.7159 * torch.tanh(x * (2 / 3))


class AvgPool2d(nn.AvgPool2d):
    """The means of `nn.AvgPool2d`, as a convolution of every map with equal weights."""

    kernel_size: int

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weights = x.new_full((x.shape[1], 1, self.kernel_size, self.kernel_size), 1 / self.kernel_size**2)
        return F.conv2d(x, weights, stride=self.stride, groups=x.shape[1])


ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU, "scaled_tanh": ScaledTanh}
POOLS = {"avg": AvgPool2d, "max": nn.MaxPool2d}
INITS = {
    "xavier": nn.init.xavier_uniform_,
    "xavier-4": lambda weight: nn.init.xavier_uniform_(weight, gain=4),  # the slope of the sigmoid is 1/4 at most
    "he": lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="relu"),
    "1998": lambda weight: nn.init.uniform_(weight, *_bounds_1998(weight)),
    "pytorch": lambda weight: None,  # what nn.Conv2d and nn.Linear chose
}


class LeNet(nn.Module):
    """LeNet as the note draws it: two blocks of convolution, activation and pooling, then three dense layers.

    Takes float images `(N, in_channels, in_size, in_size)`, gives logits `(N, num_classes)`. With the defaults it
    has 61,706 weights. `seed` fixes the initial weights without touching torch's global generator.
    Raises `ShapeError` for sizes that do not fit, `ValueError` for an unknown activation, pool or init.
    """

    def __init__(
        self, activation: str = "sigmoid", pool: str = "avg", channels: Sequence[int] = (6, 16), kernel_size: int = 5,
        padding: int = 2, hidden: Sequence[int] = (120, 84), num_classes: int = 10, in_channels: int = 1, in_size: int = 28,
        init: str = "xavier", seed: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        expect_one_of("activation", activation, ACTIVATIONS)
        expect_one_of("pool", pool, POOLS)
        _expect_two(channels=channels, hidden=hidden)
        self.settings: dict[str, Any] = {
            "activation": activation, "pool": pool, "channels": channels, "kernel_size": kernel_size, "padding": padding,
            "hidden": hidden, "num_classes": num_classes, "in_channels": in_channels, "in_size": in_size,
        }  # fmt: skip
        self.table = shapes.walk(
            [
                shapes.Conv("C1", channels[0], kernel_size, padding=padding),
                shapes.Pool("S2"),
                shapes.Conv("C3", channels[1], kernel_size),
                shapes.Pool("S4"),
                shapes.Dense("F5", hidden[0]),
                shapes.Dense("F6", hidden[1]),
                shapes.Dense("OUT", num_classes),
            ],
            in_channels,
            in_size,
        )
        with seeded(seed):
            self.C1 = nn.Conv2d(in_channels, channels[0], kernel_size, padding=padding)
            self.C3 = nn.Conv2d(channels[0], channels[1], kernel_size)
            self.F5 = nn.Linear(self.table["S4"].values, hidden[0])
            self.F6 = nn.Linear(hidden[0], hidden[1])
            self.OUT = nn.Linear(hidden[1], num_classes)
            _initialise(self, init)
        self.act = ACTIVATIONS[activation]()
        self.pool = POOLS[pool](2)

    def maps(self, X: torch.Tensor) -> dict[str, torch.Tensor]:
        """What every layer gives, by the paper's names (the shapes are those of the defaults)."""
        expect_images(self, "C1", X)
        C1 = self.act(self.C1(X))  # (N, 6, 28, 28)
        S2 = self.pool(C1)  # (N, 6, 14, 14)
        C3 = self.act(self.C3(S2))  # (N, 16, 10, 10)
        S4 = self.pool(C3)  # (N, 16, 5, 5)
        F5 = self.act(self.F5(S4.flatten(1)))  # (N, 120)
        F6 = self.act(self.F6(F5))  # (N, 84)
        OUT = self.OUT(F6)  # (N, 10)
        return {"C1": C1, "S2": S2, "C3": C3, "S4": S4, "F5": F5, "F6": F6, "OUT": OUT}

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return self._pooled_first(X) if self._max_of_relu() else self.maps(X)["OUT"]

    def _max_of_relu(self) -> bool:
        return type(self).maps is LeNet.maps and type(self.act) is nn.ReLU and type(self.pool) is nn.MaxPool2d

    def _pooled_first(self, X: torch.Tensor) -> torch.Tensor:
        """`maps(X)["OUT"]` with ReLU after the maximum: the same bits and gradients, and ReLU sees a quarter of the values."""
        expect_images(self, "C1", X)
        S2 = self.act(self.pool(self.C1(X)))
        return self.dense(self.act(self.pool(self.C3(S2))))

    def dense(self, S4: torch.Tensor) -> torch.Tensor:
        """The logits `(N, num_classes)` from what S4 gives, in maps or in rows."""
        F5 = self.act(self.F5(S4.flatten(1)))
        return self.OUT(self.act(self.F6(F5)))


SAME_WEIGHTS = (68, 64, 52)  # hidden layers of an MLP with the 61,706 weights of LeNet


class MLP(nn.Module):
    """Dense layers only: images `(N, in_channels, in_size, in_size)` to logits `(N, num_classes)`."""

    def __init__(
        self, hidden: Sequence[int] = (120, 84), activation: str = "sigmoid", num_classes: int = 10, in_channels: int = 1,
        in_size: int = 28, init: str = "xavier", seed: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        dense = [shapes.Dense(f"F{i + 1}", units) for i, units in enumerate(hidden)]
        self.table = shapes.walk([*dense, shapes.Dense("OUT", num_classes)], in_channels, in_size)
        expect_one_of("activation", activation, ACTIVATIONS)
        self.layers = nn.Sequential()
        with seeded(seed):
            for before, row in zip(self.table, self.table[1:], strict=False):
                self.layers.append(nn.Linear(before.values, row.channels))
                self.layers.append(ACTIVATIONS[activation]())
            self.layers.pop(-1)  # the output stays linear
            _initialise(self, init)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        expect_images(self, self.table[1].name, X)
        return self.layers(X.flatten(1))


def Linear(num_classes: int = 10, in_channels: int = 1, in_size: int = 28, init: str = "xavier", seed: int | None = None) -> MLP:
    """Softmax regression: an `MLP` without hidden layers."""
    return MLP((), num_classes=num_classes, in_channels=in_channels, in_size=in_size, init=init, seed=seed)


def count_params(net: nn.Module) -> int:
    """How many trainable numbers `net` has."""
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


def _expect_two(**sizes: object) -> None:
    for name, pair in sizes.items():
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise ValueError(f"{name} expects two numbers, got {pair!r}.")


def expect_images(net: LeNet | MLP, layer: str, X: object) -> None:
    """`TypeError` or `ShapeError` with the name of `layer` unless `X` is a batch of images that `net` takes."""
    channels, size, dtype = net.table["input"].channels, net.table["input"].size, next(net.parameters()).dtype
    if not isinstance(X, torch.Tensor):
        raise TypeError(f"{layer} expected a tensor, got {type(X).__name__}; use torch.as_tensor(X).")
    if X.dim() != 4 or X.shape[1:] != (channels, size, size):
        raise shapes.ShapeError(f"{layer} expected images (N, {channels}, {size}, {size}), got {tuple(X.shape)}.")
    if X.dtype != dtype:
        scale = "" if X.is_floating_point() else " / 255"
        raise shapes.ShapeError(f"{layer} expected {dtype} images, got {X.dtype}; use X.to({dtype}){scale}.")


def expect_labels(classes: int, y: torch.Tensor) -> None:
    """`ValueError` unless the labels `y` `(N,)` are below `classes`."""
    if (most := int(y.max())) >= classes:
        raise ValueError(f"Expected labels 0 to {classes - 1}, as many as the network has outputs, got {most}.")


def _initialise(net: nn.Module, init: str) -> None:
    expect_one_of("init", init, INITS)
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            INITS[init](layer.weight)


def _bounds_1998(weight: torch.Tensor) -> tuple[float, float]:
    """Plus and minus 2.4 / fan-in (LeCun et al. 1998, Appendix A)."""
    bound = 2.4 / math.prod(weight.shape[1:])
    return -bound, bound


@contextmanager
def seeded(seed: int | None) -> Iterator[None]:
    with torch.random.fork_rng(enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        yield
