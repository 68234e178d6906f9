"""The runs of the question on width, against the same by hand and the arithmetic of its layers."""

import pytest
from torch import nn

from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.as_wide_as_possible import experiment as widths
from lenet_utils.pages.as_wide_as_possible.exercises import _cheap
from lenet_utils.training.fit import evaluate, fit


@pytest.mark.parametrize("images", [None, 120])
def test_a_run_is_the_recipe_on_the_first_digits(few, images):
    net, X, y = LeNet("relu", "max", channels=(3, 8), seed=2), few.X_train[:images], few.y_train[:images]
    fit(net, X, y, seed=2, progress=False, **RECIPE | {"num_epochs": 1, "batch_size": 64})
    found = widths.at_width(few, 2, channels=(3, 8), num_epochs=1, images=images)
    assert found["error"] == pytest.approx(1 - evaluate(net, few.X_test, few.y_test).accuracy)
    assert found["train_error"] == pytest.approx(1 - evaluate(net, X, y).accuracy)
    assert found["gap"] == pytest.approx(found["error"] - found["train_error"])


@pytest.mark.parametrize("first, second", widths.WIDTHS.values())
def test_weights_and_multiply_adds_are_those_of_the_layers(few, first, second):
    """Convolutions of 25 weights an input map at 784 and 100 places, then dense layers of 120, 84 and 10."""
    found = widths.at_width(few, 0, channels=(first, second), num_epochs=0, images=2)
    dense = second * 25 * 120 + 120 * 84 + 84 * 10
    assert found["params"] == first * 26 + second * (25 * first + 1) + dense + 120 + 84 + 10
    assert found["macs"] == first * 25 * 784 + second * 25 * first * 100 + dense


def test_the_widths_are_multiples_of_lenet():
    """A quarter of 6 is no whole number; all others are exact."""
    for name, channels in widths.WIDTHS.items():
        factor = eval(name)
        assert channels == (2, 4) if name == "1/4" else channels == (6 * factor, 16 * factor)


def test_channels_in_groups_cost_less():
    """Two groups of one input map each: half the multiply-adds of C3, so that 64 channels fit."""
    net = LeNet("relu", "max", channels=(2, 64), seed=0)
    full, c3 = net.table.macs, net.table["C3"].macs
    assert _cheap(net) == {"macs": full}
    net.C3 = nn.Conv2d(2, 64, 5, groups=2)
    assert full - c3 // 2 == 402_120 and _cheap(net) is True
