"""Networks as lists of layers, one number a choice, for a calculator of a dozen lines: 1989, LeNet-5 and AlexNet.

`NET_1989`: LeCun et al. 1989, section "Network Architecture". `LENET5`: LeCun et al. 1998, pp. 7-9 of the preprint.
`ALEXNET`: Krizhevsky, Sutskever and Hinton 2012, section 3.5; the padding, which it does not print, is what its units need.
"""

from collections.abc import Iterable
from typing import NamedTuple

Row = tuple[str, int, int, int]  # name, units, connections and parameters of a layer


class Layer(NamedTuple):
    """A layer as a convolution: `maps` of what a `kernel` x `kernel` window gives at every place.

    `links` counts the pairs of an input map and a map that looks at it, None for all of them; `free` the learned weights
    of a link, None for all kernel x kernel of them. `bias` is one a `map`, one a `unit`, or None.
    A dense layer is a kernel as large as its input, a pooling without weights a layer without links.
    """

    name: str
    maps: int
    kernel: int
    stride: int = 1
    padding: int = 0
    links: int | None = None
    free: int | None = None
    bias: str | None = "map"


NET_1989 = [
    Layer("H1", maps=12, kernel=5, stride=2, padding=2, bias="unit"),
    Layer("H2", maps=12, kernel=5, stride=2, padding=2, links=12 * 8, bias="unit"),
    Layer("H3", maps=30, kernel=4),
    Layer("OUT", maps=10, kernel=1),
]

LENET5 = [
    Layer("C1", maps=6, kernel=5),
    Layer("S2", maps=6, kernel=2, stride=2, links=6, free=1),  # one coefficient for its four inputs
    Layer("C3", maps=16, kernel=5, links=60),
    Layer("S4", maps=16, kernel=2, stride=2, links=16, free=1),
    Layer("C5", maps=120, kernel=5),
    Layer("F6", maps=84, kernel=1),
    Layer("OUT", maps=10, kernel=1, free=0, bias=None),  # fixed codes
]

ALEXNET = [
    Layer("conv1", maps=96, kernel=11, stride=4),
    Layer("pool1", maps=96, kernel=3, stride=2, links=0, bias=None),
    Layer("conv2", maps=256, kernel=5, padding=2, links=256 * 96 // 2),  # two halves, one on each of two graphics cards
    Layer("pool2", maps=256, kernel=3, stride=2, links=0, bias=None),
    Layer("conv3", maps=384, kernel=3, padding=1),
    Layer("conv4", maps=384, kernel=3, padding=1, links=384 * 384 // 2),
    Layer("conv5", maps=256, kernel=3, padding=1, links=256 * 384 // 2),
    Layer("pool5", maps=256, kernel=3, stride=2, links=0, bias=None),
    Layer("fc6", maps=4096, kernel=6),
    Layer("fc7", maps=4096, kernel=1),
    Layer("fc8", maps=1000, kernel=1),
]


def calculate(layers: Iterable[Layer], maps: int, side: int) -> tuple[Row, ...]:
    """Name, units, connections and parameters of each of `layers` over `maps` of `side` x `side` pixels."""
    rows = []
    for layer in layers:
        side = (side + 2 * layer.padding - layer.kernel) // layer.stride + 1
        links = maps * layer.maps if layer.links is None else layer.links
        free = layer.kernel**2 if layer.free is None else layer.free
        units = layer.maps * side**2
        biases = {"map": layer.maps, "unit": units, None: 0}[layer.bias]
        connections = links * layer.kernel**2 * side**2 + units * (layer.bias is not None)
        rows.append((layer.name, units, connections, links * free + biases))
        maps = layer.maps
    return tuple(rows)


def sight(layers: Iterable[Layer]) -> tuple[int, int]:
    """Receptive field and step of one unit of the last of `layers`, in pixels of the picture."""
    field, step = 1, 1
    for layer in layers:
        field, step = field + (layer.kernel - 1) * step, step * layer.stride
    return field, step
