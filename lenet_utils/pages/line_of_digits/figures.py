"""The figure of a line and of what the network answers along it."""

import matplotlib.pyplot as plt
import torch

from lenet_utils.figures import plots


def reading(line: torch.Tensor, penalties: torch.Tensor) -> plt.Axes:
    """A line `(1, 1, 32, W)` above its penalties `(10, positions)`, see `plots.reading`, with the ten classes named."""
    ax = plots.reading(line[0, 0], penalties, plots.figure(3.8)[1])
    top, step = line.shape[2] + 2, 4
    ax.set(yticks=[top + step * (k + 0.5) for k in range(10)], yticklabels=range(10))
    ax.set_ylabel("class", y=0.27)
    ax.set_xlabel("middle of the window, every fourth pixel")
    ax.tick_params(length=0, labelsize=9)
    return ax
