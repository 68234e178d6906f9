"""The exercises of the page `network`."""

from collections.abc import Callable
from dataclasses import replace

import torch
import torch.nn.functional as F

from lenet_utils.exercises.kinds import Function, Number, normal
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets import shapes


def _masked(keep: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> Callable[..., torch.Tensor]:
    """A convolution whose weights are `keep(weight, table)`."""
    return lambda X, weight, bias, table: F.conv2d(X, keep(weight, table), bias)


_TABLE = torch.tensor([[1.0, 0], [1, 1], [0, 1]])


EXERCISES = {
    "table": Number(
        60_806,
        {
            "all-links": 61_706,
            "of-1998": 60_000,
            "kept-36": 59_306,
            "other-36": 60_206,
            "one-weight-a-link": 61_670,
            "with-biases": 60_770,
        },
    ),
    "mask": Function(
        _masked(lambda weight, table: weight * table[:, :, None, None]),
        ((normal(1, 2, 6, 6), normal(3, 2, 5, 5, seed=1), normal(3, seed=3), _TABLE),),
        {
            "all-links": _masked(lambda weight, table: weight),
            "the-others": _masked(lambda weight, table: weight * (1 - table)[:, :, None, None]),
            "no-bias": lambda X, weight, bias, table: F.conv2d(X, weight * table[:, :, None, None]),
        },
    ),
}


def _weights(links: int) -> int:
    """The LeNet of the courses with so many kernels in C3."""
    return shapes.walk(
        replace(layer, links=links) if isinstance(layer, shapes.Conv) and layer.name == "C3" else layer for layer in shapes.NOTE
    ).params


VARIANTS = {
    "table": Variant(
        printed={"links": 60},
        places={"links": range(20, 95)},
        answer=lambda v: _weights(v.links),
        mistakes={
            "all-links": lambda v: _weights(96),
            "kept-36": lambda v: _weights(96) - 96 * 25,
            "other-36": lambda v: _weights(96 - v.links),
            "one-weight-a-link": lambda v: _weights(96) - (96 - v.links),
            "with-biases": lambda v: _weights(96) - (96 - v.links) * 26,
        },
    )
}
