"""The experiments of chapters 1, 4 and 6 that need full data: what they measure, on hand examples and few digits."""

import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F

from book_files import first
from lenet_utils import experiments
from lenet_utils.data import DataError
from lenet_utils.exercises.check import check
from lenet_utils.experiments.comparison import Comparison
from lenet_utils.experiments.runs import train_relu_lenet
from lenet_utils.figures import plots
from lenet_utils.nets.lenet import LeNet, Linear
from lenet_utils.pages.differences import experiment as differences
from lenet_utils.pages.digits import experiment_1990
from lenet_utils.pages.mistakes import experiment_fresh
from lenet_utils.pages.mistakes.comparisons import verdicts
from lenet_utils.pages.net_1989.experiment import half_errors, mixed
from lenet_utils.pages.sentences import experiment as sentences
from lenet_utils.pages.since_1998 import experiment as since_1998
from lenet_utils.pages.since_1998 import experiment_ends
from lenet_utils.pages.since_1998.figures import gains
from lenet_utils.pages.training import experiment as training
from lenet_utils.training.fit import evaluate, fit

STEPS = list(since_1998.CHANGES)


@pytest.fixture(scope="module")
def few(digits):
    return first(digits, 200, 100)


def comparison(values, column):
    rows = [{"variant": name, "seed": i, column: value} for name, each in values.items() for i, value in enumerate(each)]
    return Comparison(pd.DataFrame(rows))


# Differences


def test_what_a_shift_costs_is_compared_and_not_what_is_left():
    """max reads 20 points more than the others, and loses 10 less at one pixel and as much at four."""
    costs = {"max": (0.9, 0.1), "avg": (0.7, 0.2), "stride": (0.7, 0.2), "none": (0.7, 0.2)}

    def runs(by):
        unmoved, cost = costs[by]
        shares = [unmoved, unmoved - cost, 0, 0, unmoved - 0.5, 0, 0]
        return [dict.fromkeys(sentences.DIRECTIONS, shares)] * 2

    lost = sentences.lost_less(comparison({way: runs(way) for way in sentences.WAYS}, "accuracies"))
    assert set(lost) == {(*pair, pixels) for pair in sentences.PAIRS for pixels in (1, 4)}
    means = {key: round(values.mean().item(), 9) for key, values in lost.items()}
    assert {key for key, mean in means.items() if mean} == {("max", other, 1) for other in ("avg", "none", "stride")}
    assert means["max", "avg", 1] == 0.1


def test_the_reason_for_an_empty_slice_is_said():
    verdict = check("sentences/move", lambda X, right: F.pad(X[..., :-right], (right, 0)))
    assert not verdict.right and "X[..., :-0]" in verdict.text


def never_ends(p):
    for count, value in enumerate(sorted(p)):
        if value > 0.05 / (len(p) - count):
            return count


def runs_over(p):
    count, p = 0, sorted(p)
    while p[count] <= 0.05 / (len(p) - count):
        count += 1
    return count


@pytest.mark.parametrize("answer", [never_ends, runs_over])
def test_a_count_by_holm_ends_where_all_pass(answer):
    assert not check("differences/holm", answer).right


def test_the_lenet_of_unshuffled_digits_is_the_one_whose_layers_are_read(few):
    """So its error is that of the output layer that belongs to the F6 which a linear classifier reads."""
    net = train_relu_lenet(few, 1, num_epochs=2)
    accuracy = evaluate(net, few.X_test, few.y_test).accuracy
    assert accuracy == sentences.on_order(few, 1, model="lenet", num_epochs=2)["accuracy"] > 0.2


