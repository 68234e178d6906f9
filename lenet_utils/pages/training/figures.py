"""A figure of what passes the layers."""

from collections.abc import Mapping

import matplotlib.pyplot as plt

from lenet_utils.figures.charts import MARKERS
from lenet_utils.figures.plots import VARIANTS


def by_layer(lines: Mapping[str, Mapping[str, float]], ax: plt.Axes | None = None) -> plt.Axes:
    """Values of several networks along their layers: `lines` maps a name to a dictionary from layer to value; logarithmic."""
    ax = ax or plt.gca()
    for (name, values), colour, marker in zip(lines.items(), VARIANTS, MARKERS, strict=False):
        ax.plot(list(values), list(values.values()), color=colour, marker=marker, ms=5, label=name)
    ax.set_yscale("log")
    ax.grid(axis="y")
    ax.legend(frameon=False, fontsize=9)
    return ax
