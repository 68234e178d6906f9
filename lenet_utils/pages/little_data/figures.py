"""Accuracies by the number of labelled digits, and their differences draw by draw."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lenet_utils import experiments
from lenet_utils.figures import charts, plots
from lenet_utils.pages.differences.experiment import by_the_rule
from lenet_utils.pages.little_data.experiment import FEW
from lenet_utils.pages.little_data.experiment_chosen import WAYS

Curves = Mapping[str, np.ndarray]  # accuracies `(draws, sizes)` by method
Row = tuple[float, float, float]


def by_labels(curves: Curves, *names: str) -> plt.Axes:
    """The mean accuracy of each of `names` over the number of labelled digits, with its 95 % band."""
    _, ax = plots.figure(3.2)
    charts.curves({name: curves[name] for name in names}, ax, x=FEW)
    ax.set(xscale="log", ylim=(0.3, 1), xlabel="labelled digits", ylabel="accuracy")
    ax.yaxis.set_major_formatter(lambda share, place: f"{share:.0%}")
    ax.set_xticks(FEW, [f"{n:,}" for n in FEW])
    ax.minorticks_off()
    return ax


def points(curves: Curves, name: str, other: str) -> dict[int, Row]:
    """Mean, low and high of `name` minus `other`, in points, for each number of labels."""
    gaps = 100 * (curves[name] - curves[other])
    return {n: experiments.interval(gap.tolist())[:3] for n, gap in zip(FEW, gaps.T, strict=True)}


def counted(curves: Curves, name: str, other: str) -> list[bool]:
    """Which of the differences count after Holm's correction for the five numbers of labels."""
    gaps = 100 * (curves[name] - curves[other])
    return [counts for *_, counts in by_the_rule(list(gaps.T))]


def differences(curves: Curves, name: str, other: str) -> None:
    """Print `points`, a line a number of labels."""
    print(f"{name} minus {other}")
    for n, (mean, low, high) in points(curves, name, other).items():
        print(f"  {n:5,} digits: {mean:+.1f} points ({low:+.1f} to {high:+.1f})")


def worth(curves: Curves, name: str, other: str, size: int) -> float:
    """How many labels `other` needs for the mean accuracy of `name` with `size`: straight lines over the logarithm."""
    reached = curves[name].mean(0)[FEW.index(size)]
    return float(np.exp(np.interp(reached, curves[other].mean(0), np.log(FEW))))


def chosen_against_drawn(rows: pd.DataFrame) -> pd.DataFrame:
    """Accuracies with fifty drawn and fifty chosen digits in percent, and the differences in points by the book's rule."""
    means = {how: [100 * np.mean([run[way] for run in rows[how]]) for way in WAYS] for how in ("drawn", "chosen")}
    gaps = [[100 * (c[way] - d[way]) for c, d in zip(rows["chosen"], rows["drawn"], strict=True)] for way in WAYS]
    table = pd.DataFrame(by_the_rule(gaps), index=list(WAYS), columns=["points", "low", "high", "counts"])
    return pd.DataFrame(means, index=list(WAYS)).join(table).round(1)
