"""Figures of what passes the layers, of losses and answers, and of the steps that a training takes."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from numpy.typing import ArrayLike

from lenet_utils.figures.charts import MARKERS, name_rows
from lenet_utils.figures.plots import HAIRLINE, INK, MUTED, OUTPUT, VARIANTS, figure


def by_layer(lines: Mapping[str, Mapping[str, float]], ax: plt.Axes | None = None) -> plt.Axes:
    """Values of several networks along their layers: `lines` maps a name to a dictionary from layer to value; logarithmic."""
    ax = ax or plt.gca()
    for (name, values), colour, marker in zip(lines.items(), VARIANTS, MARKERS, strict=False):
        ax.plot(list(values), list(values.values()), color=colour, marker=marker, ms=5, label=name)
    ax.set(yscale="log", xlabel="layer")
    ax.grid(axis="y")
    ax.legend(frameon=False, fontsize=9)
    return ax


def steps(comparison: Any, budget: int, ax: plt.Axes | None = None, colour: str = INK) -> plt.Axes:
    """A line a variant: the `step` of every run on a logarithmic axis; a ring counts the runs that never came there."""
    ax = ax or plt.gca()
    for y, name in enumerate(comparison.variants):
        found = [step for step in comparison.values(name, "step") if step is not None and step == step]
        never = len(comparison.values(name, "step")) - len(found)
        ax.plot(found, [y] * len(found), "o", ms=6, color=colour, alpha=0.6, mew=0)
        if never:
            ax.plot(budget, y, "o", ms=8, mfc="none", mec=MUTED, clip_on=False)
            ax.annotate(f"{never}×", (budget, y), xytext=(7, 0), textcoords="offset points", va="center", fontsize=9, color=MUTED)
    name_rows(ax, comparison.variants)
    ax.set(xscale="log", xlim=(5, budget), xlabel="step at which the running mean falls below 2 nats")
    ax.grid(axis="x")
    return ax


def loss_curves(runs: Sequence[Sequence[float]], every: int, line: float) -> None:
    """Running means of the training losses of several runs, each a value for every so many steps, and a horizontal `line`."""
    _, ax = figure(2.6)
    for losses in runs:
        ax.plot(range(0, every * len(losses), every), losses, color=INK, alpha=0.6)
    ax.axhline(line, color=HAIRLINE, zorder=0)
    ax.set(xlabel="step", ylabel="running mean of the\ntraining loss in nats")


def answers_and_shares(answers: ArrayLike, shares: ArrayLike) -> None:
    """The mean probability `(10,)` that each digit gets as a bar, and the share `(10,)` of the digit as a line."""
    _, ax = figure(2.0)
    ax.bar(range(10), answers, color=OUTPUT, width=0.6)
    ax.bar(range(10), 0, bottom=shares, edgecolor=INK, lw=2, width=0.8)
    ax.set(xticks=range(10), yticks=[0, 0.08, 0.16], xlabel="digit", ylabel="mean probability")


def spread_curve(ratios: Mapping[str, float]) -> plt.Figure:
    """How much the values of each layer vary from image to image, relative to their size, on a logarithmic axis."""
    fig, ax = figure(2.6)
    ax.semilogy(list(ratios), list(ratios.values()), "o-")
    ax.set(ylim=(1e-4, 10), xlabel="layer", ylabel="spread / size of the values")
    return fig
