"""The exercises of the chapter on architecture."""

import torch
import torch.nn.functional as F

from lenet_utils.exercises import Function, Number
from lenet_utils.models import ScaledTanh
from lenet_utils.questions import random


def _shift(row, column):
    """Move a picture with one 3x3 kernel whose only weight stands at `(row, column)`."""
    kernel = torch.zeros(1, 1, 3, 3)
    kernel[0, 0, row, column] = 1
    return lambda X: F.conv2d(X, kernel, padding=1)


def _subsample(combine, squash=None):
    """The subsampling of 1998: `combine(average, coefficient, bias)`, then a squash."""
    squash = squash or ScaledTanh()
    return lambda X, coefficient, bias: squash(combine(F.avg_pool2d(X, 2), coefficient, bias))


def _masked(keep):
    """A convolution whose weights are `keep(weight, table)`."""
    return lambda X, weight, bias, table: F.conv2d(X, keep(weight, table), bias)


_TABLE = torch.tensor([[1.0, 0], [1, 1], [0, 1]])

EXERCISES = {
    "convolution/side": Number(14, {"no-padding": 11, "no-start": 13, "padded-once": 12, "no-stride": 28, "no-floor": 14.5}),
    "convolution/shift": Function(
        _shift(1, 0),
        ((torch.arange(16.0).view(1, 1, 4, 4),), (random(1, 1, 5, 7),)),
        {
            "left": _shift(1, 2),
            "down": _shift(0, 1),
            "up": _shift(2, 1),
            "nowhere": _shift(1, 1),
        },
    ),
    "squash_and_pool/coefficient": Number(2, {"sum": 11, "maximum": 7, "bias-first": 1, "no-bias": 3}),
    "squash_and_pool/subsample": Function(
        _subsample(lambda mean, coefficient, bias: coefficient * mean + bias),
        ((random(2, 1, 4, 4), 0.5, 0.25), (random(1, 3, 6, 6, seed=2), 2.0, -1.0)),
        {
            "bias-first": _subsample(lambda mean, coefficient, bias: coefficient * (mean + bias)),
            "no-squash": _subsample(lambda mean, coefficient, bias: coefficient * mean + bias, lambda x: x),
            "sigmoid": _subsample(lambda mean, coefficient, bias: coefficient * mean + bias, torch.sigmoid),
            "no-bias": _subsample(lambda mean, coefficient, bias: coefficient * mean),
        },
    ),
    "network/table": Number(60_806, {"all-links": 61_706, "of-1998": 60_000, "kept-36": 59_306, "one-weight-a-link": 61_670}),
    "network/mask": Function(
        _masked(lambda weight, table: weight * table[:, :, None, None]),
        ((random(1, 2, 6, 6), random(3, 2, 5, 5, seed=1), random(3, seed=3), _TABLE),),
        {
            "all-links": _masked(lambda weight, table: weight),
            "the-others": _masked(lambda weight, table: weight * (1 - table)[:, :, None, None]),
            "no-bias": lambda X, weight, bias, table: F.conv2d(X, weight * table[:, :, None, None]),
        },
    ),
}
