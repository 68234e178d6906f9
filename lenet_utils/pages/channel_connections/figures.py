"""What is drawn and printed on the page `channel_connections` alone."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import matplotlib.pyplot as plt
import pandas as pd
import torch

from lenet_utils.experiments import Comparison
from lenet_utils.figures import plots


def six_and_their_sum(maps: torch.Tensor, kernels: torch.Tensor, parts: torch.Tensor, whole: torch.Tensor) -> plt.Figure:
    """Rows of six `maps`, their `kernels` and the `parts` that each pair gives; to the right `whole`, their sum with the bias."""
    fig, axes = plots.figure(3.2, columns=7, rows=3)
    size = whole.abs().max().item()
    for i in range(6):
        plots.image(maps[i], axes[0, i], plots.POOLING, limits=(0, maps.max().item()))
        plots.weights(kernels[i], axes[1, i], limit=kernels.abs().max().item())
        plots.weights(parts[i], axes[2, i], limit=size)
    for ax, name in zip(axes[:, 0], ("S2", "kernels", "results"), strict=True):
        ax.set_ylabel(name)
    for ax in axes[:2, 6]:
        ax.set_axis_off()
    plots.weights(whole, axes[2, 6], limit=size, title="sum + bias")
    return fig


def connections(mask: torch.Tensor) -> plt.Axes:
    """The connections `(16, 6)` as a grid: filled where a map of C3, a column, reads a map of S2, a row."""
    ax = plots.image(mask.T, plots.figure(1.9)[1], plots.CONVOLUTION)
    ax.set(xticks=range(16), yticks=range(6), xlabel="map of C3", ylabel="map of S2")
    ax.tick_params(length=0)
    return ax


def in_words(run: Mapping[str, float]) -> str:
    """The likeness before and after training and the accuracy of a run of `experiment.on_links`."""
    return f"likeness {run['before']:.2f} -> {run['after']:.2f}, {run['accuracy']:.1%} right"


def means(runs: Comparison, variants: Sequence[str]) -> str:
    """Likeness before and after training and accuracy in percent, means over the seeds: a row a variant."""
    names = {"before": "likeness before", "after": "likeness after", "accuracy": "accuracy, %"}
    table = pd.DataFrame({name: runs.table(value)["mean"] for value, name in names.items()})
    table["accuracy, %"] *= 100
    return table.loc[list(variants)].to_string(float_format="{:.2f}".format)


def all_compared(longer: Comparison, full: Comparison) -> list[list[float]]:
    """The differences, seed by seed, of the page's nine comparisons: six in points of accuracy, two more, and one in likeness.

    The six are all pairs of the variants of `longer`; the others are of equal initial kernels, and of Table I, in `full`.
    """
    differences = [paired(longer, *pair) for pair in combinations(longer.variants, 2)]
    differences += [paired(full, "all 96", "all 96 ="), paired(full, "Table I", "Table I =")]
    points = [[100 * share for share in each] for each in differences]
    return [*points, paired(full, "Table I", "all 96", "after")]


def paired(runs: Comparison, one: str, other: str, value: str = "accuracy") -> list[float]:
    """The `value` of `one` minus that of `other`, seed by seed."""
    return [a - b for a, b in zip(runs.values(one, value), runs.values(other, value), strict=True)]
