"""Every answer of a network to the test images: its confusions, its calibration, and the images that it gets wrong."""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.experiments.runs import takes_settings, train_lenet


@takes_settings
def examined(digits: Digits, seed: int, **settings: Any) -> dict[str, Any]:
    """What `runs.brief` returns, and every answer to the test images looked at: see `answers`."""
    net, history, digits = train_lenet(digits, seed, **settings)
    values = answers(probabilities(net, digits.X_test), digits.y_test)
    return values | {"seconds": history.seconds, "accuracies": history.accuracies}


@torch.no_grad()
def probabilities(net: nn.Module, X: torch.Tensor) -> torch.Tensor:
    """The probability of each class for images `X` `(N, C, H, W)`: `(N, num_classes)`, rows that sum to 1."""
    net.eval()
    return torch.cat([net(batch).softmax(1) for batch in X.split(1000)])


def answers(shares: torch.Tensor, y: torch.Tensor, bins: int = 10) -> dict[str, Any]:
    """Probabilities `(N, classes)` against labels `y` `(N,)`.

    `accuracy`; `confusion[label][answer]` counts; `calibration`, a row `(images, mean confidence, share right)`
    for each of `bins` bands of confidence; `wrong`, a row `(position, label, answer, confidence)` a mistake.
    """
    confidence, guess = shares.max(1)
    right, classes = guess == y, shares.shape[1]
    band = (confidence * bins).long().clamp(max=bins - 1)
    rows = [[int((band == b).sum()), *(_mean(v[band == b]) for v in (confidence, right))] for b in range(bins)]
    positions = (~right).nonzero().flatten().tolist()
    return {
        "accuracy": right.double().mean().item(),
        "confusion": (y * classes + guess).bincount(minlength=classes**2).view(classes, classes).tolist(),
        "calibration": rows,
        "wrong": [[i, int(y[i]), int(guess[i]), round(confidence[i].item(), 4)] for i in positions],
    }


def pooled(calibrations: Iterable[Sequence[Sequence[Any]]]) -> list[list[Any]]:
    """The `calibration` rows of several runs as one, every band weighted by its images."""
    bands = zip(*calibrations, strict=True)
    return [_pooled_band([row for row in band if row[0]]) for band in bands]


def _pooled_band(rows: Sequence[Sequence[Any]]) -> list[Any]:
    images = sum(row[0] for row in rows)
    return [images, *(sum(row[0] * row[i] for row in rows) / images if images else None for i in (1, 2))]


def _mean(values: torch.Tensor) -> float | None:
    return round(values.double().mean().item(), 5) if len(values) else None
