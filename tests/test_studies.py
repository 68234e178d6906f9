"""The experiments behind the summary chapter: what they feed, what they count, where they put it."""

import base64
import zlib
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression

from lenet_utils.experiments import EXPERIMENTS, atlas, ladder, plateau, rivals, runs, sentences
from lenet_utils.models import LeNet, count_params
from lenet_utils.training import fit


@pytest.fixture
def few(digits):
    return replace(
        digits, X_train=digits.X_train[:300], y_train=digits.y_train[:300], X_test=digits.X_test[:100], y_test=digits.y_test[:100]
    )


def test_answers_are_counted_by_hand():
    shares = torch.tensor([[0.7, 0.2, 0.1], [0.3, 0.35, 0.35], [0.05, 0.05, 0.9], [0.0, 1.0, 0.0]])
    found = runs.answers(shares, torch.tensor([0, 0, 2, 2]))
    assert found["accuracy"] == 0.5
    assert found["confusion"] == [[1, 1, 0], [0, 0, 0], [0, 1, 1]]
    assert found["wrong"] == [[1, 0, 1, 0.35], [3, 2, 1, 1.0]]
    filled = {place: row for place, row in enumerate(found["calibration"]) if row[0]}
    assert filled[3] == [1, pytest.approx(0.35), 0.0] and filled[7][0] == 1
    assert filled[9] == [2, pytest.approx(0.95), 0.5]
    assert sum(row[0] for row in found["calibration"]) == 4


def test_the_ladder_changes_one_thing_a_step_and_keeps_the_rest():
    steps = list(ladder.steps().items())
    assert steps[0] == ("note", {"lr": 0.9, "num_epochs": 10})
    for (_, before), (name, after) in zip(steps, steps[1:], strict=False):
        assert after == before | ladder.CHANGES[name]
    assert count_params(LeNet()) == 61_706 and not {"channels", "hidden", "kernel_size"} & set(steps[-1][1])


def test_only_the_ends_of_the_ladder_keep_their_answers(monkeypatch, few):
    monkeypatch.setattr("lenet_utils.experiments.comparison._digits", lambda name: few)
    monkeypatch.setattr("lenet_utils.experiments.ladder.compare", lambda *a, **k: _in_process(*a, **k))
    monkeypatch.setitem(ladder.CHANGES, "longer", {"num_epochs": 1})
    monkeypatch.setitem(ladder.CHANGES, "note", {"lr": 0.9, "num_epochs": 1})
    table = EXPERIMENTS["ladder"].make("mnist-5k", range(1), None).runs
    kept = table.dropna(subset=["wrong"])["variant"].tolist()
    assert kept == ["note", "longer"] and table["accuracy"].notna().all()


def _in_process(*arguments, **options):
    from lenet_utils.experiments import compare

    return compare(*arguments, **options, n_jobs=1, progress=False)


def test_the_plateau_ends_at_the_step_that_the_losses_of_fit_show(few):
    settings = {"activation": "relu", "lr": 0.1, "batch_size": 64}
    found = plateau.steps_to_leave(few, 3, **settings, budget=400)
    history = fit(
        LeNet("relu", seed=3), few.X_train, few.y_train, lr=0.1, batch_size=64, num_epochs=1, seed=3, progress=False
    )  # the first pass has the same order
    first = plateau.steps_to_leave(few, 3, **settings, budget=5)
    assert first == {"step": None, "losses": [pytest.approx(history.losses[0], abs=1e-4)]}
    assert found["step"] == next(step for step, mean in enumerate(_running(_losses(few, 400))) if mean < 2.0) > 5


def _running(losses):
    mean = next(losses)
    yield mean
    for loss in losses:
        mean = 0.95 * mean + 0.05 * loss
        yield mean


def _losses(digits, number):
    net = LeNet("relu", seed=3)
    for X, y in plateau.batches(digits, 64, 3, number):
        loss = F.cross_entropy(net(X), y)
        for weight, slope in zip(net.parameters(), torch.autograd.grad(loss, list(net.parameters())), strict=True):
            weight.data -= 0.1 * slope
        yield loss.item()


def test_batches_show_every_picture_once_a_pass_and_stop_in_time(few):
    sizes = [len(y) for _, y in plateau.batches(few, 128, 0, 5)]
    assert sizes == [128, 128, 44, 128, 128]
    whole = torch.cat([X.flatten(1).sum(1) for X, _ in plateau.batches(few, 128, 0, 3)])
    assert torch.equal(whole.sort().values, few.X_train.flatten(1).sum(1).sort().values)


def test_batch_norm_stands_before_every_squash(few):
    net = plateau.NormedLeNet("tanh", seed=0)
    assert count_params(net) == 61_706 + 2 * (6 + 16 + 120 + 84)
    maps = net.maps(few.X_train[:50])
    C1 = net.C1(few.X_train[:50])
    by_hand = (C1 - C1.mean((0, 2, 3), keepdim=True)) / (C1.var((0, 2, 3), keepdim=True, unbiased=False) + 1e-5).sqrt()
    torch.testing.assert_close(maps["C1"], torch.tanh(by_hand), rtol=0, atol=1e-5)
    F6 = net.F6(maps["F5"])
    torch.testing.assert_close(maps["F6"], torch.tanh(F.batch_norm(F6, None, None, training=True)), rtol=0, atol=1e-5)


