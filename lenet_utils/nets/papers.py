"""The networks of the papers under the papers' names: the zip code net of 1989, LeNet-1, LeNet-4 and LeNet-5.

`Net1989`: LeCun et al. 1989, *Backpropagation Applied to Handwritten Zip Code Recognition*, Neural Computation 1(4).
`LeNet1`: LeCun et al. 1990, *Handwritten digit recognition with a back-propagation network*, NIPS 2, pp. 396-404.
`LeNet4`, `LeNet5`: LeCun et al. 1998, *Gradient-Based Learning Applied to Document Recognition*, pp. 7-13 of the preprint.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.nets.bitmaps import BITMAPS
from lenet_utils.nets.lenet import ScaledTanh, seeded
from lenet_utils.nets.shapes import ShapeError, output_size

# Which S2 maps a C3 map of LeNet-5 sees: Table I of 1998, p. 8, a row a C3 map.
TABLE_I = [
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5),
]  # fmt: skip

# The scheme of 1989 "will not be described here", says the paper; three overlapping blocks of eight are ours.
EIGHT_OF_TWELVE = [range(0, 8)] * 4 + [range(4, 12)] * 4 + [(0, 1, 2, 3, 8, 9, 10, 11)] * 4

# NIPS 2, p. 402, counted from 0.
TABLE_1990 = [(0,), (0, 1), (0, 1), (1,), (0, 1), (0, 1), (2,), (2, 3), (2, 3), (3,), (2, 3), (2, 3)]

# LeNet-4's tables are not in print. Each first map feeds two of S2, and each C3 map sees four neighbours on the ring of S2.
PAIRS = [(i // 2,) for i in range(8)]
RING_OF_8 = [tuple(sorted((i + j) % 8 for j in range(4))) for i in range(8)] * 2


class Maps(nn.Module):
    """A convolution from `inputs` maps of `size` x `size` to `len(table)` maps, map k seeing those in `table[k]`.

    Beyond the edge lie `padding` pixels of `background`. One bias a map, or one a unit with `bias="unit"`, as in 1989.
    Weights of missing links are zero and stay so. Takes `(N, inputs, H, W)`.
    """

    links: torch.Tensor

    def __init__(
        self, inputs: int, table: Sequence[Iterable[int]], kernel: int, size: int, stride: int = 1, padding: int = 0,
        background: float = 0.0, bias: str = "map",
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel, self.stride, self.padding, self.background = kernel, stride, padding, background
        self.size = output_size(size, kernel, stride, padding)
        links = torch.zeros(len(table), inputs, 1, 1)
        for k, seen in enumerate(table):
            links[k, list(seen)] = 1
        self.register_buffer("links", links, persistent=False)
        fan_in = links.sum((1, 2, 3)) * kernel**2
        side = self.size if bias == "unit" else 1
        self.weight = nn.Parameter(links * _uniform(fan_in, len(table), inputs, kernel, kernel))
        self.bias = nn.Parameter(_uniform(fan_in, len(table), side, side))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        if self.padding:
            X = F.pad(X, [self.padding] * 4, value=self.background)
        return F.conv2d(X, self.weight * self.links, stride=self.stride) + self.bias

    def count(self) -> tuple[int, int, int]:
        """Units, connections and trainable weights."""
        weights, places = int(self.links.sum()) * self.kernel**2, self.size**2
        return len(self.links) * places, weights * places + len(self.links) * places, weights + self.bias.numel()


class Subsampling(nn.Module):
    """The sum of 2x2 inputs times a coefficient plus a bias, one pair a map: `(N, maps, H, W)` to half the side (1998, p. 7).

    `table` names for each map the one it halves, if they are not the same maps in order.
    """

    def __init__(self, maps: int, size: int, table: Sequence[tuple[int]] | None = None) -> None:
        super().__init__()
        self.source, self.size = [i for (i,) in table or [(i,) for i in range(maps)]], size // 2
        fan_in = torch.full((len(self.source),), 4.0)
        self.weight = nn.Parameter(_uniform(fan_in, len(self.source), 1, 1))
        self.bias = nn.Parameter(_uniform(fan_in, len(self.source), 1, 1))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        sums = 4 * F.avg_pool2d(X, 2)
        if self.source != list(range(X.shape[1])):
            sums = sums[:, self.source]
        return self.weight * sums + self.bias

    def count(self) -> tuple[int, int, int]:
        units = len(self.source) * self.size**2
        return units, 5 * units, 2 * len(self.source)


class Full(nn.Module):
    """Full connection of the values at one place: `(N, inputs, H, W)` to `(N, units, H, W)`, at every place the same weights."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        fan_in = torch.full((units,), float(inputs))
        self.weight = nn.Parameter(_uniform(fan_in, units, inputs))
        self.bias = nn.Parameter(_uniform(fan_in, units))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return F.linear(X.movedim(1, -1), self.weight, self.bias).movedim(-1, 1)

    def count(self) -> tuple[int, int, int]:
        units, inputs = self.weight.shape
        return units, units * (inputs + 1), units * (inputs + 1)


