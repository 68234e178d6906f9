"""LeNet from a quarter of its channels to eight times as many: errors on the test and on the training digits."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import LeNet, count_params
from lenet_utils.training.fit import evaluate, fit

# The channels of C1 and C3; a quarter of 6 is rounded up.
WIDTHS = {"1/4": (2, 4), "1/2": (3, 8), "1": (6, 16), "2": (12, 32), "4": (24, 64), "8": (48, 128)}


def at_width(
    digits: Digits, seed: int, *, channels: Sequence[int], num_epochs: int = 3, images: int | None = None, batch_size: int = 64,
    lr: float = RECIPE["lr"],
) -> dict[str, float]:  # fmt: skip
    """`error` and `train_error` of a LeNet with `channels`, `gap` the one minus the other, `params` and multiply-adds `macs`,
    and `seconds` of training.

    Trained on the first `images` training digits, or on all of them.
    """
    digits = dataclasses.replace(digits, X_train=digits.X_train[:images], y_train=digits.y_train[:images])
    net = LeNet("relu", "max", channels=tuple(channels), seed=seed)
    recipe = RECIPE | {"num_epochs": num_epochs, "batch_size": batch_size, "lr": lr}
    history = fit(net, digits.X_train, digits.y_train, seed=seed, progress=False, **recipe)
    error, train_error = (
        1 - evaluate(net, X, y).accuracy for X, y in ((digits.X_test, digits.y_test), (digits.X_train, digits.y_train))
    )
    sizes = {"params": count_params(net), "macs": net.table.macs}
    return {"error": error, "train_error": train_error, "gap": error - train_error, **sizes, "seconds": history.seconds}


@named(data="mnist", seeds=5)
def widths(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Six widths on 10,000 training digits for three epochs, and on 1,000 for fifteen; always tested on the whole test set."""
    variants = {
        f"{name} of {images:,}": {"channels": channels, "images": images, "num_epochs": num_epochs}
        for images, num_epochs in ((10_000, 3), (1_000, 15))
        for name, channels in WIDTHS.items()
    }
    return compare(variants, seeds, data, run=at_width, keep=keep)


@named(data="mnist", seeds=5)
def widths_on_all(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Six widths on all 60,000 training digits for three epochs."""
    return compare(
        {f"{name} of 60,000": {"channels": channels} for name, channels in WIDTHS.items()}, seeds, data, run=at_width, keep=keep
    )
