"""One function a kind of figure: each draws on the axis it is given and returns it.

A layer always has the same colour; what is compared has colours of `VARIANTS`, and pictures are ink on paper.
Images, maps and kernels are tensors `(H, W)` or `(N, H, W)`.
"""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import torch
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

PAPER, INK, MUTED, HAIRLINE = "#fbfaf7", "#1d2129", "#5a6270", "#d9d4c8"
CONVOLUTION, POOLING, DENSE, OUTPUT = "#1f5fa8", "#0d7a63", "#b4480b", "#8e3a78"
LAYERS = {
    "input": INK, "C1": CONVOLUTION, "S2": POOLING, "C3": CONVOLUTION, "S4": POOLING,
    "C5": CONVOLUTION, "F5": DENSE, "F6": DENSE, "OUT": OUTPUT,
}  # fmt: skip

VARIANTS = (INK, "#3d2bc2", "#8f7a00", "#2f93b8", "#d03060")  # of networks that are compared: apart from every layer

WIDTH = 7.0  # inches: every figure has the width of the text
Array = torch.Tensor | np.ndarray
Limits = tuple[float, float]  # the values of the two ends of a scale of tones


def use_style() -> None:
    """Set the book's style for every figure that follows; in a notebook, twice the pixels."""
    mpl.rcParams.update(
        {
            "figure.facecolor": PAPER, "axes.facecolor": PAPER, "savefig.facecolor": PAPER,
            "figure.figsize": (WIDTH, 2.6), "figure.dpi": 100, "figure.constrained_layout.use": True,
            "text.color": INK, "axes.labelcolor": MUTED, "xtick.color": MUTED, "ytick.color": MUTED,
            "axes.edgecolor": HAIRLINE, "axes.spines.top": False, "axes.spines.right": False,
            "grid.color": HAIRLINE, "grid.linewidth": 0.6, "lines.linewidth": 1.8, "lines.solid_capstyle": "round",
            "font.family": "sans-serif", "font.size": 10, "axes.titlesize": 10, "axes.titlecolor": INK,
            "axes.prop_cycle": cycler(color=VARIANTS),
            "image.interpolation": "nearest", "svg.fonttype": "path", "svg.hashsalt": "lenet",
        }
    )  # fmt: skip
    if "inline" in mpl.get_backend():
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("retina", bbox_inches=None)


def sequential(colour: str) -> LinearSegmentedColormap:
    """From paper to `colour`."""
    return LinearSegmentedColormap.from_list(f"paper-{colour}", [PAPER, colour])


DIVERGING = LinearSegmentedColormap.from_list("weights", [DENSE, PAPER, CONVOLUTION], N=257)  # odd, so that zero is paper


def figure(height: float = 2.6, columns: int = 1, rows: int = 1, **options: Any) -> tuple[plt.Figure, Any]:
    """A figure as wide as the text and `height` inches high, with its axes."""
    return plt.subplots(rows, columns, figsize=(WIDTH, height), **options)


def image(
    picture: Array, ax: plt.Axes | None = None, colour: str = INK, limits: Limits | None = None, title: str | None = None
) -> plt.Axes:
    """One picture or map `(H, W)`, from paper (lowest) to `colour` (highest); `limits` fixes the two ends."""
    ax = _blank(ax)
    low, high = limits or (None, None)
    ax.imshow(_array(picture), cmap=sequential(colour), vmin=low, vmax=high)
    _frame(ax)
    return _titled(ax, title)


def weights(kernel: Array, ax: plt.Axes | None = None, limit: float | None = None, title: str | None = None) -> plt.Axes:
    """One kernel `(H, W)`, orange below zero, blue above, paper at zero; `limit` is the largest size shown."""
    ax = _blank(ax)
    kernel = _array(kernel)
    limit = limit or max(np.abs(kernel).max(), 1e-12)
    ax.imshow(kernel, cmap=DIVERGING, vmin=-limit, vmax=limit)
    _frame(ax)
    return _titled(ax, title)


