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


def _padded_once(layers: Sequence[Layer], maps: int, side: int) -> tuple[Row, ...]:
    rows: list[Row] = []
    for layer in layers:
        rows += calculate([layer._replace(padding=0)], maps, side + layer.padding)
        maps, side = layer.maps, (side + layer.padding - layer.kernel) // layer.stride + 1
    return tuple(rows)


def _old_maps(layers: Sequence[Layer], maps: int, side: int) -> tuple[Row, ...]:
    """The number of maps of the picture in every layer, `maps = layer.maps` forgotten."""
    sides = [side]
    for layer in layers:
        sides.append((sides[-1] + 2 * layer.padding - layer.kernel) // layer.stride + 1)
    return tuple(row for layer, before in zip(layers, sides, strict=False) for row in calculate([layer], maps, before))


def _no_positions(per_unit: bool) -> Callable[[Sequence[Layer], int, int], tuple[Row, ...]]:
    """Connections without the number of positions: a bias counted `per_unit`, or as often as it is learned."""

    def count(layers: Sequence[Layer], maps: int, side: int) -> tuple[Row, ...]:
        rows: list[Row] = []
        for layer, (name, units, _, weights) in zip(layers, calculate(layers, maps, side), strict=True):
            links = maps * layer.maps if layer.links is None else layer.links
            learned = {"map": layer.maps, "unit": units, None: 0}[layer.bias]
            biases = units * (layer.bias is not None) if per_unit else learned
            rows.append((name, units, links * layer.kernel**2 + biases, weights))
            maps = layer.maps
        return tuple(rows)

    return count


def _no_bias_connections(layers: Sequence[Layer], maps: int, side: int) -> tuple[Row, ...]:
    bare = _changed(lambda layer: layer._replace(bias=None))(layers, maps, side)
    counts = zip(bare, calculate(layers, maps, side), strict=True)
    return tuple((name, units, connections, parameters) for (name, units, connections, _), (*_, parameters) in counts)


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
            "padding-once": _padded_once,
            "no-stride": _changed(lambda layer: layer._replace(stride=1)),
            "old-maps": _old_maps,
            "weights-once": _no_positions(per_unit=False),
            "positions": _no_positions(per_unit=True),
            "free": _learned_connections,
            "zero": _changed(lambda layer: layer._replace(links=layer.links or None, free=layer.free or None)),
            "zero-links": _changed(lambda layer: layer._replace(links=layer.links or None)),
            "zero-free": _changed(lambda layer: layer._replace(free=layer.free or None)),
            "connections-without-biases": _no_bias_connections,
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
        },
    ),
    "library": Table(
        _table(before * maps * kernel**2 + maps for before, maps, kernel in _SHAPES),
        {
            "no-biases": _table(before * maps * kernel**2 for before, maps, kernel in _SHAPES),
            "no-inputs": _table(maps * kernel**2 + maps for _, maps, kernel in _SHAPES),
            "one-side": _table(before * maps * kernel + maps for before, maps, kernel in _SHAPES),
            "384": _table(before * maps * kernel**2 + maps for before, maps, kernel in _OF_THE_PAPER),
            "2012": _table(row[3] for row in calculate(ALEXNET, 3, 227) if row[0].startswith("conv")),
        },
    ),
}
