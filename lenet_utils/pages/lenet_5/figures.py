"""The figure of the result: the error of every network, and the errors on the way there."""

import matplotlib.pyplot as plt

from lenet_utils.experiments import Comparison
from lenet_utils.figures import charts
from lenet_utils.figures.plots import MUTED, figure


def errors_by_pass(runs: Comparison, paper: float) -> tuple[plt.Axes, plt.Axes]:
    """The test errors of the variant `1998` with their interval, and their means after each pass; `paper` is a dashed line."""
    left, right = figure(2.4, columns=2)[1]
    charts.intervals(runs, "error", left, marks=[paper]).set_xlabel("test error")
    charts.curves({"": runs.values("1998", "curve")}, right, legend=False)
    right.axhline(paper, color=MUTED, lw=1.2, ls="--")
    right.yaxis.set_major_formatter(lambda share, place: f"{100 * share:g}%")
    right.set(xlabel="pass", ylabel="test error", xticks=range(0, 21, 5), ylim=(0, 0.03))
    return left, right
