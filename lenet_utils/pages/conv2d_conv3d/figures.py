"""Clips as rows of frames, and errors after few clips."""

import matplotlib.pyplot as plt
import torch

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.figures import charts, plots


def frames(right: torch.Tensor, left: torch.Tensor) -> plt.Figure:
    """Two clips `(frames, H, W)`, one above the other: the upper one moves `right`, the lower one `left`."""
    fig, axes = plots.figure(1.7, rows=2)
    for ax, clip in zip(axes, (right, left), strict=True):
        plots.strip(clip, ax)
    return fig


def errors(runs: Comparison, sizes: tuple[int, ...]) -> plt.Axes:
    """The error rate on new clips of each network over the number of clips that it was trained on, one of `sizes`."""
    _, ax = plots.figure(2.8)
    charts.curves({model: runs.values(model, "errors") for model in runs.variants}, ax, x=sizes)
    ax.set(xscale="log", xlabel="clips in training", ylabel="error rate on new clips")
    ax.set_xticks(sizes, sizes)
    ax.minorticks_off()
    ax.yaxis.set_major_formatter(lambda share, place: f"{share:.0%}")
    return ax
