"""The exercises of the question on time series."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.exercises.kinds import Judged, Number, normal
from lenet_utils.exercises.process import WAS_TRAINED, was_trained
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets.lenet import seeded
from lenet_utils.pages.convolution.exercises import ByConv2d
from lenet_utils.pages.time_series import series
from lenet_utils.pages.time_series.experiment import RECIPE
from lenet_utils.training.fit import evaluate, fit
from lenet_utils.training.record import marks, trainings


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


def only_seen(net: nn.Module) -> bool:
    """Whether every series that `fit` got has its shape in the first half, as those that the exercise names."""
    given = marks(series.hidden(1000, series.SEEN)[0])
    return all(bool(torch.isin(training.images, given).all()) for training in trainings(net))


def right_late(net: nn.Module) -> bool | dict[str, float]:
    right = evaluate(net, *series.hidden(500, series.UNSEEN, seed=77)).accuracy
    return right > 0.9 or {"accuracy": right}


def _no_places(net: nn.Module) -> bool | dict[str, int]:
    """Whether it is right, or has no pool that keeps several places in time."""
    pools = [layer for layer in net.modules() if isinstance(layer, nn.AdaptiveMaxPool1d | nn.AdaptiveAvgPool1d)]
    places = max((layer.output_size for layer in pools if isinstance(layer.output_size, int)), default=1)
    return right_late(net) is True or places == 1 or {"places": places}


def _no_mean(net: nn.Module) -> bool:
    """Whether it is right, or does not end in the mean over time."""
    return right_late(net) is True or not any(isinstance(layer, nn.AdaptiveAvgPool1d) for layer in net.modules())


def _ending_in(pool: nn.Module, places: int = 1, starts: Sequence[int] = series.SEEN) -> nn.Module:
    with seeded(0):
        net = nn.Sequential(*series.net_of("convolution", seed=0)[:5], pool, nn.Flatten(), nn.Linear(16 * places, 3))
    fit(net, *series.hidden(1000, starts), progress=False, **RECIPE)
    return net


def _trained(**changes: Any) -> nn.Module:
    net = series.net_of("convolution, pooled", seed=0)
    fit(net, *series.hidden(1000, series.SEEN), progress=False, **RECIPE | changes)
    return net


SERIES = (normal(4, 3, 20), normal(5, 3, 4, seed=1), normal(5, seed=2)), (normal(1, 1, 9), normal(2, 1, 9), normal(2, seed=3))

EXERCISES = {
    "columns": Number(
        28 * 6 * 5 + 6,
        {
            "no-biases": 28 * 6 * 5,
            "one-channel": 6 * 5 + 6,
            "as-picture": 6 * 5 * 5 + 6,
            "once": 28 * 5 + 1,
            "bias-each": 28 * 6 * 5 + 28,
        },
    ),
    "as_picture": ByConv2d(
        as_picture,
        SERIES,
        {"no-bias": without_bias, "reversed": reversed_in_time, "with-height": with_height, "forbidden": F.conv1d},
    ),
    "anywhere": Judged(
        "a-network",
        nn.Module,
        demands={
            "no-convolution": convolves,
            "one-length": any_length,
            WAS_TRAINED: was_trained,
            "elsewhere": only_seen,
            "places": _no_places,
            "mean": _no_mean,
            "too-low": right_late,
        },
        solution=_trained,
        mistakes={
            "no-convolution": lambda: nn.Sequential(nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(1, 3)),
            "one-length": lambda: series.net_of("convolution", seed=0),
            WAS_TRAINED: lambda: _trained(num_epochs=0),
            "elsewhere": lambda: _ending_in(nn.AdaptiveMaxPool1d(4), places=4, starts=series.UNSEEN),
            "places": lambda: _ending_in(nn.AdaptiveMaxPool1d(4), places=4),
            "mean": lambda: _ending_in(nn.AdaptiveAvgPool1d(1)),
            "too-low": lambda: _trained(lr=1e-6),
        },
        seconds=30,
    ),
}


VARIANTS = {
    "columns": Variant(
        printed={"channels": 28, "maps": 6, "kernel": 5},
        places={"channels": range(2, 33), "maps": range(4, 17), "kernel": (3, 5, 7, 9)},
        answer=lambda v: v.maps * (v.channels * v.kernel + 1),
        mistakes={
            "no-biases": lambda v: v.maps * v.channels * v.kernel,
            "one-channel": lambda v: v.maps * (v.kernel + 1),
            "as-picture": lambda v: v.maps * (v.kernel**2 + 1),
            "once": lambda v: v.channels * v.kernel + 1,
        },
    )
}
