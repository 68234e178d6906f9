"""A figure of values that span several powers of ten."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike

from lenet_utils.figures.plots import INK


def reach(values: Mapping[str, ArrayLike], ax: plt.Axes | None = None, colour: str = INK) -> plt.Axes:
    """A line a name on a logarithmic axis: from the smallest to the largest of its values above 0, with a dot at the median."""
    ax = ax or plt.gca()
    for y, each in enumerate(values.values()):
        each = np.asarray(each).ravel()
        each = each[each > 0]
        ax.plot([each.min(), each.max()], [y, y], color=colour, lw=2)
        ax.plot(np.median(each), y, "o", ms=6, color=colour)
    ax.set(xscale="log", yticks=range(len(values)), yticklabels=list(values), ylim=(len(values) - 0.4, -0.8))
    ax.grid(axis="x")
    return ax
