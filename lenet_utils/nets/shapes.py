"""The arithmetic of layers: sizes, parameters, connections, cost and receptive fields, without torch.

A network is a list of layers and a `Table` is what comes of walking it. `NOTE` is the LeNet that courses
teach (61,706 parameters); `LENET5` is the one of LeCun et al. 1998, pp. 7-9 of the preprint.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape
from numbers import Integral
from typing import Any, SupportsIndex, overload

from lenet_utils.errors import as_whole


class ShapeError(ValueError):
    """A layer does not fit; the message names it, the size it expected and the size it got."""


def output_size(n: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Side of the output, in pixels, of a convolution or pooling over `n` pixels; `ShapeError` if the kernel does not fit."""
    n, kernel = as_whole(error=ShapeError, size=n), as_whole(error=ShapeError, kernel=kernel)
    stride, padding = as_whole(error=ShapeError, stride=stride), as_whole(0, error=ShapeError, padding=padding)
    if kernel > n + 2 * padding:
        raise ShapeError(f"a {kernel}x{kernel} kernel does not fit into {n}x{n} pixels with padding {padding}.")
    return (n + 2 * padding - kernel) // stride + 1


@dataclass(frozen=True)
class Conv:
    """A convolution. `links` counts the kernels where not every input map feeds every output map (Table I of 1998)."""

    name: str
    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    links: int | None = None
    bias: bool = True


@dataclass(frozen=True)
class Pool:
    """A pooling; `trainable` gives each map the coefficient and the bias of 1998."""

    name: str
    kernel: int = 2
    stride: int | None = None
    padding: int = 0
    trainable: bool = False


@dataclass(frozen=True)
class Dense:
    """A fully connected layer; `trained=False` for fixed weights, such as the RBF codes of 1998."""

    name: str
    units: int
    bias: bool = True
    trained: bool = True


@dataclass(frozen=True)
class Row:
    """One line of a `Table`; `field` and `jump` are the receptive field and its step in input pixels."""

    name: str
    channels: int
    size: int
    params: int = 0
    connections: int = 0
    macs: int = 0
    field: int = 1
    jump: int = 1

    @property
    def output(self) -> str:
        return f"{self.channels}@{self.size}x{self.size}" if self.size > 1 else f"{self.channels}"

    @property
    def values(self) -> int:
        return self.channels * self.size**2


class Table(list[Row]):
    """Rows of a network, the input first; prints as text and, in a notebook, as HTML."""

    HEADER = ("layer", "output", "values", "parameters", "connections", "multiply-adds", "field", "step")

    @overload
    def __getitem__(self, key: SupportsIndex | str) -> Row: ...

    @overload
    def __getitem__(self, key: slice) -> list[Row]: ...

    def __getitem__(self, key: Any) -> Any:
        """A row by number, or by the name of its layer."""
        if not isinstance(key, str):
            return super().__getitem__(key)
        found = next((row for row in self if row.name == key), None)
        if found is None:
            raise KeyError(f"No layer is called {key!r}. Layers: {', '.join(row.name for row in self)}.")
        return found

    @property
    def params(self) -> int:
        return sum(row.params for row in self)

    @property
    def connections(self) -> int:
        return sum(row.connections for row in self)

    @property
    def macs(self) -> int:
        return sum(row.macs for row in self)

    def cells(self) -> Iterator[tuple[str, ...]]:
        for r in self:
            counts = (r.values, r.params, r.connections, r.macs, r.field, r.jump)
            yield (r.name, r.output, *(f"{count:,}" for count in counts))
        yield ("total", "", "", f"{self.params:,}", f"{self.connections:,}", f"{self.macs:,}", "", "")

    def __str__(self) -> str:
        lines = [self.HEADER, *self.cells()]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.HEADER))]
        return "\n".join(
            "  ".join(cell.ljust(w) if i < 2 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True)))
            for line in lines
        )

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{cell}</th>" for cell in self.HEADER)
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in self.cells())
        return f'<table class="lenet-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def walk(layers: Iterable[Conv | Pool | Dense], channels: int = 1, size: int = 28) -> Table:
    """The `Table` of `layers` over `channels` maps of `size` x `size` pixels; `ShapeError` names a layer that does not fit."""
    channels, size = as_whole(error=ShapeError, channels=channels), as_whole(error=ShapeError, size=size)
    table = Table([Row("input", channels, size)])
    for layer in layers:
        try:
            table.append(_STEPS[type(layer)](_in_ints(layer), table[-1]))
        except ShapeError as error:
            raise ShapeError(f"{layer.name}: {error}") from None
        if isinstance(layer, Dense):  # sees the whole image, and no padding around it
            table[-1] = replace(table[-1], field=min(table[-1].field, size))
    return table


