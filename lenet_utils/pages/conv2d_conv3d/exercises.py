"""The exercises of the question on two and three axes."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Function, Judged, Number, normal
from lenet_utils.exercises.variants import Variant
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


def same_frame(X: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
    return first_slice(X[:, :, : X.shape[2] - W.shape[2] + 1], W.sum(2, keepdim=True))


def backwards(X: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
    return by_frames(X, W, list(reversed(range(W.shape[2]))))


def averaged(X: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
    return by_frames(X, W, weigh=lambda total, depth: total / depth)


def one_place(X: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
    return by_frames(X[:, :, : W.shape[2]], W)


def is_stacked(net: nn.Module) -> bool:
    """Whether the convolutions are those of the stack, which takes the frames as channels: two, of two axes."""
    return _kernels(net) == _kernels(clips.net_of("stacked", seed=0))


def _kernels(net: nn.Module) -> list[torch.Size]:
    return [layer.weight.shape for layer in net.modules() if isinstance(layer, nn.modules.conv._ConvNd)]


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


CLIPS = (normal(2, 3, 6, 7, 7), normal(5, 3, 3, 3, 3, seed=1)), (normal(1, 1, 4, 5, 6), normal(2, 1, 2, 2, 3, seed=2))

EXERCISES = {
    "pooled": Number(
        (4, 16, 4, 5, 5), {"frames-left": (4, 16, 8, 5, 5), "only-frames": (4, 16, 4, 10, 10), "channels-too": (4, 8, 4, 5, 5)}
    ),
    "by_frames": Function(
        by_frames,
        CLIPS,
        {
            "first-slice": first_slice,
            "same-frame": same_frame,
            "backwards": backwards,
            "averaged": averaged,
            "one-place": one_place,
            "axis-1": lambda X, W: by_frames(X, W).transpose(1, 2),
            "forbidden": F.conv3d,
        },
        without=(5,),
    ),
    "all_times": Judged(
        "a-network",
        nn.Module,
        demands={"with-conv3d": is_stacked, "early-low": right_on(clips.EARLY), "late-low": right_on(clips.LATE)},
        solution=lambda: _trained(ALL_TIMES),
        mistakes={
            "with-conv3d": lambda: clips.net_of("Conv3d", seed=0),
            "early-low": lambda: _trained(clips.EARLY, num_epochs=0),
            "late-low": lambda: _trained(clips.EARLY),
        },
        seconds=30,
    ),
}


VARIANTS = {
    "pooled": Variant(
        printed={"clips": 4, "channels": 16, "frames": 8, "side": 10},
        places={"clips": (2, 3, 4, 5, 8), "channels": (4, 6, 12, 16), "frames": (4, 6, 8, 12), "side": range(8, 29, 2)},
        answer=lambda v: (v.clips, v.channels, v.frames // 2, v.side // 2, v.side // 2),
        mistakes={
            "frames-left": lambda v: (v.clips, v.channels, v.frames, v.side // 2, v.side // 2),
            "only-frames": lambda v: (v.clips, v.channels, v.frames // 2, v.side, v.side),
            "channels-too": lambda v: (v.clips, v.channels // 2, v.frames // 2, v.side // 2, v.side // 2),
        },
    )
}
