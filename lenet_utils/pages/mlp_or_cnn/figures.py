"""What is drawn and printed on the page `mlp_or_cnn` alone."""

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import numpy as np
import torch

from lenet_utils.experiments import Comparison, interval
from lenet_utils.figures import charts, plots
from lenet_utils.pages.mlp_or_cnn.experiment import SIZES
from lenet_utils.pages.mlp_or_cnn.orders import ORDERS, rearranged

Needed = tuple[float, float, float, int]  # digits: geometric mean, its 95 % interval, and how many samples need more than all


def all_orders(X: torch.Tensor, ax: plt.Axes) -> plt.Axes:
    """The images `X` `(N, 1, 28, 28)`, a row each, with their pixels in every order of `ORDERS`."""
    versions = [rearranged(X, order())[:, 0] for order in ORDERS.values()]
    titles = [*ORDERS, *[""] * (len(ORDERS) * (len(X) - 1))]
    return plots.strip(torch.stack(versions, dim=1).flatten(0, 1), ax, columns=len(ORDERS), titles=titles)


def accuracy_by_order(runs: Mapping[str, Comparison]) -> plt.Figure:
    """Accuracies of the `lenet` on the left and of the `mlp` on the right, a row an order."""
    fig, axes = plots.figure(3.0, columns=2, sharex=True)
    for ax, model, title in zip(axes, ("lenet", "mlp"), ("LeNet", "MLP"), strict=True):
        charts.intervals(runs[model], ax=ax).set_title(title)
    axes[1].set_yticklabels([])
    return fig


def error_rates(runs: Comparison) -> dict[str, np.ndarray]:
    """Error rates `(samples, sizes)` of every variant of `learning_curves`."""
    return {name: 1 - np.array(runs.values(name, "accuracies")) for name in runs.variants}


def error_by_digits(errors: Mapping[str, np.ndarray], ax: plt.Axes) -> plt.Axes:
    """Error rates `(samples, sizes)` over the number of training digits, both axes logarithmic."""
    charts.curves(errors, ax, x=SIZES)
    ax.set(xscale="log", yscale="log", xlabel="training digits", ylabel="error rate, test digits")
    ax.set_xticks(SIZES, [f"{n // 1000}k" if n >= 1000 else str(n) for n in SIZES])
    ax.set_yticks([0.01, 0.02, 0.05, 0.1, 0.2], ["1%", "2%", "5%", "10%", "20%"])
    ax.minorticks_off()
    return ax


def digits_needed(errors: Mapping[str, np.ndarray], needed: Callable[[np.ndarray, float], float]) -> dict[int, Needed]:
    """How many digits the MLP needs for LeNet's error after `n`, for the five smallest `n`.

    `needed(curve, error)` returns the logarithm of that number for one sample's curve of errors.
    """
    found = {}
    for n, reached in zip(SIZES[:5], errors["lenet"].T, strict=False):
        logs = [float(needed(*pair)) for pair in zip(errors["mlp"], reached, strict=True)]
        mean, low, high = (float(np.exp(log)) for log in interval(logs)[:3])
        found[n] = mean, low, high, sum(round(np.exp(log)) >= SIZES[-1] for log in logs)
    return found


def in_words(found: Mapping[int, Needed]) -> str:
    """A line for each number of digits of LeNet: what the MLP needs, or a bound where some samples need more than all."""
    lines = []
    for n, (mean, low, high, beyond) in found.items():
        bound = f"over {mean:,.0f} ({beyond} of 10: over {SIZES[-1]:,})"
        lines.append(f"LeNet {n:6,}, the MLP " + (bound if beyond else f"{mean:6,.0f} ({low:,.0f} to {high:,.0f})"))
    return "\n".join(lines)
