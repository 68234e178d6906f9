"""The two collections of digits: the zip codes of 1989 counted and shown, and the labels of MNIST that people doubt."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from lenet_utils import data as datasets
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.results import pack_images

# Of the 10,000 test digits: place, label, what the program of Northcutt, Athalye and Mueller (2021) took it for, and how
# many of five people saw the label, that guess, or neither. Of the 100 digits that the program doubted, these are those
# whose label had no majority. From github.com/cleanlab/label-errors, mturk/mnist_mturk.json, commit 5457895.
DOUBTED = (
    (947, 8, 9, 0, 5, 0), (1621, 0, 6, 2, 3, 0), (1901, 9, 4, 2, 3, 0), (2130, 4, 9, 2, 2, 1), (2462, 2, 0, 0, 4, 1),
    (2597, 5, 3, 0, 4, 1), (2654, 6, 1, 0, 2, 3), (3520, 6, 4, 2, 0, 3), (3558, 5, 0, 1, 4, 0), (5937, 5, 3, 1, 3, 1),
    (6651, 0, 6, 0, 5, 0), (6783, 1, 6, 2, 3, 0), (8527, 4, 9, 2, 2, 1), (9679, 6, 3, 2, 0, 3), (9729, 5, 6, 2, 3, 0),
)  # fmt: skip


@named(data="usps", seeds=1)
def zip_codes(data: str, seeds: Sequence[int], keep: Path | None) -> dict[str, Any]:
    """The zip codes of 1989 as published since: how many of each digit, their grey levels, and the first five of each."""
    digits = datasets.load(data)
    first = torch.cat([(digits.y_train == digit).nonzero().flatten()[:5] for digit in range(10)])
    return {
        "train": digits.y_train.bincount(minlength=10).tolist(), "test": digits.y_test.bincount(minlength=10).tolist(),
        "mean": round(digits.X_train.mean().item(), 4), "deviation": round(digits.X_train.std().item(), 4),
        "labels": digits.y_train[first].tolist(), **pack_images(digits.X_train[first, 0]),
    }  # fmt: skip


@named(data="mnist", seeds=1)
def label_errors(data: str, seeds: Sequence[int], keep: Path | None) -> dict[str, Any]:
    """The fifteen test digits of MNIST whose label most of five people did not see."""
    digits = datasets.load(data)
    places, labels = [row[0] for row in DOUBTED], [row[1] for row in DOUBTED]
    if len(digits.y_test) <= max(places) or digits.y_test[places].tolist() != labels:
        raise ValueError(f"The places are those of the 10,000 test digits of MNIST; {digits} has other ones.")
    return {"doubted": [list(row) for row in DOUBTED], **pack_images(digits.X_test[places, 0])}
