"""Kernels of several networks, one under the other."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch

from lenet_utils.figures import plots


def kernels_in_rows(kernels: Mapping[str, torch.Tensor], height: float, limit: float | None = None) -> plt.Figure:
    """Kernels `(6, 5, 5)` or `(6, 1, 5, 5)`, a row under each name: on one scale up to `limit`, or each row on its own."""
    fig, axes = plots.figure(height, rows=len(kernels), columns=6)
    for row, (name, six) in zip(axes, kernels.items(), strict=True):
        for ax, kernel in zip(row, six.detach().flatten(0, -3), strict=True):
            plots.weights(kernel, ax, limit=limit or six.abs().max().item())
        row[0].set_title(name, loc="left", fontsize=9)
    return fig
