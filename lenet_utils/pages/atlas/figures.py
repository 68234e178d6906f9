"""A figure of many results at once."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike

from lenet_utils.figures.plots import INK, Limits, figure, sequential
from lenet_utils.pages.atlas.experiment import AXES


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


def panels(accuracy: np.ndarray) -> np.ndarray:
    """All of the map, `accuracy` with the axes of `AXES` and the seeds: a row per activation and pooling, a column per batch.

    In each panel are the rates from left to right and the initial weights from top to bottom; below is the scale, with chance
    and one half. Returns the axes of the panels.
    """
    drawing, axes = figure(7.9, rows=8, columns=2, sharex=True)
    for row, (activation, pool) in enumerate(np.ndindex(4, 2)):
        for column in range(2):
            heat(accuracy[activation, pool, :, :, column].mean(-1), AXES["init"], AXES["lr"], axes[row, column])
        name = AXES["activation"][activation].replace("scaled_tanh", "tanh 1998")
        axes[row, 0].set_ylabel(f"{name}\n{AXES['pool'][pool]}", fontsize=9)
    for column, size in enumerate(AXES["batch_size"]):
        axes[0, column].set_title(f"batches of {size}")
        axes[-1, column].set_xlabel("rate")
    bar = drawing.colorbar(axes[0, 0].images[0], ax=axes, location="bottom", aspect=50, pad=0.01, ticks=[0, 0.1, 0.5, 1])
    bar.ax.set_xticklabels(["0", "chance, 10%", "50%", "100%"], fontsize=9)
    bar.set_label("digits read correctly")
    bar.outline.set_visible(False)
    return axes