class RBF(nn.Module):
    """Squared distances to fixed codes `(classes, 84)` of -1 and +1 (1998, eq. 7): `(N, 84, H, W)` to `(N, classes, H, W)`."""

    codes: torch.Tensor

    def __init__(self, codes: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("codes", codes)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return (X.unsqueeze(1) - self.codes[:, :, None, None]).square().sum(2)

    def count(self) -> tuple[int, int, int]:
        return len(self.codes), self.codes.numel(), 0


class Paper(nn.Module):
    """A network whose layers each end in the scaled tanh, but for an `RBF`. `maps` gives what every layer gives.

    `net(X)` are scores `(N, 10)`, the largest the answer: the outputs, or with an `RBF` the distances times -1. Pictures wider
    or higher than `size` are read at every place that the strides allow: `(N, 10, H, W)`, where all layers have one bias a map.
    `seed` fixes the initial weights, uniform within 2.4 / fan-in, biases included (1998, Appendix A).
    """

    size = 32

    def __init__(self, layers: Mapping[str, Callable[[], nn.Module]], seed: int | None = None) -> None:
        super().__init__()
        with seeded(seed):
            self.layers = nn.ModuleDict({name: make() for name, make in layers.items()})
        self.squash = ScaledTanh()

    def __getitem__(self, name: str) -> Any:
        return self.layers[name]

    def maps(self, X: torch.Tensor) -> dict[str, torch.Tensor]:
        if X.dim() != 4 or X.shape[1] != 1 or min(X.shape[2:]) < self.size:
            raise ShapeError(f"{type(self).__name__} expected images (N, 1, {self.size}, {self.size}), got {tuple(X.shape)}.")
        found = {}
        for name, layer in self.layers.items():
            X = layer(X) if isinstance(layer, RBF) else self.squash(layer(X))
            found[name] = X
        return found

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        *_, last = self.maps(X).values()
        scores = -last if isinstance(self[list(self.layers)[-1]], RBF) else last
        return scores[:, :, 0, 0] if scores.shape[2:] == (1, 1) else scores

    def count(self) -> dict[str, tuple[int, int, int]]:
        """`{layer: (units, connections, weights)}`; what is fixed is a connection and no weight."""
        return {name: self[name].count() for name in self.layers}


class Net1989(Paper):
    """The network of 1989: 16x16 pixels from -1 to 1, H1, H2, H3 and ten outputs; 9,760 weights. `table`: the links of H2."""

    size = 16

    def __init__(self, seed: int | None = None, table: Sequence[Iterable[int]] = EIGHT_OF_TWELVE) -> None:
        edge: dict[str, Any] = {"kernel": 5, "stride": 2, "padding": 2, "background": -1.0, "bias": "unit"}
        layers = {
            "H1": lambda: Maps(1, [(0,)] * 12, size=16, **edge),
            "H2": lambda: Maps(12, table, size=8, **edge),
            "H3": lambda: Maps(12, [range(12)] * 30, kernel=4, size=4),
            "OUT": lambda: Full(30, 10),
        }
        super().__init__(layers, seed)


class LeNet1(Paper):
    """The network of the NIPS paper: 16x16 digits in the middle of 28x28 pixels; 2,578 weights."""

    size = 28

    def __init__(self, seed: int | None = None) -> None:
        layers = {
            "H1": lambda: Maps(1, [(0,)] * 4, 5, 28),
            "H2": lambda: Subsampling(4, 24),
            "H3": lambda: Maps(4, TABLE_1990, 5, 12),
            "H4": lambda: Subsampling(12, 8),
            "OUT": lambda: Maps(12, [range(12)] * 10, 4, 4),
        }
        super().__init__(layers, seed)


class LeNet4(Paper):
    """LeNet-4 as far as the paper describes it (1998, p. 13); see `PAIRS` and `RING_OF_8` for what it leaves open."""

    def __init__(self, seed: int | None = None) -> None:
        layers = {
            "C1": lambda: Maps(1, [(0,)] * 4, 5, 32),
            "S2": lambda: Subsampling(4, 28, PAIRS),
            "C3": lambda: Maps(8, RING_OF_8, 5, 14),
            "S4": lambda: Subsampling(16, 10),
            "C5": lambda: Maps(16, [range(16)] * 120, 5, 5),
            "OUT": lambda: Full(120, 10),
        }
        super().__init__(layers, seed)


class LeNet5(Paper):
    """LeNet-5: 32x32 pixels from -0.1 to 1.175, seven layers, 60,000 weights, 340,908 connections.

    `codes` are the targets of F6, +-1 `(10, 84)`; the bitmaps of the book's own drawing by default.
    """

    def __init__(self, seed: int | None = None, codes: torch.Tensor | None = None) -> None:
        layers = {
            "C1": lambda: Maps(1, [(0,)] * 6, 5, 32),
            "S2": lambda: Subsampling(6, 28),
            "C3": lambda: Maps(6, TABLE_I, 5, 14),
            "S4": lambda: Subsampling(16, 10),
            "C5": lambda: Maps(16, [range(16)] * 120, 5, 5),
            "F6": lambda: Full(120, 84),
            "OUT": lambda: RBF(BITMAPS.clone() if codes is None else codes),
        }
        super().__init__(layers, seed)


def _uniform(fan_in: torch.Tensor, *shape: int) -> torch.Tensor:
    """Even between minus and plus 2.4 / fan-in; `fan_in` `(shape[0],)`."""
    bound = (2.4 / fan_in).view(-1, *[1] * (len(shape) - 1))
    return (2 * torch.rand(shape) - 1) * bound
