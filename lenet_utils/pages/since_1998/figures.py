"""The figure of the page `since_1998`."""

from collections.abc import Mapping

import matplotlib.pyplot as plt

from lenet_utils.figures import charts
from lenet_utils.figures.plots import INK, MUTED, VARIANTS

STYLES = {"added": ("o", VARIANTS[1]), "left in": ("s", VARIANTS[2])}
LEAST = -100  # digits: what loses more is written at the left edge


def gains(found: Mapping[str, Mapping[str, tuple[float, float, float, bool]]], ax: plt.Axes) -> None:
    """A row a change: the digits of 10,000 that it gains, added to the first network and left in the last; `found` is that of
    `experiment_ends.gains`.

    A full mark counts by the book's rule, an open one does not.
    """
    ax.axvline(0, color=MUTED, lw=1.2, ls="--", zorder=1.6)
    for (way, (marker, colour)), shift in zip(STYLES.items(), (-0.17, 0.17), strict=True):
        for y, (mean, low, high, counts) in enumerate(found[way].values()):
            if mean < LEAST:
                ax.text(LEAST, y + shift, f"← {mean:,.0f}", color=colour, va="center")
                continue
            ax.plot([low, high], [y + shift] * 2, color=colour, lw=2)
            ax.plot(mean, y + shift, marker, ms=7, color=colour, mfc=colour if counts else "white")
        ax.plot([], [], marker, ms=7, color=colour, label=way)
    charts.name_rows(ax, found["added"])
    ax.set_xlim(left=LEAST)
    ax.set_xlabel("test digits of 10,000 gained")
    ax.grid(axis="x")
    ax.legend(frameon=False, labelcolor=INK, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))  # not among the marks
