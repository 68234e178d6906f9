"""Accuracies by the number of labelled digits, and their differences draw by draw."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.figures import charts, plots
from lenet_utils.pages.differences.experiment import by_the_rule
from lenet_utils.pages.little_data.experiment import FEW
from lenet_utils.pages.little_data.experiment_chosen import WAYS

Curves = Mapping[str, np.ndarray]  # accuracies `(draws, sizes)` by method
Key = tuple[str, str, int]  # one method, the other, and the number of labels
Verdicts = Mapping[Key, tuple[float, float, float, bool]]  # mean, both ends of the interval, and whether it counts
PAIRS = [
    ("lenet", "linear"), ("lenet", "mlp"), ("lenet + shifts", "lenet"),
    ("rotation filters", "random filters"), ("random filters", "linear"),
    ("lenet from rotations", "lenet"), ("lenet + shifts", "lenet from rotations"),
    ("fashion filters", "random filters"), ("lenet from fashion", "lenet"), ("lenet + shifts", "lenet from fashion"),
]  # fmt: skip
AT_TEN = [("linear", "1 neighbour"), ("mlp", "linear"), ("mlp", "1 neighbour"), ("lenet", "1 neighbour")]


def by_labels(curves: Curves, *names: str) -> plt.Axes:
    """The mean accuracy of each of `names` over the number of labelled digits, with its 95 % band."""
    _, ax = plots.figure(3.2)
    charts.curves({name: curves[name] for name in names}, ax, x=FEW)
    ax.set(xscale="log", ylim=(0.3, 1), xlabel="labelled digits", ylabel="accuracy")
    ax.yaxis.set_major_formatter(lambda share, place: f"{share:.0%}")
    ax.set_xticks(FEW, [f"{n:,}" for n in FEW])
    ax.minorticks_off()
    return ax


def curves_of(*comparisons: Comparison) -> Curves:
    """The accuracies `(draws, sizes)` of every method of the comparisons, which have the same draws."""
    return {name: np.array(each.values(name, "accuracies")) for each in comparisons for name in each.variants}


def verdicts(curves: Curves, fifty: pd.DataFrame) -> Verdicts:
    """Every difference of the page in points, judged together: of two methods at a number of labels, and those of `fifty`.

    The rule's verdict is for all of them: ten `PAIRS` at five sizes, four more with ten labels, and five with fifty chosen ones.
    """
    at = {(name, other, n): i for name, other in PAIRS for i, n in enumerate(FEW)} | {(*pair, 10): 0 for pair in AT_TEN}
    gaps = {key: curves[key[0]][:, i] - curves[key[1]][:, i] for key, i in at.items()} | _of_fifty(fifty)
    return dict(zip(gaps, by_the_rule(100 * gap for gap in gaps.values()), strict=True))


def _of_fifty(rows: pd.DataFrame) -> dict[Key, np.ndarray]:
    drawn, chosen = (pd.DataFrame(rows[how].tolist()) for how in ("drawn", "chosen"))
    gaps = {(way, "drawn", 50): (chosen[way] - drawn[way]).to_numpy() for way in WAYS}
    groups = rows["groups"].to_numpy()
    lead, nearest = (chosen["lenet + shifts"] - groups).to_numpy(), (groups - drawn["1 neighbour"]).to_numpy()
    return gaps | {("lenet + shifts", "groups", 50): lead, ("groups", "1 neighbour", 50): nearest}


def counted(found: Verdicts, name: str, other: str) -> list[bool]:
    """Whether the difference counts, for each number of labels."""
    return [found[name, other, n][3] for n in FEW]


def differences(found: Verdicts, name: str, other: str) -> None:
    """Print how many points more `name` reads than `other`, a line a number of labels, narrow enough for a phone."""
    print(f"{name} minus {other}")
    for n in FEW:
        mean, low, high, counts = found[name, other, n]
        print(f"  {n:5,}: {mean:+.1f} ({low:+.1f} to {high:+.1f}) {'counts' if counts else ''}".rstrip())


def worth(curves: Curves, name: str, other: str, size: int) -> float:
    """How many labels `other` needs for the mean accuracy of `name` with `size`: straight lines over the logarithm."""
    reached = curves[name].mean(0)[FEW.index(size)]
    return float(np.exp(np.interp(reached, curves[other].mean(0), np.log(FEW))))


def chosen_against_drawn(rows: pd.DataFrame, found: Verdicts) -> pd.DataFrame:
    """Accuracies with fifty drawn and fifty chosen digits in percent, and their differences in points."""
    means = {how: [100 * np.mean([run[way] for run in rows[how]]) for way in WAYS] for how in ("drawn", "chosen")}
    table = pd.DataFrame([found[way, "drawn", 50] for way in WAYS], index=list(WAYS), columns=["points", "low", "high", "counts"])
    return pd.DataFrame(means, index=list(WAYS)).join(table).round(1)
