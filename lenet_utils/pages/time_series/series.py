"""Series for classifiers: three shapes hidden in noise, exercises recorded by a watch, and the networks that read them."""

import hashlib
import importlib.util
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

from lenet_utils import experiments
from lenet_utils.data import DataError
from lenet_utils.errors import expect_one_of
from lenet_utils.figures.plots import MUTED, VARIANTS
from lenet_utils.nets.lenet import seeded

LENGTH, WIDTH = 128, 16  # steps of a series, and of the shape in it
SEEN, UNSEEN = range(0, 48), range(64, 112)  # steps at which the shape may begin: in the first half, in the second

SENSORS = VARIANTS[1:3]  # colours of acceleration and rotation
WATCH_SHA256 = "eb122f23cdf06ef6bd6c6c5312958ec5cf9d038e2e6d457b8081662c75a42537"


def about(result: Mapping[str, Any], label: str) -> str:
    """`experiments.about` for a result that no digits are read for: `label` names its series, and the command no data set."""
    command = result["command"].replace(f" --data {result['data']}", "")
    return experiments.about({**result, "data": label, "command": command})


def shapes() -> torch.Tensor:
    """A bump, a wave and a sawtooth, each `WIDTH` steps long with mean square 1: `(3, 16)`."""
    t = (torch.arange(WIDTH) + 0.5) / WIDTH
    drawn = torch.stack([torch.sin(math.pi * t), torch.sin(2 * math.pi * t), 1 - 2 * t])
    return drawn / drawn.square().mean(1, keepdim=True).sqrt()


def hidden(n: int, starts: Sequence[int], seed: int = 0, size: float = 2.0) -> tuple[torch.Tensor, torch.Tensor]:
    """`n` series of noise of deviation 1 with one of the three shapes, `size` high, from a step in `starts` on.

    Returns the series `(n, 1, 128)` and which shape each holds `(n,)`.
    """
    chance = torch.Generator().manual_seed(seed)
    y = torch.randint(3, (n,), generator=chance)
    begin = torch.tensor(starts)[torch.randint(len(starts), (n,), generator=chance)]
    X = torch.randn(n, LENGTH, generator=chance)
    X.scatter_add_(1, begin[:, None] + torch.arange(WIDTH), size * shapes()[y])
    return X[:, None], y


