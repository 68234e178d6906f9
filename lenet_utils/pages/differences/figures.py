"""The histogram of many runs, and half of an interval for two separate groups of them."""

import numpy as np
from scipy.special import stdtrit

from lenet_utils.figures import plots


def histogram(accuracies: np.ndarray) -> None:
    """How many of the test accuracies, in per cent, fall into each tenth of a point."""
    low, high = accuracies.min().round(1), accuracies.max().round(1)
    _, ax = plots.figure(2.2)
    ax.hist(accuracies, bins=np.arange(low - 0.05, high + 0.1, 0.1))
    ax.set(xlabel="test accuracy in %", ylabel="number of seeds", yticks=range(0, 16, 5))


def unpaired_half(values: np.ndarray, others: np.ndarray) -> float:
    """Half of the 95 % interval of the difference of two groups `(n,)` that are taken for independent."""
    n = len(values)
    error = np.sqrt((values.var(ddof=1) + others.var(ddof=1)) / n)
    return float(stdtrit(2 * n - 2, 0.975) * error)
