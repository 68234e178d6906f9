"""The exercises of the chapter on training, the summary."""

import math

import torch
import torch.nn.functional as F

from lenet_utils.exercises import Function, Number
from lenet_utils.questions import random


def _others(accuracy, axis):
    return [place for place in range(accuracy.dim()) if place != axis]


EXERCISES = {
    "training/letters": Number(
        math.log(26),
        {"log-10": math.log10(26), "log-2": math.log2(26), "digits": math.log(10), "sign": -math.log(26), "chance": 1 / 26},
        tolerance=0.005,
    ),
    "training/entropy": Function(
        lambda shares: -(shares * shares.log()).sum(),
        ((torch.tensor([0.5, 0.25, 0.25]),), (torch.tensor([0.1, 0.2, 0.3, 0.4]),)),
        {
            "sign": lambda shares: (shares * shares.log()).sum(),
            "bits": lambda shares: -(shares * shares.log2()).sum(),
            "not-weighted": lambda shares: -shares.log().mean(),
            "mean": lambda shares: -(shares * shares.log()).mean(),
        },
    ),
    "sentences/back": Number(0, {"as-permuted": 9, "noise": 0.5, "lost": 90}),
    "sentences/move": Function(
        lambda X, right: F.pad(X, (right, 0))[..., : X.shape[-1]],
        ((torch.arange(12.0).view(1, 1, 3, 4) + 1, 1), (random(2, 1, 5, 5), 3), (random(1, 2, 4, 4, seed=1), 0)),
        {
            "rolled": lambda X, right: torch.roll(X, right, -1),
            "left": lambda X, right: F.pad(X, (0, right))[..., right:],
            "down": lambda X, right: F.pad(X, (0, 0, right, 0))[..., : X.shape[-2], :],
            "wider": lambda X, right: F.pad(X, (right, 0)),
            "zero": lambda X, right: F.pad(X, (right, 0))[..., : X.shape[-1]] if right else torch.zeros_like(X),
        },
    ),
    "recall/signs": Number(69_356, {"no-biases": 69_266, "ten-more": 62_556, "difference": 7_650, "biases-only": 61_796}),
    "recall/small": Number(144, {"from-28": 400, "one-map": 9, "before-pooling": 576, "padded-c3": 256}),
    "mistakes/wilson": Number(
        0.9962051,
        {"lower-end": 0.9934147, "two-deviations": 0.9963825, "exact": 0.9962867, "percent": 99.62051, "share": 0.995},
        tolerance=4e-5,
    ),
    "mistakes/recall": Function(
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
    "beyond_one_machine/shares": Function(
        lambda g, n, h, m: (n * g + m * h) / (n + m),
        ((random(4), 65, random(4, seed=1), 64), (random(3), 1, random(3, seed=2), 3)),
        {
            "equal-shares": lambda g, n, h, m: (g + h) / 2,
            "sum-of-means": lambda g, n, h, m: g + h,
            "not-divided": lambda g, n, h, m: n * g + m * h,
            "swapped": lambda g, n, h, m: (m * g + n * h) / (n + m),
        },
    ),
    "beyond_one_machine/gain": Number(1.5, {"no-message": 2, "two-messages": 1.2, "half-message": 12 / 7, "not-shared": 12 / 14}),
    "atlas/trainings": Number(7_680, {"three-seeds": 4_608, "no-axis": 2_560, "seeds-twice": 23_040, "added": 1_544}),
    "atlas/best": Function(
        lambda accuracy, axis: accuracy.amax(dim=_others(accuracy, axis)),
        ((random(2, 3, 4), 1), (random(3, 2, seed=1), 0), (random(2, 2, 2, 2, seed=2), 3)),
        {
            "that-axis": lambda accuracy, axis: accuracy.amax(dim=axis),
            "mean": lambda accuracy, axis: accuracy.mean(dim=_others(accuracy, axis)),
            "worst": lambda accuracy, axis: accuracy.amin(dim=_others(accuracy, axis)),
            "one-number": lambda accuracy, axis: accuracy.max(),
        },
    ),
}
