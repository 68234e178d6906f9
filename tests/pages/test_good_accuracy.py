"""What is left to a person and what is wrong, counted by hand; McNemar's test against its formula."""

import dataclasses
import math

import pandas as pd
import pytest
import torch

from lenet_utils.exercises.check import check
from lenet_utils.experiments.comparison import Comparison
from lenet_utils.experiments.runs import RECIPE, fit_by_recipe, validation_split
from lenet_utils.nets.lenet import LeNet, Linear
from lenet_utils.pages.good_accuracy import exercises as questions
from lenet_utils.pages.good_accuracy import experiment as good_accuracy
from lenet_utils.pages.good_accuracy import figures
from lenet_utils.pages.mistakes.experiment import NETS
from lenet_utils.training.fit import evaluate, fit


def test_left_and_wrong_of_five_digits_by_hand():
    confidence = torch.tensor([0.3, 0.5, 0.9, 0.95, 0.99])
    right = torch.tensor([False, True, False, True, True])
    assert good_accuracy.left_and_wrong(confidence, right, (0, 0.4, 0.5, 0.92, 1)) == [[0, 2], [1, 1], [1, 1], [3, 0], [5, 0]]


def test_bounds_rise_from_nothing_to_all_but_one_in_100_000():
    assert good_accuracy.BOUNDS[0] == 0 and list(good_accuracy.BOUNDS) == sorted(good_accuracy.BOUNDS)
    assert good_accuracy.BOUNDS[6] == pytest.approx(0.9) and good_accuracy.BOUNDS[-1] == pytest.approx(1 - 1e-5)


def test_a_net_is_read_on_the_test_and_on_digits_held_back(digits):
    parts = {name: getattr(digits, name)[:300] for name in ("X_train", "y_train", "X_test", "y_test")}
    few = dataclasses.replace(digits, **parts)
    found = good_accuracy.read(few, 1, model="mlp", hold_back=100, num_epochs=2)
    learnt, net = validation_split(few, 100), NETS["mlp"](1)
    fit(net, learnt.X_train, learnt.y_train, seed=1, progress=False, **RECIPE | {"num_epochs": 2})
    predictions = evaluate(net, few.X_test, few.y_test).predictions
    assert len(learnt.y_train) == 200 and len(learnt.y_test) == 100
    assert found["wrong"] == [i for i in range(300) if predictions[i] != few.y_test[i]]
    assert found["accuracy"] == pytest.approx(1 - len(found["wrong"]) / 300)
    held = evaluate(net, learnt.X_test, learnt.y_test)
    assert found["test"][0] == [0, len(found["wrong"])]
    assert found["held_back"][0] == [0, round(100 * (1 - held.accuracy))]


def test_mcnemar_is_twice_the_tail_of_a_fair_coin():
    """Nine digits for one network, two for the other, and many that both read."""
    right = torch.tensor([True] * 9 + [False] * 2 + [True] * 30)
    other = torch.tensor([False] * 9 + [True] * 2 + [True] * 30)
    tail = sum(math.comb(11, k) for k in range(3)) / 2**11
    assert questions.mcnemar(right, other) == pytest.approx(2 * tail) == pytest.approx(questions.mcnemar(other, right))


def test_what_is_left_and_wrong_by_hand():
    """1,000 digits below a confidence of 0.1, the others above 0.9; one error in each part, by two runs alike."""
    bands = [[1000, 0.05, 0.5], *[[0, None, None]] * 8, [9000, 0.95, 0.9]]
    wrong = [[3, 4, 9, 0.05], [7, 1, 7, 0.95]]
    row = {"variant": "any", "calibration": bands, "wrong": wrong}
    left, error = figures.rejects(Comparison(pd.DataFrame([row | {"seed": seed} for seed in (0, 1)])), "any")
    assert left.tolist() == [0] + [0.1] * 9
    assert error.tolist() == pytest.approx([2 / 10_000] + [1 / 9_000] * 9)


def test_errors_by_run_by_hand():
    """As above, but the second run is wrong only below 0.1, and has 2,000 digits there."""
    rows = []
    for seed, low, wrong in ((0, 1000, [[3, 4, 9, 0.05], [7, 1, 7, 0.95]]), (1, 2000, [[3, 4, 9, 0.05]])):
        bands = [[low, 0.05, 0.5], *[[0, None, None]] * 8, [10_000 - low, 0.95, 0.9]]
        rows.append({"variant": "any", "calibration": bands, "wrong": wrong, "seed": seed})
    first, second = figures.by_run(Comparison(pd.DataFrame(rows)), "any").tolist()
    assert first == pytest.approx([2 / 10_000] + [1 / 9_000] * 9) and second == [1 / 10_000] + [0] * 9


def test_few_weights_wants_a_convolution():
    """Softmax regression itself is small enough, but it is what the network is compared with."""
    softmax, lenet = check("good_accuracy/few_weights", Linear(seed=0)), check("good_accuracy/few_weights", LeNet(seed=0))
    assert not softmax.right and "no convolution" in softmax.text
    assert not lenet.right and "61,706 parameters" in lenet.text


def test_a_kernel_without_a_module_is_a_convolution():
    net = torch.nn.ParameterList([torch.zeros(4, 1, 5, 5)])
    assert questions.has_convolution(net) and questions.has_convolution(questions.small_lenet())
    assert not questions.has_convolution(torch.nn.Sequential(Linear(), torch.nn.BatchNorm1d(10)))


@pytest.mark.slow
def test_after_as_many_epochs_softmax_regression_reads_less_than_the_exercise_asks(digits):
    net = fit_by_recipe(Linear(seed=0), digits, num_epochs=8)
    assert not check("good_accuracy/few_weights", net).right
    assert evaluate(net, digits.X_test, digits.y_test).accuracy < 0.91
