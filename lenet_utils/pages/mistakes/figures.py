"""Which digits are taken for which, how sure a network is when it is right, and what it reads of other collections."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from lenet_utils.figures import charts, plots
from lenet_utils.figures.plots import HAIRLINE, INK, sequential
from lenet_utils.pages.mistakes.experiment_fresh import with_value


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
    """Share right against the probability of the answer; `rows` of `(images, mean probability, share right)`, a larger dot for
    more images.
    """
    ax = ax or plt.gca()
    filled = [row for row in rows if row[0]]
    images, probability, right = (np.array(column, dtype=float) for column in zip(*filled, strict=True))
    ax.plot([0, 1], [0, 1], color=HAIRLINE, lw=1.2, zorder=0)
    ax.plot(probability, right, color=colour, lw=1, label=label)
    ax.scatter(probability, right, s=6 + 120 * images / images.sum(), color=colour, zorder=3, lw=0, clip_on=False)
    ax.set(xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    ax.set(xlabel="probability", ylabel="share that is right")
    return ax


def for_each(rows: Mapping[str, Any], draw: Callable[..., plt.Axes], height: float) -> None:
    """`draw` for the first and for the best network of the ladder, side by side."""
    _, axes = plots.figure(height, columns=len(rows))
    for ax, (name, each) in zip(axes, rows.items(), strict=True):
        draw(each, ax).set_title(name)


def by_epoch(runs: Mapping[str, ArrayLike]) -> None:
    """The test accuracies `(runs, epochs)` of two networks, a curve a run; the axis of the second starts at 98 %."""
    _, axes = plots.figure(2.6, columns=2)
    for ax, (name, curves) in zip(axes, runs.items(), strict=True):
        for curve in np.asarray(curves):
            ax.plot(np.arange(1, len(curve) + 1), curve, color=INK, alpha=0.6, lw=1.2)
        ax.grid(axis="y")
        ax.set(title=name, xlabel="epoch", ylabel="test accuracy")
    axes[0].set_ylim(0, 1)
    axes[1].set_ylim(0.98, 1)


def answered(images: torch.Tensor, rows: Sequence[Sequence[Any]]) -> None:
    """Images `(N, side, side)` in rows of ten, above each its label and answer; a row is `(position, label, answer, ...)`."""
    titles = [f"{label}→{answer}" for _, label, answer, *_ in rows]
    _, ax = plots.figure(0.85 * -(-len(images) // 10))
    plots.strip(images, ax, titles=titles, columns=10)


def by_set(fresh: dict[str, Any]) -> None:
    """Accuracies on MNIST and on each other set of the result `fresh_digits`, before and after the step to distorted digits."""
    sets = {"MNIST": fresh["runs"]} | {name: with_value(fresh["runs"], name) for name in fresh["sizes"]}
    _, axes = plots.figure(3.6, columns=2, rows=2, sharey=True)
    for ax, (name, runs) in zip(axes.flat, sets.items(), strict=True):
        charts.intervals(runs, ax=ax, form="{:.1%}").set(title=name, xlabel="")
        ax.xaxis.set_major_locator(MaxNLocator(2))
    axes[0, 0].set_yticklabels(["before", "after"])
    for ax in axes[1]:
        ax.set_xlabel("accuracy")
