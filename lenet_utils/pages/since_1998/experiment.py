"""From LeNet-5 to a network of today, one change a step."""

import inspect
import itertools
import operator
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from lenet_utils.data import Digits, normalised, pad
from lenet_utils.experiments import load
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import validation_split
from lenet_utils.nets.bitmaps import BITMAPS
from lenet_utils.nets.papers import RBF, TABLE_I, Full, Maps, Paper, Subsampling
from lenet_utils.training.augment import Affine
from lenet_utils.training.fit import evaluate, fit

# Every step takes over the settings of the one before it and changes what it names; a rate goes with what it changes.
CHANGES: dict[str, dict[str, Any]] = {
    "batches": {"num_epochs": 6, "batch_size": 64, "momentum": 0.9, "lr": 0.0015},
    "linear": {"output": "linear", "lr": 0.03},
    "all links": {"links": "all"},
    "max": {"pool": "max"},
    "he": {"init": "he"},
    "relu": {"squash": "relu"},
    "adamw": {"optimizer": "adamw", "momentum": 0.0, "lr": 0.001},
    "one-cycle": {"schedule": "one-cycle", "lr": 0.005},
    "affine": {"augment": Affine(background=-0.1)},
    "norm": {"norm": True},
    "wide": {"wide": 2},
}
OF_NET = ("output", "links", "pool", "init", "squash", "norm", "wide")


class Since1998(Paper):
    """LeNet-5 with parts of a later time: `(N, 1, 32, 32)` to scores `(N, 10)`.

    `output` `rbf` or `linear`; `links` of C3 by the `table` or `all`; `pool` `trained` or `max`; initial weights by `1998` or
    `he`; `squash` `tanh` or `relu`; `norm` for batch normalisation before every squash; `wide` times as many maps and
    units, so many for each of the table.
    """

    def __init__(
        self, seed: int | None = None, *, output: str = "rbf", links: str = "table", pool: str = "trained", init: str = "1998",
        squash: str = "tanh", norm: bool = False, wide: int = 1,
    ) -> None:  # fmt: skip
        linked: Sequence[Iterable[int]] = [range(6)] * 16 if links == "all" else TABLE_I
        table = [[wide * i + k for i in maps for k in range(wide)] for maps in linked for _ in range(wide)]
        layers: dict[str, Callable[[], nn.Module]] = {
            "C1": lambda: Maps(1, [(0,)] * 6 * wide, 5, 32),
            "S2": lambda: Subsampling(6 * wide, 28) if pool == "trained" else nn.MaxPool2d(2),
            "C3": lambda: Maps(6 * wide, table, 5, 14),
            "S4": lambda: Subsampling(16 * wide, 10) if pool == "trained" else nn.MaxPool2d(2),
            "C5": lambda: Maps(16 * wide, [range(16 * wide)] * 120 * wide, 5, 5),
            "F6": lambda: Full(120 * wide, 84 * wide),
            "OUT": lambda: RBF(BITMAPS.clone()) if output == "rbf" else Full(84 * wide, 10),
        }
        super().__init__(layers, seed)
        if init == "he":
            self._he(seed)
        if squash == "relu":
            self.add_module("squash", nn.ReLU())
        widths = {"C1": 6, "C3": 16, "C5": 120, "F6": 84} if norm else {}
        self.norms = nn.ModuleDict({name: nn.BatchNorm2d(width * wide) for name, width in widths.items()})

    def _he(self, seed: int | None) -> None:
        """Kaiming's initial weights and no biases, in the layers that have kernels."""
        chance = torch.Generator().manual_seed(seed or 0)
        for layer in self.layers.values():
            if isinstance(layer, Maps | Full):
                nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu", generator=chance)
                nn.init.zeros_(layer.bias)

    def maps(self, X: torch.Tensor) -> dict[str, torch.Tensor]:
        found = {}
        for name, layer in self.layers.items():
            X = layer(X)
            X = self.norms[name](X) if name in self.norms else X
            X = X if name == "OUT" or isinstance(layer, nn.MaxPool2d) else self.squash(X)
            found[name] = X
        return found


def steps() -> dict[str, dict[str, Any]]:
    """The settings of every step, by its name."""
    return dict(zip(CHANGES, itertools.accumulate(CHANGES.values(), operator.or_), strict=True))