def _in_ints(layer: Conv | Pool | Dense) -> Conv | Pool | Dense:
    """Numbers of numpy would overflow in silence."""
    counts: dict[str, Any] = {
        name: int(value) for name, value in vars(layer).items() if isinstance(value, Integral) and not isinstance(value, bool)
    }
    return replace(layer, **counts)


def _conv(layer: Conv, before: Row) -> Row:
    as_whole(error=ShapeError, channels=layer.channels)
    as_whole(error=ShapeError, links=1 if layer.links is None else layer.links)
    size = output_size(before.size, layer.kernel, layer.stride, layer.padding)
    kernels = before.channels * layer.channels if layer.links is None else layer.links
    weights = kernels * layer.kernel**2
    biases = layer.channels if layer.bias else 0
    grown = _grown(before, layer.kernel, layer.stride)
    macs = size**2 * weights
    return replace(
        grown, name=layer.name, channels=layer.channels, size=size,
        params=weights + biases, connections=macs + size**2 * biases, macs=macs,
    )  # fmt: skip


def _pool(layer: Pool, before: Row) -> Row:
    stride = layer.kernel if layer.stride is None else layer.stride
    size = output_size(before.size, layer.kernel, stride, layer.padding)
    if 2 * layer.padding > layer.kernel:
        raise ShapeError(f"padding expects at most half of the kernel ({layer.kernel}), got {layer.padding}.")
    inputs = layer.kernel**2 + (1 if layer.trainable else 0)  # 1998 counts the bias as one more connection
    return replace(
        _grown(before, layer.kernel, stride), name=layer.name, channels=before.channels, size=size,
        params=2 * before.channels if layer.trainable else 0,
        connections=size**2 * before.channels * inputs, macs=0,
    )  # fmt: skip


def _dense(layer: Dense, before: Row) -> Row:
    as_whole(error=ShapeError, units=layer.units)
    macs = before.values * layer.units
    biases = layer.units if layer.bias else 0
    whole = before.field + (before.size - 1) * before.jump
    return Row(layer.name, layer.units, 1, (macs + biases) * layer.trained, macs + biases, macs, whole, before.jump)


def _grown(before: Row, kernel: int, stride: int) -> Row:
    """A kernel sees `kernel` fields that lie `jump` pixels apart; its stride multiplies the jump."""
    return replace(before, field=before.field + (kernel - 1) * before.jump, jump=before.jump * stride)


_STEPS: dict[type, Callable[..., Row]] = {Conv: _conv, Pool: _pool, Dense: _dense}

NOTE: list[Conv | Pool | Dense] = [
    Conv("C1", 6, 5, padding=2),
    Pool("S2"),
    Conv("C3", 16, 5),
    Pool("S4"),
    Dense("F5", 120),
    Dense("F6", 84),
    Dense("OUT", 10),
]

LENET5: list[Conv | Pool | Dense] = [
    Conv("C1", 6, 5),
    Pool("S2", trainable=True),
    Conv("C3", 16, 5, links=60),
    Pool("S4", trainable=True),
    Conv("C5", 120, 5),
    Dense("F6", 84),
    Dense("OUT", 10, bias=False, trained=False),
]
