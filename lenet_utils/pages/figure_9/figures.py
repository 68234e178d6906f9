"""The figures of the page: errors then and now, and what training and answers cost."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd

from lenet_utils.experiments import Comparison, compare, load
from lenet_utils.figures import charts
from lenet_utils.figures.plots import INK, MUTED, figure
from lenet_utils.pages.figure_9.experiment import THEN, classified

ALIKE = "LeNet-5, like others"  # a row of the figure: LeNet-5 by the recipe of the other networks


def then_and_now(runs: Comparison) -> Comparison:
    """Draw the test errors of `runs` and of LeNet-5, and those of the paper as open rings.

    The ten networks of the page `lenet_5` have a row, and those trained like the other networks the next. Returns all runs,
    in the order of Figure 9.
    """
    own, alike = (load(name)["runs"].runs for name in ("lenet5", "lenet_5_today"))
    more = [own.assign(variant="LeNet-5"), alike[alike["variant"] == "rbf"].assign(variant=ALIKE)]
    rows = pd.concat([runs.runs, *(each[["variant", "seed", "error"]] for each in more)])
    names = [*THEN]
    names.insert(names.index("LeNet-5") + 1, ALIKE)
    runs = Comparison(rows.sort_values("variant", key=lambda column: column.map(names.index), kind="stable"))
    ax = charts.intervals(runs, "error", figure(5.6)[1])
    then = [THEN.get(name, float("nan")) / 100 for name in runs.variants]
    ax.plot(then, range(len(then)), "o", ms=9, mfc="none", mec=MUTED, label="the paper, 1998")
    _legend_above(ax)
    ax.set(xscale="log", xlim=(0.004, 0.2), xticks=[0.005, 0.01, 0.02, 0.05, 0.1], xlabel="test error")
    ax.xaxis.set_major_formatter(lambda share, place: f"{100 * share:g}%")
    ax.minorticks_off()
    return runs


def costs(runs: Comparison) -> pd.DataFrame:
    """Draw the mean seconds of training as full dots and of 10,000 answers as open squares, on a logarithmic axis.

    Returns them as `seconds` and `answer_seconds`, a row per classifier.
    """
    times = runs.runs.groupby("variant", sort=False)[["seconds", "answer_seconds"]].mean().loc[runs.variants]
    ax = figure(4.6)[1]
    ax.plot(times["seconds"], range(len(times)), "o", ms=7, color=INK, label="training")
    ax.plot(times["answer_seconds"], range(len(times)), "s", ms=7, mfc="none", mec=MUTED, label="10,000 answers")
    charts.name_rows(ax, times.index)
    ax.set(xscale="log", xlabel="seconds on one core")
    ax.xaxis.set_major_formatter("{x:g}")
    _legend_above(ax)
    ax.grid(axis="x")
    return times


def _legend_above(ax: plt.Axes) -> None:
    """Outside the axes, where its marks cannot be taken for data."""
    ax.legend(frameon=False, fontsize=9, ncols=2, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0)


def on_few_digits(models: Sequence[str], seeds: Sequence[int]) -> Comparison:
    """The test errors of `models`, names in `THEN`, trained on the 4,000 digits of the book.

    In this process: to start others would take about as long as the runs.
    """
    return compare({name: {"model": name} for name in models}, seeds, run=classified, n_jobs=1, progress=False)
