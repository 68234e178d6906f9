"""The exercises of the question on two and three axes."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Function, Judged, Number, normal
from lenet_utils.pages.conv2d_conv3d import clips
from lenet_utils.pages.conv2d_conv3d.experiment import ALL_TIMES, RECIPE
from lenet_utils.training.fit import evaluate, fit


def by_frames(
    X: torch.Tensor, W: torch.Tensor, slices: Sequence[int] | None = None,
    weigh: Callable[[Any, int], torch.Tensor] = lambda total, depth: total,
) -> torch.Tensor:  # fmt: skip
    """`F.conv3d` by `F.conv2d`: `slices` says which slice of the kernel meets which frame."""
    depth = W.shape[2]
    slices = slices or range(depth)
    places = range(X.shape[2] - depth + 1)
    sums = [sum(F.conv2d(X[:, :, t + k], W[:, :, s]) for k, s in enumerate(slices)) for t in places]
    return torch.stack([weigh(total, depth) for total in sums], 2)


def first_slice(X: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
    return torch.stack([F.conv2d(frame, W[:, :, 0]) for frame in X.unbind(2)], 2)


def backwards(X: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
    return by_frames(X, W, list(reversed(range(W.shape[2]))))


def averaged(X: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
    return by_frames(X, W, weigh=lambda total, depth: total / depth)


def one_place(X: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
    return by_frames(X[:, :, : W.shape[2]], W)


def without_conv3d(net: nn.Module) -> bool:
    return not any(isinstance(layer, nn.Conv3d) for layer in net.modules())


@cache
def _unseen(begins: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    return clips.passing(data.load().X_test, begins, seed=77)


def right_on(begins: tuple[int, ...]) -> Callable[[nn.Module], bool | dict[str, float]]:
    """The demand to be right on more than 90 % of unseen clips with those `begins`."""

    def demand(net: nn.Module) -> bool | dict[str, float]:
        X, y = _unseen(begins)
        right = evaluate(net, X.clone(), y).accuracy
        return right > 0.9 or {"accuracy": right}

    return demand


def _trained(begins: Sequence[int], **changes: Any) -> nn.Sequential:
    net = clips.net_of("stacked", seed=0)
    fit(net, *clips.passing(data.load().X_train[:1000], begins), progress=False, **RECIPE | changes)
    return net


CLIPS = (normal(2, 3, 6, 7, 7), normal(4, 3, 3, 3, 3, seed=1)), (normal(1, 1, 4, 5, 6), normal(2, 1, 2, 2, 3, seed=2))

EXERCISES = {
    "pooled": Number(
        (4, 16, 4, 5, 5), {"frames-left": (4, 16, 8, 5, 5), "only-frames": (4, 16, 4, 10, 10), "channels-too": (4, 8, 4, 5, 5)}
    ),
    "by_frames": Function(
        by_frames,
        CLIPS,
        {"first-slice": first_slice, "backwards": backwards, "averaged": averaged, "one-place": one_place},
    ),
    "all_times": Judged(
        "a-network",
        nn.Module,
        demands={"with-conv3d": without_conv3d, "early-low": right_on(clips.EARLY), "late-low": right_on(clips.LATE)},
        solution=lambda: _trained(ALL_TIMES),
        mistakes={
            "with-conv3d": lambda: clips.net_of("Conv3d", seed=0),
            "early-low": lambda: _trained(clips.EARLY, num_epochs=0),
            "late-low": lambda: _trained(clips.EARLY),
        },
        seconds=30,
    ),
}
