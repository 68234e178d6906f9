"""A series with its forecast, and the errors of forecasts."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.figures import charts
from lenet_utils.figures.plots import INK, MUTED, VARIANTS, figure


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
    """The mean error of each variant of `runs` with its interval; a dashed line at the mean of the errors of a `rule`."""
    _, ax = figure(2.8)
    charts.intervals(runs, "error", ax, form="{:.2f}", marks=[float(np.mean(rule))] if len(rule) else ())
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_xlabel("mean absolute error, sales per day")
    return ax


def all_differences(runs: Comparison, auto: Comparison, rule: str) -> list[np.ndarray]:
    """All sixteen differences that the page compares with zero, a value per series; `runs` are the rules and trees.

    Five and four from the error of `rule`, four from what AutoGluon promised, three from its first predictor.
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
