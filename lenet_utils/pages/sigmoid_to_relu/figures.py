"""Accuracies by learning rate, two trainings step by step, and how many runs learn."""

from collections.abc import Iterable, Mapping
from typing import Any

import matplotlib.pyplot as plt
from scipy import stats

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.figures import charts
from lenet_utils.figures.plots import INK, LAYERS, MUTED, figure
from lenet_utils.pages.sigmoid_to_relu.experiment import HIDDEN

RATES = {"swapped": "rate 0.9", "rate 0.3": "rate 0.3", "rate 0.1": "rate 0.1"}


def some(swaps: Comparison, names: Mapping[str, str] | Iterable[str]) -> Comparison:
    """The runs of `swaps` of the variants in `names`, which may be a mapping to other names."""
    new = dict(names) if isinstance(names, Mapping) else {name: name for name in names}
    rows = swaps.runs[swaps.runs["variant"].isin(new)]
    return Comparison(rows.replace({"variant": new}))


def accuracies(swaps: Comparison, names: Mapping[str, str] | Iterable[str], height: float = 2.2) -> plt.Axes:
    """The accuracies after 100 steps of the variants of `swaps` in `names`, a row each."""
    _, ax = figure(height)
    charts.intervals(some(swaps, names), ax=ax, form="{:.0%}")
    ax.set_xlabel("accuracy on 2,000 test digits")
    return ax


def traces(runs: Mapping[float, Mapping[str, Any]]) -> plt.Figure:
    """For each learning rate in `runs` a column with the loss, λ and the dead shares of its `trace` over the steps."""
    fig, axes = figure(5.4, columns=len(runs), rows=3, sharex="col", sharey="row")
    for (lr, run), column in zip(runs.items(), axes.T, strict=True):
        column[0].plot(run["steps"], run["losses"], color=INK)
        column[0].set_title(f"learning rate {lr}", loc="left")
        column[1].plot(run["steps"], run["sharpness"], color=INK)
        column[1].axhline(2 / lr, color=MUTED, ls="--", lw=1.2)
        column[1].set_yscale("log")
        _dead(run, column[2])
    axes[2, -1].legend(frameon=False, fontsize=9, ncols=4, loc="upper right")
    for ax, name in zip(axes[:, 0], ("loss", "curvature λ", "share that is dead"), strict=True):
        ax.set_ylabel(name)
    return fig


def _dead(run: Mapping[str, Any], ax: plt.Axes) -> None:
    """The dead share of each hidden layer."""
    for name, dashes in zip(HIDDEN, ("-", "--", "-", "--"), strict=True):
        ax.plot(run["steps"], run["dead"][name], dashes, color=LAYERS[name], label=name)
    ax.set(xlabel="step", ylim=(-0.05, 1.05))


def count(swaps: Comparison, *names: str) -> None:
    """Print how many runs of each variant learn, which is to read more than half, with Wilson's 95 % interval."""
    for name in names:
        runs = swaps.values(name)
        learned = sum(accuracy > 0.5 for accuracy in runs)
        low, high = stats.binomtest(learned, len(runs)).proportion_ci(method="wilson")
        print(f"{name:15} {learned:2} of {len(runs):2}  ({low:.0%} to {high:.0%})")
