"""What happened when, in four lanes on one axis of years. Every event names its entry in book/sources.md."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import torch
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from lenet_utils.figures.plots import CONVOLUTION, HAIRLINE, INK, MUTED, PAPER, sequential

LANES = {"ideas": "D", "networks": "o", "data": "s", "machines": "^"}  # from top to bottom, with their markers
SIDES: dict[str, tuple[float, float, str, str]] = {  # how far the name is from its event, and how it is aligned
    "n": (0, 9, "center", "bottom"), "s": (0, -9, "center", "top"), "e": (9, 0, "left", "center"),
    "w": (-9, 0, "right", "center"), "sw": (2, -9, "right", "top"), "ne": (-2, 9, "left", "bottom"),
}  # fmt: skip


@dataclass(frozen=True)
class Event:
    """Something in one of the `LANES`, from `year` to `until` if it took longer; its name stands on one of the `SIDES`."""

    year: float
    name: str
    lane: str
    source: str
    side: str = "n"
    until: float | None = None
    colour: str = INK
    weight: str = "normal"

    def __str__(self) -> str:
        years = f"{int(self.year)}" + (f"-{int(self.until)}" if self.until else "")
        return f"{years:10}{self.lane:10}{self.name:15}{self.source}"


EVENTS = (
    Event(1969, "rectifier", "ideas", "Fukushima 1969", "e"),
    Event(1980, "neocognitron", "networks", "Fukushima 1980", colour=CONVOLUTION),
    Event(1987, "TDNN", "networks", "Waibel et al. 1989", "w", until=1989.2, colour=CONVOLUTION),
    Event(1989.5, "zip codes", "data", "LeCun et al. 1989", "w"),
    Event(1989.5, "Sun-4, DSP-32C", "machines", "LeCun et al. 1989", "w"),
    Event(1989.9, "zip code net", "networks", "LeCun et al. 1989", "sw", colour=CONVOLUTION, weight="bold"),
    Event(1990, "max pooling", "ideas", "Yamaguchi et al. 1990", until=1992),
    Event(1990.5, "LeNet-1", "networks", "LeCun et al. 1990", "ne", colour=CONVOLUTION, weight="bold"),
    Event(1994, "MNIST", "data", "Bottou et al. 1994", "e"),
    Event(1996.45, "cheques", "machines", "LeCun et al. 1998", "w"),
    Event(1998.9, "Origin 2000", "machines", "LeCun et al. 1998", "e"),
    Event(1998.9, "LeNet-5", "networks", "LeCun et al. 1998", "e", colour=CONVOLUTION, weight="bold"),
    Event(2009, "ReLU common", "ideas", "Jarrett et al. 2009", until=2011),
    Event(2012, "AlexNet", "networks", "Krizhevsky, Sutskever and Hinton 2012", colour=CONVOLUTION),
)


def timeline(
    events: Iterable[Event] = EVENTS, ax: plt.Axes | None = None, pictures: Mapping[str, torch.Tensor] | None = None,
    marked: Iterable[float] = (1989, 1998),
) -> plt.Axes:  # fmt: skip
    """Events as markers in their lanes, with a band through each year of `marked`.

    `pictures` maps names of events to digits `(H, W)` that stand there instead of the marker.
    """
    ax = ax or plt.gca()
    heights = {lane: -place for place, lane in enumerate(LANES)}
    for lane, height in heights.items():
        ax.axhline(height, color=HAIRLINE, lw=1, zorder=0)
        ax.annotate(lane, (0, height), (0, 12), ("axes fraction", "data"), textcoords="offset points", color=MUTED, fontsize=9)
    for year in marked:
        ax.axvspan(year, year + 1, color=HAIRLINE, alpha=0.5, lw=0, zorder=0)
    for event in events:
        _draw(ax, event, heights[event.lane], (pictures or {}).get(event.name))
    ax.set(xlim=(1965, 2016), ylim=(0.6 - len(LANES), 0.5), yticks=[], xticks=range(1970, 2011, 10), xlabel="year")
    ax.spines["left"].set_visible(False)
    return ax


def _draw(ax: plt.Axes, event: Event, height: float, picture: torch.Tensor | None) -> None:
    until = event.until or event.year
    ax.plot([event.year, until], [height, height], color=event.colour, lw=3)
    right, up, across, along = SIDES[event.side]
    if picture is None:
        ax.plot(event.year, height, LANES[event.lane], ms=6, color=event.colour, mec=PAPER)
    else:
        tile = OffsetImage(picture, zoom=22 / picture.shape[0], cmap=sequential(INK), interpolation="nearest")
        frame = dict(edgecolor=HAIRLINE, boxstyle="square,pad=0")
        ax.add_artist(AnnotationBbox(tile, (event.year, height), frameon=True, pad=0, bboxprops=frame))
        right *= 1.8
    middle = until if event.side == "e" else event.year if event.side == "w" else (event.year + until) / 2
    offset: dict[str, Any] = dict(xytext=(right, up), textcoords="offset points", ha=across, va=along, fontsize=9)
    paper = dict(facecolor=PAPER, lw=0, pad=0.5)  # so that no line runs through the name
    ax.annotate(event.name, (middle, height), color=event.colour, weight=event.weight, bbox=paper, **offset)
