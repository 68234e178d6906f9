"""The ladder of error rates, and the errors that remain when digits are left to a person."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np

from lenet_utils import experiments
from lenet_utils.experiments.comparison import Comparison
from lenet_utils.figures.plots import INK, PAPER, figure

NAMES = {"linear": "softmax regression", "3 neighbours": "3 neighbours", "mlp": "dense network", "lenet": "LeNet"}
BOUNDS = np.arange(10) / 10  # of confidence
Curve = tuple[np.ndarray, np.ndarray]


def error_rates() -> dict[str, float]:
    """Error rates on MNIST's test digits, from blind guessing to the labels that people doubt."""
    ladder, rivals = (experiments.load(name)["runs"] for name in ("ladder", "rivals"))
    counts = np.sum(ladder.values("longer", "confusion")[0], axis=1)
    doubted = len(experiments.load("label_errors")["doubted"])
    rates = {"chance": 0.9, "always 1": 1 - counts.max() / counts.sum()}
    rates |= {name: 1 - rivals.table()["mean"][key] for key, name in NAMES.items()}
    rates |= {"best training": 1 - ladder.table()["mean"]["longer"], "people?": 0.002}
    return rates | {"doubted labels": doubted / counts.sum()}


def rungs(errors: Mapping[str, float]) -> plt.Axes:
    """A row with a dot and its number for each of `errors`, on a logarithmic axis; the dot is open after a question mark."""
    _, ax = figure(3.2)
    for y, (name, error) in enumerate(errors.items()):
        ax.plot(error, y, "o", ms=7, mfc=PAPER if name.endswith("?") else INK, mec=INK)
        ax.text(error * 0.85, y, f"{error:.2%}", va="center", fontsize=9)
    ax.set(xscale="log", xlim=(1.3, 0.0008), xlabel="error rate on MNIST's test digits")
    ax.set_yticks(range(len(errors)), errors)
    ax.xaxis.set_major_formatter(lambda share, place: f"{100 * share:g}%")
    ax.tick_params(length=0, which="both")
    ax.invert_yaxis()
    return ax


def rejects(ladder: Comparison, variant: str) -> Curve:
    """Shares of the 10,000 test digits below each of `BOUNDS`, and the error rate on the others: means over the runs."""
    bands = np.array(ladder.values(variant, "calibration"), dtype=float)[:, :, 0]  # (runs, 10), a count a band
    left = np.concatenate([[0], bands.mean(0).cumsum()[:-1]])
    sure = [[row[3] for row in run] for run in ladder.values(variant, "wrong")]
    wrong = [[(np.array(run) >= bound).sum() for run in sure] for bound in BOUNDS]
    return left / 10_000, np.mean(wrong, axis=1) / (10_000 - left)


def by_run(ladder: Comparison, variant: str) -> np.ndarray:
    """Error rates `(runs, bounds)` on the digits at or above each of `BOUNDS`, one row per run."""
    bands = np.array(ladder.values(variant, "calibration"), dtype=float)[:, :, 0]
    read = 10_000 - np.pad(bands.cumsum(1)[:, :-1], ((0, 0), (1, 0)))
    sure = [np.array([row[3] for row in run]) for run in ladder.values(variant, "wrong")]
    return np.array([[(run >= bound).sum() for bound in BOUNDS] for run in sure]) / read


def after_rejects(curves: Mapping[str, Curve]) -> plt.Axes:
    """The error rate on the digits that a network reads itself, over the share that it leaves, for each of `curves`."""
    _, ax = figure(2.8)
    for (name, curve), style in zip(curves.items(), ("o-", "s-"), strict=True):
        ax.plot(*curve, style, label=name)
    ax.set(yscale="log", xlabel="share left to a person", ylabel="error rate on the rest")
    ax.xaxis.set_major_formatter(lambda share, place: f"{share:.0%}")
    ax.set_yticks([0.001, 0.005, 0.01, 0.03], ["0.1%", "0.5%", "1%", "3%"])
    ax.minorticks_off()
    ax.grid(axis="y")
    ax.legend(frameon=False)
    return ax
