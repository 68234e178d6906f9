"""The table of F6, neighbours, columns of two networks, and how many labels each layer needs."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import torch

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison
from lenet_utils.figures import charts, plots
from lenet_utils.pages.differences.experiment import by_the_rule, said
from lenet_utils.pages.structured_data.experiment import LAYERS, READERS

NAMES = {"input": "pixels"}  # as the page calls what the results call the input
TASKS = {"zip_codes_by_mnist": "zip codes", "new_digits": "digits 5 to 9"}


def rows_by_digit(table: torch.Tensor, each: int) -> plt.Axes:
    """A `table` `(rows, columns)` in tones, `each` rows for each of the ten digits, from 0 to 9."""
    _, ax = plots.figure(2.8)
    plots.image(table, ax, plots.DENSE)
    ax.set(aspect="auto", xlabel=f"the {table.shape[1]} columns of F6", ylabel="digit")
    ax.set_yticks([(digit + 0.5) * each for digit in range(10)], range(10))
    ax.tick_params(length=0)
    return ax


def nearest(rows: torch.Tensor, new: torch.Tensor, k: int = 4) -> torch.Tensor:
    """The `k` rows of the table `rows` `(N, columns)` that are nearest to each of `new` `(M, columns)`: `(M, k)`."""
    return torch.cdist(new, rows).topk(k, largest=False).indices


def neighbours(digits: Digits, which: torch.Tensor, *near: torch.Tensor) -> plt.Axes:
    """A row for each of the test digits `which`: the digit, then its neighbours `(M, k)` by each of two ways."""
    pictures = []
    for i in which.tolist():
        pictures += [digits.X_test[i, 0], *digits.X_train[torch.cat([each[i] for each in near]), 0]]
    _, ax = plots.figure(2.2)
    titles = ["test digit", *(f"{way} {k}" for way in ("pixels", "F6") for k in range(1, 5))]
    return plots.strip(torch.stack(pictures), ax, titles=titles + [""] * (len(pictures) - 9), columns=9)


def columns(*sizes: torch.Tensor) -> plt.Figure:
    """Correlations `(84, 84)` of the columns of one table with those of another: by number, and in the best order."""
    fig, axes = plots.figure(3.6, columns=2)
    for ax, each, order in zip(axes, sizes, ("by number", "in the order that fits best"), strict=True):
        plots.image(each, ax, plots.DENSE, (0, 1), title=order)
        ax.set(xlabel="columns of the second table", ylabel="columns of the first")
    return fig


def labels_needed(layers: Sequence[dict[str, Any]], ax: plt.Axes) -> plt.Axes:
    """The share that three neighbours read over the number of labelled examples, a curve a layer; a dictionary a seed."""
    sizes = list(layers[0]["F6"])
    shares = {layer: [[run[layer][n]["3 neighbours"] for n in sizes] for run in layers] for layer in LAYERS}
    lines = {NAMES.get(layer, layer): each for layer, each in shares.items()}
    charts.curves(lines, ax, x=[int(n) for n in sizes], legend=False).set_xscale("log")
    ax.set_xticks([int(n) for n in sizes], [f"{int(n):,}" for n in sizes])
    ax.minorticks_off()
    for layer, line, band in zip(shares, ax.lines, ax.collections, strict=True):
        line.set_color(plots.LAYERS[layer])
        band.set_color(plots.LAYERS[layer])
    ax.set_xlabel("labelled examples")
    return ax


def by_labels(results: dict[str, Comparison]) -> plt.Figure:
    """`labels_needed` for each of `results`, the runs of an experiment by its name."""
    fig, axes = plots.figure(2.8, columns=2, sharey=True)
    for ax, (name, runs) in zip(axes, results.items(), strict=True):
        labels_needed(runs.values("trained", "layers"), ax).set_title(TASKS[name], loc="left")
    axes[0].set_ylabel("accuracy")
    axes[0].yaxis.set_major_formatter(lambda share, place: f"{share:.0%}")
    axes[1].legend(frameon=False, fontsize=9)
    return fig


def redrawn(runs: Comparison, task: str) -> str:
    """With 100 labels drawn anew: what three neighbours read from each layer, and F6 minus pixels for each method."""
    layers = runs.values("trained", task)
    by_layer = {layer: pd.DataFrame([run[layer]["100"] for run in layers]) for layer in layers[0]}
    neighbours = {NAMES.get(layer, layer): f"{table['3 neighbours'].mean():.1%}" for layer, table in by_layer.items()}
    gaps = 100 * (by_layer["F6"] - by_layer["input"])
    rules = by_the_rule(gaps[reader] for reader in READERS)
    lines = [f"F6 - pixels, {reader:12} {said(rule)}" for reader, rule in zip(READERS, rules, strict=True)]
    return "\n".join([f"{task}: {neighbours}", *lines])
