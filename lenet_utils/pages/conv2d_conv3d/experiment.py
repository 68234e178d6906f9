"""To which side a digit passes: one frame, frames as channels, and convolutions over time, also later than in training."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.pages.conv2d_conv3d import clips
from lenet_utils.training.fit import evaluate, fit

RECIPE: dict[str, Any] = {"num_epochs": 4, "optimizer": "adamw", "lr": 0.01, "schedule": "one-cycle", "batch_size": 64}
ALL_TIMES = tuple(range(clips.FRAMES - clips.SHOWN + 1))


def on_clips(
    digits: Digits, seed: int, *, model: str, begins: Sequence[int] = clips.EARLY, n: int = 6000,
    num_epochs: int = RECIPE["num_epochs"],
) -> dict[str, float]:  # fmt: skip
    """Shares right on clips as `early` as in training and on later ones (`accuracy`), after `n` clips with those `begins`."""
    net = clips.net_of(model, seed=seed)
    X, y = clips.passing(digits.X_train[:n], begins, seed=2 * seed)
    fit(net, X, y, seed=seed, progress=False, **RECIPE | {"num_epochs": num_epochs})
    tests = {"accuracy": clips.LATE, "early": clips.EARLY}
    shown = {name: clips.passing(digits.X_test[:n], begins, seed=2 * seed + 1) for name, begins in tests.items()}
    return {name: evaluate(net, *test).accuracy for name, test in shown.items()}


@named(data="mnist", seeds=5)
def conv2d_conv3d(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Digits that pass to the left or right early in a clip, as one frame, as eight channels and in time; tested later."""
    variants: dict[str, dict[str, Any]] = {model: {"model": model} for model in clips.NETS}
    variants["stacked, all times"] = {"model": "stacked", "begins": ALL_TIMES}
    return compare(variants, seeds, data, run=on_clips, keep=keep)
