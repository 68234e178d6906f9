"""Clips in which a digit passes to the left or to the right, and networks that say which."""

from collections.abc import Callable, Iterable, Sequence

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.errors import expect_one_of
from lenet_utils.nets.lenet import seeded

FRAMES, SHOWN, COLUMNS = 8, 4, 20  # frames of a clip, how many show the digit, columns of a frame
EARLY, LATE = (0, 1), (3, 4)  # the first frame that shows it


def passing(
    X: torch.Tensor, begins: Sequence[int] = EARLY, seed: int = 0, frames: int = FRAMES, shown: int = SHOWN
) -> tuple[torch.Tensor, torch.Tensor]:
    """A clip of every digit of `X` `(N, 1, 28, 28)`: at half size it goes left (0) or right (1), one pixel a frame.

    `shown` of its `frames`, from one of `begins` on, show it; the others are blank. It starts at a random place and what
    leaves on one side comes in on the other, so that no single frame tells the side.
    Returns the clips `(N, 1, frames, 14, 20)` and the sides `(N,)`.
    """
    chance = torch.Generator().manual_seed(seed)
    n = len(X)
    side = torch.randint(2, (n,), generator=chance)
    place = torch.randint(COLUMNS, (n,), generator=chance)
    begin = torch.tensor(begins)[torch.randint(len(begins), (n,), generator=chance)]
    step = torch.arange(frames) - begin[:, None]  # (N, frames)
    left = place[:, None] + (2 * side[:, None] - 1) * step
    columns = (torch.arange(COLUMNS) - left[..., None]) % COLUMNS  # (N, frames, 20): the column to read
    small = F.avg_pool2d(X, 2)
    wide = F.pad(small, (0, COLUMNS - small.shape[-1])).expand(-1, frames, -1, -1)
    moved = wide.gather(3, columns[:, :, None].expand_as(wide))
    visible = (step >= 0) & (step < shown)
    return (moved * visible[..., None, None])[:, None], side


class OneFrame(nn.Module):
    """Clips `(N, 1, T, H, W)` to the frame of each with most ink: `(N, 1, H, W)`."""

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        most = X.sum((1, 3, 4)).argmax(1)
        return X[torch.arange(len(X)), :, most]


def _flat(frames: int) -> tuple[nn.Module, ...]:
    """Two convolutions over height and width of clips whose `frames` are the channels."""
    return (
        *(nn.Conv2d(frames, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(4, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveMaxPool2d(1)),
    )


def _deep(depth: int) -> tuple[nn.Module, ...]:
    """The same over time too, with kernels that are `depth` frames deep."""
    kernel, padding = (depth, 3, 3), (depth // 2, 1, 1)
    return (
        *(nn.Conv3d(1, 4, kernel, padding=padding), nn.ReLU(), nn.MaxPool3d((1, 2, 2))),
        *(nn.Conv3d(4, 8, kernel, padding=padding), nn.ReLU(), nn.AdaptiveMaxPool3d(1)),
    )


NETS: dict[str, Callable[[], Iterable[nn.Module]]] = {
    "one frame": lambda: (OneFrame(), *_flat(1)),
    "stacked": lambda: (nn.Flatten(1, 2), *_flat(FRAMES)),
    "Conv3d": lambda: _deep(3),
    "Conv3d, kd = 1": lambda: _deep(1),
}


def net_of(kind: str, seed: int | None = None) -> nn.Sequential:
    """A fresh network of one of `NETS` that gives two logits, left and right, for clips `(N, 1, 8, 14, 20)`."""
    expect_one_of("network", kind, NETS)
    with seeded(seed):
        return nn.Sequential(*NETS[kind](), nn.Flatten(), nn.Linear(8, 2))


@torch.no_grad()
def cost(net: nn.Sequential, X: torch.Tensor) -> int:
    """The multiplications of all convolutions of `net` for the clip `X` `(1, 1, T, H, W)`; its dense layer does not count."""
    total = 0
    for layer in net:
        Z = layer(X)
        if isinstance(layer, nn.Conv2d | nn.Conv3d):
            total += Z[0].numel() * layer.weight[0].numel()
        X = Z
    return total
