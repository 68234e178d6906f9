"""Counts of layers as tables and bars, for the page `memorise_or_derive` alone."""

from collections.abc import Iterable, Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lenet_utils.figures import plots
from lenet_utils.pages.memorise_or_derive.calculator import Row


def table(rows: Iterable[Row]) -> pd.DataFrame:
    """Units, connections and parameters of each layer, a row each by its name."""
    counts = pd.DataFrame(rows, columns=["layer", "units", "connections", "parameters"])
    return counts.set_index("layer").rename_axis(None).rename_axis("layer", axis=1)


def shares_by_layer(networks: Mapping[str, pd.DataFrame]) -> plt.Figure:
    """A panel for each network: the share of its parameters and of its connections in every layer that has any."""
    fig, axes = plots.figure(3.4, columns=len(networks))
    for (name, counts), ax in zip(networks.items(), axes, strict=True):
        working = counts[counts["connections"] > 0]
        y = np.arange(len(working))
        for column, shift, colour in (("parameters", -0.2, plots.INK), ("connections", 0.2, plots.MUTED)):
            ax.barh(y + shift, working[column] / working[column].sum(), 0.36, color=colour, label=column)
        ax.set(title=name, xlabel="share of the network", xlim=(0, 1), yticks=y, yticklabels=working.index)
        ax.set_xticks([0, 0.5, 1], ["0%", "50%", "100%"])
        ax.invert_yaxis()
    axes[0].legend(frameon=False, fontsize=9)
    return fig


def parameters_and_work(counts: pd.DataFrame, first: str) -> str:
    """The share of the parameters that the dense layer `first` holds, and of the connections in the layers before it."""
    parameters, work = counts["parameters"], counts["connections"]
    before = work.iloc[: list(counts.index).index(first)].sum()
    return f"{parameters[first] / parameters.sum():.0%} of the parameters, and before it {before / work.sum():.0%} of the work"
