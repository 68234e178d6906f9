"""Drawings of the network itself: every layer with what it really holds, at one scale."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from lenet_utils.figures.plots import HAIRLINE, INK, LAYERS, MUTED, PAPER, sequential, tile

GAP, BETWEEN = 16, 2  # pixels of the input between two layers, and between two maps of one
Box = tuple[float, float, float, float, float]  # left, top, right, bottom, side


def draw(net: Any, picture: torch.Tensor, ax: plt.Axes | None = None, labels: bool = True) -> plt.Axes:
    """The whole `LeNet` reading one picture `(1, H, W)`: its maps to scale, its dense layers as columns, its answer."""
    ax = ax or plt.gca()
    with torch.no_grad():
        layers = {"input": picture[None], **net.maps(picture[None])}
    x, places = 0.0, {}
    for row in net.table:
        values = layers[row.name][0].cpu().numpy()
        draw_layer = _maps if values.ndim == 3 else _column
        places[row.name] = draw_layer(ax, row.name, values, x)
        x = places[row.name][2] + GAP
        if labels:
            _label(ax, row, places[row.name])
    _link_maps(ax, net.table, places)
    _answer(ax, layers["OUT"][0], places["OUT"])
    ax.set(xlim=(-2, x - GAP + 12), ylim=(63, -46), aspect="equal")
    ax.axis("off")
    return ax


def _maps(ax: plt.Axes, name: str, maps: np.ndarray, x: float) -> Box:
    """Maps `(C, H, W)` as a grid around the middle line; returns its box."""
    count, side = maps.shape[:2]
    columns = _columns(count)
    rows, step = -(-count // columns), side + BETWEEN
    box = x, -(rows * step - BETWEEN) / 2, x + columns * step - BETWEEN, (rows * step - BETWEEN) / 2, side
    limits = maps.min(), maps.max()
    for picture, (left, top) in zip(maps, _corners(box, count), strict=True):
        tile(ax, picture, left, top, LAYERS[name], limits)
    return box


def _columns(count: int) -> int:
    return {1: 1, 6: 2}.get(count, int(np.ceil(np.sqrt(count))))


def _corners(box: Box, count: int) -> list[tuple[float, float]]:
    """Left and top of each of the `count` maps in `box`."""
    step, columns = box[4] + BETWEEN, _columns(count)
    return [(box[0] + i % columns * step, box[1] + i // columns * step) for i in range(count)]


def _column(ax: plt.Axes, name: str, values: np.ndarray, x: float) -> Box:
    """Units `(n,)` as a column of cells, `height` pixels high; returns its box."""
    height, width = {"OUT": 60.0}.get(name, 0.7 * len(values)), 5
    limits = values.min(), values.max()
    cells = dict(cmap=sequential(LAYERS[name]), vmin=limits[0], vmax=limits[1], aspect="auto", zorder=2)
    ax.imshow(values[:, None], extent=(x, x + width, height / 2, -height / 2), **cells)
    ax.add_patch(Rectangle((x, -height / 2), width, height, fill=False, ec=HAIRLINE, lw=0.8, zorder=3))
    return x, -height / 2, x + width, height / 2, width


def _label(ax: plt.Axes, row: Any, place: Box) -> None:
    middle = (place[0] + place[2]) / 2
    ax.text(middle, 53, row.name, ha="center", color=LAYERS[row.name], fontsize=9, weight="bold")
    ax.text(middle, 61, row.output.replace("@", "×").replace("x", "×"), ha="center", color=MUTED, fontsize=9)


def _link_maps(ax: plt.Axes, table: Sequence[Any], places: dict[str, Box]) -> None:
    """From windows in one layer to the value they make in the next, two lines each in the colour of the maker.

    A convolution reads every map of the layer before, a pooling one.
    """
    for before, row in zip(table, table[1:], strict=False):
        left, right = places[before.name], places[row.name]
        if row.size == 1:  # dense: everything to everything
            for y0, y1 in ((left[1], right[1]), (left[3], right[3])):
                ax.plot((left[2] + 1, right[0] - 1), (y0, y1), color=HAIRLINE, lw=0.8, zorder=0)
            continue
        stride = row.jump // before.jump
        kernel = (row.field - before.field) // before.jump + 1
        padding = ((row.size - 1) * stride + kernel - before.size) // 2
        corner = right[2] - right[4] if stride > 1 else right[0]  # a pooling links the same map, the last of the first row
        unit = int(0.6 * row.size), int(0.35 * row.size)
        x1, y1 = corner + unit[0], right[1] + unit[1]
        maps = [(left[2] - left[4], left[1])] if stride > 1 else _corners(left, before.channels)
        for x, y in maps:
            x0, y0 = x + unit[0] * stride - padding, y + unit[1] * stride - padding
            _window(ax, (x0, y0, kernel), (x1, y1, 1), LAYERS[row.name])


def _window(ax: plt.Axes, source: tuple[float, float, int], target: tuple[float, float, int], colour: str) -> None:
    edge = [withStroke(linewidth=3, foreground=PAPER)]  # or the value would vanish on ink of its own colour
    for (x, y, side), effects in ((source, None), (target, edge)):
        ax.add_patch(Rectangle((x, y), side, side, fill=False, ec=colour, lw=1.1, zorder=5, path_effects=effects))
    for end in (0, 1):
        xs, ys = (source[0] + source[2], target[0]), (source[1] + end * source[2], target[1] + end)
        ax.plot(xs, ys, color=colour, lw=0.7, zorder=4)


def _answer(ax: plt.Axes, logits: torch.Tensor, place: Box) -> None:
    """The ten classes beside the output column, the winner in ink."""
    left, top, right, bottom, _ = place
    step = (bottom - top) / len(logits)
    winner = int(logits.argmax())
    for k in range(len(logits)):
        style: dict[str, Any] = dict(color=INK, weight="bold", fontsize=10) if k == winner else dict(color=MUTED, fontsize=9)
        ax.text(right + 3, top + (k + 0.5) * step, str(k), va="center", **style)