def test_shuffling_keeps_the_pixels_and_is_the_same_for_all(few):
    X = few.X_test
    shuffled = sentences.permuted(X)
    assert torch.equal(shuffled.flatten(1).sort(1).values, X.flatten(1).sort(1).values) and not torch.equal(shuffled, X)
    places = torch.arange(784.0).view(1, 1, 28, 28)
    order = sentences.permuted(places).flatten().long()
    assert torch.equal(shuffled.flatten(1), X.flatten(1)[:, order])


@pytest.mark.parametrize(("right", "down"), [(0, 0), (2, 0), (-3, 0), (1, -2)])
def test_moved_pictures_are_rolled_ones_without_what_came_round(right, down):
    X = torch.rand(2, 1, 6, 7)
    rolled = torch.roll(X, (down, right), (2, 3))
    rows, columns = torch.arange(6), torch.arange(7)
    came_round = ((rows - down < 0) | (rows - down >= 6))[:, None] | ((columns - right < 0) | (columns - right >= 7))
    rolled[..., came_round] = -0.5
    assert torch.equal(sentences.shifted(X, right, down, background=-0.5), rolled)


@pytest.mark.parametrize(
    ("by", "maps", "weights"), [("max", 14, 61_706), ("avg", 14, 61_706), ("stride", 14, 61_706), ("none", 28, 1_119_626)]
)
def test_the_four_ways_to_halve_differ_in_nothing_else(by, maps, weights):
    net = sentences.Subsampled(by, activation="relu", seed=0)
    assert count_params(net) == weights
    found = net.maps(torch.rand(2, 1, 28, 28))
    assert found["S2"].shape == (2, 6, maps, maps) and found["OUT"].shape == (2, 10)
    assert torch.equal(net.C3.weight, LeNet("relu", seed=0).C3.weight)


def test_shifts_are_tested_on_moved_digits(few):
    found = sentences.on_shifts(few, 0, by="max", num_epochs=1)
    assert len(found["accuracies"]) == len(sentences.SHIFTS) == 13
    assert found["accuracy"] == found["accuracies"][list(sentences.SHIFTS).index(0)] and found["params"] == 61_706


def test_a_probe_is_a_logistic_regression(few):
    net = LeNet("relu", "max", seed=0)
    X, X_test = (X.flatten(1).numpy() for X in (few.X_train, few.X_test))
    by_hand = LogisticRegression(max_iter=300).fit(X / X.max(), few.y_train.numpy()).score(X_test / X.max(), few.y_test.numpy())
    assert sentences.probe(net, few, "input") == pytest.approx(by_hand, abs=0.011)
    assert sentences.features(net, few.X_test, "S4").shape == (100, 400)


def test_the_rival_has_the_weights_of_lenet():
    assert count_params(rivals.NETS["mlp"](0)) == count_params(rivals.NETS["lenet"](0)) == 61_706
    assert count_params(rivals.NETS["linear"](0)) == 7_850


def test_neighbours_are_found_by_distance(few):
    distances = torch.cdist(few.X_test.flatten(1), few.X_train.flatten(1))
    votes = few.y_train[distances.topk(3, largest=False).indices]
    right = np.mean([np.bincount(vote, minlength=10).argmax() == label for vote, label in zip(votes, few.y_test, strict=True)])
    assert rivals.recognise(few, 0, model="3 neighbours")["accuracy"] == pytest.approx(right, abs=0.021)


def test_pictures_are_unpacked_as_they_were_packed():
    pictures = torch.randint(0, 256, (3, 28, 28), dtype=torch.uint8)
    packed = base64.b64encode(zlib.compress(pictures.numpy().tobytes())).decode()
    assert torch.equal(rivals.unpacked({"side": 28, "pictures": packed}), pictures)


def test_every_field_of_the_atlas_holds_the_training_of_its_axes(monkeypatch):
    axes = {"activation": ["tanh", "relu"], "lr": [0.1, 0.5, 1.0]}
    monkeypatch.setattr(atlas, "AXES", axes)

    def compare(variants, seeds, data, run, keep):
        return _in_process(variants, seeds, data, run=_told, keep=keep)

    monkeypatch.setattr(atlas, "compare", compare)
    found = EXPERIMENTS["atlas"].make("mnist-5k", range(2), None)
    assert found["axes"] == axes | {"seed": [0, 1]}
    assert found["accuracy_in_thousandths"] == [[[100, 101], [500, 501], [1000, 1001]], [[105, 106], [505, 506], [1005, 1006]]]
    assert found["loss"][0][0] == [99.0, 99.0]


def _told(digits, seed, *, activation, lr, num_epochs):
    return {"accuracy": lr + 0.001 * seed + 0.005 * (activation == "relu"), "loss": float("nan")}


def test_the_atlas_has_as_many_trainings_as_it_says():
    size = np.prod([len(values) for values in atlas.AXES.values()]) * EXPERIMENTS["atlas"].seeds
    assert size == 1536 and "1,536" in EXPERIMENTS["atlas"].about
