"""Silenced channels and pictures got back, against the same by hand and scikit-learn."""

import pytest
import torch
import torch.nn.functional as F
from sklearn.linear_model import Ridge

from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.information_flow import experiment as flow
from lenet_utils.training.fit import evaluate, fit


@pytest.fixture(scope="module")
def net(few):
    net = LeNet("relu", "max", seed=0)
    fit(net, few.X_train, few.y_train, progress=False, **RECIPE | {"num_epochs": 2})
    return net


def behind(net, C1=None, C3=None):
    """The logits from the maps of C1 or of C3, layer by layer."""
    if C3 is None:
        C3 = F.relu(F.conv2d(F.max_pool2d(C1, 2), net.C3.weight, net.C3.bias))
    F5 = F.relu(F.max_pool2d(C3, 2).flatten(1) @ net.F5.weight.T + net.F5.bias)
    return F.relu(F5 @ net.F6.weight.T + net.F6.bias) @ net.OUT.weight.T + net.OUT.bias


@pytest.mark.parametrize("layer, channel", [("C1", 4), ("C3", 11)])
def test_a_silenced_channel_is_zero_and_the_others_are_as_they_were(net, few, layer, channel):
    before = net.maps(few.X_test)[layer].detach()
    silenced = flow.silence(net, layer, channel)
    after = silenced.maps(few.X_test)[layer]
    by_hand = before.clone()
    by_hand[:, channel] = 0
    assert before[:, channel].abs().sum() > 0 and torch.equal(after, by_hand)
    torch.testing.assert_close(silenced(few.X_test), behind(net, **{layer: by_hand}), rtol=0, atol=1e-4)
    assert torch.equal(net.maps(few.X_test)[layer], before)


def test_only_convolutions_have_channels(net):
    with pytest.raises(ValueError, match="convolution"):
        flow.silence(net, "F5", 0)


@pytest.mark.parametrize("layer, channel", [("C1", 2), ("C3", 7)])
def test_an_averaged_channel_is_the_mean_picture_of_the_channel(net, few, layer, channel):
    maps = net.maps(few.X_test)[layer].detach()
    maps[:, channel] = maps[:, channel].sum(0) / len(maps)
    found = flow.averaged(net, few.X_test, layer, channel)
    torch.testing.assert_close(found, behind(net, **{layer: maps}), rtol=0, atol=1e-4)
    one = few.X_test[:1].expand(5, -1, -1, -1)  # of equal pictures the mean is each of them
    torch.testing.assert_close(flow.averaged(net, one, layer, channel), net(one), rtol=0, atol=1e-4)


def test_the_accuracies_are_those_of_one_channel_after_the_other(net, few):
    found = flow.accuracies(net, few.X_test, few.y_test)
    assert [len(found[way][layer]) for way in ("zero", "mean") for layer in ("C1", "C3")] == [6, 16, 6, 16]
    assert found["zero"]["C3"][5] == evaluate(flow.silence(net, "C3", 5), few.X_test, few.y_test).accuracy
    answers = flow.averaged(net, few.X_test, "C1", 3).argmax(1)
    assert found["mean"]["C1"][3] == pytest.approx(int((answers == few.y_test).sum()) / 200)


@pytest.mark.parametrize("layer, kept", [("C1", ["C1"]), ("C3", ["C1", "C3"])])
def test_only_what_lies_behind_learns_anew(net, few, layer, kept):
    silenced = flow.silence(net, layer, 1)
    again = flow.relearned(net, layer, 1, few.X_train, few.y_train, num_epochs=1)
    same = [name for name in ("C1", "C3", "F5", "F6", "OUT") if torch.equal(weight(again, name), weight(silenced, name))]
    assert same == kept and again.maps(few.X_test)[layer][:, 1].abs().sum() == 0
    longer = flow.relearned(net, layer, None, few.X_train, few.y_train, num_epochs=1)
    assert [name for name in ("C1", "C3", "F5", "F6", "OUT") if torch.equal(weight(longer, name), weight(net, name))] == kept


def weight(net, layer):
    return getattr(net, layer).weight


@pytest.mark.slow
def test_the_run_gives_the_accuracy_with_every_channel_silent(few):
    found = flow.on_channels(few, 1, num_epochs=1)
    net = LeNet("relu", "max", seed=1)
    fit(net, few.X_train, few.y_train, seed=1, progress=False, **RECIPE | {"num_epochs": 1})
    assert found["accuracy"] == evaluate(net, few.X_test, few.y_test).accuracy
    assert found["zero"] == flow.accuracies(net, few.X_test, few.y_test)["zero"]
    dearest = found["zero"]["C3"].index(min(found["zero"]["C3"]))
    again = flow.relearned(net, "C3", dearest, few.X_train, few.y_train, seed=1, num_epochs=1)
    assert found["relearned"]["C3"] == evaluate(again, few.X_test, few.y_test).accuracy
    longer = flow.relearned(net, "C1", None, few.X_train, few.y_train, seed=1, num_epochs=1)
    assert found["longer"]["C1"] == evaluate(longer, few.X_test, few.y_test).accuracy


def test_a_picture_is_explained_by_itself_by_half_and_by_nothing():
    generator = torch.Generator().manual_seed(0)
    pictures, others, noise = (torch.randn(300, 20, generator=generator) for _ in range(3))
    assert flow.picture_share(pictures, pictures, others, others) > 0.999
    half = flow.picture_share(pictures[:, :10], pictures, others[:, :10], others)
    assert half == pytest.approx(0.5, abs=0.06)
    assert flow.picture_share(noise, pictures, noise.flip(0), others) < 0.05


def test_the_reader_is_the_ridge_regression_of_scikit_learn(few):
    A, B = few.X_train.flatten(1)[:, 300:500].double(), few.X_test.flatten(1)[:, 300:500].double()
    Y, Z = few.X_train.flatten(1).double(), few.X_test.flatten(1).double()
    alpha = 0.01 * (A - A.mean(0)).square().sum(1).mean().item()
    guess = torch.tensor(Ridge(alpha=alpha).fit(A.numpy(), Y.numpy()).predict(B.numpy()))
    by_hand = 1 - ((guess - Z) ** 2).sum() / ((Z - Y.mean(0)) ** 2).sum()
    assert flow._explained(A, Y, B, Z, 0.01) == pytest.approx(by_hand.item(), abs=1e-6)


def test_the_strength_is_chosen_on_pictures_held_back(few):
    X, Z = few.X_train.flatten(1), few.X_test.flatten(1)
    strong, weak = 1e3, 1e-2
    assert flow.picture_share(X, X, Z, Z, (strong, weak)) == flow._explained(X, X, Z, Z, weak)
    assert flow.picture_share(X, X, Z, Z, (strong,)) < 0.05
