"""The exercises of the page `mistakes`."""

import math
from typing import Any

import torch

from lenet_utils.exercises.kinds import Function, Number
from lenet_utils.exercises.variants import Variant

EXERCISES = {
    "wilson": Number(
        0.9962051,
        {"lower-end": 0.9934147, "two-deviations": 0.9963825, "exact": 0.9962867, "percent": 99.62051, "share": 0.995},
        tolerance=5.1e-5,
    ),
    "recall": Function(
        lambda confusion: confusion.diagonal() / confusion.sum(1),
        ((torch.tensor([[8, 2], [1, 3]]),), (torch.tensor([[5, 1, 0], [2, 6, 2], [0, 0, 7]]),)),
        {
            "columns": lambda confusion: confusion.diagonal() / confusion.sum(0),
            "of-all": lambda confusion: confusion.diagonal() / confusion.sum(),
            "counts": lambda confusion: confusion.diagonal(),
            "errors": lambda confusion: 1 - confusion.diagonal() / confusion.sum(1),
            "one-number": lambda confusion: confusion.diagonal().sum() / confusion.sum(),
        },
    ),
}


def _wilson(v: Any, sign: int = 1, n: int = 10_000, z: float = 1.96) -> float:
    """An end of Wilson's 95 % interval for `right` of `n`, the upper one unless `sign` is -1."""
    share = v.right / n
    spread = math.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    return (share + z**2 / (2 * n) + sign * z * spread) / (1 + z**2 / n)


VARIANTS = {
    "wilson": Variant(
        printed={"right": 9_950},
        places={"right": range(9_000, 9_990, 10)},
        answer=_wilson,
        mistakes={
            "lower-end": lambda v: _wilson(v, sign=-1),
            "two-deviations": lambda v: v.right / 1e4 + 1.96 * math.sqrt(v.right / 1e4 * (1 - v.right / 1e4) / 1e4),
            "percent": lambda v: 100 * _wilson(v),
            "share": lambda v: v.right / 10_000,
        },
        tolerance=5.1e-5,
    )
}
