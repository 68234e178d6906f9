"""Networks with a bias a unit, a map, and none, against those of the papers and of the course."""

import dataclasses

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F

from lenet_utils.exercises.check import check
from lenet_utils.experiments import load
from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import LeNet, count_params
from lenet_utils.nets.papers import Net1989
from lenet_utils.pages.language_and_bias import as_c, figures, steps
from lenet_utils.pages.language_and_bias import experiment as biases
from lenet_utils.pages.language_and_bias.exercises import EXERCISES
from lenet_utils.training.fit import evaluate, fit

plt.switch_backend("Agg")


@pytest.fixture(scope="module")
def small(few):
    X, X_test = (F.interpolate(X, size=16, mode="area") for X in (few.X_train, few.X_test))
    return dataclasses.replace(few, X_train=X, X_test=X_test)


@pytest.mark.parametrize("kind, weights", [("unit", 9_760), ("map", 8_824), ("none", 8_800), ("nowhere", 8_760)])
def test_the_network_of_1989_has_the_weights_of_its_kind(kind, weights):
    """9,760 are in the paper; one a map takes 936 away, none 24 more, and none in the dense layers 40 more."""
    assert biases.Biased1989(kind, seed=0).params() == weights


@pytest.mark.parametrize("kind, weights", [("unit", 67_988), ("map", 61_706), ("none", 61_684), ("nowhere", 61_470)])
def test_lenet_has_the_weights_of_its_kind(kind, weights):
    """4,704 and 1,600 biases of units in the place of 6 and 16; none in the convolutions; 214 fewer without all others."""
    assert count_params(biases.BiasedLeNet(kind, seed=0)) == weights


def test_all_kinds_begin_as_the_network_of_the_paper_without_its_biases(small):
    X, net = 2 * small.X_test - 1, Net1989(seed=4)
    with torch.no_grad():
        for layer in net.layers.values():
            layer.bias.zero_()
    for kind in biases.KINDS:
        torch.testing.assert_close(net.squash(biases.Biased1989(kind, seed=4)(X)), net(X), rtol=0, atol=1e-6)


def test_the_bias_of_a_unit_moves_this_unit_alone(few):
    for kind, touched in (("unit", 1), ("map", 28 * 28)):
        net = biases.BiasedLeNet(kind, activation="relu", pool="max", seed=0)
        before = net.C1(few.X_test[:1])
        with torch.no_grad():
            net.C1.bias.view(6, -1)[2, 0] += 1
        change = net.C1(few.X_test[:1]) - before
        assert int((change.abs() > 0.5).sum()) == touched


@pytest.mark.parametrize("kind", ["none", "nowhere"])
def test_what_has_no_bias_gets_none_by_training(small, kind):
    net = biases.Biased1989(kind, seed=0)
    fit(net, 2 * small.X_train - 1, small.y_train, progress=False, **biases.RECIPE_1989 | {"num_epochs": 2})
    lost = [name for name, layer in net.layers.items() if not layer.bias.any()]
    assert lost == {"none": ["H1", "H2"], "nowhere": ["H1", "H2", "H3", "OUT"]}[kind]


def test_without_any_bias_relu_does_not_mind_the_contrast(few):
    net = biases.BiasedLeNet("nowhere", activation="relu", pool="max", seed=0)
    torch.testing.assert_close(net(0.1 * few.X_test), 0.1 * net(few.X_test), rtol=0, atol=1e-6)


@pytest.mark.slow
def test_a_run_on_zip_codes_is_the_recipe_and_moves_by_one_pixel(small):
    net, recipe = biases.Biased1989("map", seed=3), biases.RECIPE_1989 | {"num_epochs": 8}
    X, X_test = 2 * small.X_train - 1, 2 * small.X_test - 1
    fit(net, X, small.y_train, seed=3, progress=False, **recipe)
    found = biases.on_zip_codes(small, 3, bias="map", num_epochs=8)
    assert found["error"] == pytest.approx(1 - evaluate(net, X_test, small.y_test).accuracy)
    assert found["train_error"] == pytest.approx(1 - evaluate(net, X, small.y_train).accuracy)
    wide = F.pad(X_test, (1, 1, 1, 1), value=-1.0)
    moved = [wide[..., top : top + 16, left : left + 16] for top, left in ((0, 1), (2, 1), (1, 0), (1, 2))]
    by_hand = [1 - evaluate(net, images, small.y_test).accuracy for images in moved]
    assert found["moved"] == pytest.approx(sum(by_hand) / 4) and found["params"] == 8_824


def test_the_error_is_that_of_the_digits_held_back(small):
    found = biases.on_zip_codes(small, 0, bias="unit", hold_back=150, num_epochs=0)
    assert round(found["error"] * 150, 6) == round(found["error"] * 150)


