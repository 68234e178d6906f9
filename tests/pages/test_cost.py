"""The figures of the page on cost, against counts by hand and the gradient."""

import matplotlib.pyplot as plt
import pytest
import torch

from lenet_utils.exercises.check import check
from lenet_utils.nets import shapes
from lenet_utils.nets.lenet import LeNet
from lenet_utils.nets.papers import LeNet5
from lenet_utils.pages.cost.figures import cone, layer_bars


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def test_layer_bars_shows_the_table(ax):
    table = shapes.walk(shapes.NOTE)
    layer_bars(table, "macs", ax)
    assert [bar.get_width() for bar in ax.patches] == [117_600, 240_000, 48_000, 10_080, 840]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["C1", "C3", "F5", "F6", "OUT"]
    assert [text.get_text().strip() for text in ax.texts] == ["117,600", "240,000", "48,000", "10,080", "840"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first layer on top


def test_cone_fills_the_pixels_that_a_unit_depends_on(ax):
    """The oracle is the gradient: one line of pixels that can change a unit of S4."""
    table = shapes.walk(shapes.NOTE)
    cone(table, ["input", "C1", "S2", "C3", "S4"], ax, unit=2)
    filled = ax.lines[1].get_xdata()
    X = torch.rand(1, 1, 28, 28, requires_grad=True)
    LeNet("relu", seed=0).maps(X)["S4"][0, :, 2, 2].sum().backward()
    columns = X.grad[0, 0].abs().sum(0).nonzero().flatten()
    assert filled.tolist() == columns.tolist()


def test_the_field_of_c5_is_the_image_of_1998_and_not_that_of_the_courses():
    """The oracle is the gradient: how many columns can change the layer of 120 units."""
    widths = []
    for net, name, side in ((LeNet5(seed=0), "C5", 32), (LeNet("tanh", seed=0), "F5", 28)):
        X = torch.rand(1, 1, side, side, requires_grad=True)
        net.maps(X)[name].sum().backward()
        widths.append(len(X.grad[0, 0].abs().sum(0).nonzero()))
    assert [check("cost/field", width).right for width in widths] == [True, False]
    assert "in the courses" in check("cost/field", widths[1]).text
