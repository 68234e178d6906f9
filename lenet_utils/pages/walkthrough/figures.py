"""The figures of the page `walkthrough`: the image in two sizes, the dense layers, and the sizes along the layers."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch

from lenet_utils.figures import plots


def in_two_sizes(*pictures: torch.Tensor) -> None:
    """Pictures `(side, side)` side by side at one scale, each with a square around its ink and its size above."""
    _, axes = plots.figure(2.6, columns=len(pictures))
    largest = max(map(len, pictures))
    for ax, picture in zip(axes, pictures, strict=True):
        rows, columns = torch.where(picture > 0)
        side = 1 + int(max(rows.max() - rows.min(), columns.max() - columns.min()))
        plots.image(picture, ax, title=f"{len(picture)}×{len(picture)}")
        plots.outline(ax, int(rows.min()), int(columns.min()), side)
        plots.outline(ax, 0, 0, len(picture), plots.MUTED, 0.8)
        ax.spines[:].set_visible(False)
        ends = (len(picture) - largest) / 2 - 0.5, (len(picture) + largest) / 2 - 0.5
        ax.set(xlim=ends, ylim=ends[::-1])


def two_rows(F5: torch.Tensor, F6: torch.Tensor) -> None:
    """The values `(1, units)` of the two dense layers as rows of cells."""
    _, axes = plots.figure(1.6, rows=2)
    for ax, name, values in zip(axes, ("F5", "F6"), (F5, F6), strict=True):
        plots.image(values.expand(4, -1), ax, plots.DENSE, title=f"{name}: {values.shape[1]}")


def bars(sides: Mapping[str, int]) -> plt.Figure:
    """A bar for the side of the image and of the maps of each layer, in pixels, with its number."""
    fig, ax = plots.figure(2.2)
    ax.bar_label(ax.bar(list(sides), list(sides.values())))
    ax.set(ylabel="side in pixels", yticks=[])
    return fig
