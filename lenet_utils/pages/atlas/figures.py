"""A figure of many results at once."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from numpy.typing import ArrayLike

from lenet_utils.figures.plots import INK, Limits, sequential


def heat(
    values: ArrayLike, rows: Sequence[object], columns: Sequence[object], ax: plt.Axes | None = None, colour: str = INK,
    limits: Limits = (0, 1),
) -> plt.Axes:  # fmt: skip
    """A table of numbers `(rows, columns)` as colours, with the values of both axes written beside them."""
    ax = ax or plt.gca()
    ax.imshow(values, cmap=sequential(colour), vmin=limits[0], vmax=limits[1], aspect="auto")
    ax.set(xticks=range(len(columns)), xticklabels=columns, yticks=range(len(rows)), yticklabels=rows)
    ax.tick_params(length=0, labelsize=9)
    return ax
