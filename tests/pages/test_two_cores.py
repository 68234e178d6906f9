"""The page on the limit of two cores: its counts by hand, its choices on made-up runs, its steps on few digits."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import torch

from benchmarks import time_to_99, two_cores
from book_files import first
from lenet_utils.experiments import Comparison
from lenet_utils.nets.lenet import LeNet, count_params
from lenet_utils.pages.two_cores import experiment, figures, traffic
from lenet_utils.pages.two_cores.diet import slim
from lenet_utils.training.compiled import compiler

plt.switch_backend("Agg")
TABLE = LeNet().table
needs_a_compiler = pytest.mark.skipif(not compiler(), reason="no C compiler on this machine")


def runs(value, **values):
    rows = [
        {"variant": name, "seed": seed, value: each, **more}
        for name, (each_of, more) in values.items()
        for seed, each in enumerate(each_of)
    ]
    return Comparison(pd.DataFrame(rows))


def test_multiply_adds_are_those_of_every_product_of_a_step():
    """Forward C1 28²·6·25, C3 10²·16·6·25 and the dense layers; all again for weights, and all but C1 for inputs."""
    c1, c3, dense = 28**2 * 6 * 25, 10**2 * 16 * 6 * 25, 400 * 120 + 120 * 84 + 84 * 10
    assert traffic.multiply_adds(TABLE) == 2 * (c1 + c3 + dense) + c3 + dense


def test_bytes_are_those_counted_operation_by_operation():
    """As drawn: 784 -> 4704 -> 4704 -> 1176 -> 1600 -> 1600 -> 400 values, forward and backward, in one batch of one digit."""
    forward = (784 + 4704) + (4704 + 4704) + (4704 + 1176) + (1176 + 1600) + (1600 + 1600) + (1600 + 400)
    to_weights_and_inputs = (784 + 4704) + 4704 + (1176 + 1600) + (1176 + 1600)  # C1 only reads its gradient again
    backward = to_weights_and_inputs + 3 * (4704 + 1600) + (1176 + 2 * 4704) + (400 + 2 * 1600)
    dense, weights = 5 * (120 + 84 + 10), 10 * 61_706
    assert traffic.bytes_per_digit(TABLE, "as drawn", 1) == 4 * (forward + backward + dense + weights)
    saved = 5 * (4704 - 1176) + 5 * (1600 - 400)
    assert traffic.bytes_per_digit(TABLE, "pooled first", 1) == 4 * (forward + backward - saved + dense + weights)
    row = (400 + 120 + 84) + (120 + 84 + 10)
    assert traffic.bytes_per_digit(TABLE, "lanes", 2, moments=2) == 4 * (784 + 2 * row + weights / 2)
    assert traffic.bytes_per_digit(TABLE, "lanes", 2) == 4 * (784 + 2 * row + 0.8 * weights / 2)  # SGD: eight passes of ten


def test_a_slim_lenet_is_two_blocks_and_one_dense_layer(digits):
    net = slim((3, 6), seed=0)
    assert count_params(net) == 3 * 26 + 6 * 76 + 10 * 97
    X = digits.X_train[:4]
    S4 = torch.relu(net.pool(net.C3(torch.relu(net.pool(net.C1(X))))))
    torch.testing.assert_close(net(X), S4.flatten(1) @ net.OUT.weight.T + net.OUT.bias)
    assert torch.equal(slim((3, 6), seed=0).OUT.weight, net.OUT.weight)


def test_recipes_have_two_to_four_passes_and_names_of_their_own():
    recipes = experiment.recipes()
    assert len(recipes) == 34 and {settings["num_epochs"] for settings in recipes.values()} == {2, 3, 4, 7}


def test_the_fastest_recipe_is_the_quickest_of_those_that_lose_little():
    tried = {
        "seven passes": ([0.99, 0.99], {"seconds": 9.0}),
        "weak": ([0.987, 0.9879], {"seconds": 1.0}),
        "good": ([0.9895, 0.989], {"seconds": 3.0}),
        "slow": ([0.992, 0.992], {"seconds": 4.0}),
    }
    assert experiment.fastest(runs("accuracy", **tried)) == "good"


def test_the_front_has_no_network_that_a_smaller_one_beats():
    tried = {"b": ([0.03], {"parameters": 900}), "a": ([0.05], {"parameters": 400}), "c": ([0.04], {"parameters": 950})}
    assert experiment.front(runs("error", **tried, d=([0.01], {"parameters": 5_000}))) == ["a", "b", "d"]


@needs_a_compiler
@pytest.mark.parametrize("channels", [(2, 3), ()])
def test_every_network_of_the_diet_trains(digits, channels, monkeypatch):
    monkeypatch.setattr(experiment, "LONG", experiment.LONG | {"num_epochs": 1})
    values = experiment.on_a_diet(first(digits, 300), 0, channels=channels, kernel_size=5, hold_back=True)
    assert values["parameters"] == count_params(slim(channels) if channels else LeNet()) and 0 < values["error"] < 1


def test_diets_span_the_curve():
    sizes = [count_params(slim(**size) if size["channels"] else LeNet()) for size in experiment.diets().values()]
    assert min(sizes) < 600 and max(sizes) == 61_706


@needs_a_compiler
def test_runs_give_what_the_page_reads(digits):
    values = experiment.by_recipe(digits, 0, **{**experiment.SEVEN_PASSES, "num_epochs": 1})
    assert set(values) == {"accuracy", "seconds"} and 0 < values["accuracy"] < 1 and values["seconds"] > 0


@pytest.mark.parametrize(("hold_back", "learnt", "tested"), [(True, 3_333, 667), (False, 4_000, 1_000)])
def test_what_is_held_back_is_not_learnt(digits, hold_back, learnt, tested, monkeypatch):
    seen = []
    monkeypatch.setattr(experiment, "fit", lambda net, X, y, **_: seen.append(len(y)) or SimpleNamespace(seconds=1.0))
    monkeypatch.setattr(experiment, "evaluate", lambda net, X, y: seen.append(len(y)) or SimpleNamespace(accuracy=0.5))
    experiment.trained(LeNet(seed=0), digits, 0, hold_back, {})
    assert seen == [learnt, tested]


def test_the_race_counts_digits_shares_and_ratios(monkeypatch):
    monkeypatch.setattr(time_to_99, "multiply_adds_per_second", lambda: 1e11)
    way = {"lanes": 4.0, "fit, fewer passes": 8.0, "fit": 20.0, "DataLoader": 60.0, "PyTorch's example": 240.0}
    values = time_to_99.summary({name: [[(seconds, 0.991)]] * 2 for name, seconds in way.items()}, 180_000, 420_000)
    assert values["ratios_to_lanes"] == pytest.approx({name: seconds / 4 for name, seconds in way.items()})
    assert values["ratios"] == pytest.approx({name: seconds / 20 for name, seconds in way.items()})
    lanes = values["variants"]["lanes"]
    assert lanes["digits_seen"] == 180_000 and lanes["share_of_peak"] == pytest.approx(180_000 * 1_131_960 / 4 / 1e11)


def test_the_ladder_goes_up_on_few_digits(digits):
    """The first two steps; the drawn network has the logits of the other."""
    steps = two_cores.steps(digits.X_train[:300], digits.y_train[:300], {"batch_size": 100, "lr": 0.01})
    assert list(steps)[0] == "DataLoader" and len(steps) == 6
    assert all(steps[name]() > 0 for name in ("DataLoader", "tensors in memory"))
    X = digits.X_train[:5]
    assert torch.equal(two_cores.as_drawn()(X), experiment.new_net(0)(X))


def test_the_ladder_is_summed_up_by_medians():
    settings = {"num_epochs": 2, "batch_size": 10}
    measured = {"peak": [1e9, 2e9], "bandwidth": [3.0, 1.0], "a step": [100.0, 300.0, 200.0]}
    values = two_cores.summary(measured, {"a step": settings})
    assert values["peak_multiply_adds_per_second"] == 2e9 and values["bytes_per_second"] == 3.0
    assert values["steps"]["a step"]["seconds"] == 600.0
    assert values["steps"]["a step"]["share_of_peak"] == pytest.approx(200 * 1_131_960 / 2e9)


def test_figures_show_their_numbers():
    rows = {name: {"seconds": 3.0 - place, "images_per_second": 1000.0, "batch_size": 100} for place, name in enumerate("ab")}
    limits = {
        "peak_multiply_adds_per_second": 1e11,
        "bytes_per_second": 2e10,
        "multiply_adds_per_image": 1_131_960,
        "steps": rows,
    }
    _, axes = plt.subplots(1, 3)
    assert [bar.get_width() for bar in figures.ladder(rows, axes[0]).patches] == [3.0, 2.0]
    roof, dot = figures.roofline(limits, {"a": "lanes"}, TABLE, axes[1]).lines
    assert max(roof.get_ydata()) == 100 and dot.get_ydata()[0] == pytest.approx(1.13196)
    errors = pd.DataFrame({"mean": [0.02, 0.01], "low": [0.01, 0.009], "high": [0.03, 0.011]})
    assert list(figures.diet([500, 5_000], errors, 61_706, axes[2]).lines[0].get_ydata()) == [2.0, 1.0]
    plt.close("all")
