"""The exercises of the page `squash_and_pool`."""

from collections.abc import Callable

import torch
import torch.nn.functional as F

from lenet_utils.exercises.kinds import Function, Number, normal
from lenet_utils.nets.lenet import ScaledTanh

Squash = Callable[[torch.Tensor], torch.Tensor]
Subsample = Callable[[torch.Tensor, float, float], torch.Tensor]


def _subsample(combine: Subsample, squash: Squash | None = None) -> Subsample:
    """The subsampling of 1998: `combine(average, coefficient, bias)`, then a squash."""
    squash = squash or ScaledTanh()
    return lambda X, coefficient, bias: squash(combine(F.avg_pool2d(X, 2), coefficient, bias))


EXERCISES = {
    "coefficient": Number(2, {"sum": 11, "maximum": 7, "bias-first": 1, "no-bias": 3}),
    "subsample": Function(
        _subsample(lambda mean, coefficient, bias: coefficient * mean + bias),
        ((normal(2, 1, 4, 4), 0.5, 0.25), (normal(1, 3, 6, 6, seed=2), 2.0, -1.0)),
        {
            "bias-first": _subsample(lambda mean, coefficient, bias: coefficient * (mean + bias)),
            "no-squash": _subsample(lambda mean, coefficient, bias: coefficient * mean + bias, lambda x: x),
            "sigmoid": _subsample(lambda mean, coefficient, bias: coefficient * mean + bias, torch.sigmoid),
            "no-bias": _subsample(lambda mean, coefficient, bias: coefficient * mean),
        },
    ),
}
