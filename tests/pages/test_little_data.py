"""The ways to learn from few labels, and those that need none, against the same by hand."""

import numpy as np
import pandas as pd
import pytest
import torch

from book_files import first
from lenet_utils.experiments.registry import modules
from lenet_utils.pages.little_data import experiment_chosen, figures
from lenet_utils.pages.little_data.experiment import (
    METHODS,
    SHIFTS,
    WITH_FASHION,
    all_layers,
    filters_of,
    from_fashion,
    from_few,
    from_rotations,
    linear_on,
    neighbour,
    turned,
    with_filters,
)
from lenet_utils.pages.mlp_or_cnn import experiment as learning_curves
from lenet_utils.pages.mlp_or_cnn.experiment import new_net
from lenet_utils.training.features import features
from lenet_utils.training.fit import evaluate


@pytest.fixture(scope="module")
def few(digits):
    return first(digits, 120)


def same_filters(net, other):
    return all(torch.equal(a, b) for layer in ("C1", "C3") for a, b in zip(*_parameters(layer, net, other), strict=True))


def _parameters(layer, *nets):
    return [list(getattr(net, layer).parameters()) for net in nets]


def test_pictures_are_turned_by_the_quarters_that_are_said(few):
    X, quarters = turned(few.X_train, seed=1)
    assert sorted(set(quarters.tolist())) == [0, 1, 2, 3] and X.shape == few.X_train.shape
    for picture, before, k in zip(X, few.X_train, quarters, strict=True):
        for _ in range(int(k)):  # a quarter counter-clockwise: the last column becomes the first row
            before = before.transpose(1, 2).flip(1)
        assert torch.equal(picture, before)


def test_filters_come_from_the_teacher_and_the_rest_is_fresh():
    teacher = new_net("lenet", 1)
    net = with_filters(teacher, seed=2)
    assert same_filters(net, teacher) and torch.equal(net.F5.weight, new_net("lenet", 2).F5.weight)


def test_filters_from_rotations_see_no_label_and_learn(few):
    net = from_rotations(few.X_train, seed=3, steps=4)
    assert not same_filters(net, new_net("lenet", 3)) and net.OUT.out_features == 10
    assert torch.equal(net.F5.weight, new_net("lenet", 3).F5.weight)


def test_the_neighbour_is_the_nearest(few):
    answer = neighbour(few.X_train, few.y_train)
    nearest = torch.cdist(few.X_test.flatten(1), few.X_train.flatten(1)).argmin(1)
    assert torch.equal(answer(few.X_test), few.y_train[nearest])


def test_regression_reads_what_is_seen_only(few):
    told = torch.zeros(120, 1, 28, 28)
    told[torch.arange(120), 0, 0, few.y_train] = 5.0
    answer = linear_on(lambda X: X.flatten(1))(told, few.y_train)
    assert torch.equal(answer(told), few.y_train)
    blind = linear_on(lambda X: 1 + 0 * X.flatten(1))(told, few.y_train)
    assert len(set(blind(told).tolist())) == 1


def test_filters_stay_as_they_are(few):
    net = new_net("lenet", 4)
    answer = filters_of(net)(few.X_train, few.y_train)
    assert same_filters(net, new_net("lenet", 4))
    on_maps = linear_on(lambda X: X.flatten(1))(features(net, few.X_train, "S4"), few.y_train)
    assert torch.equal(answer(few.X_test), on_maps(features(net, few.X_test, "S4")))


def test_a_network_is_trained_from_the_same_weights_every_time(few):
    teach = all_layers(new_net("lenet", 5), 5, steps=3)
    first = teach(few.X_train[:30], few.y_train[:30])(few.X_test)
    teach(few.X_train, few.y_train)
    again = teach(few.X_train[:30], few.y_train[:30])(few.X_test)
    by_hand = learning_curves.learn(new_net("lenet", 5), few.X_train[:30], few.y_train[:30], 5, steps=3)
    assert torch.equal(first, again) and torch.equal(first, evaluate(by_hand, few.X_test, few.y_test).predictions)