def modern(
    digits: Digits, seed: int, *, output: str = "rbf", links: str = "table", pool: str = "trained", init: str = "1998",
    squash: str = "tanh", norm: bool = False, wide: int = 1, hold_back: int = 0, num_epochs: int = 10, **recipe: Any,
) -> dict[str, float]:  # fmt: skip
    """`error` on the test digits of a `Since1998` trained by `fit` with `recipe`; `seconds` of training."""
    digits = normalised(validation_split(digits, hold_back) if hold_back else digits, "1998")
    X, X_test = (pad(images, 32, digits.background) for images in (digits.X_train, digits.X_test))
    net = Since1998(seed, output=output, links=links, pool=pool, init=init, squash=squash, norm=norm, wide=wide)
    history = fit(net, X, digits.y_train, num_epochs=num_epochs, seed=seed, progress=False, **recipe)
    error = 1 - evaluate(net, X_test, digits.y_test).accuracy
    return {"error": error, "seconds": history.seconds}


FACTORS = {"/ 3": 1 / 3, "": 1, "x 3": 3}
MORE_FACTORS = FACTORS | {"x 9": 9}
WITH_RATES = ("batches", "linear", "relu", "adamw", "one-cycle")  # relu is the last step that has the rate of linear


SINGLE = [name for name in CHANGES if name not in ("batches", "linear", "wide")]


def single_changes(num_epochs: int) -> dict[str, dict[str, Any]]:
    """Each change of `SINGLE` added to the network with the linear output, and left out of the ladder up to `norm`."""
    first, last = (steps()[name] | {"num_epochs": num_epochs} for name in ("linear", "norm"))
    added = {f"+ {name}": first | CHANGES[name] for name in SINGLE}
    added["+ one-cycle"] |= {"lr": 0.1}  # the rate of the ladder is for AdamW
    return {"linear": first} | added | {"all": last} | {f"- {name}": last | undone(name) for name in SINGLE}


def undone(name: str) -> dict[str, Any]:
    """The settings that the change `name` makes, as they are before it in the ladder."""
    names = list(CHANGES)
    defaults = {key: each.default for run in (fit, modern) for key, each in inspect.signature(run).parameters.items()}
    before = defaults | steps()[names[names.index(name) - 1]]
    return {key: before[key] for key in CHANGES[name]}


def best(name: str, rates: Comparison) -> float:
    """The factor of `MORE_FACTORS` at which the network `name` has the fewest errors on held-back digits."""
    errors = rates.table("error")["mean"]
    tried = {factor: errors[each] for times, factor in MORE_FACTORS.items() if (each := f"{name} {times}".strip()) in errors}
    return min(tried, key=lambda factor: tried[factor])


@named(data="mnist", seeds=2)
def single_rates(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The rates of the single changes, a third and three times as much: 20,000 digits, judged on the other 40,000."""
    return compare(
        {
            f"{name} {times}".strip(): settings | {"hold_back": 40_000, "lr": settings["lr"] * factor}
            for name, settings in single_changes(3).items()
            for times, factor in FACTORS.items()
        },
        seeds, data, run=modern, keep=keep,
    )  # fmt: skip


@named(data="mnist", seeds=10)
def single(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """One part of a later time added to LeNet-5, or left out of its successor, each at the rate that `single_rates` prefers."""
    rates = load("single_rates")["runs"]
    variants = {name: settings | {"lr": settings["lr"] * best(name, rates)} for name, settings in single_changes(2).items()}
    return compare(variants, seeds, data, run=modern, keep=keep)


@named(data="mnist", seeds=2)
def rates_since_1998(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The rates of the ladder since 1998, and a third and three times as much: 20,000 digits, judged on the other 40,000."""
    short = {"hold_back": 40_000}
    variants = {
        f"{name} {times}".strip(): settings | short | {"lr": settings["lr"] * factor}
        for name, settings in steps().items()
        if name in WITH_RATES
        for times, factor in FACTORS.items()
    }
    return compare(variants, seeds, data, run=modern, keep=keep)


@named(data="mnist", seeds=10)
def since_1998(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """LeNet-5 with one part of a later time after the other."""
    return compare(steps(), seeds, data, run=modern, keep=keep)
