"""The networks of 1989, of 1998 and of today's courses side by side, drawn from the shapes that they compute."""

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Rectangle

from lenet_utils.figures import plots
from lenet_utils.figures.plots import CONVOLUTION, DENSE, INK, MUTED, OUTPUT, PAPER, POOLING
from lenet_utils.nets.lenet import LeNet
from lenet_utils.nets.papers import LeNet5, Net1989

Net = Net1989 | LeNet5 | LeNet
KINDS = {
    "input": INK, "H1": CONVOLUTION, "H2": CONVOLUTION, "C1": CONVOLUTION, "C3": CONVOLUTION, "C5": CONVOLUTION,
    "S2": POOLING, "S4": POOLING, "H3": DENSE, "F5": DENSE, "F6": DENSE, "OUT": OUTPUT,
}  # fmt: skip
SHOWN, STEP, GAP = 8, 2.5, 16  # at most so many maps of a layer are drawn, each so many pixels behind the one before


def architectures() -> dict[str, dict[str, tuple[int, ...]]]:
    """For each network the shape of every layer's output for one image, the input first: `(maps, H, W)` or `(units,)`."""
    nets: dict[str, tuple[Net, int]] = {
        "1989": (Net1989(seed=0), 16),
        "LeNet-5, 1998": (LeNet5(seed=0), 32),
        "courses today": (LeNet(seed=0), 28),
    }
    return {name: _shapes(net, side) for name, (net, side) in nets.items()}


@torch.no_grad()
def _shapes(net: Net, side: int) -> dict[str, tuple[int, ...]]:
    X = torch.zeros(1, 1, side, side)
    layers = {"input": X, **net.maps(X)}
    return {name: tuple(size for size in values.shape[1:] if size > 1 or name == "input") for name, values in layers.items()}


def side_by_side() -> None:
    """The three networks, one below the other."""
    nets = architectures()
    _, axes = plots.figure(4.6, rows=len(nets))
    for ax, (name, shapes) in zip(axes, nets.items(), strict=True):
        draw(name, shapes, ax)


def table_one(links: torch.Tensor) -> None:
    """Table I of 1998: `links` `(maps of S2, maps of C3)`, 1 where a map of C3 reads a map of S2."""
    _, ax = plots.figure(1.9)
    plots.image(links, ax, CONVOLUTION)
    ax.set(xticks=range(links.shape[1]), yticks=range(links.shape[0]), xlabel="map of C3", ylabel="map of S2")
    ax.tick_params(length=0)


def draw(name: str, shapes: dict[str, tuple[int, ...]], ax: plt.Axes) -> plt.Axes:
    """One network on one line: maps as squares behind each other, at one scale, and dense layers as bars."""
    x = 0.0
    for layer, shape in shapes.items():
        width = _maps(ax, shape, x, KINDS[layer]) if len(shape) == 3 else _bar(ax, shape[0], x, KINDS[layer])
        ax.text(x + width / 2, 34, layer, ha="center", color=KINDS[layer], fontsize=9, weight="bold")
        ax.text(x + width / 2, 45, "×".join(map(str, shape)), ha="center", color=MUTED, fontsize=9)
        x += max(width, 22) + GAP
    ax.text(0, -30, name, fontsize=10, weight="bold", color=INK)
    ax.set(xlim=(-4, 330), ylim=(48, -38), aspect="equal")
    ax.axis("off")
    return ax


def _maps(ax: plt.Axes, shape: tuple[int, ...], x: float, colour: str) -> float:
    count, side = shape[:2]
    drawn = min(count, SHOWN)
    for place in reversed(range(drawn)):
        corner = x + place * STEP, -side / 2 - (place - drawn / 2) * STEP
        ax.add_patch(Rectangle(corner, side, side, fc=PAPER, ec=colour, lw=1))
    return side + (drawn - 1) * STEP


def _bar(ax: plt.Axes, units: int, x: float, colour: str) -> float:
    height = units**0.5 * 4
    ax.add_patch(Rectangle((x + 3, -height / 2), 4, height, fc=colour, ec=colour))
    return 10
