"""The figures of the page `digits`: its two collections, where the digits lie, the steps that prepare one, doubted labels."""

from collections.abc import Sequence
from typing import Any

import torch

from lenet_utils.experiments.results import unpack_images
from lenet_utils.figures import plots


def two_collections(zips: torch.Tensor, mnist: torch.Tensor) -> None:
    """Five of each digit: `zips` `(50, 16, 16)`, digit by digit, on the left, and the first fifty of `mnist` on the right."""
    by_row = zips.view(10, 5, *zips.shape[1:]).transpose(0, 1).flatten(0, 1)
    _, axes = plots.figure(2.2, columns=2)
    for ax, title, pictures in zip(axes, ("zip codes, 1989", "MNIST"), (by_row, mnist[:50]), strict=True):
        plots.strip(pictures, ax, columns=10)
        ax.set_title(title)


def mean_and_middles(mean: torch.Tensor, middles: torch.Tensor, centres: torch.Tensor) -> None:
    """The `mean` digit with a square of 20 pixels, and where the middles of the boxes and the centres of mass `(N, 2)` lie."""
    _, axes = plots.figure(3.2, columns=2)
    plots.image(mean, axes[0], title="mean digit")
    plots.outline(axes[0], 4, 4, 20)
    places, counts = middles.unique(dim=0, return_counts=True)
    axes[1].scatter(places[:, 1], places[:, 0], s=counts / 3, color=plots.MUTED, lw=0)
    axes[1].plot(centres[:, 1], centres[:, 0], ".", ms=2, color=plots.INK)
    axes[1].plot(13.5, 13.5, "o", ms=12, mfc="none", mec=plots.VARIANTS[4], mew=2)
    axes[1].set(xlim=(9.5, 18.5), ylim=(18.5, 9.5), aspect="equal", xlabel="column in pixels", ylabel="row in pixels")


def in_a_row(*steps: torch.Tensor) -> None:
    """The pictures `(H, W)` of four steps side by side, each with its size; the first is as wide as the sheet."""
    _, axes = plots.figure(2.0, columns=len(steps), width_ratios=[120, 90, 90, 90])
    for ax, step in zip(axes, steps, strict=True):
        plots.image(step, ax, title="×".join(map(str, step.shape)))


def with_votes(found: dict[str, Any], runs: Sequence[set[int]]) -> list[int]:
    """Draw the doubted digits with label, guess and a full dot for each of `runs` that misreads it; returns how many do.

    `found` is the result `label_errors`, and a run is the set of the places of its wrong answers.
    """
    against = [sum(row[0] in run for run in runs) for row in found["doubted"]]
    dots = ["●" * n + "○" * (len(runs) - n) for n in against]
    titles = [f"{row[1]}→{row[2]}  {text}" for row, text in zip(found["doubted"], dots, strict=True)]
    _, ax = plots.figure(4.6)
    plots.strip(unpack_images(found), ax, titles=titles, columns=5)
    return against
