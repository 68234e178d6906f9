"""Figures of what each layer sees and costs."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch

from lenet_utils.figures import plots
from lenet_utils.figures.plots import HAIRLINE, LAYERS, MUTED, PAPER


def cone(table: Any, layers: Sequence[str], ax: plt.Axes | None = None, unit: int = 0) -> plt.Axes:
    """Which input pixels, along one line, one unit of the last of `layers` sees: a row of dots a layer."""
    ax = ax or plt.gca()
    rows = [table[name] for name in layers]
    last = rows[-1]
    start = _first_centre(table, last) + unit * last.jump
    for height, row in enumerate(rows):
        centres = _first_centre(table, row) + row.jump * np.arange(row.size)
        reach = (last.field - row.field) / 2
        seen = np.abs(centres - start) <= reach + 1e-6
        ax.plot(centres[~seen], np.full((~seen).sum(), height), "o", ms=3.2, mfc=PAPER, mec=HAIRLINE)
        ax.plot(centres[seen], np.full(seen.sum(), height), "o", ms=4.2, color=LAYERS[row.name])
        ax.text(-6, height, row.name, ha="right", va="center", color=LAYERS[row.name], fontsize=9)
        ax.text(34, height, f"{row.field} px", ha="left", va="center", color=MUTED, fontsize=9)
    edges = [(last.field - row.field) / 2 for row in rows]
    for sign in (-1, 1):
        ax.plot([start + sign * edge for edge in edges], range(len(rows)), color=MUTED, lw=0.9, zorder=0)
    ax.set(xlim=(-8, 37), ylim=(-0.5, len(rows) - 0.5))
    ax.axis("off")
    return ax


def _first_centre(table: Any, row: Any) -> float:
    """Input coordinate of the middle of the first unit's field, given that padding lets it start outside."""
    first = table["input"]
    span = row.field + (row.size - 1) * row.jump
    return (first.size - span) / 2 + (row.field - 1) / 2


def layer_bars(table: Sequence[Any], what: str, ax: plt.Axes | None = None) -> plt.Axes:
    """One bar a layer of `table` of `nets.shapes` for its `params`, `connections` or `macs`, the number beside it."""
    ax = ax or plt.gca()
    rows = [row for row in table if getattr(row, what)]
    values = [getattr(row, what) for row in rows]
    ax.barh(range(len(rows)), values, color=[LAYERS[row.name] for row in rows], height=0.6)
    for i, value in enumerate(values):
        ax.text(value, i, f" {value:,}", va="center", fontsize=9)
    ax.set(yticks=range(len(rows)), yticklabels=[row.name for row in rows], xticks=[], xlim=(0, 1.35 * max(values)))
    ax.tick_params(length=0)
    ax.spines["bottom"].set_visible(False)
    ax.invert_yaxis()
    return ax


def with_field(picture: torch.Tensor, row: Any, start: int, ax: plt.Axes) -> None:
    """A picture `(H, W)` with the receptive field of one unit of the layer `row` outlined from pixel `start` on."""
    plots.image(picture, ax, title=f"{row.name}: {row.field}×{row.field}")
    plots.outline(ax, start, start, row.field, LAYERS[row.name])
