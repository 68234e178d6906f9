"""How long every step takes, how near it comes to the limits of the machine, and how small a network can be."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from lenet_utils.figures.plots import INK, MUTED
from lenet_utils.nets.shapes import Table
from lenet_utils.pages.two_cores.traffic import bytes_per_digit

# Which way of `bytes_per_digit` the steps of the roofline go.
FLOWS = {
    "DataLoader": "as drawn", "channels last": "as drawn", "pooling before ReLU": "pooled first", "images in the lanes": "lanes",
}  # fmt: skip


def ladder(rows: Mapping[str, Mapping[str, Any]], ax: plt.Axes | None = None) -> plt.Axes:
    """A bar per step, as long as its `seconds`, with its `images_per_second`; the first step at the top."""
    ax = ax or plt.gca()
    seconds = [row["seconds"] for row in rows.values()]
    ax.barh(list(rows), seconds, height=0.6, color=MUTED)
    for place, row in enumerate(rows.values()):
        text = f"{row['seconds']:.1f} s, {row['images_per_second']:,.0f} digits/s"
        ax.text(row["seconds"] + max(seconds) / 100, place, text, va="center", fontsize=9)
    ax.set(xlabel="seconds of training to 99 %", xlim=(0, 1.45 * max(seconds)))
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    ax.spines["left"].set_visible(False)
    ax.invert_yaxis()
    return ax


def roofline(steps: Mapping[str, Any], flows: Mapping[str, str], table: Table, ax: plt.Axes | None = None) -> plt.Axes:
    """Multiply-adds per second of each step in `flows` over its multiply-adds per byte, below the limits of the machine.

    `steps` is the result `two_cores`; `flows` maps a step to a way of `traffic.bytes_per_digit` for the network of `table`.
    """
    ax = ax or plt.gca()
    macs, peak = steps["multiply_adds_per_image"], steps["peak_multiply_adds_per_second"] / 1e9
    per_byte = np.geomspace(1, 100, 200)
    ax.loglog(per_byte, np.minimum(per_byte * steps["bytes_per_second"] / 1e9, peak), color=INK)
    ax.text(100, 1.08 * peak, "matrix product", ha="right", va="bottom", fontsize=9, color=INK)
    ax.text(2.4, 2.7 * steps["bytes_per_second"] / 1e9, "memory", ha="right", va="bottom", fontsize=9, color=INK)
    for name, way in flows.items():
        row = steps["steps"][name]
        point = macs / bytes_per_digit(table, way, row["batch_size"]), row["images_per_second"] * macs / 1e9
        ax.plot(*point, "o", ms=7, color=INK)
        left = way != "pooled first"
        ax.annotate(name, point, (-9 if left else 9, -3), textcoords="offset points", ha="right" if left else "left", fontsize=9)
    ax.set(xlabel="multiply-adds per byte", ylabel="billion multiply-adds per second", ylim=(None, 1.6 * peak))
    _plain(ax, (1, 2, 5, 10, 20, 50, 100), (5, 10, 20, 50, 100, 200))
    ax.grid()
    return ax


def _plain(ax: plt.Axes, xs: Sequence[float], ys: Sequence[float]) -> None:
    """Write those of `xs` and `ys` on the logarithmic axes that are in view, as plain numbers."""
    for axis, values in ((ax.xaxis, xs), (ax.yaxis, ys)):
        low, high = axis.get_view_interval()
        shown = [value for value in values if low <= value <= high]
        axis.set_ticks(shown, [f"{value:,g}" for value in shown])
        axis.set_minor_formatter("")
        axis.set_tick_params(which="minor", length=0)


def diet(sizes: Sequence[int], errors: pd.DataFrame, note: int, ax: plt.Axes | None = None) -> plt.Axes:
    """Mean test error with its interval over the number of parameters; `note` is that of the LeNet of the note.

    `errors` has a row per size with `mean`, `low` and `high`, as `Comparison.table` returns it.
    """
    ax = ax or plt.gca()
    mean = 100 * errors["mean"]
    ax.plot(sizes, mean, "o-", ms=5, color=INK)
    ax.vlines(sizes, 100 * errors["low"], 100 * errors["high"], color=INK, lw=1.5)
    ax.axhline(1, color=MUTED, lw=1.2, ls="--", zorder=0)
    ax.axvline(note, color=MUTED, lw=1.2, ls=":", zorder=0)
    ax.text(0.95 * note, max(mean), f"LeNet, {note:,}", ha="right", va="top", fontsize=9, color=MUTED)
    ax.set(xscale="log", yscale="log", xlabel="parameters", ylabel="test error in %")
    _plain(ax, (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000), (0.5, 1, 2, 3, 5, 7))
    return ax
