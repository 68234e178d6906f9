"""The exercises of "Do I have to memorise the classic networks?"."""

from collections.abc import Callable, Iterable, Sequence

from lenet_utils.exercises.kinds import Function, Table
from lenet_utils.pages.memorise_or_derive.calculator import ALEXNET, LENET5, NET_1989, Layer, Row, calculate, sight

ODD = [Layer("a", maps=4, kernel=3, stride=2, padding=1), Layer("b", maps=8, kernel=4, stride=3), Layer("c", maps=2, kernel=2)]


def _changed(change: Callable[[Layer], Layer]) -> Callable[[Sequence[Layer], int, int], tuple[Row, ...]]:
    """The calculator with every layer changed before it sees them."""
    return lambda layers, maps, side: calculate([change(layer) for layer in layers], maps, side)


def _one_bias_a_map(layer: Layer) -> Layer:
    return layer._replace(bias=layer.bias and "map")


def _all_links(layer: Layer) -> Layer:
    return layer._replace(links=None)


def _with_side(side_of: Callable[[Layer, int], int]) -> Callable[[Sequence[Layer], int, int], tuple[Row, ...]]:
    """The calculator with another formula for the side of a layer's maps."""

    def count(layers: Sequence[Layer], maps: int, side: int) -> tuple[Row, ...]:
        rows: list[Row] = []
        for layer in layers:
            side = side_of(layer, side)
            rows += calculate([layer._replace(stride=1, padding=0)], maps, side + layer.kernel - 1)
            maps = layer.maps
        return tuple(rows)

    return count


