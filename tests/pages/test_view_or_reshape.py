"""Places in memory and the rule for joining axes, against what torch itself allows."""

import math

import matplotlib.pyplot as plt
import pytest
import torch

from lenet_utils.pages.view_or_reshape import memory
from lenet_utils.pages.view_or_reshape.exercises import EXERCISES, fewest

plt.switch_backend("Agg")
MAPS = torch.arange(2 * 3 * 4 * 5).view(2, 3, 4, 5)
TENSORS = {
    "fresh": MAPS,
    "columns": MAPS[..., :3],
    "every second column": MAPS[..., ::2],
    "maps": MAPS[:, :2],
    "every second row": MAPS[:, :, ::2],
    "transposed": MAPS.transpose(1, 2),
    "channels last": MAPS.contiguous(memory_format=torch.channels_last),
    "one map": MAPS[:, 1:2],
    "later": MAPS[1],
    "one": MAPS[0, 0, 0, :1],
}
each_tensor = pytest.mark.parametrize("X", TENSORS.values(), ids=TENSORS)


@each_tensor
def test_places_are_where_the_values_lie(X):
    stored = torch.tensor(X.untyped_storage().tolist(), dtype=torch.uint8).view(torch.int64)
    assert torch.equal(stored[memory.positions(X)], X)


@each_tensor
def test_a_line_from_every_element_to_its_place(X):
    fig, ax = plt.subplots()
    assert memory.diagram(X, ax) is ax
    lines = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2]
    assert [ends[1] for ends in lines] == memory.positions(X).flatten().tolist()
    steps = {b[0] - a[0] for a, b in zip(lines, lines[1:], strict=False)}
    assert steps <= {1} and len(ax.patches) == len(ax.texts) == X.untyped_storage().nbytes() // 8
    plt.close(fig)


def test_every_layout_has_its_name_and_strides():
    fig, axes = plt.subplots(2, 3)
    M = torch.arange(12.0).view(3, 4)
    memory.layouts({"M": M, "M.T": M.T, "part": M[:, :3]}, axes)
    assert [ax.get_title() for ax in axes[0]] == ["M, strides (4, 1)", "M.T, strides (1, 4)", "part, strides (4, 1)"]
    written = [[text.get_text() for text in ax.texts] for ax in axes[0]]
    assert written[1][:3] == ["0", "4", "8"] and written[2][-1] == "10"
    plt.close(fig)


def viewable(X, shape):
    try:
        return X.view(shape).shape == shape
    except RuntimeError:
        return False


def shapes(numel, axes):
    """All shapes of that many axes, none of them of size 1, with `numel` elements."""
    if axes == 0:
        return [()] if numel == 1 else []
    sizes = (size for size in range(2, numel + 1) if numel % size == 0)
    return [(size, *rest) for size in sizes for rest in shapes(numel // size, axes - 1)]


@each_tensor
def test_fewest_axes_that_torch_allows(X):
    """Some shape with so many axes can be viewed, and none with fewer."""
    found = fewest(tuple(X.shape), X.stride())
    assert any(viewable(X, torch.Size(shape)) for shape in shapes(X.numel(), found))
    assert not any(viewable(X, torch.Size(shape)) for axes in range(found) for shape in shapes(X.numel(), axes))
    assert math.prod(X.shape) == X.numel()


def test_who_skips_the_axes_of_size_1_instead_of_removing_them_is_told():
    def skipping(sizes, strides):
        axes = list(zip(sizes, strides, strict=True))
        pairs = zip(axes, axes[1:], strict=False)
        return 1 + sum(step != size * inner for (many, step), (size, inner) in pairs if many > 1 and size > 1)

    wrong = EXERCISES["fewest"].judge(skipping)
    assert wrong is not None and wrong.reason == "skipped"
    X = torch.arange(24.0).as_strided((3, 1, 4), (8, 7, 1))
    assert skipping(X.shape, X.stride()) == 1 and not viewable(X, (12,)) and fewest(X.shape, X.stride()) == 2


def test_positions_may_be_joined_before_the_channels_move():
    exercise = EXERCISES["by_place"]
    assert exercise.judge(lambda maps: maps.flatten(2).transpose(1, 2)) is None
    assert exercise.judge(lambda maps: maps.permute(0, 2, 3, 1).flatten(1, 2)) is None