def early_or_late(n: int = 1200) -> tuple[tuple[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
    """`n` series and whether their shape came late, two thirds for training and the rest for testing.

    Every shape stays 20 steps from both ends, where zeros of the padding would show its position.
    """
    early, _ = hidden(n // 2, range(20, 48), seed=5)
    late, _ = hidden(n // 2, range(64, 92), seed=6)
    X, y = torch.cat([early, late]), torch.arange(2).repeat_interleave(n // 2)
    order = torch.randperm(n, generator=torch.Generator().manual_seed(0))
    train, test = order[: 2 * n // 3], order[2 * n // 3 :]
    return (X[train], y[train]), (X[test], y[test])


def net_of(kind: str, channels: int = 1, length: int = LENGTH, classes: int = 3, seed: int | None = None) -> nn.Sequential:
    """A fresh network of one of `NETS` for series `(N, channels, length)`."""
    expect_one_of("network", kind, NETS)
    with seeded(seed):
        return NETS[kind](channels, length, classes)


def _logistic(channels: int, length: int, classes: int) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(channels * length, classes))


def _mlp(channels: int, length: int, classes: int) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(channels * length, 64), nn.ReLU(), nn.Linear(64, classes))


def _blocks(channels: int) -> tuple[nn.Module, ...]:
    """The convolutions of a LeNet in one dimension, with the pooling between them."""
    first, second = nn.Conv1d(channels, 8, 9, padding=4), nn.Conv1d(8, 16, 9, padding=4)
    return first, nn.ReLU(), nn.MaxPool1d(2), second, nn.ReLU()


def _conv_dense(channels: int, length: int, classes: int) -> nn.Sequential:
    return nn.Sequential(*_blocks(channels), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(16 * (length // 4), classes))


def _conv_pooled(channels: int, length: int, classes: int) -> nn.Sequential:
    return nn.Sequential(*_blocks(channels), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(16, classes))


NETS = {"logistic": _logistic, "dense": _mlp, "convolution": _conv_dense, "convolution, pooled": _conv_pooled}


def summary(X: torch.Tensor, lags: int = 16, window: int = 8) -> np.ndarray:
    """Each series of `X` `(N, 1, T)` as `lags` + 3 numbers that do not depend on the time of anything.

    Variance and autocovariances up to `lags` steps, and the largest and the smallest mean of `window` steps.
    """
    x = X[:, 0] - X[:, 0].mean(1, keepdim=True)
    steps = x.shape[1]
    alike = [(x[:, lag:] * x[:, : steps - lag]).mean(1) for lag in range(lags + 1)]
    means = x.unfold(1, window, 1).mean(2)
    columns = [*alike, means.amax(1), means.amin(1)]
    return np.stack([column.numpy() for column in columns], axis=1)


@dataclass(frozen=True)
class Recordings:
    """Windows of recordings `(N, 6, 128)`, which exercise each is from and which person did it, both int64 `(N,)`."""

    X: torch.Tensor
    y: torch.Tensor
    person: torch.Tensor


def recordings(length: int = LENGTH) -> Recordings:
    """Shoulder exercises recorded by a wristwatch, cut into windows of `length` steps, 50 a second, that do not overlap."""
    package = importlib.util.find_spec("seglearn")
    if package is None or package.origin is None:
        raise DataError("The recordings come with seglearn, which is not installed: pip install seglearn")
    path = Path(package.origin).parent / "data" / "watch_dataset.npy"
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != WATCH_SHA256:
        raise DataError(f"{path} is not the file that seglearn published. Reinstall it: pip install --force-reinstall seglearn")
    recorded = np.load(path, allow_pickle=True).item()  # a pickle, hence the checksum before
    windows = [torch.tensor(series.T).float().unfold(1, length, length).transpose(0, 1) for series in recorded["X"]]
    each = torch.tensor([len(cut) for cut in windows])
    y, person = (torch.tensor(recorded[name]).long().repeat_interleave(each) for name in ("y", "subject"))
    return Recordings(torch.cat(windows), y, person)


def apart(windows: Recordings, person: int) -> tuple[Recordings, Recordings]:
    """Those of all other people and those of `person`, on a scale where each channel of the others has mean 0 and deviation 1."""
    mine = windows.person == person
    if not mine.any() or mine.all():
        raise ValueError(f"Expected one of the people {windows.person.unique().tolist()}, got {person!r}.")
    others = windows.X[~mine]
    X = (windows.X - others.mean((0, 2), keepdim=True)) / others.std((0, 2), keepdim=True)
    rest, own = (Recordings(X[who], windows.y[who], windows.person[who]) for who in (~mine, mine))
    return rest, own


def draw(channels: torch.Tensor, ax: plt.Axes, hidden: tuple[int, torch.Tensor] | None = None) -> plt.Axes:
    """A series `(C, T)` on `ax`, a line a channel; what is `hidden` in it, a pair of first step and shape, in red over it.

    Three channels in a row, the axes of one sensor, share a colour.
    """
    for place, channel in enumerate(channels):
        sensor, axis = divmod(place, 3)
        ax.plot(channel, color=SENSORS[sensor] if len(channels) > 1 else MUTED, lw=1, ls=("-", "--", ":")[axis])
    if hidden is not None:
        begin, shape = hidden
        ax.plot(range(begin, begin + len(shape)), shape, color=VARIANTS[4], lw=2.5)
    ax.set(xticks=[0, channels.shape[1] // 2, channels.shape[1]], xlabel="step")
    return ax
