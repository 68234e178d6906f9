"""How many channels: the error of six sizes on digits held back from training, and on the test digits."""

from collections.abc import Sequence
from pathlib import Path

import torch

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import LeNet
from lenet_utils.training.fit import evaluate, fit

SIZES = [(2, 4), (4, 12), (5, 15), (6, 16), (12, 32), (32, 64)]
FOLDS = 5


def fold_mask(images: int, fold: int) -> torch.Tensor:
    """Which of `images` training images are held back in this of `FOLDS` folds: `(images,)`, true for one in five.

    They go by tens, since the embedded digits lie in rounds from 0 to 9.
    """
    return torch.arange(images) // 10 % FOLDS == fold % FOLDS


def by_fold(digits: Digits, seed: int, *, channels: Sequence[int], num_epochs: int = 1, batch_size: int = 64) -> dict[str, float]:
    """Errors on the fold of `seed`, `held` back from training, and on the `test` digits."""
    X, y, held = digits.X_train, digits.y_train, fold_mask(len(digits.X_train), seed)
    net = LeNet("relu", "max", channels=channels, seed=seed)
    length = {"num_epochs": num_epochs, "batch_size": batch_size}
    fit(net, X[~held], y[~held], seed=seed, progress=False, **RECIPE | length)
    pairs = {"held": (X[held], y[held]), "test": (digits.X_test, digits.y_test)}
    return {name: 1 - evaluate(net, *pair).accuracy for name, pair in pairs.items()}


@named(data="mnist", seeds=FOLDS)
def how_many_channels(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Six pairs of channels from 2 and 4 to 32 and 64: the error on held-back folds, and on the test digits."""
    return compare({f"{a}/{b}": {"channels": (a, b)} for a, b in SIZES}, seeds, data, run=by_fold, keep=keep)
