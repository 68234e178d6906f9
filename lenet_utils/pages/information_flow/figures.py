"""What is drawn on the page `information_flow` alone."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch

from lenet_utils.figures import plots
from lenet_utils.nets.lenet import LeNet

TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


def errors_by_layer(ax: plt.Axes, trained: Mapping[str, float], untrained: Mapping[str, float]) -> plt.Axes:
    """The share misread after each layer, on a logarithmic axis, from accuracies by layer: solid trained, dashed untrained.

    Under each layer stands how many values it has.
    """
    counts = {row.name: row.values for row in LeNet().table}
    places, colours = range(len(counts)), [plots.LAYERS[name] for name in counts]
    for shares, dashes in ((trained, "-"), (untrained, "--")):
        wrong = [1 - shares[name] for name in counts]
        ax.plot(places, wrong, dashes, color=plots.MUTED, zorder=1)
        ax.scatter(places, wrong, color=colours)
    ax.set_xticks(places, [f"{name}\n{number:,}" for name, number in counts.items()], fontsize=9)
    ax.set_yscale("log")
    ax.set_yticks(TICKS, [f"{100 * share:g}%" for share in TICKS])
    ax.minorticks_off()
    ax.grid(axis="y")
    return ax


def losses_by_map(ax: plt.Axes, layer: str, zero: torch.Tensor, mean: torch.Tensor) -> plt.Axes:
    """Points of accuracy lost without each map of `layer`, a line for each network, from tensors `(networks, maps)`.

    Full dots for maps set to `zero`, open rings for maps replaced by their `mean`.
    """
    for points, face in ((mean, "none"), (zero, plots.CONVOLUTION)):
        rows = torch.arange(len(points))[:, None].expand_as(points)
        ax.plot(points.flatten(), rows.flatten(), "o", mfc=face, mec=plots.CONVOLUTION, ms=5, alpha=0.6)
    ax.set(xscale="symlog", yticks=[], xlabel=f"points lost without a map of {layer}")
    ax.set_xticks([0, 1, 3, 10], ["0", "1", "3", "10"])
    return ax
