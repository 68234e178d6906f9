"""The exercises of the page `squash_and_pool`."""

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from lenet_utils.exercises.kinds import Function, Number, normal
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets.lenet import ScaledTanh

Squash = Callable[[torch.Tensor], torch.Tensor]
Subsample = Callable[[torch.Tensor, float, float], torch.Tensor]


def _subsample(combine: Subsample, squash: Squash | None = None) -> Subsample:
    """The subsampling of 1998: `combine(average, coefficient, bias)`, then a squash."""
    squash = squash or ScaledTanh()
    return lambda X, coefficient, bias: squash(combine(F.avg_pool2d(X, 2), coefficient, bias))


EXERCISES = {
    "coefficient": Number(
        2,
        {"sum": 11, "maximum": 7, "bias-first": 1, "no-bias": 3, "squashed": 1.7159 * math.tanh(4 / 3)},
        tolerance=0.005,
    ),
    "subsample": Function(
        _subsample(lambda mean, coefficient, bias: coefficient * mean + bias),
        ((normal(2, 1, 4, 4), 0.5, 0.25), (normal(1, 3, 6, 6, seed=2), 2.0, -1.0)),
        {
            "bias-first": _subsample(lambda mean, coefficient, bias: coefficient * (mean + bias)),
            "no-squash": _subsample(lambda mean, coefficient, bias: coefficient * mean + bias, lambda x: x),
            "sigmoid": _subsample(lambda mean, coefficient, bias: coefficient * mean + bias, torch.sigmoid),
            "tanh": _subsample(lambda mean, coefficient, bias: coefficient * mean + bias, torch.tanh),
            "no-bias": _subsample(lambda mean, coefficient, bias: coefficient * mean),
            "added": _subsample(lambda mean, coefficient, bias: coefficient * 4 * mean + bias),
            "squash-first": lambda X, coefficient, bias: coefficient * F.avg_pool2d(ScaledTanh()(X), 2) + bias,
            "maximum": lambda X, coefficient, bias: ScaledTanh()(coefficient * F.max_pool2d(X, 2) + bias),
        },
    ),
}


def _window(v: Any) -> tuple[int, ...]:
    return v.a, v.b, v.c, v.d


def _sum(v: Any) -> float:
    """Coefficient times average plus bias, which the activation is applied to."""
    return v.coefficient * sum(_window(v)) / 4 + v.bias


VARIANTS = {
    "coefficient": Variant(
        printed={"coefficient": 2, "bias": -1, "a": 4, "b": 1, "c": 0, "d": 1},
        places={"coefficient": (2, 3, 4), "bias": (-3, -2, -1, 1, 2, 3)} | {pixel: range(9) for pixel in "abcd"},
        answer=_sum,
        mistakes={
            "sum": lambda v: v.coefficient * sum(_window(v)) + v.bias,
            "maximum": lambda v: v.coefficient * max(_window(v)) + v.bias,
            "bias-first": lambda v: v.coefficient * (sum(_window(v)) / 4 + v.bias),
            "no-bias": lambda v: v.coefficient * sum(_window(v)) / 4,
            "squashed": lambda v: 1.7159 * math.tanh(2 / 3 * _sum(v)),
        },
        tolerance=0.005,
    )
}
