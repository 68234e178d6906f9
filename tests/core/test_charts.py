"""What a figure of a comparison shows is what its numbers say, read off the axis."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch

from lenet_utils.experiments import Comparison, interval
from lenet_utils.figures import charts
from lenet_utils.pages.mistakes import figures as mistakes
from lenet_utils.pages.net_1989.figures import reach
from lenet_utils.pages.sentences import figures as sentences
from lenet_utils.pages.training import figures as training

plt.switch_backend("Agg")


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def runs(**values):
    rows = [{"variant": name, "seed": i, "error": value} for name, each in values.items() for i, value in enumerate(each)]
    return Comparison(pd.DataFrame(rows))


def points(line):
    return [tuple(map(float, point)) for point in zip(line.get_xdata(), line.get_ydata(), strict=True)]


def test_intervals_show_every_run_the_mean_with_its_bounds_and_the_marks(ax):
    charts.intervals(runs(a=[0.1, 0.2, 0.3], b=[0.5, 0.6, 0.7]), "error", ax, marks=[0.25])
    mark, *lines = ax.lines
    assert list(mark.get_xdata()) == [0.25, 0.25] and mark.get_linestyle() == "--"
    for y, (values, (dots, bounds, mean)) in enumerate(
        zip(([0.1, 0.2, 0.3], [0.5, 0.6, 0.7]), (lines[:3], lines[3:]), strict=True)
    ):
        middle, low, high, _ = interval(values)
        assert points(dots) == [(value, y) for value in values]
        np.testing.assert_allclose(points(bounds), [(low, y), (high, y)])
        np.testing.assert_allclose(points(mean), [(middle, y)])
    assert [text.get_text() for text in ax.texts] == ["20.00%", "60.00%"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]


def test_ten_digits_have_ten_colours(ax):
    sentences.classes(torch.arange(20.0).view(10, 2), torch.arange(10), ax)
    assert len({line.get_color() for line in ax.lines}) == 10
    assert [text.get_color() for text in ax.texts] == [line.get_color() for line in ax.lines]


def test_reach_goes_from_the_smallest_value_above_zero_to_the_largest(ax):
    reach({"w": torch.tensor([[0.0, 0.1, 0.4], [0.2, 0.0, 0.8]]), "b": torch.tensor([0.3])}, ax)
    expected = [(0.1, 0), (0.8, 0)], [(0.3, 0)], [(0.3, 1), (0.3, 1)], [(0.3, 1)]
    for line, each in zip(ax.lines, expected, strict=True):
        np.testing.assert_allclose(points(line), each, rtol=1e-6)
    assert ax.get_xscale() == "log" and [label.get_text() for label in ax.get_yticklabels()] == ["w", "b"]


def test_steps_ring_the_runs_that_never_came_there(ax):
    rows = [{"variant": "a", "seed": i, "step": step} for i, step in enumerate([20, None, 50, None])]
    training.steps(Comparison(pd.DataFrame(rows)), budget=1000, ax=ax)
    assert points(ax.lines[0]) == [(20, 0), (50, 0)] and points(ax.lines[1]) == [(1000, 0)]
    assert [text.get_text() for text in ax.texts] == ["2×"]


def test_curves_have_the_band_of_their_interval(ax):
    values = [[0.1, 0.5], [0.3, 0.7], [0.2, 0.9]]
    charts.curves({"a": values}, ax)
    np.testing.assert_allclose(points(ax.lines[0]), [(1, 0.2), (2, 0.7)])
    edge = ax.collections[0].get_paths()[0].vertices
    for place, column in ((1, [0.1, 0.3, 0.2]), (2, [0.5, 0.7, 0.9])):
        _, low, high, _ = interval(column)
        heights = edge[edge[:, 0] == place][:, 1]
        assert heights.min() == pytest.approx(low) and heights.max() == pytest.approx(high)


def test_confusion_writes_the_mistakes_and_leaves_the_diagonal_out(ax):
    mistakes.confusion([[9, 2, 0], [0, 8, 0], [1, 0, 7]], ax)
    assert {text.get_position(): text.get_text() for text in ax.texts} == {(1, 0): "2", (0, 2): "1"}


def test_calibration_leaves_empty_bands_out(ax):
    mistakes.calibration([(0, None, None), (10, 0.5, 0.4), (30, 0.9, 0.8)], ax)
    assert ax.collections[0].get_offsets().tolist() == [[0.5, 0.4], [0.9, 0.8]]
    small, large = ax.collections[0].get_sizes()
    assert (large - 6) / (small - 6) == pytest.approx(3)
