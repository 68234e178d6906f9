"""The figures of the squashing functions and of a pooled map."""

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import torch

from lenet_utils.figures import plots


def functions(curves: Mapping[str, tuple[Callable[[torch.Tensor], torch.Tensor], float]], ax: plt.Axes | None = None) -> plt.Axes:
    """Functions of one variable: `curves` maps a name to the function and to the x at which the name is written."""
    ax = ax or plt.gca()
    x = torch.linspace(-4, 4, 400)
    for (name, (function, place)), dashes in zip(curves.items(), ("-", "-", "--", "-.", ":"), strict=False):
        (line,) = ax.plot(x, function(x), dashes)
        height = float(function(torch.tensor(float(place))))
        ax.annotate(name, (place, height), xytext=(-3, 4), textcoords="offset points", ha="right", color=line.get_color())
    ax.set(xlim=(-4, 4), xticks=[-4, -2, 0, 2, 4], xlabel="sum", ylabel="activation")
    ax.grid(axis="y")
    return ax


def pooled_maps(Y: torch.Tensor, pooled: Mapping[str, torch.Tensor]) -> None:
    """A map `(4, 4)` with one window outlined, and beside it each of `pooled` `(2, 2)` with that window's value outlined."""
    _, axes = plots.figure(2.3, columns=1 + len(pooled))
    plots.numbers(Y, axes[0], window=(2, 2, 2))
    for ax, (name, values) in zip(axes[1:], pooled.items(), strict=True):
        plots.numbers(values, ax, plots.POOLING, window=(1, 1, 1), limits=(-1, 2), title=name)
