"""Silenced channels and two kinds of readers, against the same by hand."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import torch
import torch.nn.functional as F
from matplotlib.colors import to_rgba

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.experiments.runs import RECIPE, train_relu_lenet, validation_split
from lenet_utils.figures import plots
from lenet_utils.nets.lenet import LeNet, count_params, seeded
from lenet_utils.pages.information_flow import experiment as flow
from lenet_utils.pages.information_flow import experiment_linear as linear
from lenet_utils.pages.information_flow import experiment_readers as readers
from lenet_utils.pages.information_flow import figures, tables
from lenet_utils.pages.sentences.experiment import fit_readers, linear_reader, outputs
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


def test_the_dearest_map_is_that_without_which_fewest_digits_are_read(net, few):
    found = flow.dearest(net, few.X_train[:100], few.y_train[:100])
    for layer, maps in (("C1", 6), ("C3", 16)):
        shares = [evaluate(flow.silence(net, layer, k), few.X_train[:100], few.y_train[:100]).accuracy for k in range(maps)]
        assert shares[found[layer]] == min(shares)


@pytest.mark.slow
def test_the_run_chooses_the_map_on_digits_that_nothing_is_fitted_to(few):
    found = flow.on_channels(few, 1, num_epochs=1, hold_back=100)
    net, split = LeNet("relu", "max", seed=1), validation_split(few, 100)
    settings = {"seed": 1, "progress": False, "engine": "lanes"} | RECIPE | {"num_epochs": 1}
    fit(net, split.X_train, split.y_train, **settings)
    assert found["accuracy"] == evaluate(net, few.X_test, few.y_test).accuracy
    assert found["zero"] == flow.accuracies(net, few.X_test, few.y_test)["zero"]
    assert found["dearest"] == flow.dearest(net, split.X_test, split.y_test)
    again = flow.relearned(net, "C3", found["dearest"]["C3"], split.X_train, split.y_train, seed=1, num_epochs=1)
    assert found["relearned"]["C3"] == evaluate(again, few.X_test, few.y_test).accuracy
    longer = flow.relearned(net, "C1", None, split.X_train, split.y_train, seed=1, num_epochs=1)
    assert found["longer"]["C1"] == evaluate(longer, few.X_test, few.y_test).accuracy


# Readers of two kinds


@pytest.mark.parametrize("values", [784, 4704, 1176, 1600, 400, 120, 84, 10])
def test_the_reader_with_a_hidden_layer_is_as_large_at_every_layer(values):
    assert 0.98 * readers.WEIGHTS < count_params(readers.hidden_reader(values)) <= readers.WEIGHTS


def test_a_hidden_reader_reads_what_no_linear_one_can():
    """Which of two pixels is inked tells the class only together with the other: exclusive or."""
    X = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]]).repeat(50, 1)
    y = torch.tensor([0, 1, 1, 0]).repeat(50)
    shares = []
    for reader_of in (readers.hidden_reader, linear_reader):
        with seeded(0):
            reader = reader_of(2)
        fit(reader, X, y, num_epochs=100, optimizer="adamw", lr=0.01, progress=False)
        shares.append(evaluate(reader, X, y).accuracy)
    assert shares[0] == 1 and shares[1] <= 0.75


@pytest.mark.parametrize("trained", [True, False])
def test_the_reader_reads_a_trained_and_an_untrained_network(few, trained):
    found = readers.on_readers(few, 1, trained=trained, num_epochs=1)
    net = train_relu_lenet(few, 1, num_epochs=1) if trained else LeNet("relu", "max", seed=1)
    by_hand = fit_readers(net, few, 1, lr=readers.RATE, reader_of=readers.hidden_reader)
    values = net.maps(few.X_test)["S4"].flatten(1)
    right = (by_hand["S4"](values).argmax(1) == few.y_test).double().mean().item()
    assert found["layers"]["S4"] == right and list(found["layers"]) == list(by_hand)
    assert found["accuracy"] == found["layers"]["C3"] and found["layers"]["input"] > 0.3


def test_readers_at_all_rates_are_those_fitted_one_rate_at_a_time(few):
    net = LeNet("relu", "max", seed=1)
    together = linear.fit_at_all_rates(net, few, seed=1, num_epochs=2)
    shares = linear.scores(net, together, few.X_test, few.y_test)
    for place in (0, 3):
        alone = fit_readers(net, few, 1, num_epochs=2, lr=linear.RATES[place])
        for layer in ("input", "C3", "OUT"):
            torch.testing.assert_close(together[layer][place].weight, alone[layer].weight, rtol=1e-3, atol=1e-4)
            right = (alone[layer](outputs(net, few.X_test)[layer]).argmax(1) == few.y_test).double().mean().item()
            assert shares[layer][place] == pytest.approx(right, abs=0.011)


@pytest.mark.parametrize("trained", [True, False])
def test_the_linear_reader_takes_the_rate_of_the_held_back_digits(few, trained):
    found = linear.on_linear(few, 1, trained=trained, num_epochs=1, hold_back=100)
    split, net = validation_split(few, 100), LeNet("relu", "max", seed=1)
    if trained:
        net = train_relu_lenet(split, 1, num_epochs=1, engine="lanes")
    readers = linear.fit_at_all_rates(net, split, 1)
    held, test = (linear.scores(net, readers, *part)["C3"] for part in ((split.X_test, split.y_test), (few.X_test, few.y_test)))
    place = linear.RATES.index(found["rates"]["C3"])
    assert held[place] == max(held) and found["accuracy"] == found["layers"]["C3"] == test[place]


def test_the_figure_shows_errors_with_the_layers_in_their_order_and_colours():
    ax = plt.figure().add_subplot()
    accuracies = {name: 0.9 - 0.01 * place for place, name in enumerate(plots.LAYERS)}
    figures.errors_by_layer(ax, accuracies, {name: 0.5 for name in accuracies})
    names = [label.get_text().split("\n") for label in ax.get_xticklabels()]
    assert names[0] == ["input", "784"] and names[3] == ["C3", "1,600"] and names[-1] == ["OUT", "10"]
    assert ax.lines[0].get_ydata() == pytest.approx([1 - accuracies[name] for name, _ in names])
    assert ax.get_yscale() == "log" and ax.lines[1].get_linestyle() == "--"
    assert [tuple(colour) for colour in ax.collections[0].get_facecolors()] == [to_rgba(plots.LAYERS[name]) for name, _ in names]
    plt.close()


def test_the_figure_shows_every_map_of_every_network_twice():
    ax = plt.figure().add_subplot()
    zero, mean = torch.arange(6.0).view(2, 3), torch.arange(6.0).view(2, 3) / 2
    figures.losses_by_map(ax, "C1", zero, mean)
    rings, dots = ax.lines
    assert dots.get_xdata().tolist() == [0, 1, 2, 3, 4, 5] and dots.get_ydata().tolist() == [1, 1, 1, 2, 2, 2]
    assert rings.get_xdata().tolist() == [0, 0.5, 1, 1.5, 2, 2.5] and rings.get_markerfacecolor() == "none"
    assert (rings.get_ydata() < dots.get_ydata()).all() and rings.get_markeredgecolor() != dots.get_markeredgecolor()
    assert ax.get_yticks().tolist() == [1, 2]
    assert "C1" in ax.get_xlabel() and "logarithmic from 1 on" in ax.get_xlabel()
    ends = ax.xaxis.get_transform().transform([0, 0.5, 1, 10, 100])
    assert ends[2] - ends[1] == pytest.approx(ends[1] - ends[0]) and ends[4] - ends[3] == pytest.approx(ends[3] - ends[2])
    plt.close()


def test_points_lost_are_those_of_each_map_and_way():
    run = {"variant": "lenet", "accuracy": 0.9, "zero": {"C1": [0.5, 0.9], "C3": [0.8]}, "mean": {"C1": [0.7, 0.6], "C3": [0.9]}}
    cost = tables.points_lost(Comparison(pd.DataFrame([run, run | {"accuracy": 1.0}])))
    assert cost["C1", "zero"].flatten().tolist() == pytest.approx([40, 0, 50, 10], abs=1e-4)
    assert cost["C3", "mean"].flatten().tolist() == pytest.approx([0, 10], abs=1e-4) and len(cost) == 4


def test_losses_are_points_and_the_largest_comes_first(net, few):
    without = [flow.silence(net, "C1", k) for k in range(6)]
    right = [evaluate(each, few.X_test, few.y_test).accuracy for each in (net, *without)]
    by_hand = sorted((100 * (right[0] - share) for share in right[1:]), reverse=True)
    assert [float(text) for text in tables.losses(net, without, few).split()] == pytest.approx(by_hand, abs=0.051)