def test_comparisons_of_a_page_are_judged_together():
    """Ten comparisons of the ladder and the other digits, of which one has a p-value between 0.05 / 10 and 0.05."""
    rng = np.random.default_rng(0)
    errors = {name: 0.02 + rng.normal(0, 0.001, 5) for name in ("note", "relu", "max")}
    errors["max"] = errors["relu"] - np.array([0.001, 0.0001, 0.0006, 0.0007, 0.0001])  # p is about 0.03
    ladder = comparison({name: list(1 - error) for name, error in errors.items()}, "accuracy")
    sets = {name: 0.9 + 0.05 * (name == "distorted") + rng.normal(0, 0.001, 5) for name in ("recipe", "distorted")}
    rows = [{"variant": name, "seed": i, "sets": {"there": each}} for name, all_ in sets.items() for i, each in enumerate(all_)]
    fresh = {"runs": Comparison(pd.DataFrame(rows)), "sizes": {"there": 100}}
    counted = verdicts(ladder, fresh)
    assert list(counted) == ["relu", "max", "there"]
    assert counted["max"][0] == pytest.approx(5) and counted["max"][1] > 0 and not counted["max"][3]
    assert counted["there"][0] == pytest.approx(500, abs=30) and counted["there"][3]


def test_a_single_change_is_added_or_left_out_and_nothing_else():
    runs = since_1998.single_changes(2)
    first, last = runs["linear"], runs["all"]
    assert len(runs) == 18 and {settings["num_epochs"] for settings in runs.values()} == {2}
    assert {key for key in runs["+ relu"] if runs["+ relu"][key] != first.get(key)} == {"squash"}
    assert {key for key in last if runs["- relu"][key] != last[key]} == {"squash"} and runs["- relu"]["squash"] == "tanh"
    without = {key: runs["- adamw"][key] for key in last if runs["- adamw"][key] != last[key]}
    assert without == {"optimizer": "sgd", "momentum": 0.9, "lr": 0.03}  # the rate goes with what it changes
    assert runs["- affine"]["augment"] is None and runs["- norm"]["norm"] is False


def test_both_ends_of_the_ladder_differ_in_one_setting():
    runs, settings = experiment_ends.ends(2), {"linear": {"output", "lr"}, "wide": {"wide"}}
    for way, pairs in experiment_ends.PAIRS.items():
        for change, pair in pairs.items():
            without, with_it = (runs[name] for name in pair)
            other = {key for key in without | with_it if without.get(key, "none") != with_it.get(key, "none")}
            assert other == settings[change] - ({"lr"} if way == "left in" else set()), (way, change)
    assert runs["linear"] == since_1998.single_changes(2)["linear"] and runs["all"] == since_1998.single_changes(2)["all"]


def test_the_best_rate_is_that_with_the_fewest_errors_among_those_tried():
    rates = {"codes / 3": [0.3], "codes": [0.2], "codes x 3": [0.1], "codes x 9": [0.4], "all x 3": [0.2], "all x 9": [0.1]}
    assert [since_1998.best(name, comparison(rates, "error")) for name in ("codes", "all")] == [3, 9]


def test_what_a_change_gains_counts_among_thirty_and_is_drawn():
    chance = np.random.default_rng(0).normal(0, 0.0002, (24 + len(STEPS), 5))
    errors = dict(zip(since_1998.single_changes(2), 0.02 + chance[:18], strict=True))
    errors["+ max"] = errors["+ max"] - 0.005
    errors["- norm"] = errors["- norm"] + 0.003
    errors["+ relu"] = errors["+ relu"] + 0.8
    ends = dict(zip(experiment_ends.ends(2), 0.02 + chance[18:24], strict=True))
    ends["codes"] = ends["codes"] + 0.004
    ladder = {name: 0.02 - 0.005 * (k >= STEPS.index("max")) + chance[24 + k] for k, name in enumerate(STEPS)}
    found = experiment_ends.gains(*(comparison(each, "error") for each in (ladder, errors, ends)))
    assert list(found["ladder"]) == list(found["added"]) == list(found["left in"]) == STEPS[1:]
    assert {(way, name) for way, rows in found.items() for name, row in rows.items() if row[3]} == {
        ("ladder", "max"), ("added", "max"), ("added", "relu"), ("left in", "norm"), ("added", "linear"),
    }  # fmt: skip
    assert found["ladder"]["max"][0] == pytest.approx(50, abs=6)
    assert found["added"]["max"][0] == pytest.approx(50, abs=5) and found["left in"]["norm"][0] == pytest.approx(30, abs=5)
    assert found["added"]["linear"][0] == pytest.approx(40, abs=5)
    ax = plots.figure(4.2)[1]
    gains(found, ax)
    assert [text.get_text() for text in ax.texts] == [f"← {found['added']['relu'][0]:,.0f}"]
    marks = [line for line in ax.lines if line.get_marker() in ("o", "s") and len(line.get_xdata())]
    assert sum(line.get_markerfacecolor() != "white" for line in marks) == 3 and len(marks) == 19


