"""Figures of comparisons: means with intervals, and curves with bands. Each draws on the axis it is given."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from lenet_utils.figures.plots import INK, MUTED, VARIANTS

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
        ax.axvline(mark, color=MUTED, lw=1.2, ls="--", zorder=1.6)  # above the grid
    table = comparison.table(value)
    for y, (name, row) in enumerate(table.iterrows()):
        runs = comparison.values(name, value)
        ax.plot(runs, [y] * len(runs), "o", ms=4, color=colour, alpha=0.25, mew=0)
        ax.plot([row.low, row.high], [y, y], color=colour, lw=2)
        ax.plot(row["mean"], y, "o", ms=7, color=colour)
        ax.annotate(
            form.format(row["mean"]), (row["mean"], y), xytext=(0, 7), textcoords="offset points", ha="center", fontsize=9
        )
    name_rows(ax, table.index)
    ax.grid(axis="x")
    ax.set_xlabel(value.replace("_", " "))
    ax.xaxis.set_major_formatter(lambda share, place: f"{100 * share:g}%")
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


def name_rows(axis: plt.Axes, names: Iterable[str]) -> None:
    """Write `names` to the left of `axis`, the first one at the top."""
    names = list(names)
    axis.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.4, -0.8))
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    for label in axis.get_yticklabels():
        label.set_color(INK)
    axis.tick_params(axis="x", colors=MUTED)
