"""What is drawn on the page `information_flow` alone."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch

from lenet_utils.experiments import Comparison
from lenet_utils.figures import plots
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.information_flow import tables

BITS = 9  # of the images of the small world
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


def bits_by_maps(steps: Mapping[int, Mapping[str, float]], ax: plt.Axes) -> plt.Axes:
    """A curve for each step of the block: the bits left after it, by the number of maps, from `{maps: {step: bits}}`."""
    counts = list(steps)
    for step, colour in zip(steps[counts[0]], plots.VARIANTS, strict=False):
        ax.plot(counts, [steps[maps][step] for maps in counts], "o-", color=colour, label=step)
    ax.axhline(BITS, color=plots.MUTED, ls="--")
    ax.set(xscale="log", xlabel="number of maps", ylabel="bits about the image", ylim=(0, BITS + 0.5))
    ax.set_xticks(counts, [str(maps) for maps in counts])
    ax.minorticks_off()
    ax.legend(loc="lower right")
    return ax


def two_readers(readers: Mapping[str, Comparison]) -> plt.Figure:
    """A panel of `errors_by_layer` for each reader by its name, from the runs of both kinds of networks."""
    fig, axes = plots.figure(3.2, columns=len(readers), sharey=True)
    for (name, runs), ax in zip(readers.items(), axes, strict=True):
        trained, untrained = (tables.by_layer(runs, kind).mean().to_dict() for kind in ("trained", "untrained"))
        errors_by_layer(ax, trained, untrained)
        ax.set(title=f"reader: {name}", xlabel="layer, number of its values")
    axes[0].set_ylabel("error rate, test digits")
    return fig


def errors_by_layer(ax: plt.Axes, trained: Mapping[str, float], untrained: Mapping[str, float]) -> plt.Axes:
    """The share misread after each layer, on a logarithmic axis, from accuracies by layer: solid trained, dashed untrained.

    Under each layer stands how many values it has.
    """
    counts = {row.name: row.values for row in LeNet().table}
    places, colours = range(len(counts)), [plots.LAYERS[name] for name in counts]
    for shares, dashes in ((trained, "-"), (untrained, "--")):
        wrong = [1 - shares[name] for name in counts]
        ax.plot(places, wrong, dashes, color=plots.MUTED, zorder=1)
        ax.scatter(places, wrong, color=colours)
    ax.set_xticks(places, [f"{name}\n{number:,}" for name, number in counts.items()], fontsize=9)
    ax.set_yscale("log")
    ax.set_yticks(TICKS, [f"{100 * share:g}%" for share in TICKS])
    ax.minorticks_off()
    ax.grid(axis="y")
    return ax


def losses_by_map(ax: plt.Axes, layer: str, zero: torch.Tensor, mean: torch.Tensor) -> plt.Axes:
    """Points of accuracy lost without each map of `layer`, a row for each network, from tensors `(networks, maps)`.

    Full dots for maps set to `zero`; a little below them, in another colour, open rings for maps replaced by their `mean`.
    The axis is linear up to 1 point and logarithmic beyond.
    """
    kinds = (
        (mean, "none", plots.DENSE, 0.25, "replaced by its mean"),
        (zero, plots.CONVOLUTION, plots.CONVOLUTION, 0, "set to zero"),
    )
    for points, face, edge, below, label in kinds:
        rows = torch.arange(1, len(points) + 1)[:, None].expand_as(points) - below
        ax.plot(points.flatten(), rows.flatten(), "o", mfc=face, mec=edge, ms=5, alpha=0.6, label=label)
    ax.set_xscale("symlog", linthresh=1)
    ax.set(yticks=range(1, len(zero) + 1), xlabel=f"points lost without a map of {layer}\n(logarithmic from 1 on)")
    ax.set_xticks([0, 1, 3, 10, 30], ["0", "1", "3", "10", "30"])
    return ax


def losses_of_both_layers(cost: Mapping[tuple[str, str], torch.Tensor]) -> plt.Figure:
    """`losses_by_map` of C1 on the left and of C3 on the right, from the tensors of `tables.points_lost`."""
    fig, axes = plots.figure(2.8, columns=2, sharex=True)
    for layer, ax in zip(("C1", "C3"), axes, strict=True):
        losses_by_map(ax, layer, cost[layer, "zero"], cost[layer, "mean"])
    axes[0].set_ylabel("network")
    axes[0].legend(
        reverse=True, loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=2, fontsize=9, handletextpad=0.1, columnspacing=0.8
    )
    return fig
