"""What each width costs, and the errors by width."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
import torch

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.figures import charts, plots
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.as_wide_as_possible.comparisons import verdicts
from lenet_utils.pages.as_wide_as_possible.experiment import WIDTHS

IMAGES = ("60,000", "1,000")


def work(nets: Mapping[str, LeNet]) -> pd.DataFrame:
    """The channels and the multiply-adds for one image, by layer and in all, a row for each of `nets`."""
    rows = {}
    for width, net in nets.items():
        first, second = WIDTHS[width]
        macs = {layer: net.table[layer].macs for layer in ("C1", "C3", "F5")} | {"all": net.table.macs}
        rows[width] = {"channels": f"{first}/{second}"} | {layer: f"{number:,}" for layer, number in macs.items()}
    return pd.DataFrame(rows).T


def by_width(runs: Comparison, value: str, images: str) -> torch.Tensor:
    """The `value` of all runs on `images` training digits: `(seeds, widths)`."""
    return torch.tensor([runs.values(f"{width} of {images}", value) for width in WIDTHS]).T


def errors(runs: Comparison) -> plt.Figure:
    """Test and training errors by width, after 60,000 training digits on the left and 1,000 on the right, each on its scale."""
    fig, axes = plots.figure(2.8, columns=2)
    for ax, images in zip(axes, IMAGES, strict=True):
        lines = {name: by_width(runs, value, images) for name, value in (("test", "error"), ("training", "train_error"))}
        charts.curves(lines, ax, x=range(len(WIDTHS)), legend=ax is axes[1])
        ax.set(xlabel="width")
        ax.set_xticks(range(len(WIDTHS)), WIDTHS)
        ax.set_title(f"{images} digits", loc="left")
        ax.yaxis.set_major_formatter(lambda share, place: f"{100 * share:g}%")
    axes[0].set_ylabel("error rate")
    return fig


def choice(runs: Comparison, minutes: Mapping[str, float], megabytes: Mapping[str, float]) -> str:
    """A line a width: the error on 60,000 digits, what the training costs, and how many more digits of 10,000 it misreads than
    the best width, with its interval and the verdict.
    """
    lines = ["width  error  minutes    MB  more errors than the best"]
    against = {one: verdict for (one, _), verdict in verdicts(runs).items()}
    for width in WIDTHS:
        error = by_width(runs, "error", "60,000")[:, list(WIDTHS).index(width)].mean()
        line = f"{width:>5}  {error:.2%}  {minutes[width]:7.1f}  {megabytes[width]:4.0f}"
        if (name := f"{width} of 60,000") in against:
            mean, low, high, counts = against[name]
            line += f"  {mean:.0f} ({low:.0f} to {high:.0f}){' counts' * counts}"
        lines.append(line)
    return "\n".join(lines)


def error_and_gap(runs: Comparison, images: str) -> pd.DataFrame:
    """The mean test error of each width on `images` training digits, and by how much it is above the training error."""
    means = {value: by_width(runs, value, images).mean(0).tolist() for value in ("error", "gap")}
    return pd.DataFrame(means, index=list(WIDTHS)).map("{:.2%}".format)
