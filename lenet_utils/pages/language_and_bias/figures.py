"""What is drawn and printed on the page `language_and_bias` alone."""

from collections.abc import Sequence

import matplotlib.pyplot as plt

from lenet_utils.experiments import Comparison, interval
from lenet_utils.figures import charts, plots

NAMES = {"unit": "per unit", "map": "per map", "none": "dense only", "nowhere": "no biases"}  # of the kinds of biases


def accuracy_by_contrast(runs: Comparison, contrasts: Sequence[float]) -> plt.Axes:
    """A curve for each kind of biases: accuracy over the contrast of the test digits, on a logarithmic axis."""
    curves = {NAMES[kind]: runs.values(kind, "accuracies") for kind in runs.variants}
    ax = charts.curves(curves, plots.figure(2.8)[1], x=contrasts, legend=False)
    ax.set(xscale="log", xlabel="contrast of the test digits", ylabel="accuracy")
    ax.set_xticks(contrasts, [f"{contrast:g}" for contrast in contrasts])
    ax.set_yticks([0.5, 0.75, 1], ["50%", "75%", "100%"])
    ax.minorticks_off()
    ax.legend(frameon=False, fontsize=9, title="biases", title_fontsize=9)
    return ax


def palest(runs: Comparison) -> str:
    """Accuracy at the lowest contrast with its interval and the range of single runs, a line a kind of biases."""
    lines = []
    for kind in runs.variants:
        values = [accuracies[-1] for accuracies in runs.values(kind, "accuracies")]
        mean, low, high, _ = interval(values)
        span = f"runs from {min(values):.0%} to {max(values):.0%}"
        lines.append(f"{NAMES[kind]:10} {mean:.1%} ({low:.1%} to {high:.1%}), {span}")
    return "\n".join(lines)


def both_errors(runs: Comparison) -> plt.Figure:
    """Error rates on the test digits as they are, on the left, and shifted by a pixel, on the right."""
    fig, axes = plots.figure(2.6, columns=2)
    runs = Comparison(runs.runs.replace({"variant": NAMES}))
    for ax, value, name in zip(axes, ("error", "moved"), ("error rate", "error rate, shifted digits"), strict=True):
        charts.intervals(runs, value, ax).set_xlabel(name)
    axes[0].set_ylabel("biases")
    axes[1].set_yticklabels([])
    return fig


def points(difference: tuple[float, float, float, int]) -> str:
    """A difference of `Comparison.difference` in percentage points, with its interval."""
    mean, low, high = (100 * share for share in difference[:3])
    return f"{mean:+.2f} points ({low:+.2f} to {high:+.2f})"
