"""Figures of comparisons: means with intervals, curves with bands, tables of counts. Each draws on the axis it is given."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from lenet_utils.figures.plots import HAIRLINE, INK, MUTED, VARIANTS, sequential

MARKERS = "osD^vPX"


def intervals(
    comparison: Any, value: str = "accuracy", ax: plt.Axes | None = None, colour: str = INK, form: str = "{:.2%}",
    marks: Sequence[float] = (),
) -> plt.Axes:  # fmt: skip
    """A line a variant of a `Comparison`: every run a faint dot, the mean a full one with its 95 % interval and its number.

    `marks` are values to compare with, each a dashed line from top to bottom.
    """
    ax = ax or plt.gca()
    for mark in marks:
        ax.axvline(mark, color=MUTED, lw=1.2, ls="--", zorder=0)
    table = comparison.table(value)
    for y, (name, row) in enumerate(table.iterrows()):
        runs = comparison.values(name, value)
        ax.plot(runs, [y] * len(runs), "o", ms=4, color=colour, alpha=0.25, mew=0)
        ax.plot([row.low, row.high], [y, y], color=colour, lw=2)
        ax.plot(row["mean"], y, "o", ms=7, color=colour)
        ax.annotate(
            form.format(row["mean"]), (row["mean"], y), xytext=(0, 7), textcoords="offset points", ha="center", fontsize=9
        )
    _names(ax, table.index)
    ax.grid(axis="x")
    ax.set_xlabel(value.replace("_", " "))
    ax.xaxis.set_major_formatter(lambda share, place: f"{100 * share:g}%")
    return ax


def steps(comparison: Any, budget: int, value: str = "step", ax: plt.Axes | None = None, colour: str = INK) -> plt.Axes:
    """A line a variant: the step of every run on a logarithmic axis; an open ring at the edge is a run that never came there."""
    ax = ax or plt.gca()
    for y, name in enumerate(comparison.variants):
        found = [step for step in comparison.values(name, value) if step is not None and step == step]
        never = len(comparison.values(name, value)) - len(found)
        ax.plot(found, [y] * len(found), "o", ms=6, color=colour, alpha=0.6, mew=0)
        if never:
            ax.plot(budget, y, "o", ms=8, mfc="none", mec=MUTED, clip_on=False)
            ax.annotate(f"{never}×", (budget, y), xytext=(7, 0), textcoords="offset points", va="center", fontsize=9, color=MUTED)
    _names(ax, comparison.variants)
    ax.set(xscale="log", xlim=(5, budget), xlabel=value)
    ax.grid(axis="x")
    return ax


def curves(
    lines: Mapping[str, ArrayLike], ax: plt.Axes | None = None, x: Sequence[float] | None = None, legend: bool = True
) -> plt.Axes:
    """Mean and 95 % band of several curves of equal length: `lines` maps a name to an array `(runs, points)`."""
    ax = ax or plt.gca()
    for (name, values), colour, marker in zip(lines.items(), VARIANTS, MARKERS, strict=False):
        values = np.asarray(values, dtype=float)
        places = np.arange(1, values.shape[1] + 1) if x is None else x
        mean = values.mean(0)
        ax.plot(places, mean, color=colour, marker=marker, ms=4, label=name)
        if len(values) > 1:
            half = stdtrit(len(values) - 1, 0.975) * values.std(0, ddof=1) / np.sqrt(len(values))
            ax.fill_between(places, mean - half, mean + half, color=colour, alpha=0.15, lw=0)
    ax.grid(axis="y")
    if legend:
        ax.legend(frameon=False, fontsize=9)
    return ax


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


def _names(ax: plt.Axes, names: Iterable[str]) -> None:
    names = list(names)
    ax.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.4, -0.8))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    for label in ax.get_yticklabels():
        label.set_color(INK)
    ax.tick_params(axis="x", colors=MUTED)


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