def test_a_run_on_contrasts_is_the_recipe_with_paler_digits(few):
    net = LeNet("relu", "max", seed=1)
    torch.nn.init.zeros_(net.OUT.bias)
    for layer in (net.C1, net.C3, net.F5, net.F6):
        torch.nn.init.zeros_(layer.bias)
    fit(net, few.X_train, few.y_train, seed=1, progress=False, **RECIPE | {"num_epochs": 1})
    by_hand = [evaluate(net, share * few.X_test, few.y_test).accuracy for share in (1, 0.5, 0.25, 0.1, 0.05)]
    found = biases.on_contrasts(few, 1, bias="map", num_epochs=1)
    assert found == {"accuracy": by_hand[0], "accuracies": by_hand, "params": 61_706}


# The program in C

needs_a_compiler = pytest.mark.skipif(not as_c.compiler(), reason="no C compiler on this machine")


@pytest.mark.slow
@needs_a_compiler
@pytest.mark.parametrize("kind", ["unit", "map"])
def test_the_program_in_c_says_what_the_network_says(small, kind, tmp_path):
    """The biases of H1 and H2 are random, so that one at the wrong place shows."""
    net, X = biases.Biased1989(kind, seed=0), 2 * small.X_test - 1
    draw = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name in ("H1", "H2"):
            net[name].bias.copy_(0.5 * torch.randn(net[name].bias.shape, generator=draw))
    fit(net, 2 * small.X_train - 1, small.y_train, progress=False, **biases.RECIPE_1989 | {"num_epochs": 20})
    said = as_c.answers(as_c.as_c(net), X, tmp_path)
    first, second = net(X).detach().topk(2).values.T
    clear = first - second > 1e-4  # sums of some hundred products, in another order, differ by some 1e-6
    assert len(said.unique()) > 7 and (said == net(X).argmax(1))[clear].all() and clear.float().mean() > 0.98


def test_an_array_of_c_has_every_float_exactly():
    values = torch.randn(50, generator=torch.Generator().manual_seed(0))
    text = as_c.array("w", values.view(5, 10))
    numbers = text.removeprefix("static const float w[] = {").removesuffix("};").replace("f", "").split(", ")
    assert torch.equal(torch.tensor([float(number) for number in numbers]), values)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_largest_difference_without_its_sign_is_refused(sign):
    """Whichever output is subtracted from the other: some case has its largest difference below zero."""
    wrong = EXERCISES["scales"].judge(lambda f, X: (sign * (f(X / 2) - f(X) / 2)).max())
    assert wrong is not None and wrong.reason.startswith("no-abs")


def test_the_difference_of_the_largest_outputs_gets_its_own_reason():
    """To take absolute values before the maximum would not help: the two largest outputs belong to different places."""
    said = check("language_and_bias/scales", lambda f, X: abs(f(X / 2).max() - f(X).max() / 2))
    assert said.right is False and "two largest outputs" in said.text
    assert EXERCISES["scales"].judge(lambda f, X: (f(X / 2).abs().max() - f(X).abs().max() / 2).abs()) is not None


def test_both_ways_compute_the_same_image(few):
    """The loops get one image six times, with six kernels, and the convolution that image alone."""
    seen = []
    assert steps.times_as_long(lambda image, kernel: seen.append((len(image), len(kernel))), few.X_test, times=1) > 0
    assert seen == [(32, 5)] * 6


def test_every_kind_of_biases_has_a_name_of_its_own_in_tables_and_figures():
    assert list(figures.NAMES) == list(biases.KINDS) and len(set(figures.NAMES.values())) == len(biases.KINDS)
    lines = figures.palest(load("contrast")["runs"]).splitlines()
    assert [line[:10].strip() for line in lines] == ["per map", "dense only", "no biases"]
    left, _ = figures.both_errors(load("biases")["runs"]).axes
    assert [label.get_text() for label in left.get_yticklabels()] == list(figures.NAMES.values())
    plt.close("all")


def test_every_image_comes_in_both_inks(few):
    X, y = steps.inks(few.X_test)
    assert len(X) == 2 * len(few.X_test) and y.tolist() == [0] * len(few.X_test) + [1] * len(few.X_test)
    assert torch.equal(4 * X[y == 1], X[y == 0]) and torch.equal(X[y == 0], few.X_test)


def test_the_answers_of_the_program_that_differ_are_counted(small):
    X, net = 2 * small.X_test - 1, biases.Biased1989("unit", seed=0)
    if as_c.compiler() is None:
        pytest.skip("no C compiler")
    labels = net(X).argmax(1)
    other = biases.Biased1989("unit", seed=1)
    assert steps.same_answers(net, as_c.as_c(net), X) >= len(X) - 1
    assert steps.same_answers(other, as_c.as_c(net), X) == pytest.approx(int((other(X).argmax(1) == labels).sum()), abs=1)
