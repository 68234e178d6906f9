"""The figure of the squashing functions."""

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import torch


def functions(curves: Mapping[str, tuple[Callable[[torch.Tensor], torch.Tensor], float]], ax: plt.Axes | None = None) -> plt.Axes:
    """Functions of one variable: `curves` maps a name to the function and to the x at which the name is written."""
    ax = ax or plt.gca()
    x = torch.linspace(-4, 4, 400)
    for (name, (function, place)), dashes in zip(curves.items(), ("-", "-", "--", "-.", ":"), strict=False):
        (line,) = ax.plot(x, function(x), dashes)
        height = float(function(torch.tensor(float(place))))
        ax.annotate(name, (place, height), xytext=(-3, 4), textcoords="offset points", ha="right", color=line.get_color())
    ax.set(xlim=(-4, 4), xticks=[-4, -2, 0, 2, 4])
    ax.grid(axis="y")
    return ax
