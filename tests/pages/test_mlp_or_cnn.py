"""The experiments of "MLP or CNN?": orders of pixels, draws of digits, and what is trained on them, against the same by hand."""

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from book_files import first
from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import count_params
from lenet_utils.pages.mlp_or_cnn import exercises as questions
from lenet_utils.pages.mlp_or_cnn import experiment as learning_curves
from lenet_utils.pages.mlp_or_cnn import orders
from lenet_utils.pages.sentences import experiment as sentences
from lenet_utils.training.fit import evaluate, fit


@pytest.fixture(scope="module")
def few(digits):
    return first(digits, 300)


def as_picture(order):
    """The places that an order brings to each pixel, `(28, 28)`."""
    return orders.rearranged(torch.arange(784.0).view(1, 1, 28, 28), orders.ORDERS[order]())[0, 0].long()


@pytest.mark.parametrize("order", orders.ORDERS)
def test_every_order_has_every_pixel_once(order):
    assert sorted(as_picture(order).flatten().tolist()) == list(range(784))


def test_orders_keep_the_neighbours_that_they_say():
    places = torch.arange(784).view(28, 28)
    assert torch.equal(as_picture("as they are"), places)
    assert torch.equal(as_picture("mirrored"), torch.stack([places[:, 27 - column] for column in range(28)], dim=1))
    tiles, within = as_picture("tiles"), as_picture("within")
    for row in range(0, 28, 4):
        for column in range(0, 28, 4):
            tile = tiles[row : row + 4, column : column + 4]
            assert torch.equal(tile - tile[0, 0], places[:4, :4]) and tile[0, 0] % 4 == 0 and tile[0, 0] // 28 % 4 == 0
            mixed = within[row : row + 4, column : column + 4]
            assert torch.equal(mixed - places[row, column], within[:4, :4])
            assert sorted(mixed.flatten().tolist()) == places[row : row + 4, column : column + 4].flatten().tolist()
    assert (tiles != places).float().mean() > 0.9 and (within != places).float().mean() > 0.8


def test_what_is_no_order_is_refused(few):
    with pytest.raises(ValueError, match="each of 0 to 783 once"):
        orders.rearranged(few.X_test, torch.zeros(784, dtype=torch.int64))


@pytest.mark.parametrize("model", ["lenet", "mlp"])
def test_both_learn_and_are_tested_on_the_order(few, model):
    order = orders.ORDERS["within"]().flatten()
    X, X_test = (images.flatten(1)[:, order].view_as(images) for images in (few.X_train, few.X_test))
    net = learning_curves.new_net(model, 4)
    fit(net, X, few.y_train, seed=4, progress=False, **RECIPE | {"num_epochs": 1, "batch_size": 64})
    by_hand = evaluate(net, X_test, few.y_test).accuracy
    assert orders.on_order(few, 4, model=model, order="within") == {"accuracy": by_hand}


# Draws and learning curves


def test_a_draw_takes_the_classes_in_turn_and_is_the_beginning_of_a_larger_one(digits):
    y = digits.y_train
    places = learning_curves.draw(y, 200, seed=3)
    assert len(set(places.tolist())) == 200
    for start in range(0, 200, 10):
        assert sorted(y[places[start : start + 10]].tolist()) == list(range(10))
    assert torch.equal(learning_curves.draw(y, 37, seed=3), places[:37])
    assert not torch.equal(learning_curves.draw(y, 200, seed=4), places)


def test_a_draw_of_all_has_all_and_more_is_refused():
    y = torch.tensor([0, 0, 0, 1, 2, 2])
    places = learning_curves.draw(y, 6)
    assert sorted(places.tolist()) == list(range(6)) and sorted(y[places[:3]].tolist()) == [0, 1, 2]
    with pytest.raises(ValueError, match="at most the 6 labels"):
        learning_curves.draw(y, 7)


@pytest.mark.parametrize("images, steps, least, epochs", [(10, 40, 3, 40), (65, 40, 3, 20), (300, 5, 3, 3), (300, 5, 1, 1)])
def test_few_images_are_seen_more_often(monkeypatch, few, images, steps, least, epochs):
    asked = {}
    monkeypatch.setattr(learning_curves, "fit", lambda net, X, y, **settings: asked.update(settings))
    learning_curves.learn(None, few.X_train[:images], few.y_train[:images], 7, steps, least)
    assert asked["num_epochs"] == epochs and asked["seed"] == 7 and asked["batch_size"] == 64


def test_the_rivals_have_as_many_weights():
    assert count_params(learning_curves.new_net("mlp")) == count_params(learning_curves.new_net("lenet")) == 61_706


@pytest.mark.parametrize("model", ["lenet", "mlp"])
def test_a_learning_curve_is_one_training_a_size(few, model):
    curve = learning_curves.on_sizes(few, 2, model=model, sizes=(20, 100, 301), steps=4)
    by_hand = []
    for n in (20, 100):
        some, net = learning_curves.draw(few.y_train, n, 2), learning_curves.new_net(model, 2)
        fit(
            net, few.X_train[some], few.y_train[some], num_epochs=4 if n == 20 else 3, seed=2, **learning_curves.FEW_DIGITS_RECIPE
        )
        by_hand.append(evaluate(net, few.X_test, few.y_test).accuracy)
    assert curve == {"accuracy": by_hand[-1], "accuracies": by_hand}


def test_a_learning_curve_on_permuted_pixels_learns_and_is_tested_on_them(few):
    moved = dataclasses.replace(few, X_train=sentences.permuted(few.X_train), X_test=sentences.permuted(few.X_test))
    settings = {"model": "lenet", "sizes": (100,), "steps": 2}
    assert learning_curves.on_sizes(few, 0, permute=True, **settings) == learning_curves.on_sizes(moved, 0, **settings)


# The exercises


def test_a_dense_layer_does_what_the_convolution_does():
    kernel, values = torch.tensor([1.0, -2.0, 0.5]), torch.randn(4, 9, generator=torch.Generator().manual_seed(0))
    by_torch = F.conv1d(values[:, None], kernel[None, None])[:, 0]
    torch.testing.assert_close(values @ questions.as_dense(kernel, 9).T, by_torch)


@pytest.mark.slow
def test_orders_are_judged_by_what_lenet_makes_of_them():
    assert questions.keeps_lenet(torch.arange(784)) is True
    assert questions.keeps_lenet(orders.ORDERS["within"]())["accuracy"] < 0.86
