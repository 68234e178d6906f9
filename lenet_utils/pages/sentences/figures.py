"""Digits as points of a plane."""

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike

from lenet_utils.figures.plots import VARIANTS


def classes(points: ArrayLike, labels: ArrayLike, ax: plt.Axes | None = None) -> plt.Axes:
    """Points `(N, 2)`, each drawn as the digit that it is; the ten middles large."""
    ax = ax or plt.gca()
    points, labels = np.asarray(points), np.asarray(labels)
    for digit in np.unique(labels):
        mine = points[labels == digit]
        colour = VARIANTS[digit % len(VARIANTS)]
        ax.plot(*mine.T, ls="", marker=f"${digit}$", ms=4, color=colour, alpha=0.5, mew=0)
        x, y = np.median(mine, axis=0)
        ax.text(x, y, digit, fontsize=15, color=colour, ha="center", va="center", weight="bold")
    ax.set(xticks=[], yticks=[])
    return ax
