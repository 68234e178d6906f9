"""Where the elements of a tensor lie in memory, drawn, and what reading them otherwise does."""

import time
from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.patches import Rectangle

from lenet_utils.figures import plots
from lenet_utils.figures.plots import HAIRLINE, INK, MUTED, PAPER


def positions(X: torch.Tensor) -> torch.Tensor:
    """For every element of `X`, its place in the memory that `X` looks at, counted from 0: a tensor of the shape of `X`."""
    memory = torch.arange(X.untyped_storage().nbytes() // X.element_size())
    return memory.as_strided(X.size(), X.stride(), X.storage_offset())


def diagram(X: torch.Tensor, ax: plt.Axes | None = None, colour: str = INK) -> plt.Axes:
    """A line from every element of `X`, above in the order of its indices, to its place in memory, below.

    Cells of memory that `X` does not look at stay empty.
    """
    ax = ax or plt.gca()
    order = positions(X).flatten().tolist()
    cells = X.untyped_storage().nbytes() // X.element_size()
    for k in range(cells):
        ax.add_patch(Rectangle((k - 0.5, -0.5), 1, 1, fc=HAIRLINE if k in order else PAPER, ec=MUTED, lw=0.6, zorder=2))
        ax.text(k, 0, str(k), ha="center", va="center", fontsize=8, color=INK, zorder=3)
    left = (cells - len(order)) / 2
    for k, place in enumerate(order):
        ax.plot([left + k, place], [3.4, 0.6], color=colour, lw=1.2, zorder=1)
        ax.plot(left + k, 3.4, "o", ms=4, color=colour)
    ax.set(xlim=(-0.8, cells - 0.2), ylim=(-0.7, 3.8))
    ax.axis("off")
    return ax


def layouts(tensors: Mapping[str, torch.Tensor], axes: np.ndarray) -> None:
    """A column of `axes` `(2, tensors)` for each: its elements' positions in memory under its name and strides, and `diagram`."""
    for (above, below), (name, X) in zip(axes.T, tensors.items(), strict=True):
        plots.numbers(positions(X), above, INK, title=f"{name}, strides {X.stride()}")
        diagram(X, below)


def works(X: torch.Tensor, *shape: int) -> bool:
    """Whether `X` can be viewed in that shape."""
    try:
        return X.view(shape).data_ptr() == X.data_ptr()
    except RuntimeError:
        return False


def milliseconds(call: Callable[[], object], times: int = 50) -> float:
    """How long one `call` takes, averaged over `times`."""
    start = time.perf_counter()
    for _ in range(times):
        call()
    return 1000 * (time.perf_counter() - start) / times