def _old_maps(layers: Sequence[Layer], maps: int, side: int) -> tuple[Row, ...]:
    """The number of maps of the picture in every layer, `maps = layer.maps` forgotten."""
    sides = [side]
    for layer in layers:
        sides.append((sides[-1] + 2 * layer.padding - layer.kernel) // layer.stride + 1)
    return tuple(row for layer, before in zip(layers, sides, strict=False) for row in calculate([layer], maps, before))


def _connected(connections: Callable[[Layer, int, int, int], int]) -> Callable[[Sequence[Layer], int, int], tuple[Row, ...]]:
    """The calculator with other `connections`, from a layer, its links, units and parameters."""

    def count(layers: Sequence[Layer], maps: int, side: int) -> tuple[Row, ...]:
        rows: list[Row] = []
        for layer, (name, units, _, parameters) in zip(layers, calculate(layers, maps, side), strict=True):
            links = maps * layer.maps if layer.links is None else layer.links
            rows.append((name, units, connections(layer, links, units, parameters), parameters))
            maps = layer.maps
        return tuple(rows)

    return count


def _learned_biases(layer: Layer, units: int) -> int:
    return {"map": layer.maps, "unit": units, None: 0}[layer.bias]


def _weights(layer: Layer) -> int:
    """The learned weights of a link."""
    return layer.kernel**2 if layer.free is None else layer.free


def _exchanged(layers: Sequence[Layer], maps: int, side: int) -> tuple[Row, ...]:
    rows = calculate(layers, maps, side)
    return tuple((name, units, parameters, connections) for name, units, connections, parameters in rows)


def _learned_connections(layers: Sequence[Layer], maps: int, side: int) -> tuple[Row, ...]:
    return calculate([layer._replace(free=None) for layer in layers], maps, side)


def _field_by_new_step(layers: Sequence[Layer]) -> tuple[int, int]:
    field, step = 1, 1
    for layer in layers:
        step *= layer.stride
        field += (layer.kernel - 1) * step
    return field, step


def _sum_of_kernels(layers: Sequence[Layer]) -> tuple[int, int]:
    return 1 + sum(layer.kernel - 1 for layer in layers), sight(layers)[1]


def _whole_kernels(layers: Sequence[Layer]) -> tuple[int, int]:
    field, step = 0, 1
    for layer in layers:
        field, step = field + layer.kernel * step, step * layer.stride
    return field, step


def _sum_of_strides(layers: Sequence[Layer]) -> tuple[int, int]:
    return sight(layers)[0], sum(layer.stride for layer in layers)


def _table(counts: Iterable[int]) -> dict[str, float]:
    return {f"conv{number}": count for number, count in enumerate(counts, start=1)}


# The convolutions of torchvision's AlexNet: maps before, maps, kernel.
_SHAPES = [(3, 64, 11), (64, 192, 5), (192, 384, 3), (384, 256, 3), (256, 256, 3)]
# Those of the paper that torchvision names, with 384 maps in the fourth.
_OF_THE_PAPER = [*_SHAPES[:3], (384, 384, 3), (384, 256, 3)]

EXERCISES = {
    "calculator": Function(
        calculate,
        cases=((NET_1989, 1, 16), (LENET5, 1, 32), (ALEXNET, 3, 227), (ODD, 2, 20)),
        mistakes={
            "no-biases": _changed(lambda layer: layer._replace(bias=None)),
            "bias-a-map": _changed(_one_bias_a_map),
            "all-links": _changed(_all_links),
            "no-padding": _changed(lambda layer: layer._replace(padding=0)),
            "padding-once": _with_side(lambda layer, side: (side + layer.padding - layer.kernel) // layer.stride + 1),
            "rounded-up": _with_side(lambda layer, side: -((layer.kernel - side - 2 * layer.padding) // layer.stride) + 1),
            "no-plus-one": _with_side(lambda layer, side: (side + 2 * layer.padding - layer.kernel) // layer.stride),
            "no-stride": _changed(lambda layer: layer._replace(stride=1)),
            "old-maps": _old_maps,
            "weights-once": _connected(lambda layer, links, units, _: links * layer.kernel**2 + _learned_biases(layer, units)),
            "positions": _connected(lambda layer, links, units, _: links * layer.kernel**2 + units * (layer.bias is not None)),
            "times-positions": _connected(lambda layer, links, units, parameters: parameters * units // layer.maps),
            "learned-links": _connected(
                lambda layer, links, units, _: links * _weights(layer) * units // layer.maps + units * (layer.bias is not None)
            ),
            "bias-everywhere": _connected(lambda layer, links, units, _: links * layer.kernel**2 * units // layer.maps + units),
            "free": _learned_connections,
            "zero": _changed(lambda layer: layer._replace(links=layer.links or None, free=layer.free or None)),
            "zero-links": _changed(lambda layer: layer._replace(links=layer.links or None)),
            "zero-free": _changed(lambda layer: layer._replace(free=layer.free or None)),
            "connections-without-biases": _connected(
                lambda layer, links, units, _: links * layer.kernel**2 * units // layer.maps
            ),
            "exchanged": _exchanged,
        },
    ),
    "field": Function(
        sight,
        cases=((LENET5[:4],), (LENET5[:5],), (ALEXNET[:8],), (NET_1989[:2],)),
        mistakes={
            "new-step": _field_by_new_step,
            "no-step": _sum_of_kernels,
            "whole-kernels": _whole_kernels,
            "sum-of-strides": _sum_of_strides,
            "last-stride": lambda layers: (sight(layers)[0], layers[-1].stride),
            "swapped": lambda layers: sight(layers)[::-1],
        },
    ),
    "library": Table(
        _table(before * maps * kernel**2 + maps for before, maps, kernel in _SHAPES),
        {
            "no-biases": _table(before * maps * kernel**2 for before, maps, kernel in _SHAPES),
            "bias-a-link": _table(before * maps * (kernel**2 + 1) for before, maps, kernel in _SHAPES),
            "no-inputs": _table(maps * kernel**2 + maps for _, maps, kernel in _SHAPES),
            "one-side": _table(before * maps * kernel + maps for before, maps, kernel in _SHAPES),
            "384": _table(before * maps * kernel**2 + maps for before, maps, kernel in _OF_THE_PAPER),
            "halves": _table(
                before * maps * kernel**2 // (2 if split else 1) + maps
                for (before, maps, kernel), split in zip(_SHAPES, (False, True, False, True, True), strict=True)
            ),
            "2012": _table(row[3] for row in calculate(ALEXNET, 3, 227) if row[0].startswith("conv")),
        },
    ),
}