def strip(
    pictures: Array, ax: plt.Axes | None = None, colour: str = INK, titles: Sequence[str] | None = None,
    limits: Limits | None = None, columns: int | None = None,
) -> plt.Axes:  # fmt: skip
    """Pictures `(N, H, W)` in rows of `columns`, all on one scale, on one axis."""
    ax = _blank(ax)
    pictures = _array(pictures)
    columns = columns or len(pictures)
    limits = limits or (pictures.min(), pictures.max())
    height, width = pictures.shape[1:]
    gap = max(1, width // 8)
    step = height + gap + (0 if titles is None else 2 * gap)
    for i, picture in enumerate(pictures):
        x, y = i % columns * (width + gap), i // columns * step
        tile(ax, picture, x, y, colour, limits)
        if titles is not None:
            ax.text(x + width / 2, y - gap / 2, titles[i], ha="center", va="bottom", color=MUTED, fontsize=9)
    rows = -(-len(pictures) // columns)
    return _view(ax, columns * (width + gap) - gap, (rows - 1) * step + height, top=gap if titles is None else 2 * gap + 2)


def tile(
    ax: plt.Axes, picture: Array, x: float, y: float, colour: str = INK, limits: Limits = (0, 1), scale: float = 1.0
) -> None:
    """One picture `(H, W)` with its upper left corner at `(x, y)` in data units, `scale` units a pixel."""
    height, width = (side * scale for side in picture.shape)
    low, high = limits if limits[1] > limits[0] else (limits[0] - 1, limits[0] + 1)
    ax.imshow(picture, cmap=sequential(colour), vmin=low, vmax=high, extent=(x, x + width, y + height, y), zorder=2)
    ax.add_patch(Rectangle((x, y), width, height, fill=False, ec=HAIRLINE, lw=0.8, zorder=3))


def numbers(
    matrix: Array, ax: plt.Axes | None = None, colour: str | None = None, window: tuple[int, int, int] | None = None,
    form: str = "{:g}", title: str | None = None, limits: Limits | None = None,
) -> plt.Axes:  # fmt: skip
    """A matrix `(H, W)` with its values written in; `window` = (row, column, side) is outlined.

    Without a colour, values are shown as weights are, orange below zero and blue above. The tones go half way
    to the full colour, so that the digits stay legible; `limits` are the values of the two ends.
    """
    ax = _blank(ax)
    matrix = _array(matrix)
    size = max(np.abs(matrix).max(), 1e-9)
    low, high = limits or ((-size, size) if colour is None else (matrix.min(), max(matrix.max(), matrix.min() + 1e-9)))
    span = (high - low) / 2
    if colour is None:
        ax.imshow(matrix, cmap=DIVERGING, vmin=low - span, vmax=high + span, zorder=1)
    else:
        ax.imshow(matrix, cmap=sequential(colour), vmin=low, vmax=high + 2 * span, zorder=1)
    for (row, column), value in np.ndenumerate(matrix):
        ax.text(column, row, form.format(value).replace("-", "−"), ha="center", va="center", fontsize=9, zorder=3)
    if window is not None:
        row, column, side = window
        outline(ax, row, column, side, colour=INK)
    _frame(ax)
    return _titled(ax, title)


def outline(ax: plt.Axes, row: float, column: float, side: float, colour: str = DENSE, width: float = 2.0) -> plt.Axes:
    """A square of `side` pixels around the pixels from `(row, column)` on."""
    ax.add_patch(Rectangle((column - 0.5, row - 0.5), side, side, fill=False, ec=colour, lw=width, zorder=4, clip_on=False))
    return ax


def answer(logits: Array, ax: plt.Axes | None = None, label: int | torch.Tensor | None = None) -> plt.Axes:
    """The ten answers `(10,)` as probabilities; the right one, if given, is marked by a ring."""
    ax = ax or plt.gca()
    shares = torch.softmax(torch.as_tensor(logits).detach(), 0).numpy()
    ax.bar(range(len(shares)), shares, color=OUTPUT, width=0.7)
    ax.set(ylim=(0, 1), yticks=[0, 0.5, 1], xticks=range(len(shares)), xlabel="class", ylabel="probability")
    ax.tick_params(length=0)
    if label is not None:
        ax.get_xticklabels()[int(label)].set_bbox({"boxstyle": "circle", "fc": "none", "ec": INK})
    return ax


def reading(line: Array, penalties: Array, ax: plt.Axes | None = None, window: int = 32, step: int = 4) -> plt.Axes:
    """A line of writing `(H, W)`, and under it what a network that slides along says: `penalties` `(classes, places)`.

    Each place stands below the middle of its window of `window` pixels, the darker the smaller the penalty; rings mark the
    smallest within two places to either side.
    """
    ax = image(line, ax)
    height, width = line.shape
    best, classes = (_array(found) for found in torch.as_tensor(penalties).detach().min(0))
    left, top = (window - step) / 2, height + 2
    tile(ax, -_array(penalties), left, top, OUTPUT, (-84 * 1.5, 0), scale=step)
    places = np.array([p for p in range(len(best)) if best[p] == best[max(p - 2, 0) : p + 3].min()])
    ax.plot(left + step * (places + 0.5), top + step * (classes[places] + 0.5), "o", ms=11, mfc="none", mec=INK, zorder=4)
    return _view(ax, width, top + step * len(penalties))


def _array(values: Array) -> np.ndarray:
    return torch.as_tensor(values).detach().cpu().numpy()


def _blank(ax: plt.Axes | None) -> plt.Axes:
    ax = ax or plt.gca()
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def _frame(ax: plt.Axes) -> None:
    for spine in ax.spines.values():
        spine.set(visible=True, color=HAIRLINE, linewidth=0.8)


def _titled(ax: plt.Axes, title: str | None) -> plt.Axes:
    if title is not None:
        ax.set_title(title, color=MUTED, fontsize=9)
    return ax


def _view(ax: plt.Axes, width: float, height: float, top: float = 1.0, margin: float = 1.0) -> plt.Axes:
    ax.set(xlim=(-margin, width + margin), ylim=(height + margin, -top), aspect="equal")
    return ax
