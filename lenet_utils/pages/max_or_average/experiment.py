"""Four ways to halve the maps of LeNet, and how much of a map a linear decoder finds again in what each of them keeps."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.errors import expect_one_of
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import ACTIVATIONS, AvgPool2d, LeNet
from lenet_utils.nets.papers import Subsampling
from lenet_utils.nets.shapes import Row
from lenet_utils.training.fit import evaluate

Keep = Callable[[torch.Tensor], torch.Tensor]  # what is kept of maps `(N, C, H, W)`: `(N, kept, H/2, W/2)`
WAYS = ("max", "avg", "stride", "1998")


class Pooled(LeNet):
    """A `LeNet` that halves its maps by `max`, `avg`, `stride` (every second place) or `1998` (trained, then squashed)."""

    def __init__(self, by: str = "max", **settings: Any) -> None:
        expect_one_of("way to halve a map", by, WAYS)
        super().__init__(**settings)
        del self.pool
        activation = settings.get("activation", "sigmoid")
        self.S2, self.S4 = (halving(by, self.table[name], activation) for name in ("C1", "C3"))

    def maps(self, X: torch.Tensor) -> dict[str, torch.Tensor]:
        C1 = self.act(self.C1(X))  # (N, 6, 28, 28)
        S2 = self.S2(C1)  # (N, 6, 14, 14)
        C3 = self.act(self.C3(S2))  # (N, 16, 10, 10)
        S4 = self.S4(C3)  # (N, 16, 5, 5)
        F5 = self.act(self.F5(S4.flatten(1)))  # (N, 120)
        F6 = self.act(self.F6(F5))  # (N, 84)
        return {"C1": C1, "S2": S2, "C3": C3, "S4": S4, "F5": F5, "F6": F6, "OUT": self.OUT(F6)}


def halving(by: str, row: Row, activation: str) -> nn.Module:
    """The layer that halves maps as many and as large as `row` of a table says; that of 1998 begins as the average, squashed."""
    if by != "1998":
        return {"max": nn.MaxPool2d(2), "avg": AvgPool2d(2), "stride": nn.MaxPool2d(1, 2)}[by]
    with torch.random.fork_rng():  # its random start is overwritten
        pool = Subsampling(row.channels, row.size)
    nn.init.constant_(pool.weight, 1 / 4)
    nn.init.zeros_(pool.bias)
    return nn.Sequential(pool, ACTIVATIONS[activation]())


def max_and_place(maps: torch.Tensor) -> torch.Tensor:
    """Each maximum of maps `(N, C, H, W)` at its place, zeros elsewhere; the places of a window as maps: `(N, 4C, H/2, W/2)`."""
    values, places = F.max_pool2d(maps, 2, return_indices=True)
    return F.pixel_unshuffle(F.max_unpool2d(values, places, (2, 2)), 2)


KEEPS: dict[str, Keep] = {
    "stride": lambda maps: maps[:, :, ::2, ::2],
    "avg": lambda maps: F.avg_pool2d(maps, 2),
    "max": lambda maps: F.max_pool2d(maps, 2),
    "max + position": max_and_place,
}


def rebuilt(keep: Keep, train: torch.Tensor, test: torch.Tensor) -> torch.Tensor:
    """Maps `test` `(N, C, H, W)` as a linear decoder rebuilds them from `keep(test)`.

    The decoder is the same at every place: from what is kept in 3x3 windows of all maps it computes the 2x2 values of the
    middle window of all maps, by least squares on the maps `train`.
    """
    inputs, targets = around(keep(train)), windows(train)
    decoder = torch.linalg.pinv(inputs.T @ inputs, hermitian=True) @ (inputs.T @ targets)
    rows = around(keep(test)) @ decoder  # (N * places, 4C)
    half = [side // 2 for side in test.shape[2:]]
    return F.pixel_shuffle(rows.view(len(test), *half, -1).permute(0, 3, 1, 2), 2).float()


def found_again(keep: Keep, train: torch.Tensor, test: torch.Tensor, alone: bool = False) -> float:
    """The share of the variation of maps `test` `(N, C, H, W)` that is in what is `rebuilt` from `keep(test)`.

    With `alone`, each map is rebuilt from itself only, by one decoder for each. 0 is no better than the mean of the maps
    `train`, 1 is everything.
    """
    groups = 1 if alone else test.shape[1]  # maps rebuilt together
    pairs = zip(train.split(groups, 1), test.split(groups, 1), strict=True)
    missed = test - torch.cat([rebuilt(keep, *pair) for pair in pairs], 1)
    return 1 - (missed.double().square().sum() / (test - train.mean(0)).double().square().sum()).item()


def around(kept: torch.Tensor) -> torch.Tensor:
    """3x3 neighbourhoods of all maps and a one, a row a place: `(N * places, 9C + 1)`."""
    rows = F.unfold(kept, 3, padding=1).transpose(1, 2).flatten(0, 1).double()
    return F.pad(rows, (0, 1), value=1.0)


def windows(maps: torch.Tensor) -> torch.Tensor:
    """The 2x2 windows of all maps, a row a place: `(N * places, 4C)`."""
    return F.pixel_unshuffle(maps, 2).flatten(2).transpose(1, 2).flatten(0, 1).double()


@torch.no_grad()
def decoded(net: LeNet, digits: Digits, images: int = 200) -> dict[str, dict[str, float]]:
    """`found_again` in C1 and C3 of `net`, of each map `alone` and of all together, by every entry of `KEEPS`.

    The decoders are fitted to `images` training digits and measured on as many test digits.
    """
    train, test = (net.eval().maps(X[:images]) for X in (digits.X_train, digits.X_test))

    def shares(layer: str, alone: bool) -> dict[str, float]:
        return {name: round(found_again(keep, train[layer], test[layer], alone), 5) for name, keep in KEEPS.items()}

    return {f"{layer}{' alone' * alone}": shares(layer, alone) for layer in ("C1", "C3") for alone in (True, False)}


def halve(
    digits: Digits, seed: int, *, by: str, activation: str = "relu", num_epochs: int = 2, images: int = 200
) -> dict[str, Any]:
    """`accuracy` of a LeNet that halves `by` one of `WAYS`, and what is `decoded` of its own maps of `images`, if any."""
    net = fit_by_recipe(Pooled(by, activation=activation, seed=seed), digits, seed, num_epochs=num_epochs)
    accuracy = evaluate(net, digits.X_test, digits.y_test).accuracy
    return {"accuracy": accuracy} | ({"decoded": decoded(net, digits, images)} if images else {})


@named(data="mnist", seeds=5)
def pooling(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Maximum, average, stride and the pooling of 1998 with ReLU, and all but the stride with the scaled tanh of 1998."""
    variants = {f"{by} relu": {"by": by} for by in WAYS}
    variants |= {f"{by} tanh": {"by": by, "activation": "scaled_tanh"} for by in WAYS if by != "stride"}
    return compare(variants, seeds, data, run=halve, keep=keep)