def test_shifts_move_and_do_not_turn(few):
    moved = SHIFTS(few.X_train[:1].expand(200, 1, 28, 28), torch.Generator().manual_seed(0))
    rows = (moved[:, 0].sum(2) * torch.arange(28.0)).sum(1) / moved.sum((1, 2, 3))
    assert rows.max() - rows.min() == pytest.approx(4, abs=0.3)
    assert torch.allclose(moved.sum((1, 2, 3)), few.X_train[:1].sum(), rtol=0.01)


@pytest.mark.parametrize("method", [name for name in METHODS if name not in WITH_FASHION])
def test_every_way_gives_a_curve(monkeypatch, few, method):
    monkeypatch.setattr(from_rotations, "__defaults__", (0, 2))
    found = from_few(few, 0, method=method, sizes=(10, 60, 999), steps=2)
    assert len(found["accuracies"]) == 2 and found["accuracy"] == found["accuracies"][-1]
    if method == "1 neighbour":
        some = learning_curves.draw(few.y_train, 60, 0)
        nearest = torch.cdist(few.X_test.flatten(1), few.X_train[some].flatten(1)).argmin(1)
        assert found["accuracy"] == pytest.approx((few.y_train[some][nearest] == few.y_test).double().mean().item())


@pytest.mark.parametrize("method", WITH_FASHION)
def test_fashion_is_ready_for_who_has_it(monkeypatch, few, method):
    """With digits in the place of the clothes; the pictures to pretrain on come from the data set of that name."""
    asked = []
    monkeypatch.setattr("lenet_utils.data.load", lambda name: asked.append(name) or few)
    monkeypatch.setattr(from_fashion, "__defaults__", (0, 2))
    found = from_few(few, 0, method=method, sizes=(10,), steps=2)
    assert asked == ["fashion-mnist"] and 0 <= found["accuracy"] <= 1
    assert "little_data_fashion" in modules()


def test_the_chosen_digits_are_nearest_to_the_centres(few):
    images, groups = experiment_chosen.chosen(few.X_train, 0, count=12)
    distance = torch.cdist(torch.from_numpy(groups.cluster_centers_), few.X_train.flatten(1))
    assert torch.equal(images, distance.argmin(1)) and len(images.unique()) == 12


def test_fifty_labels_drawn_and_chosen(few):
    row = experiment_chosen.label_fifty(few, 0, steps=2)
    assert set(row["drawn"]) == set(row["chosen"]) == set(experiment_chosen.WAYS)
    assert 0.3 < row["groups"] <= 1 and row["classes"] <= 10


def test_labels_are_worth_what_the_other_needs_for_the_same_accuracy():
    curves = {"plain": np.array([[0.1, 0.2, 0.3, 0.4, 0.5]]), "better": np.array([[0.1, 0.25, 0.35, 0.45, 0.5]])}
    assert figures.worth(curves, "better", "plain", 200) == pytest.approx((200 * 1000) ** 0.5)  # half way on a logarithmic scale
    assert figures.worth(curves, "plain", "plain", 200) == pytest.approx(200)


def test_every_difference_of_the_page_is_judged_with_all_others():
    rng = np.random.default_rng(0)
    names = {name for pair in [*figures.PAIRS, *figures.AT_TEN] for name in pair}
    curves = {name: 0.8 + rng.normal(0, 0.001, (6, 5)) for name in sorted(names)}
    curves["lenet"][:, 1] += 0.1
    ways = {way: 0.7 for way in experiment_chosen.WAYS}
    noise = [{way: 0.7 + rng.normal(0, 0.001) for way in ways} for _ in range(12)]
    fifty = pd.DataFrame({"drawn": noise[:6], "chosen": noise[6:], "groups": 0.7 + rng.normal(0, 0.001, 6)})
    found = figures.verdicts(curves, fifty)
    assert len(found) == 59 and {n for _, _, n in found} == {10, 50, 200, 1000, 5000}
    assert found["lenet", "linear", 50][0] == pytest.approx(10, abs=0.2)
    moved = {key for key in found if "lenet" in key[:2] and key[2] == 50 and key[:2] in figures.PAIRS}
    assert {key for key, row in found.items() if row[3]} == moved and len(moved) == 5
    assert figures.counted(found, "lenet", "mlp") == [False, True, False, False, False]
    by_hand = [100 * (c["lenet"] - d["lenet"]) for c, d in zip(noise[6:], noise[:6], strict=True)]
    assert found["lenet", "drawn", 50][0] == pytest.approx(np.mean(by_hand))
