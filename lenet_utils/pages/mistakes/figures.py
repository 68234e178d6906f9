"""Which digits are taken for which, and how sure a network is when it is right."""

from collections.abc import Iterable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike

from lenet_utils.figures.plots import HAIRLINE, INK, sequential


def confusion(counts: ArrayLike, ax: plt.Axes | None = None) -> plt.Axes:
    """Counts `(classes, classes)`, a row a label, a column an answer; what is right is left out, so that the rest shows."""
    ax = ax or plt.gca()
    counts = np.array(counts)
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    ax.imshow(wrong, cmap=sequential(INK), vmax=2.6 * wrong.max())
    for (row, column), count in np.ndenumerate(wrong):
        if count:
            ax.text(column, row, count, ha="center", va="center", fontsize=9)
    ax.plot(range(len(counts)), range(len(counts)), ".", ms=3, color=HAIRLINE)
    ax.set(xticks=range(len(counts)), yticks=range(len(counts)), xlabel="answer", ylabel="label")
    ax.tick_params(length=0)
    return ax


def calibration(
    rows: Iterable[Sequence[float | None]], ax: plt.Axes | None = None, colour: str = INK, label: str | None = None
) -> plt.Axes:
    """Share right against confidence; `rows` of `(images, mean confidence, share right)`, the dot as large as the images many."""
    ax = ax or plt.gca()
    filled = [row for row in rows if row[0]]
    images, confidence, right = (np.array(column, dtype=float) for column in zip(*filled, strict=True))
    ax.plot([0, 1], [0, 1], color=HAIRLINE, lw=1.2, zorder=0)
    ax.plot(confidence, right, color=colour, lw=1, label=label)
    ax.scatter(confidence, right, s=6 + 120 * images / images.sum(), color=colour, zorder=3, lw=0)
    ax.set(xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    ax.set(xlabel="confidence", ylabel="share that is right")
    return ax
