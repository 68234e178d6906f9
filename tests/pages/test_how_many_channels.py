"""Folds of held-back digits, and the errors of a run."""

import pytest
import torch

from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.how_many_channels import costs, exercises
from lenet_utils.pages.how_many_channels import experiment as sizes
from lenet_utils.training.fit import evaluate, fit


@pytest.mark.parametrize("images", [4_000, 60_000])
def test_every_digit_is_held_back_in_one_fold_of_five(images):
    folds = torch.stack([sizes.fold_mask(images, fold) for fold in range(5)])
    assert (folds.sum(0) == 1).all() and (folds.sum(1) == images // 5).all()
    assert torch.equal(sizes.fold_mask(images, 7), folds[2])


def test_a_fold_of_the_embedded_digits_has_as_many_of_each(digits):
    for fold in range(5):
        held = sizes.fold_mask(len(digits.y_train), fold)
        assert digits.y_train[held].bincount().tolist() == [80] * 10


def test_a_run_learns_from_the_rest_and_is_tested_on_the_fold_and_on_the_test_digits(few):
    held = [i for i in range(200) if i // 10 % 5 == 3]
    rest = [i for i in range(200) if i not in held]
    net = LeNet("relu", "max", channels=(3, 5), seed=3)
    settings = RECIPE | {"num_epochs": 1, "batch_size": 64}
    fit(net, few.X_train[rest], few.y_train[rest], seed=3, progress=False, **settings)
    found = sizes.by_fold(few, 3, channels=(3, 5))
    assert found["held"] == 1 - evaluate(net, few.X_train[held], few.y_train[held]).accuracy
    assert found["test"] == 1 - evaluate(net, few.X_test, few.y_test).accuracy


def test_what_is_asked_is_in_no_table_of_the_page():
    """The page prints the parameters of six sizes, so the exercise asks for another."""
    table = costs.table(sizes.SIZES, lambda size: 1.0, rounds=1)
    asked = exercises.VARIANTS["weights"].printed
    assert (asked["c1"], asked["c3"]) not in sizes.SIZES
    assert exercises.EXERCISES["weights"].expected not in table["parameters"].tolist()
