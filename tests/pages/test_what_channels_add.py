"""Twins, frozen convolutions, and what a run of each gives."""

import pytest
import torch
from sklearn.linear_model import Ridge

from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import LeNet, count_params
from lenet_utils.pages.what_channels_add import decoder
from lenet_utils.pages.what_channels_add import experiment as channels
from lenet_utils.pages.what_channels_add import experiment_scaled as scaled
from lenet_utils.training.fit import evaluate, fit


@pytest.mark.parametrize("outgoing", [True, False])
def test_twins_begin_equal_and_stay_so_only_if_the_weights_behind_are_equal(few, outgoing):
    net, plain = channels.twinned(seed=1, outgoing=outgoing), LeNet("relu", "max", seed=1)
    assert torch.equal(net.C1.weight, plain.C1.weight[:1].expand(6, 1, 5, 5)) and not net.C1.bias.any()
    behind = plain.C3.weight[:, :1].expand(16, 6, 5, 5) if outgoing else plain.C3.weight
    assert torch.equal(net.C3.weight, behind) and torch.equal(net.F5.weight, plain.F5.weight)
    before = net.C1.weight.detach().clone()
    fit(net, few.X_train, few.y_train, num_epochs=2, progress=False)
    after = net.C1.weight.detach()
    apart = (after - after[:1]).abs().max()
    assert (after - before).abs().max() > 1e-4 and (apart < 1e-6) == outgoing  # two steps, each rounded to 1.5e-8 near 0.2


def test_frozen_convolutions_stay_and_the_dense_layers_move(few):
    net, fresh = channels.frozen((3, 5), seed=1), LeNet("relu", "max", channels=(3, 5), seed=1)
    assert count_params(net) == count_params(fresh) - 3 * 26 - 5 * (3 * 25 + 1)
    fit(net, few.X_train, few.y_train, num_epochs=1, progress=False)
    for name, values in net.state_dict().items():
        assert torch.equal(values, fresh.state_dict()[name]) == name.startswith("C"), name


@pytest.mark.parametrize(
    "name, weights",
    [("trained", 61_706), ("twins", 61_706), ("one map", 26 + 416 + 59_134), ("random", 59_134), ("random x4", 203_134)]
    + [("pixels", 785 * 67 + 68 * 84 + 850), ("pixels x4", 785 * 233 + 234 * 84 + 850)],
)
def test_the_networks_have_the_weights_of_their_kind(name, weights):
    """59,134 are those of F5, F6 and OUT; four times the maps give F5 120 x 400 x 3 more."""
    assert count_params(channels.NETS[name](0)) == weights


@pytest.mark.parametrize("filters, none", [("random", "pixels"), ("random x4", "pixels x4")])
def test_random_filters_and_none_have_as_many_trained_numbers(filters, none):
    counts = [count_params(channels.NETS[name](0)) for name in (filters, none)]
    assert abs(counts[1] / counts[0] - 1) < 0.002


@pytest.mark.parametrize("name", channels.NETS)
def test_a_run_trains_its_network_by_the_recipe(few, name):
    net = channels.NETS[name](2)
    fit(net, few.X_train, few.y_train, seed=2, progress=False, **RECIPE | {"num_epochs": 1, "batch_size": 64})
    assert channels.recognise(few, 2, model=name) == {"accuracy": evaluate(net, few.X_test, few.y_test).accuracy}


def test_scaled_filters_are_the_same_filters_with_a_signal_as_large_as_the_model_s(few):
    model, fresh = (LeNet("relu", "max", channels=channels, seed=seed) for channels, seed in (((6, 16), 5), ((3, 7), 1)))
    net = scaled.as_large_as(channels.frozen((3, 7), seed=1), model, few.X_test)
    for layer in ("S2", "S4"):
        assert scaled.signal(net, few.X_test, layer) == pytest.approx(scaled.signal(model, few.X_test, layer), rel=1e-4)
    for name in ("C1", "C3"):
        factors = getattr(net, name).weight / getattr(fresh, name).weight
        assert factors.std() < 1e-4 * factors.mean() and not getattr(net, name).weight.requires_grad
    assert torch.equal(net.F5.weight, fresh.F5.weight)


def test_a_scaled_run_trains_the_dense_layers_behind_them(few):
    found = scaled.on_scaled(few, 2, channels=(6, 16))
    length = {"num_epochs": 1, "batch_size": 64}
    model, net = LeNet("relu", "max", seed=2), channels.frozen(seed=2)
    fit(model, few.X_train, few.y_train, seed=2, progress=False, engine="lanes", **RECIPE | length)
    X = few.X_train[: scaled.IMAGES]
    assert found["before"] == pytest.approx(scaled.signal(net, X, "S4"))
    assert found["after"] == pytest.approx(scaled.signal(model, X, "S4"), rel=1e-4)
    scaled.as_large_as(net, model, X)
    fit(net, few.X_train, few.y_train, seed=2, progress=False, **RECIPE | length)
    assert found["accuracy"] == evaluate(net, few.X_test, few.y_test).accuracy


def test_every_map_is_decoded_alone(few):
    """The share of map k is that of the first map in a network whose first filter is filter k."""
    nets = [LeNet("relu", "max", seed=seed) for seed in (0, 1)]
    shares = decoder.single_maps(nets, few)
    assert len(shares) == 12 and shares[0] == decoder.recovered({"0": nets[0]}, few)["1 map"]["0"]
    for net, single in zip(nets, (shares[:6], shares[6:]), strict=True):
        for k in range(6):
            moved = LeNet("relu", "max", seed=2)
            with torch.no_grad():
                moved.C1.weight[0], moved.C1.bias[0] = net.C1.weight[k], net.C1.bias[k]
            assert single[k] == pytest.approx(decoder.share_recovered(moved, [0], few), abs=1e-6)


def test_a_decoder_recovers_by_ridge_regression(few):
    net = LeNet("relu", "max", seed=0)
    A = net.maps(few.X_train)["S2"][:, [1, 4]].detach().flatten(1).double()
    B = net.maps(few.X_test)["S2"][:, [1, 4]].detach().flatten(1).double()
    ridge = Ridge(alpha=10 * A.var(0).mean().item()).fit(A.numpy(), few.X_train.flatten(1).numpy())
    Q = few.X_test.flatten(1).double()
    wrong = Q - torch.from_numpy(ridge.predict(B.numpy()))
    mean = few.X_train.flatten(1).double().mean(0)
    by_hand = 1 - (wrong.square().sum() / (Q - mean).square().sum()).item()
    assert decoder.share_recovered(net, [1, 4], few) == pytest.approx(by_hand, abs=1e-5)
