"""Figures of what passes the layers, and of the steps that a training takes."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt

from lenet_utils.figures.charts import MARKERS, name_rows
from lenet_utils.figures.plots import INK, MUTED, VARIANTS


def by_layer(lines: Mapping[str, Mapping[str, float]], ax: plt.Axes | None = None) -> plt.Axes:
    """Values of several networks along their layers: `lines` maps a name to a dictionary from layer to value; logarithmic."""
    ax = ax or plt.gca()
    for (name, values), colour, marker in zip(lines.items(), VARIANTS, MARKERS, strict=False):
        ax.plot(list(values), list(values.values()), color=colour, marker=marker, ms=5, label=name)
    ax.set_yscale("log")
    ax.grid(axis="y")
    ax.legend(frameon=False, fontsize=9)
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
    name_rows(ax, comparison.variants)
    ax.set(xscale="log", xlim=(5, budget), xlabel=value)
    ax.grid(axis="x")
    return ax
