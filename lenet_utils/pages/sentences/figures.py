"""Digits as points of a plane, and how well linear classifiers read each layer."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from numpy.typing import ArrayLike

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.figures import charts, plots
from lenet_utils.figures.plots import VARIANTS
from lenet_utils.pages.sentences.experiment import LAYERS

DIGITS = (*VARIANTS, "#d97706", "#a63db8", "#008f96", "#2c9a3a", "#7a4a2b")  # a colour for each


def classes(points: ArrayLike, labels: ArrayLike, ax: plt.Axes | None = None) -> plt.Axes:
    """Points `(N, 2)`, each drawn as the digit that it is; the ten middles large."""
    ax = ax or plt.gca()
    points, labels = np.asarray(points), np.asarray(labels)
    for digit in np.unique(labels):
        mine = points[labels == digit]
        colour = DIGITS[digit]
        ax.plot(*mine.T, ls="", marker=f"${digit}$", ms=4, color=colour, alpha=0.5, mew=0)
        x, y = np.median(mine, axis=0)
        ax.text(x, y, digit, fontsize=15, color=colour, ha="center", va="center", weight="bold")
    ax.set(xticks=[], yticks=[])
    return ax


def planes(points: Sequence[torch.Tensor], labels: ArrayLike) -> None:
    """Points `(N, units)` of an untrained and of a trained network, each set in the plane in which it varies most."""
    _, axes = plots.figure(3.4, columns=2)
    for ax, name, each in zip(axes, ("untrained", "trained"), points, strict=True):
        centred = each - each.mean(0)
        directions = torch.linalg.svd(centred, full_matrices=False).Vh[:2]  # (2, units)
        classes(centred @ directions.T, labels, ax).set(title=name, xlabel="first component", ylabel="second component")


def errors_of_readers(runs: Comparison) -> dict[str, torch.Tensor]:
    """The error of the linear classifier of each layer: `(seeds, layers)` for a trained and for an untrained network."""
    scores = {
        name: [[run[layer] for layer in LAYERS] for run in runs.values(name, "layers")] for name in ("trained", "untrained")
    }
    return {name: 1 - torch.tensor(each) for name, each in scores.items()}


def by_layer(errors: Mapping[str, ArrayLike]) -> None:
    """The errors `(seeds, layers)` of linear classifiers along the layers, shares that are drawn in per cent; logarithmic."""
    _, ax = plots.figure(2.6)
    charts.curves(errors, ax, x=range(len(LAYERS)))
    ax.set(xlabel="layer", ylabel="error of a linear classifier", yscale="log", ylim=(0.008, 0.7))
    ax.set_xticks(range(len(LAYERS)), LAYERS)
    ax.set_yticks([0.01, 0.02, 0.05, 0.1, 0.2, 0.5], ["1%", "2%", "5%", "10%", "20%", "50%"])
    ax.minorticks_off()
