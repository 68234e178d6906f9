"""The same 61,706 weights, trained better one change at a time, beside what came before LeNet and what has as many weights."""

import itertools
import operator
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sklearn.neighbors import KNeighborsClassifier
from torch import nn

from lenet_utils import data as datasets
from lenet_utils import experiments
from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.results import pack_images
from lenet_utils.experiments.runs import brief, fit_by_recipe
from lenet_utils.nets.lenet import MLP, SAME_WEIGHTS, LeNet, Linear
from lenet_utils.pages.mistakes.examine import examined
from lenet_utils.training.augment import Affine
from lenet_utils.training.fit import evaluate

# Every step takes over the settings of the one before it and changes what it names.
CHANGES: dict[str, dict[str, Any]] = {
    "note": {"lr": 0.9, "num_epochs": 10},
    "relu": {"activation": "relu", "lr": 0.1},  # at 0.9 it does not train: see the chapter on training
    "max": {"pool": "max"},
    "momentum": {"momentum": 0.9, "nesterov": True, "lr": 0.01},  # a step ten times smaller, ten of which add up
    "one-cycle": {"schedule": "one-cycle", "lr": 0.1},  # up to ten times the rate, then down to 0
    "decay": {"weight_decay": 5e-4},
    "affine": {"augment": Affine()},
    "longer": {"num_epochs": 40},
}


def steps() -> dict[str, dict[str, Any]]:
    """The settings of every step of the ladder, by its name."""
    return dict(zip(CHANGES, itertools.accumulate(CHANGES.values(), operator.or_), strict=True))


@named(data="mnist", seeds=5)
def ladder(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The LeNet of the note and seven changes of its training, each on top of the last; both ends with all their answers."""
    runs = compare(steps(), seeds, data, run=examined, keep=keep).runs
    between = ~runs["variant"].isin([next(iter(CHANGES)), list(CHANGES)[-1]])
    for column in ("confusion", "calibration", "wrong"):
        runs.loc[between, column] = None
    return Comparison(runs)


@named(data="mnist", seeds=5)
def eighty(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The top of the ladder with eighty passes instead of forty, by the compiled engine, so that it takes minutes."""
    settings = steps()["longer"] | {"num_epochs": 80, "engine": "lanes"}
    return compare({"eighty": settings}, seeds, data, run=brief, keep=keep)


NETS: dict[str, Callable[[int], nn.Module]] = {
    "linear": lambda seed: Linear(seed=seed),
    "mlp": lambda seed: MLP(SAME_WEIGHTS, "relu", seed=seed),
    "lenet": lambda seed: LeNet("relu", "max", seed=seed),
}


def recognise(digits: Digits, seed: int, *, model: str, num_epochs: int = 5) -> dict[str, float]:
    """`accuracy` on the test digits of the net `model`, or of the three nearest neighbours, which take no seed."""
    if model == "3 neighbours":
        search = KNeighborsClassifier(3).fit(digits.X_train.flatten(1).numpy(), digits.y_train.numpy())
        return {"accuracy": float(search.score(digits.X_test.flatten(1).numpy(), digits.y_test.numpy()))}
    net = fit_by_recipe(NETS[model](seed), digits, seed, num_epochs=num_epochs)
    return {"accuracy": evaluate(net, digits.X_test, digits.y_test).accuracy}


@named(data="mnist", seeds=5)
def rivals(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Softmax regression, three nearest neighbours, an MLP with 61,706 weights, and LeNet, all trained alike."""
    return compare(
        {name: {"model": name} for name in ("linear", "3 neighbours", "mlp", "lenet")}, seeds, data, run=recognise, keep=keep
    )


@named(data="mnist", seeds=1)
def mistakes(data: str, seeds: Sequence[int], keep: Path | None) -> dict[str, Any]:
    """The pictures that the first network at the top of the ladder gets wrong."""
    wrong = experiments.load("ladder")["runs"].values("longer", "wrong")[0]
    pictures = datasets.load(data).X_test[[place for place, *_ in wrong], 0]
    return {"wrong": wrong, **pack_images(pictures)}
