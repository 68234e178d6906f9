"""Where Conv3d pays: few clips to learn from, in which a short motion may come at any time."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.nets.lenet import seeded
from lenet_utils.pages.conv2d_conv3d import clips
from lenet_utils.training.fit import evaluate, fit

FRAMES, SHOWN = 16, 3  # the motion takes 3 of 16 frames
BEGINS = range(FRAMES - SHOWN + 1)
SIZES = (25, 50, 100, 400)
TESTED = 2000
RECIPE: dict[str, Any] = {"optimizer": "adamw", "lr": 0.01, "schedule": "one-cycle", "batch_size": 25}
STEPS = 160
MODELS = ("stacked", "wide stack", "Conv3d")


def short(X: torch.Tensor, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Clips `(N, 1, 16, 14, 20)` in which each digit of `X` moves for three frames at any time, and the sides `(N,)`."""
    return clips.passing(X, BEGINS, seed, FRAMES, SHOWN)


def new_net(model: str, seed: int | None = None) -> nn.Module:
    """A fresh network for clips of `short`: the `Conv3d` of `clips`, or a stack of all frames with four maps, or seven."""
    if model == "Conv3d":
        return clips.net_of(model, seed)
    width = {"stacked": 4, "wide stack": 7}[model]
    with seeded(seed):
        return nn.Sequential(
            *(nn.Flatten(1, 2), nn.Conv2d(FRAMES, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(width, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(8, 2)),
        )


def from_few_clips(digits: Digits, seed: int, *, model: str, sizes: Iterable[int] = SIZES, steps: int = STEPS) -> dict[str, Any]:
    """`errors` on new clips after `steps` steps on each of `sizes` clips; a smaller set is part of a larger one."""
    some = torch.randperm(len(digits.X_train), generator=torch.Generator().manual_seed(seed))[: max(sizes)]
    X, y = short(digits.X_train[some], 2 * seed)
    test, errors = short(digits.X_test[:TESTED], 2 * seed + 1), []
    for n in sizes:
        net, epochs = new_net(model, seed), steps * RECIPE["batch_size"] // n
        fit(net, X[:n], y[:n], seed=seed, progress=False, **RECIPE | {"num_epochs": epochs})
        errors.append(round(1 - evaluate(net, *test).accuracy, 4))
    return {"error": errors[-1], "errors": errors}


@named(data="mnist", seeds=10)
def few_clips(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Left or right, three frames at any time: error of stacked frames and of Conv3d after 25 to 400 clips."""
    return compare({model: {"model": model} for model in MODELS}, seeds, data, run=from_few_clips, keep=keep)
