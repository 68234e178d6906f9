"""Many runs of the same two networks, to see what chance alone does to a comparison."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import stdtr

from lenet_utils.experiments.comparison import Comparison, compare, interval
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import RECIPE

LONGER = {**RECIPE, "num_epochs": 5, "batch_size": 64}
POOLINGS = {pool: {"activation": "relu", "pool": pool, **LONGER} for pool in ("max", "avg")}


@named(data="mnist-5k", seeds=100)
def hundred_seeds(data: str, seeds: Iterable[int], keep: Path | None) -> Comparison:
    """LeNet with max pooling and with average pooling, each from many seeds: test accuracy on the digits of the book."""
    runs = compare(POOLINGS, seeds, data, keep=keep).runs
    return Comparison(runs[["variant", "seed", "accuracy"]])


def p_values(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Student's two-sided p-value of the difference of two groups of independent runs `(..., n)`, for each pair of groups."""
    n = values.shape[-1]
    error = np.sqrt((values.var(-1, ddof=1) + others.var(-1, ddof=1)) / n)
    t = (values.mean(-1) - others.mean(-1)) / error
    return 2 * stdtr(2 * n - 2, -np.abs(t))


def holm(p: np.ndarray, level: float = 0.05) -> np.ndarray:
    """Which of the comparisons `(..., m)` count by Holm's method, so that chance alone is named in 5 % of pages at most."""
    order = p.argsort(-1)
    below = np.take_along_axis(p, order, -1) <= level / np.arange(p.shape[-1], 0, -1)
    counts = np.logical_and.accumulate(below, -1)
    return np.take_along_axis(counts, order.argsort(-1), -1)


def by_the_rule(differences: Iterable[ArrayLike]) -> list[tuple[float, float, float, bool]]:
    """The book's rule for the paired differences of each comparison on a page: `(mean, low, high, counts)`.

    The interval is that of 95 % over the seeds; `counts` is the verdict after Holm's correction for all of them.
    """
    groups = [np.asarray(each, dtype=float).tolist() for each in differences]
    counts = holm(np.array([stats.ttest_1samp(each, 0).pvalue for each in groups]))
    return [(*interval(each)[:3], bool(beyond)) for each, beyond in zip(groups, counts, strict=True)]


def verdicts(
    comparison: Comparison, pairs: Iterable[tuple[str, str]], value: str = "accuracy", unit: float = 100
) -> dict[tuple[str, str], tuple[float, float, float, bool]]:
    """`by_the_rule` for `pairs` of variants: by how much `value` is larger for the first, in percentage points.

    `unit` is what the differences are multiplied with, 1 for values that are no shares.
    """
    pairs = list(pairs)
    values = [unit * np.subtract(comparison.values(one, value), comparison.values(other, value)) for one, other in pairs]
    return dict(zip(pairs, by_the_rule(values), strict=True))


def said(verdict: tuple[float, float, float, bool]) -> str:
    """A verdict as a line: the mean, its interval, and `counts` if it counts."""
    mean, low, high, counts = verdict
    bounds = f"({low:+.2f} to {high:+.2f})"
    return f"{mean:+.2f} {bounds:16} {'counts' if counts else ''}".rstrip()
