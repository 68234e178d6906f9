"""The arithmetic of one training step, and the bytes that it moves if nothing stays in a cache between two operations."""

from lenet_utils.nets.shapes import Table

FLOAT = 4  # bytes
WEIGHT_PASSES = 6  # read forward and backward, its gradient written and read, itself read and written
MOMENTS = {"as drawn": 2, "pooled first": 2, "lanes": 1}  # that the optimizer reads and writes: AdamW, and SGD with momentum


def multiply_adds(table: Table) -> int:
    """For a digit, forward and backward: three times those of every layer, less the gradient of the digit, which nobody needs."""
    return 3 * table.macs - table["C1"].macs


def bytes_per_digit(table: Table, way: str, batch_size: int, moments: int | None = None) -> float:
    """What a step moves, divided by its digits; `way` is `"as drawn"`, `"pooled first"` or `"lanes"`, with its own `MOMENTS`.

    An operation reads its input and writes its output; backward it reads the gradient of its output and what was kept of its
    input, and writes the gradient of its input. A convolution reads the gradient twice. `lanes` keeps a group of digits in the
    caches forward and backward, and puts aside only what the gradients of the dense layers' weights are made of.
    """
    sizes = {row.name: row.values for row in table}
    values = _in_lanes(sizes) if way == "lanes" else _by_operation(sizes, relu_first=way == "as drawn")
    passes = WEIGHT_PASSES + 2 * (MOMENTS[way] if moments is None else moments)
    return FLOAT * (values + passes * table.params / batch_size)


def _by_operation(sizes: dict[str, int], relu_first: bool) -> int:
    values = 0
    for before, maps, pooled in (("input", "C1", "S2"), ("S2", "C3", "S4")):
        read, summed, out = sizes[before], sizes[maps], sizes[pooled]
        rectified = summed if relu_first else out
        values += (read + summed) + (summed + out) + 2 * rectified  # forward: convolution, pooling, ReLU
        values += 2 * (read + summed) + (out + 2 * summed) + 3 * rectified
    return values - sizes["input"] + 5 * (sizes["F5"] + sizes["F6"] + sizes["OUT"])


def _in_lanes(sizes: dict[str, int]) -> int:
    row = sizes["S4"] + 2 * sizes["F5"] + 2 * sizes["F6"] + sizes["OUT"]  # what the dense layers read, and their gradients
    return sizes["input"] + 2 * row
