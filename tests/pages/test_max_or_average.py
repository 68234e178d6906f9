"""Four ways to halve a map and what they keep, against the networks of other modules and maps whose answer is known."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.experiments.runs import RECIPE, validation_split
from lenet_utils.nets.lenet import LeNet, count_params
from lenet_utils.nets.papers import Subsampling
from lenet_utils.pages.differences.experiment import by_the_rule
from lenet_utils.pages.max_or_average import experiment as pooling
from lenet_utils.pages.max_or_average import experiment_hidden as hidden
from lenet_utils.pages.max_or_average import experiment_longer as longer
from lenet_utils.pages.max_or_average import experiment_rates as rates
from lenet_utils.pages.max_or_average import figures
from lenet_utils.pages.sentences.experiment import Subsampled
from lenet_utils.training.fit import evaluate, fit

plt.switch_backend("Agg")


@pytest.mark.parametrize("by", ["max", "avg", "stride"])
@pytest.mark.parametrize("activation", ["relu", "scaled_tanh"])
def test_the_ways_are_those_of_the_summary(few, by, activation):
    """A stride in the convolution and every second place after it are the same numbers."""
    net, other = (make(by, activation=activation, seed=3) for make in (pooling.Pooled, Subsampled))
    torch.testing.assert_close(net(few.X_test), other(few.X_test), rtol=0, atol=1e-5)
    assert count_params(net) == 61_706


def test_the_pooling_of_1998_begins_as_the_average_squashed_and_is_the_layer_of_the_paper(few):
    net = pooling.Pooled("1998", activation="scaled_tanh", seed=0)
    maps = net.maps(few.X_test)
    torch.testing.assert_close(maps["S2"], net.act(F.avg_pool2d(maps["C1"], 2)), rtol=0, atol=1e-5)
    assert isinstance(net.S4[0], Subsampling) and count_params(net) == 61_706 + 2 * (6 + 16)


def test_making_one_leaves_the_global_generator_alone_and_repeats():
    torch.manual_seed(0)
    wanted = torch.rand(1)
    torch.manual_seed(0)
    nets = [pooling.Pooled("1998", seed=1) for _ in range(2)]
    assert torch.equal(torch.rand(1), wanted)
    pairs = zip(nets[0].state_dict().values(), nets[1].state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_an_unknown_way_is_named():
    with pytest.raises(ValueError, match="'mean'. Known: max, avg, stride, 1998"):
        pooling.Pooled("mean")


def test_max_and_place_by_hand():
    maps = torch.tensor([[[[1.0, 2, 0, 0], [3, 0, 5, 0]]]])
    kept = pooling.max_and_place(maps)
    assert kept.shape == (1, 4, 1, 2)
    assert kept[0, :, 0].T.tolist() == [[0, 0, 3, 0], [0, 0, 5, 0]]


@pytest.mark.parametrize("alone", [True, False])
def test_what_is_linear_is_found_again_whole(alone):
    """Maps that are constant in every window are known from any of the four; noise that is thrown away is not."""
    draw = torch.Generator().manual_seed(0)
    train, test = (torch.rand(40, 2, 8, 8, generator=draw) for _ in range(2))
    flat = [F.interpolate(F.avg_pool2d(maps, 2), scale_factor=2) for maps in (train, test)]
    for keep in pooling.KEEPS.values():
        assert pooling.found_again(keep, *flat, alone) == pytest.approx(1)
    assert pooling.found_again(lambda maps: F.pixel_unshuffle(maps, 2), train, test, alone) == pytest.approx(1)
    assert pooling.found_again(pooling.KEEPS["stride"], train, test, alone) == pytest.approx(0.25, abs=0.03)
    assert pooling.found_again(pooling.KEEPS["avg"], train, test, alone) == pytest.approx(0.25, abs=0.03)


def test_one_decoder_with_all_maps_knows_what_another_map_kept():
    """The second map is the first, moved by one pixel: together, two strides keep two of four columns."""
    draw = torch.Generator().manual_seed(1)
    pairs = [torch.rand(60, 1, 8, 8, generator=draw) for _ in range(2)]
    train, test = (torch.cat([maps, maps.roll(-1, 3)], 1) for maps in pairs)
    alone, together = (pooling.found_again(pooling.KEEPS["stride"], train, test, alone) for alone in (True, False))
    assert alone == pytest.approx(0.25, abs=0.04) and together == pytest.approx(0.48, abs=0.06)


def test_a_run_is_the_network_of_the_recipe_and_its_own_maps(few):
    net = pooling.Pooled("avg", activation="relu", seed=1)
    fit(net, few.X_train, few.y_train, seed=1, progress=False, **RECIPE | {"num_epochs": 1})
    found = pooling.halve(few, 1, by="avg", num_epochs=1, images=50)
    assert found["accuracy"] == evaluate(net, few.X_test, few.y_test).accuracy
    assert list(found["decoded"]) == ["C1 alone", "C1", "C3 alone", "C3"]
    with torch.no_grad():
        C3 = [net.maps(X[:50])["C3"] for X in (few.X_train, few.X_test)]
    assert found["decoded"]["C3 alone"]["max"] == pytest.approx(
        pooling.found_again(pooling.KEEPS["max"], *C3, alone=True), abs=1e-5
    )


def test_the_gains_after_longer_training_are_those_of_pairs_by_the_rule():
    rows = [
        {"variant": name, "seed": seed, "accuracy": 0.9 + 0.01 * place + 0.001 * ((seed * (place + 3)) % 5)}
        for place, name in enumerate(longer.settings())
        for seed in range(6)
    ]
    comparison = Comparison(pd.DataFrame(rows))
    found = longer.gains(comparison)
    assert list(found) == longer.PAIRS and len(longer.settings()) == 7
    for one, other in longer.PAIRS:
        mean, low, high, _ = comparison.difference(one, other)
        assert found[one, other][:3] == pytest.approx((100 * mean, 100 * low, 100 * high))
    by_hand = by_the_rule([np.subtract(comparison.values(a), comparison.values(b)) for a, b in longer.PAIRS])
    assert [row[3] for row in found.values()] == [row[3] for row in by_hand]


def test_all_verdicts_are_those_of_the_rule_for_all_comparisons_of_the_page():
    draw = np.random.default_rng(0)
    linear_, hidden_ = (
        [{layer: {way: draw.random() for way in pooling.KEEPS} for layer in ("C1", "C3")} for _ in range(5)] for _ in "ab"
    )
    rows = [{"variant": name, "seed": seed, "accuracy": draw.random()} for name in "ab" for seed in range(5)]
    runs = Comparison(pd.DataFrame(rows))
    expected = [figures.gaps(linear_)["C1 avg", "max"]] + list(figures.gaps(hidden_).values())
    found = figures.all_verdicts(linear_, hidden_, (runs, [("a", "b")]))
    assert [row[:3] for row in found[:5]] == [row[:3] for row in expected]
    assert found[5][:3] == pytest.approx([100 * value for value in runs.difference("a", "b")[:3]])
    assert not any(counts for *_, counts in found)


def test_longer_training_decodes_nothing(few):
    assert set(pooling.halve(few, 0, by="avg", num_epochs=1, images=0)) == {"accuracy"}
    assert all(each["images"] == 0 and each["num_epochs"] == 4 for each in longer.settings().values())


def test_a_hidden_layer_finds_what_least_squares_cannot():
    """Of the first map the average is kept; the second is a parabola of it, which has no slope on the whole."""
    draw = torch.Generator().manual_seed(0)
    one = F.interpolate(torch.rand(60, 1, 4, 4, generator=draw), scale_factor=2)
    maps = torch.cat([one, (2 * one - 1).square()], 1)
    train, test = maps[:40], maps[40:]

    def keep(maps):
        return F.avg_pool2d(maps[:, :1], 2)

    linear = pooling.found_again(keep, train, test)
    untrained, trained = (hidden.decoder(keep, train, 8, steps=steps) for steps in (0, 500))
    assert hidden.recovered(untrained, keep, train, test) == pytest.approx(linear, abs=0.05)  # fitted to fewer images
    assert hidden.recovered(trained, keep, train, test) > 0.9 > 0.7 > linear


def test_a_decoder_that_learns_nothing_of_use_stays_with_least_squares():
    """Of noise that is thrown away a hidden layer can only learn by heart; the held-back images say so."""
    draw = torch.Generator().manual_seed(0)
    train, test = (torch.rand(20, 1, 8, 8, generator=draw) for _ in range(2))
    keep = pooling.KEEPS["stride"]
    net = hidden.decoder(keep, train, 8, steps=300)
    assert hidden.recovered(net, keep, train, test) == pytest.approx(pooling.found_again(keep, train, test), abs=0.06)


@pytest.mark.slow
def test_a_run_decodes_both_layers_in_both_ways(few, monkeypatch):
    monkeypatch.setattr(hidden, "decoder", lambda *settings: decoder(*settings, steps=20))
    found = hidden.on_decoders(few, 0, num_epochs=1, images=60, hold_back=20)
    assert list(found["linear"]) == list(found["hidden"]) == ["C1", "C3"]
    assert list(found["hidden"]["C3"]) == list(pooling.KEEPS) and found["accuracy"] == found["hidden"]["C1"]["max"]


decoder = hidden.decoder


def test_a_run_at_another_rate_holds_digits_back(few):
    found = rates.on_rate(few, 1, pool="avg", lr=0.01, num_epochs=1, hold_back=100)
    split, net = validation_split(few, 100), LeNet("scaled_tanh", "avg", seed=1)
    settings = RECIPE | {"num_epochs": 1, "lr": 0.01}
    fit(net, split.X_train, split.y_train, seed=1, progress=False, engine="lanes", **settings)
    expected = {"accuracy": evaluate(net, few.X_test, few.y_test).accuracy}
    assert found == expected | {"held_back": evaluate(net, split.X_test, split.y_test).accuracy}
    assert list(rates.RATES.values()) == pytest.approx([0.005 / 3, 0.005, 0.015])


def test_the_best_rate_is_that_of_the_held_back_digits():
    held_back = {"max third": 0.9, "max usual": 0.8, "max triple": 0.7, "avg third": 0.7, "avg usual": 0.8, "avg triple": 0.9}
    rows = [
        {"variant": name, "seed": seed, "accuracy": 1 - share + 0.001 * ((3 * seed + place) % 5), "held_back": share}
        for place, (name, share) in enumerate(held_back.items())
        for seed in range(5)
    ]
    comparison = Comparison(pd.DataFrame(rows))
    assert rates.best(comparison, "max") == "max third" and rates.best(comparison, "avg") == "avg triple"
    pairs = list(rates.gains(comparison))
    assert pairs[:3] == [(f"max {name}", f"avg {name}") for name in rates.RATES] and pairs[3] == ("max third", "avg triple")


def test_what_is_left_of_a_map_is_drawn_on_the_scale_of_the_map():
    """An average is paler than the maximum of the same window; no number stands over a map that is not of this map."""
    one = torch.rand(8, 8, generator=torch.Generator().manual_seed(0))
    fig = figures.four_ways(one)
    assert [ax.images[0].get_clim() for ax in fig.axes] == [(0, pytest.approx(one.max().item()))] * 5
    again = figures.reconstructions(one.expand(4, 1, 8, 8), one.expand(2, 1, 8, 8), digit=1)
    assert [ax.get_title() for ax in again.axes] == list(pooling.KEEPS)
    plt.close("all")
