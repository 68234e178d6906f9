"""Links, pruning, singular values and paired maps of untrained and trained networks."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
import torch

from lenet_utils.figures import charts, plots
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.see_weights.experiment import KEPT, NAMES, RANKS, matched, norms, table_one


def links(nets: Mapping[str, LeNet]) -> plt.Figure:
    """The lengths of the 96 kernels of C3, a table for each of `nets`, with a cross on each of the 60 links of Table I.

    All tables have one scale, from the shortest kernel to the longest.
    """
    fig, axes = plots.figure(5.6, rows=len(nets))
    lengths = {name: norms(net).T for name, net in nets.items()}
    both = torch.stack(list(lengths.values()))
    limits = both.min().item(), both.max().item()
    for ax, (name, each) in zip(axes, lengths.items(), strict=True):
        plots.image(each, ax, plots.CONVOLUTION, limits, title=name)
        ax.plot(*table_one().nonzero().T, "x", color=plots.INK, ms=5)
        ax.set(xlabel="map of C3", ylabel="map of S2", xticks=range(16), yticks=range(6))
        ax.tick_params(length=0, labelsize=9)
    scale = fig.colorbar(axes[0].images[0], ax=axes, orientation="horizontal", shrink=0.6, aspect=40, label="length of a kernel")
    scale.outline.set_visible(False)
    return fig


def pruning(kept: Sequence[Mapping[str, Sequence[float]]]) -> plt.Axes:
    """The accuracy over the number of kernels kept, by the way in which they are chosen; a dictionary a seed in `kept`."""
    _, ax = plots.figure(2.8)
    charts.curves({NAMES.get(way, way): [row[way] for row in kept] for way in kept[0]}, ax, x=KEPT)
    ax.set(ylim=(0, 1), xticks=KEPT, xlabel="kernels of C3 that are kept", ylabel="accuracy on MNIST")
    ax.yaxis.set_major_formatter(lambda share, place: f"{share:.0%}")
    return ax


def singular_values(runs: pd.DataFrame) -> plt.Figure:
    """Left the singular values of F5, untrained and trained; right the accuracy with the largest few of them."""
    fig, (left, right) = plots.figure(2.8, columns=2)
    charts.curves({"untrained": runs["spectrum_fresh"].tolist(), "trained": runs["spectrum"].tolist()}, left)
    left.set(xlabel="number, largest first", ylabel="singular value")
    charts.curves({"ranks": runs["ranks"].tolist()}, right, x=RANKS, legend=False)
    right.set(xscale="log", ylim=(0, 1), xlabel="singular values that are kept", ylabel="accuracy on MNIST")
    right.set_xticks([1, 4, 10, 30, 120], [1, 4, 10, 30, 120])
    right.minorticks_off()
    right.yaxis.set_major_formatter(lambda share, place: f"{share:.0%}")
    return fig


def paired(tables: Mapping[str, torch.Tensor]) -> plt.Figure:
    """Tables of correlations `(6, 6)` between the maps of two seeds, the columns in the order of the best pairing, numbered."""
    fig, axes = plots.figure(3.4, columns=len(tables))
    for ax, (name, similar) in zip(axes, tables.items(), strict=True):
        partner = matched(similar)
        plots.numbers(similar[:, partner], ax, form="{:.2f}", title=name)
        ax.set(xlabel="maps of seed 1", ylabel="maps of seed 0", yticks=range(6))
        ax.set_xticks(range(6), partner.tolist())
        ax.tick_params(length=0, labelsize=9)
    return fig


def shared(runs: pd.DataFrame) -> pd.DataFrame:
    """The mean correlations between the units of two seeds, by layer: as they are and matched, untrained and trained."""
    return pd.DataFrame(
        {
            f"{name}, {pairing}": pd.DataFrame(
                [{layer: row[state][layer][pairing] for layer in row[state]} for row in runs["shared"]]
            ).mean()
            for state, name in (("fresh", "untrained"), ("trained", "trained"))
            for pairing in ("as they are", "matched")
        }
    ).T
