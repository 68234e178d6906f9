"""What the experiments of the book do to pictures and networks, against the same by hand."""

import dataclasses

import pandas as pd
import pytest
import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression

from book_files import first
from lenet_utils.experiments.comparison import Comparison
from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import SAME_WEIGHTS, LeNet
from lenet_utils.pages.sentences import experiment as sentences
from lenet_utils.pages.training import experiment as plateau
from lenet_utils.training.features import features
from lenet_utils.training.fit import evaluate, fit


@pytest.fixture(scope="module")
def few(digits):
    return first(digits, 300)


def parameters(net):
    return sum(p.numel() for p in net.parameters())


# Sentences


def test_permuted_pictures_have_the_same_pixels_in_one_other_order_for_all(few):
    X, moved = few.X_test, sentences.permuted(few.X_test)
    places = sentences.permuted(torch.arange(784.0).view(1, 1, 28, 28)).flatten().long()
    assert sorted(places.tolist()) == list(range(784)) and places.tolist() != list(range(784))
    assert moved.shape == X.shape and torch.equal(moved.flatten(1), X.flatten(1)[:, places])


@pytest.mark.parametrize("right, down", [(0, 0), (2, 0), (-3, 1), (0, -4), (6, 6)])
def test_shifted_pictures_are_cut_and_filled_with_background(few, right, down):
    wide = F.pad(few.X_test, (8, 8, 8, 8), value=-0.1)
    by_hand = wide[..., 8 - down : 36 - down, 8 - right : 36 - right]
    assert torch.equal(sentences.shifted(few.X_test, right, down, background=-0.1), by_hand)


@pytest.mark.parametrize(
    "by, side, weights", [("max", 5, 61_706), ("avg", 5, 61_706), ("stride", 5, 61_706), ("none", 24, 1_119_626)]
)
def test_subsampled_networks_have_the_maps_and_weights_of_their_kind(by, side, weights):
    """Without subsampling F5 sees 16 maps of 24 x 24 instead of 5 x 5, so it has 120 x 16 x (576 - 25) weights more."""
    net, X = sentences.Subsampled(by, seed=0), torch.rand(2, 1, 28, 28)
    maps = net.maps(X)
    assert maps["S4"].shape == (2, 16, side, side) and maps["OUT"].shape == (2, 10) and parameters(net) == weights
    if by in ("max", "avg"):
        assert torch.equal(net(X), LeNet(pool=by, seed=0)(X))
    if by == "stride":
        first = F.conv2d(X, net.C1.weight, net.C1.bias, stride=2, padding=2).sigmoid()
        torch.testing.assert_close(maps["S2"], first, rtol=0, atol=1e-6)


def test_the_same_seed_gives_the_same_network_without_subsampling():
    """Weights and biases, whatever torch has drawn in between."""
    nets = [sentences.Subsampled("none", seed=seed) for seed in (1, 1, 2)]
    for part in ("weight", "bias"):
        one, same, other = (getattr(net.F5, part) for net in nets)
        assert torch.equal(one, same) and not torch.equal(one, other)


def test_an_unknown_way_to_subsample_is_named():
    with pytest.raises(ValueError, match="'average'. Known: max, avg, stride, none"):
        sentences.Subsampled("average")


def test_the_mlp_has_as_many_weights_as_lenet():
    """To half a percent; the exact number is in the chapter."""
    assert parameters(sentences.MLP(SAME_WEIGHTS)) == pytest.approx(61_706, rel=0.005)


@pytest.mark.slow
def test_shifts_and_order_are_measured_on_the_network_of_the_recipe(few):
    net = LeNet("relu", "max", seed=2)
    fit(net, few.X_train, few.y_train, seed=2, progress=False, **RECIPE | {"num_epochs": 1})
    found = sentences.on_shifts(few, 2, by="max", num_epochs=1)
    by_hand = {
        name: [evaluate(net, sentences.shifted(few.X_test, by * right, by * down), few.y_test).accuracy for by in range(7)]
        for name, (right, down) in {"right": (1, 0), "left": (-1, 0), "down": (0, 1), "up": (0, -1)}.items()
    }
    assert found == {"accuracy": by_hand["up"][0], "accuracies": by_hand, "params": 61_706}
    assert sentences.on_order(few, 2, model="lenet", num_epochs=1) == {"accuracy": by_hand["up"][0]}
    moved = dataclasses.replace(few, X_train=sentences.permuted(few.X_train), X_test=sentences.permuted(few.X_test))
    for model in ("lenet", "frozen", "mlp"):
        order = sentences.on_order(few, 2, model=model, permute=True, num_epochs=1)
        assert order == sentences.on_order(moved, 2, model=model, num_epochs=1)


