"""Figures of values that span several powers of ten, and of the links between two layers."""

import math
from collections.abc import Iterable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from numpy.typing import ArrayLike

from lenet_utils.figures.plots import CONVOLUTION, HAIRLINE, INK, MUTED, figure, image


def reach(
    values: Mapping[str, ArrayLike], ax: plt.Axes | None = None, colour: str = INK, marks: Sequence[float] = ()
) -> plt.Axes:
    """A line a name on a logarithmic axis: from the smallest to the largest of its values above 0, with a dot at the median.

    `marks` are values to compare with, each a dashed line from top to bottom.
    """
    ax = ax or plt.gca()
    for y, each in enumerate(values.values()):
        each = np.asarray(each).ravel()
        each = each[each > 0]
        ax.plot([each.min(), each.max()], [y, y], color=colour, lw=2)
        ax.plot(np.median(each), y, "o", ms=6, color=colour)
    for mark in marks:
        ax.axvline(mark, color=MUTED, lw=1.2, ls="--")
    ax.set(xscale="log", yticks=range(len(values)), yticklabels=list(values), ylim=(len(values) - 0.4, -0.8))
    _plain(ax)
    ax.grid(axis="x")
    return ax


def _plain(ax: plt.Axes) -> None:
    """Plain numbers under the logarithmic axis in view: powers of ten, and 2 and 5 times each of them where these are few."""
    low, high = ax.get_xlim()
    powers = [float(f"1e{place}") for place in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]
    steps = (1, 2, 5) if high < 20 * low else (1,)
    ticks = [step * power for power in powers for step in steps if low <= step * power <= high]
    ax.set_xticks(ticks, [np.format_float_positional(tick, precision=10, trim="-") for tick in ticks])
    ax.xaxis.set_minor_formatter("")


def links(table: Sequence[Iterable[int]], rows: str, columns: str, height: float = 2.6) -> plt.Axes:
    """A column for each map of the layer `columns`, with a square in the row of each map of the layer `rows` that it reads."""
    read = [list(maps) for maps in table]
    squares = torch.zeros(1 + max(map(max, read)), len(read))
    for column, maps in enumerate(read):
        squares[maps, column] = 1
    ax = image(squares, figure(height)[1], colour=CONVOLUTION)
    ax.hlines(torch.arange(0.5, len(squares) - 1), -0.5, len(read) - 0.5, color=HAIRLINE, lw=0.8)
    ax.vlines(torch.arange(0.5, len(read) - 1), -0.5, len(squares) - 0.5, color=HAIRLINE, lw=0.8)
    ax.set(xlabel=f"maps of {columns}", ylabel=f"maps of {rows}")
    return ax
