"""The zip codes against the counts their publisher gives, and the doubted labels against the rule that chose them."""

import math
from dataclasses import replace

import pytest
import torch

from lenet_utils.exercises.check import check, variants_of
from lenet_utils.experiments import load
from lenet_utils.experiments.registry import find
from lenet_utils.experiments.results import unpack_images
from lenet_utils.pages.digits import experiment as zip_codes

# Class counts 0 to 9 that zip.info.txt, beside the published digits, gives for both parts.
TRAIN = [1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644]
TEST = [359, 264, 198, 166, 200, 160, 170, 147, 166, 177]


def made(name, digits, monkeypatch):
    monkeypatch.setattr(zip_codes.datasets, "load", lambda data: digits)
    return find(name)(digits.name, range(1), None)


def test_the_zip_codes_are_as_many_as_published():
    found = load("zip_codes")
    assert (found["train"], found["test"]) == (TRAIN, TEST)
    assert (sum(TRAIN), sum(TEST)) == (7_291, 2_007)
    assert unpack_images(found).shape == (50, 16, 16)


def test_the_first_five_of_each_digit_are_shown(digits, monkeypatch):
    shuffled = torch.randperm(4000, generator=torch.Generator().manual_seed(0))
    mixed = replace(digits, X_train=digits.X_train[shuffled], y_train=digits.y_train[shuffled])
    found = made("zip_codes", mixed, monkeypatch)
    threes = [picture for picture, label in zip(mixed.X_train, mixed.y_train, strict=True) if label == 3][:5]
    assert found["labels"] == [digit for digit in range(10) for _ in range(5)]
    torch.testing.assert_close(unpack_images(found)[15:20] / 255, torch.cat(threes))
    assert found["train"] == [400] * 10 and found["test"] == [100] * 10
    assert found["mean"] == pytest.approx(digits.X_train.mean().item(), abs=1e-4)
    assert found["deviation"] == pytest.approx(digits.X_train.var().item() ** 0.5, abs=1e-4)


def test_a_doubted_label_has_no_majority_of_five_people():
    assert len(zip_codes.DOUBTED) == 15
    for _, label, guess, *votes in zip_codes.DOUBTED:
        assert label != guess and sum(votes) == 5 and votes[0] < 3


def test_doubted_labels_are_those_of_the_pictures(digits, monkeypatch):
    y_test = torch.zeros(10_000, dtype=torch.int64)
    places, labels = (torch.tensor(column) for column in zip(*[row[:2] for row in zip_codes.DOUBTED], strict=True))
    y_test[places] = labels
    X_test = torch.arange(10_000).remainder(256).div(255).view(-1, 1, 1, 1).expand(-1, 1, 28, 28)
    found = made("label_errors", replace(digits, X_test=X_test, y_test=y_test), monkeypatch)
    assert torch.equal(unpack_images(found)[:, 5, 5], places.remainder(256).to(torch.uint8))


def test_other_test_digits_than_those_of_mnist_are_refused(digits, monkeypatch):
    with pytest.raises(ValueError, match="those of the 10,000 test digits of MNIST"):
        made("label_errors", digits, monkeypatch)
    ten_times = replace(digits, X_test=digits.X_test.repeat(10, 1, 1, 1), y_test=digits.y_test.repeat(10))
    with pytest.raises(ValueError, match="has other ones"):
        made("label_errors", ten_times, monkeypatch)


def test_the_digits_per_second_may_be_rounded_up_or_down():
    name, variant = "zip_codes_to_cheques/ceiling", variants_of("zip_codes_to_cheques")["ceiling"]
    asked = [(None, 12_500_000 / 340_908)] + [(seed, variant.drawn(name, seed)[1].expected) for seed in range(1, 13)]
    for seed, exact in asked:
        assert all(check(name, answer, seed=seed).right for answer in (math.floor(exact), exact, math.ceil(exact))), exact
        assert not check(name, math.floor(exact) - 1, seed=seed).right