def test_frozen_convolutions_keep_their_initial_weights(few, monkeypatch):
    nets = []
    monkeypatch.setattr(sentences, "evaluate", lambda net, *rest: nets.append(net) or evaluate(net, *rest))
    sentences.on_order(few, 3, model="frozen", num_epochs=1)
    before, after = LeNet("relu", "max", seed=3), nets[0]
    assert all(torch.equal(getattr(after, name).weight, getattr(before, name).weight) for name in ("C1", "C3"))
    assert not torch.equal(after.F5.weight, before.F5.weight)


def test_shifts_are_averaged_over_the_directions():
    runs = [{"right": [1.0, 0.2], "left": [1.0, 0.4], "down": [1.0, 0.6], "up": [1.0, 0.8]}]
    comparison = Comparison(pd.DataFrame([{"variant": "max", "seed": 0, "accuracy": 1.0, "accuracies": runs[0]}]))
    assert sentences.over_directions(comparison, "max").tolist() == [[1.0, 0.5]]


@pytest.mark.slow
def test_linear_readers_read_as_well_as_a_logistic_regression(digits):
    """Of pixels, where scikit-learn's is the oracle; the network stays as it was."""
    net = LeNet("relu", "max", seed=0)
    before = {name: weight.clone() for name, weight in net.state_dict().items()}
    readers = sentences.fit_readers(net, digits, num_epochs=20)
    regression = LogisticRegression(max_iter=300).fit(digits.X_train.flatten(1).numpy(), digits.y_train.numpy())
    oracle = regression.score(digits.X_test.flatten(1).numpy(), digits.y_test.numpy())
    assert sentences.read(net, readers["input"], digits, "input") == pytest.approx(oracle, abs=0.02)
    assert all(torch.equal(weight, before[name]) for name, weight in net.state_dict().items())
    assert all(weight.requires_grad for weight in net.parameters())


def test_features_are_the_maps(few):
    net = LeNet(seed=0)
    assert torch.equal(features(net, few.X_test, "input"), few.X_test.flatten(1))
    assert torch.equal(features(net, few.X_test, "S4"), net.maps(few.X_test)["S4"].flatten(1))


# The plateau


def by_hand(digits, batches, lr):
    """Step, if any, at which 0.95 of the mean and 0.05 of the loss come under 2 nats; every tenth mean."""
    net, mean, means = LeNet("relu", seed=3), None, []
    opt = torch.optim.SGD(net.parameters(), lr=lr)
    for step, batch in enumerate(batches):
        loss = F.cross_entropy(net(digits.X_train[batch]), digits.y_train[batch])
        opt.zero_grad()
        loss.backward()
        opt.step()
        mean = loss.item() if step == 0 else 0.95 * mean + 0.05 * loss.item()
        means.append(round(mean, 4))
        if mean < 2:
            return {"step": step, "losses": means[::10]}
    return {"step": None, "losses": means[::10]}


@pytest.mark.slow
@pytest.mark.parametrize("lr, leaves", [(0.1, True), (0.001, False)])
def test_the_step_that_leaves_the_plateau_is_that_of_the_loop_by_hand(few, lr, leaves):
    order = torch.Generator().manual_seed(3)
    batches = [batch for _ in range(30) for batch in torch.randperm(300, generator=order).split(128)][:45]
    found = plateau.steps_to_leave(few, 3, lr=lr, batch_size=128, activation="relu", budget=45)
    assert found == by_hand(few, batches, lr) and (found["step"] is not None) == leaves


def test_the_plateau_sees_the_digits_normalised_as_told(few, monkeypatch):
    settings = {"batch_size": 300, "budget": 11, "activation": "relu", "lr": 0.5, "seed": 0}
    told = plateau.steps_to_leave(few, normalise="1998", **settings)["losses"]
    plain = plateau.steps_to_leave(few, **settings)["losses"]
    by_hand = dataclasses.replace(few, X_train=1.275 * few.X_train - 0.1, X_test=1.275 * few.X_test - 0.1, background=-0.1)
    monkeypatch.setattr(plateau, "normalised", lambda digits, name: by_hand)
    assert told == pytest.approx(plateau.steps_to_leave(few, **settings)["losses"], abs=2e-4)
    assert told != pytest.approx(plain, abs=2e-4)


def test_batch_norm_comes_before_the_squash_with_mean_0_and_deviation_1():
    net, X, sums = plateau.NormedLeNet("relu", seed=0), torch.rand(64, 1, 28, 28), {}
    for name, norm in net.norms.items():
        norm.register_forward_hook(lambda norm, given, values, name=name: sums.update({name: values}))
    maps = net.maps(X)
    assert set(sums) == {"C1", "C3", "F5", "F6"}
    for name, values in sums.items():
        by_map = values.transpose(0, 1).flatten(1)
        torch.testing.assert_close(by_map.mean(1), torch.zeros(len(by_map)), rtol=0, atol=1e-4)
        assert by_map.std(1).max() < 1.02 and torch.equal(maps[name], values.relu())
    assert torch.equal(LeNet("relu", seed=0).C1.weight, net.C1.weight)
