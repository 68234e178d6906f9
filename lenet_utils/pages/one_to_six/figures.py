"""Kernels above their maps, a layer as a product of matrices, and strokes in two colours."""

import matplotlib.pyplot as plt
import torch

from lenet_utils.figures import plots


def above_their_maps(image: torch.Tensor, kernels: torch.Tensor, maps: torch.Tensor) -> plt.Figure:
    """The `image` `(H, W)` on the left, beside it each of `kernels` `(N, 5, 5)`, and under it its map of `maps` `(N, H, W)`."""
    fig, axes = plots.figure(2.4, rows=2, columns=1 + len(kernels))
    axes[0, 0].axis("off")
    plots.image(image, axes[1, 0], title="image")
    for number, (column, kernel, values) in enumerate(zip(axes.T[1:], kernels, maps, strict=True)):
        plots.weights(kernel, column[0], title=f"kernel {number}")
        plots.weights(values, column[1], title=f"map {number}")
    return fig


def product(rows: torch.Tensor, columns: torch.Tensor) -> plt.Figure:
    """The matrices `rows` `(6, 25)` and `columns` `(25, n)`, and their product `(6, n)`."""
    fig, axes = plots.figure(2.8, columns=3, width_ratios=(25, 28, 28))
    plots.weights(rows, axes[0], title="kernels").set(xlabel="25 weights", ylabel="6 kernels")
    plots.image(columns, axes[1], title="windows").set(xlabel="28 windows", ylabel="25 pixels")
    plots.weights(rows @ columns, axes[2], title="their product").set(xlabel="28 positions", ylabel="6 maps")
    return fig


def strokes(images: torch.Tensor, vertical: torch.Tensor, horizontal: torch.Tensor) -> plt.Figure:
    """Images `(N, H, W)`, and below each its `vertical` strokes in blue and its `horizontal` ones in orange, masks alike."""
    fig, axes = plots.figure(2.8, rows=2, columns=len(images))
    for column, image, up, across in zip(axes.T, images, vertical, horizontal, strict=True):
        plots.image(image, column[0])
        plots.weights(up.float() - across.float(), column[1], limit=1)
    return fig
