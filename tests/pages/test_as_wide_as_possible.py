"""The runs of the question on width, against the same by hand and the arithmetic of its layers."""

import pandas as pd
import pytest
from torch import nn

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.as_wide_as_possible import comparisons, figures
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


def test_each_width_is_held_against_the_widest_and_all_are_judged_together():
    """Errors in digits of 10,000: twice the channels 20 more than eight times, give or take one; four times more or fewer."""
    more = {"1/4": 90, "1/2": 60, "1": 40, "2": 20, "4": 0, "8": 0}
    swing = {name: {"8": 0, "4": 8}.get(name, 1) for name in more}
    rows = [
        {"variant": f"{name} of {images}", "seed": seed, "error": (100 + digits + swing[name] * off) / 1e4}
        for images in ("60,000", "10,000", "1,000")
        for name, digits in more.items()
        for seed, off in enumerate((-1, 0, 1, 1, -1))
    ]
    runs = Comparison(pd.DataFrame(rows))
    found = comparisons.verdicts(runs)
    assert len(found) == 11 and found["2 of 60,000", "8 of 60,000"][0] == pytest.approx(20)
    assert [one for (one, _), row in found.items() if not row[3]] == ["4 of 60,000", "4 of 1,000"]
    assert found[comparisons.OTHER][0] == pytest.approx(-40)
    same = dict.fromkeys(widths.WIDTHS, 1.0)
    lines = figures.choice(runs, same, same).splitlines()
    assert lines[4].split() == ["2", "1.20%", "1.0", "1", "20", "(19", "to", "21)", "counts"] and lines[6].split()[0] == "8"