# Training


def test_a_run_that_goes_on_has_the_same_step_and_more_losses(few):
    settings = {"lr": 0.1, "batch_size": 100, "activation": "relu", "pool": "max", "budget": 80}
    stopped = training.steps_to_leave(few, 0, **settings)
    whole = training.steps_to_leave(few, 0, go_on=True, **settings)
    assert stopped["step"] is not None and whole["step"] == stopped["step"]
    assert len(whole["losses"]) == 8 > len(stopped["losses"]) and whole["losses"][: len(stopped["losses"])] == stopped["losses"]


@pytest.mark.parametrize("activation", ["sigmoid", None])
def test_clothes_are_learned_in_batches_of_256_at_the_rate_named(few, activation):
    found = training.on_clothes(few, 4, lr=0.3, activation=activation, num_epochs=2)
    net = LeNet("sigmoid", seed=4) if activation else Linear(seed=4)
    fit(net, few.X_train, few.y_train, num_epochs=2, lr=0.3, batch_size=256, seed=4, progress=False)
    assert found["accuracy"] == found["accuracies"][-1] == evaluate(net, few.X_test, few.y_test).accuracy


# Digits from elsewhere


@pytest.fixture
def elsewhere(few, tmp_path, monkeypatch):
    """The test digits as the three files: dark on light bytes in the first, 0 and 1 in the others."""
    monkeypatch.setenv("LENET_DIGITS", str(tmp_path))
    experiment_fresh.fresh.cache_clear()
    for name, file in experiment_fresh.FILES.items():
        bytes_ = (255 * (1 - few.X_test[:20, 0])).round().byte().numpy()
        ink = (few.X_test[:20, 0] > 0.5).byte().numpy()
        np.savez(tmp_path / file, X=bytes_ if name in experiment_fresh.DARK_ON_LIGHT else ink, y=few.y_test[:20].numpy())
    yield
    experiment_fresh.fresh.cache_clear()


def test_fresh_digits_are_light_on_dark_and_prepared(few, elsewhere):
    X, y = experiment_fresh.fresh("bhmsds")
    assert X.shape == (20, 1, 28, 28) and torch.equal(y, few.y_test[:20])
    torch.testing.assert_close(X, few.X_test[:20], rtol=0, atol=0.005)  # MNIST's digits are prepared already
    assert set(experiment_fresh.fresh("semeion")[0].unique().tolist()) >= {0.0, 1.0}


def test_a_missing_file_of_fresh_digits_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("LENET_DIGITS", str(tmp_path))
    experiment_fresh.fresh.cache_clear()
    with pytest.raises(DataError, match=r"semeion\.npz is not there. Name the folder that holds semeion\.npz in LENET_DIGITS"):
        experiment_fresh.fresh("semeion")
    with pytest.raises(DataError, match=r"figure2_1990\.npy in LENET_DIGITS"):
        experiment_1990.figure_2()


def test_a_network_is_tested_on_its_own_digits_and_on_the_others(few, elsewhere, monkeypatch):
    monkeypatch.setattr(experiment_fresh, "steps", lambda: {"decay": {"activation": "relu", "pool": "max", "num_epochs": 1}})
    found = experiment_fresh.on_fresh(few, 1, step="decay")
    net = LeNet("relu", "max", seed=1)
    fit(net, few.X_train, few.y_train, num_epochs=1, seed=1, progress=False)
    assert found["accuracy"] == evaluate(net, few.X_test, few.y_test).accuracy
    assert found["sets"]["bhmsds"] == evaluate(net, few.X_test[:20], few.y_test[:20]).accuracy
    assert len(found["wrong"]) == 20 - round(20 * found["sets"]["bhmsds"]) and np.sum(found["confusions"]["semeion"]) == 20
    runs = Comparison(pd.DataFrame([{"variant": "recipe", "seed": 1, **found}]))
    assert experiment_fresh.with_value(runs, "optdigits").values("recipe") == [found["sets"]["optdigits"]]


