"""The exercises of "Why `view` and not `reshape`?"."""

from collections.abc import Sequence

from lenet_utils.exercises.kinds import Choice, Function, normal

Axis = tuple[int, int]  # size and stride


def fewest(sizes: Sequence[int], strides: Sequence[int]) -> int:
    """The smallest number of axes of a view of a tensor with these sizes and strides."""
    axes = [(size, step) for size, step in zip(sizes, strides, strict=True) if size > 1]
    return min(len(axes), 1) + sum(not _join(*pair) for pair in zip(axes, axes[1:], strict=False))


def _join(outer: Axis, inner: Axis) -> bool:
    return outer[1] == inner[0] * inner[1]


def _pairs(sizes: Sequence[int], strides: Sequence[int]) -> list[tuple[Axis, Axis]]:
    axes = list(zip(sizes, strides, strict=True))
    return list(zip(axes, axes[1:], strict=False))


def _all_or_nothing(sizes: Sequence[int], strides: Sequence[int]) -> int:
    return 1 if all(_join(*pair) for pair in _pairs(sizes, strides)) else len(sizes)


def _large(sizes: Sequence[int], strides: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sizes and strides without the axes of size 1."""
    kept = [pair for pair in zip(sizes, strides, strict=True) if pair[0] > 1]
    return tuple(size for size, _ in kept), tuple(step for _, step in kept)


def _with_ones(sizes: Sequence[int], strides: Sequence[int]) -> int:
    return 1 + sum(not _join(*pair) for pair in _pairs(sizes, strides))


def _skipping_ones(sizes: Sequence[int], strides: Sequence[int]) -> int:
    return 1 + sum(not _join(*pair) for pair in _pairs(sizes, strides) if pair[0][0] > 1 < pair[1][0])


def _by_outer_size(sizes: Sequence[int], strides: Sequence[int]) -> int:
    axes = [(size, step) for size, step in zip(sizes, strides, strict=True) if size > 1]
    return 1 + sum(step != size * inner for (size, step), (_, inner) in zip(axes, axes[1:], strict=False))


EXERCISES = {
    "raises": Choice("c", ("a", "b", "d")),
    "fewest": Function(
        fewest,
        cases=(
            ((2, 16, 5, 4), (400, 25, 5, 1)),
            ((2, 16, 5, 5), (400, 25, 5, 1)),
            ((2, 16, 5, 5), (400, 1, 80, 16)),
            ((3, 2), (4, 2)),
            ((4, 3), (1, 4)),
            ((3, 1, 4), (4, 7, 1)),
            ((3, 1, 4), (8, 7, 1)),
            ((8, 8, 5, 5), (400, 50, 5, 1)),
        ),
        mistakes={
            "all-or-nothing": _all_or_nothing,
            "all-or-nothing-large": lambda sizes, strides: _all_or_nothing(*_large(sizes, strides)),
            "ones": _with_ones,
            "skipped": _skipping_ones,
            "outer-size": _by_outer_size,
            "breaks": lambda sizes, strides: fewest(sizes, strides) - 1,
            "joins": lambda sizes, strides: sum(size > 1 for size in sizes) - fewest(sizes, strides),
            "joins-with-ones": lambda sizes, strides: len(sizes) - _with_ones(sizes, strides),
            "all-axes": lambda sizes, strides: len(sizes),
        },
    ),
    "by_place": Function(
        lambda maps: maps.permute(0, 2, 3, 1).flatten(1, 2),
        cases=((normal(2, 3, 4, 5),), (normal(1, 2, 3, 3, seed=1),)),
        mistakes={
            "read-on": lambda maps: maps.reshape(len(maps), -1, maps.shape[1]),
            "channels-first": lambda maps: maps.flatten(2),
            "columns-first": lambda maps: maps.permute(0, 3, 2, 1).flatten(1, 2),
            "not-joined": lambda maps: maps.permute(0, 2, 3, 1),
            "pictures-joined": lambda maps: maps.permute(0, 2, 3, 1).flatten(0, 2),
        },
    ),
}
