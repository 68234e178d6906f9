"""What is drawn on the page `time_series` alone."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import torch

from lenet_utils.experiments import Comparison
from lenet_utils.figures import charts, plots
from lenet_utils.pages.time_series import series


def shapes_in_noise(axes: Sequence[plt.Axes]) -> None:
    """A series of noise on each of three axes, with a bump, a wave or a sawtooth in it at another step."""
    for shape, (name, ax) in enumerate(zip(("bump", "wave", "sawtooth"), axes, strict=True)):
        begin, drawn = 5 + 15 * shape, 2 * series.shapes()[shape]
        noise = torch.randn(1, series.LENGTH, generator=torch.Generator().manual_seed(shape))
        noise[0, begin : begin + series.WIDTH] += drawn
        series.draw(noise, ax, hidden=(begin, drawn)).set_title(name)
    axes[0].set_ylabel("value")


def side_by_side(runs: Comparison, accuracies: Mapping[str, str], marks: Sequence[float] = ()) -> plt.Figure:
    """Two accuracies of `runs` on one scale, from 0 to 1: their values in `runs`, each with what it is measured on.

    `marks` are drawn in both, as in `charts.intervals`.
    """
    fig, axes = plots.figure(2.7, columns=2, sharey=True)
    for ax, (value, where) in zip(axes, accuracies.items(), strict=True):
        charts.intervals(runs, value, ax, form="{:.0%}", marks=marks)
        ax.set(xlim=(0, 1.1), xlabel=f"accuracy, {where}")
    return fig


def exercises(windows: series.Recordings, which: Sequence[int], axes: Sequence[plt.Axes]) -> None:
    """A window of six channels for each exercise of `which`, on an axis each: acceleration in one colour, rotation in another."""
    for exercise, ax in zip(which, axes, strict=True):
        series.draw(windows.X[windows.y == exercise][40], ax)
        ax.set_title(f"exercise {exercise + 1}")
    for side, sensor, color in zip((0, 1), ("acceleration", "rotation"), series.SENSORS, strict=True):
        axes[0].text(0.02 + 0.96 * side, 0.01, sensor, color=color, ha=("left", "right")[side], transform=axes[0].transAxes)
    axes[0].set_ylabel("recorded values")
