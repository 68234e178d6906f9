"""What one run of a comparison does: `run(digits, seed, **settings)` returns a dictionary of values."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import torch

from lenet_utils.data import Digits, normalised
from lenet_utils.nets.lenet import LeNet
from lenet_utils.training.fit import History, evaluate, fit

Net = TypeVar("Net", bound=torch.nn.Module)
RECIPE: dict[str, Any] = {"num_epochs": 3, "optimizer": "adamw", "lr": 0.005, "schedule": "one-cycle"}


def fit_by_recipe(net: Net, digits: Digits, seed: int = 0, images: int | None = None, **changes: Any) -> Net:
    """Train `net` by `RECIPE` with `changes` on the first `images` training digits, or all of them; returns it."""
    fit(net, digits.X_train[:images], digits.y_train[:images], seed=seed, progress=False, **RECIPE | changes)
    return net


def train_relu_lenet(digits: Digits, seed: int = 0, images: int | None = None, **changes: Any) -> LeNet:
    """A LeNet with ReLU and max pooling, trained by `fit_by_recipe`."""
    return fit_by_recipe(LeNet("relu", "max", seed=seed), digits, seed, images, **changes)


def validation_split(digits: Digits, number: int, seed: int = 0) -> Digits:
    """The digits with `number` training images, drawn at random, in the place of the test set."""
    order = torch.randperm(len(digits.y_train), generator=torch.Generator().manual_seed(seed))
    rest, drawn = order[number:].sort().values, order[:number]
    X, y = digits.X_train, digits.y_train
    return dataclasses.replace(digits, X_train=X[rest], y_train=y[rest], X_test=X[drawn], y_test=y[drawn])


def _parameters(function: Callable[..., Any], *without: str) -> list[inspect.Parameter]:
    parameters = inspect.signature(function).parameters.values()
    return [p.replace(kind=p.KEYWORD_ONLY) for p in parameters if p.default is not p.empty and p.name not in without]


OF_NET = _parameters(LeNet, "seed")
OF_FIT = _parameters(fit, "validation", "seed", "progress", "memory_format")


def takes_settings(function: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Name the settings of `LeNet` and `fit` in the signature, so that a wrong one is known before the first run."""
    first = list(inspect.signature(function).parameters.values())[:2]
    scale = inspect.Parameter("normalise", inspect.Parameter.KEYWORD_ONLY, default="note")
    function.__signature__ = inspect.Signature([*first, *OF_NET, *OF_FIT, scale])  # type: ignore[attr-defined]  # not in typeshed
    return function


@takes_settings
def train(digits: Digits, seed: int, **settings: Any) -> dict[str, Any]:
    """A LeNet trained and tested: `accuracy` and `loss` on the test images, the test `accuracies` after every epoch,
    the training `losses` of every step, and `seconds` of training.

    `settings` are those of `LeNet` and of `fit`, and `normalise`; `seed` fixes the initial weights and the order of the batches.
    """
    net, history, digits = train_lenet(digits, seed, **settings)
    metrics = evaluate(net, digits.X_test, digits.y_test)
    values = {"accuracy": metrics.accuracy, "loss": metrics.loss, "seconds": history.seconds}
    return values | {"accuracies": history.accuracies, "losses": history.losses}


@takes_settings
def brief(digits: Digits, seed: int, **settings: Any) -> dict[str, Any]:
    """What `train` returns, without the losses."""
    values = train(digits, seed, **settings)
    return {name: values[name] for name in ("accuracy", "loss", "seconds", "accuracies")}


def train_lenet(digits: Digits, seed: int, **settings: Any) -> tuple[LeNet, History, Digits]:
    """The net, its `History` and the digits as it saw them; settings as in `train`."""
    digits = normalised(digits, settings.pop("normalise", "note"))
    names = {p.name for p in OF_NET}
    net = LeNet(**{name: value for name, value in settings.items() if name in names}, seed=seed)
    rest = {name: value for name, value in settings.items() if name not in names}
    test = digits.X_test, digits.y_test
    return net, fit(net, digits.X_train, digits.y_train, validation=test, seed=seed, progress=False, **rest), digits
