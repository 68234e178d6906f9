"""The exercises of the question on time series."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.exercises.kinds import Function, Judged, Number, normal
from lenet_utils.pages.time_series import series
from lenet_utils.pages.time_series.experiment import RECIPE
from lenet_utils.training.fit import evaluate, fit


def as_picture(X: torch.Tensor, W: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return F.conv2d(X[:, :, None], W[:, :, None], b)[:, :, 0]


def without_bias(X: torch.Tensor, W: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return F.conv2d(X[:, :, None], W[:, :, None])[:, :, 0]


def reversed_in_time(X: torch.Tensor, W: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return F.conv2d(X[:, :, None], W.flip(2)[:, :, None], b)[:, :, 0]


def with_height(X: torch.Tensor, W: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return F.conv2d(X[:, :, None], W[:, :, None], b)


def convolves(net: nn.Module) -> bool:
    return any(isinstance(layer, nn.Conv1d | nn.Conv2d) for layer in net.modules())


def any_length(net: nn.Module) -> bool:
    """Whether it takes series of two other lengths; False names a shape that does not fit."""
    try:
        return all(tuple(net(torch.zeros(2, 1, steps)).shape) == (2, 3) for steps in (96, 200))
    except (RuntimeError, ValueError):
        return False


def right_late(net: nn.Module) -> bool | dict[str, float]:
    right = evaluate(net, *series.hidden(500, series.UNSEEN, seed=77)).accuracy
    return right > 0.9 or {"accuracy": right}


def _trained(**changes: Any) -> nn.Module:
    net = series.net_of("convolution, pooled", seed=0)
    fit(net, *series.hidden(1000, series.SEEN), progress=False, **RECIPE | changes)
    return net


SERIES = (normal(4, 3, 20), normal(5, 3, 4, seed=1), normal(5, seed=2)), (normal(1, 1, 9), normal(2, 1, 9), normal(2, seed=3))

EXERCISES = {
    "columns": Number(
        28 * 6 * 5 + 6, {"no-biases": 28 * 6 * 5, "one-channel": 6 * 5 + 6, "as-picture": 6 * 5 * 5 + 6, "once": 28 * 5 + 1}
    ),
    "as_picture": Function(
        as_picture, SERIES, {"no-bias": without_bias, "reversed": reversed_in_time, "with-height": with_height}
    ),
    "anywhere": Judged(
        "a-network",
        nn.Module,
        demands={"no-convolution": convolves, "one-length": any_length, "too-low": right_late},
        solution=_trained,
        mistakes={
            "no-convolution": lambda: nn.Sequential(nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(1, 3)),
            "one-length": lambda: series.net_of("convolution", seed=0),
            "too-low": lambda: _trained(num_epochs=0),
        },
        seconds=30,
    ),
}
