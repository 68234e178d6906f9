"""The exercises of "Maximum or average?"."""

import torch
import torch.nn.functional as F

from lenet_utils.exercises.kinds import Function, normal

MAPS = torch.rand(2, 3, 6, 8, generator=torch.Generator().manual_seed(0))


def power_mean(X: torch.Tensor, p: float) -> torch.Tensor:
    return F.avg_pool2d(X**p, 2) ** (1 / p)


def largest(X: torch.Tensor) -> torch.Tensor:
    """Which value of each 2x2 window of maps `(N, C, H, W)` is the largest, counted row by row from 0: `(N, C, H/2, W/2)`."""
    return _windows(X).argmax(2)


def _windows(X: torch.Tensor) -> torch.Tensor:
    """The four values of each window as an axis: `(N, C, 4, H/2, W/2)`."""
    return F.pixel_unshuffle(X, 2).unflatten(1, (X.shape[1], 4))


EXERCISES = {
    "power": Function(
        power_mean,
        cases=((MAPS, 1), (MAPS, 2), (MAPS, 8)),
        mistakes={
            "sum": lambda X, p: F.lp_pool2d(X, p, 2),
            "no-root": lambda X, p: F.avg_pool2d(X**p, 2),
            "no-power": lambda X, p: F.avg_pool2d(X, 2),
            "root-first": lambda X, p: F.avg_pool2d(X ** (1 / p), 2) ** p,
            "maximum": lambda X, p: F.max_pool2d(X, 2),
            "precedence": lambda X, p: F.avg_pool2d(X**p, 2) ** 1 / p,
        },
    ),
    "place": Function(
        largest,
        cases=((MAPS,), (normal(1, 2, 4, 4),)),
        mistakes={
            "columns": lambda X: _windows(X.transpose(2, 3)).argmax(2).transpose(2, 3),
            "from-one": lambda X: largest(X) + 1,
            "in-the-map": lambda X: F.max_pool2d(X, 2, return_indices=True)[1],
            "values": lambda X: F.max_pool2d(X, 2),
            "smallest": lambda X: _windows(X).argmin(2),
        },
    ),
}
