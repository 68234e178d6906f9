"""A series with its forecast, and the errors of forecasts."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.figures import charts
from lenet_utils.figures.plots import INK, MUTED, PAPER, VARIANTS, figure

TICKS = (0.5, 1, 2, 5, 10, 20)  # of errors, in sales per day


def series(y: np.ndarray, end: int) -> plt.Axes:
    """The sales `y` `(days,)`, with a dashed line where the days end that are known."""
    _, ax = figure(1.8)
    ax.plot(y, color=INK, lw=0.8)
    ax.axvline(end, color=MUTED, ls="--")
    ax.set(xlabel="day", ylabel="sales per day")
    return ax


def forecast(days: np.ndarray, target: np.ndarray, held: np.ndarray, values: np.ndarray, last: int = 250) -> plt.Axes:
    """The `last` days of the sales `target`, and in colour the forecast `values` of the rows `held`."""
    _, ax = figure(2.2)
    days = np.asarray(days)
    ax.plot(days[-last:], target[-last:], color=MUTED, lw=1, label="sales")
    ax.plot(days[held], values, color=VARIANTS[4], lw=1, label="forecast")
    ax.set(xlabel="day", ylabel="sales per day")
    ax.legend(frameon=False, fontsize=9)
    return ax


def errors(runs: Comparison, rule: Sequence[float] = ()) -> plt.Axes:
    """The mean error of each variant of `runs` with its interval, on a logarithmic axis.

    A dashed line stands at the mean of the errors of a `rule`; it does not cross the numbers.
    """
    _, ax = figure(2.8)
    charts.intervals(runs, "error", ax, form="{:.2f}", marks=[float(np.mean(rule))] if len(rule) else ())
    for number in ax.texts:
        number.set_bbox({"facecolor": PAPER, "lw": 0, "pad": 1})
    ax.set(xscale="log", xlabel="mean absolute error, sales per day")
    ax.set_xticks(TICKS, [f"{error:g}" for error in TICKS])
    ax.minorticks_off()
    return ax


def all_differences(runs: Comparison, auto: Comparison, rule: str) -> list[np.ndarray]:
    """All sixteen differences that the page compares with zero, a value per series; `runs` are the rules and trees.

    Five and four from the error of `rule`, four from AutoGluon's validation errors, three from its first predictor.
    """
    base = np.array(runs.values(rule, "error"))
    errors = {name: np.array(auto.values(name, "error")) for name in auto.variants}
    first, *others = errors.values()
    return [
        *(np.array(runs.values(name, "error")) - base for name in runs.variants if name != rule),
        *(each - base for each in errors.values()),
        *(each - auto.values(name, "promised") for name, each in errors.items()),
        *(each - first for each in others),
    ]