def test_the_images_that_most_networks_misread_come_first():
    runs = [[[7, 2, 3], [9, 4, 9]], [[7, 2, 5], [1, 0, 6]], [[7, 2, 5], [9, 4, 1]]]
    assert experiment_fresh.often_missed(runs) == [[7, 2, 5, 3], [9, 4, 9, 2], [1, 0, 6, 1]]


# 1989 and 1990


def test_errors_are_shared_out_to_the_halves_of_the_test_digits():
    ones = [half_errors([place], 9) for place in range(9)]
    assert sorted(ones) == [(0, 1 / 5)] * 5 + [(1 / 4, 0)] * 4  # four digits to choose by, five to judge
    assert half_errors(list(range(9)), 9) == (1, 1) and half_errors([], 9) == (0, 0)


def test_mixed_digits_are_the_same_digits_in_other_sets(few):
    one, again, other = (mixed(few, seed) for seed in (1, 1, 2))
    assert (len(one.y_train), len(one.y_test)) == (len(few.y_train), len(few.y_test))
    sums = [torch.cat([each.X_train, each.X_test]).sum((1, 2, 3)).sort().values for each in (one, few)]
    assert torch.equal(*sums)
    assert torch.equal(one.X_test, again.X_test) and not torch.equal(one.X_test, other.X_test)
    joined = torch.cat([few.X_train, few.X_test])
    place = [int((joined == image).all((1, 2, 3)).nonzero()[0]) for image in one.X_test[:5]]
    assert torch.equal(one.y_test[:5], torch.cat([few.y_train, few.y_test])[place])


def test_a_slant_is_the_number_of_columns_per_row():
    upright, leaning = torch.zeros(2, 9, 9)
    upright[:, 4] = 1
    for row in range(2, 7):
        leaning[row, 6 - row // 2 : 7 - row // 2] = 1  # half a column to the left for a row down
    slants = experiment_1990.slants(torch.stack([upright, leaning]))
    assert slants[0] == 0 and slants[1] == pytest.approx(-0.5, abs=0.06)


def test_an_image_agrees_with_its_own_black_and_white_version():
    image = torch.rand(16, 16, generator=torch.Generator().manual_seed(0))
    figure = image > 0.6
    assert experiment_1990.fewest_differences(image, figure) == 0
    figure[3, 3] = ~figure[3, 3]
    assert experiment_1990.fewest_differences(image, figure) == 1


# Where a result comes from


def test_about_names_data_seeds_minutes_and_command():
    result = {"data": "mnist", "seeds": 10, "seconds": 301.0, "command": "python -m x"}
    assert experiments.about(result) == "mnist, 10 seeds, 5 min: python -m x"
    assert experiments.about(result | {"seeds": 1, "seconds": 2.0}) == "mnist, 1 min: python -m x"
    assert experiments.about({"command": "python -m y"}) == "measured: python -m y"


def test_verdicts_are_those_of_the_paired_differences():
    rows = [
        {"variant": v, "seed": s, "share": 0.5 + 0.1 * k + 0.001 * ((3 * s + k) % 4)}
        for k, v in enumerate("ab")
        for s in range(6)
    ]
    comparison = Comparison(pd.DataFrame(rows))
    found = differences.verdicts(comparison, [("b", "a")], "share")
    mean, low, high, counts = found["b", "a"]
    assert (mean, low, high) == pytest.approx([100 * x for x in comparison.difference("b", "a", "share")[:3]]) and counts
    assert differences.said((0.161, 0.1, 0.232, True)) == "+0.16 (+0.10 to +0.23) counts"
    assert differences.said((-0.02, -0.17, 0.13, False)) == "-0.02 (-0.17 to +0.13)"
