"""Fifty labels on drawn digits or on the centres of fifty groups, for the nearest neighbour and for LeNet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sklearn.cluster import KMeans

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.pages.little_data.experiment import METHODS
from lenet_utils.pages.mlp_or_cnn.experiment import STEPS, draw

WAYS = ("1 neighbour", "lenet", "lenet + shifts")
LABELS = 50
IMAGES = 4000  # without labels, for k-means


def chosen(X: torch.Tensor, seed: int, count: int = LABELS) -> tuple[torch.Tensor, KMeans]:
    """The images of `X` nearest to the centres of `count` groups `(count,)`, and the groups."""
    pixels = X.flatten(1).numpy()
    groups = KMeans(count, n_init=1, random_state=seed).fit(pixels)
    return torch.from_numpy(groups.transform(pixels).argmin(0)), groups


def label_fifty(digits: Digits, seed: int, *, steps: int = STEPS) -> dict[str, Any]:
    """Shares of the test digits read after fifty labels: `drawn`, `chosen` by k-means, and `groups`, the labels of the centres.

    Every seed has 4,000 images of its own; the drawn digits have five of each class, as elsewhere on the page.
    """
    mine = torch.randperm(len(digits.y_train), generator=torch.Generator().manual_seed(seed))[:IMAGES]
    X, y = digits.X_train[mine], digits.y_train[mine]
    centres, groups = chosen(X, seed)
    rows: dict[str, Any] = {"drawn": draw(y, LABELS, seed), "chosen": centres}
    result: dict[str, Any] = {
        name: {way: _share(METHODS[way](X, seed, steps)(X[some], y[some])(digits.X_test), digits) for way in WAYS}
        for name, some in rows.items()
    }
    guess = y[centres][torch.from_numpy(groups.predict(digits.X_test.flatten(1).numpy())).long()]
    return result | {"groups": _share(guess, digits), "classes": len(y[centres].unique())}


def _share(guess: torch.Tensor, digits: Digits) -> float:
    return (guess == digits.y_test).double().mean().item()


@named(data="mnist", seeds=10)
def fifty_chosen(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Fifty labels on drawn digits or on the centres of fifty groups: nearest neighbour, LeNet, LeNet with shifts."""
    return compare({"fifty": {}}, seeds, data, run=label_fifty, keep=keep)
