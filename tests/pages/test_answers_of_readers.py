"""Answers that readers gave: each that the text allows is right, each that it excludes is not, and is told why."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils import data
from lenet_utils.exercises.check import check
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.see_weights import experiment as see_weights
from lenet_utils.pages.sigmoid_to_relu import exercises as sigmoid_to_relu
from lenet_utils.pages.sigmoid_to_relu.exercises import dead_share
from lenet_utils.training.fit import fit

pytestmark = pytest.mark.slow
RECIPE = {"optimizer": "adamw", "lr": 0.003, "batch_size": 64}


def trained(net, num_epochs=2, X=None, y=None, **changes):
    digits = data.load()
    X, y = (digits.X_train, digits.y_train) if X is None else (X, y)
    fit(net, X, y, num_epochs=num_epochs, progress=False, **RECIPE | changes)
    return net


def fresh(seed=0, **options):
    return LeNet("relu", "max", seed=seed, **options)


def with_bars(net):
    with torch.no_grad():
        net.C1.weight[0, 0] = torch.tensor([[-1.0, 0, 2, 0, -1]] * 5) / 10
    return net


def held_by_a_hook(net):
    net.C1.weight.register_hook(lambda slope: torch.cat([torch.zeros_like(slope[:1]), slope[1:]]))
    return net


def without_slope(net, *layers):
    for layer in layers:
        net.get_submodule(layer).requires_grad_(False)
    return net


def pruned(net, by):
    return see_weights.pruned(net, see_weights.largest(see_weights.norms(by), 60))


def pruned_to_the_shortest(net):
    return see_weights.pruned(net, see_weights.largest(-see_weights.norms(net), 60))


def on_test_digits(net):
    digits = data.load()
    return trained(net, 6, digits.X_test, digits.y_test)


ALLOWED = {
    "pruned first and trained twice": ("see_weights/prune", lambda: trained(trained(pruned(fresh(3), fresh(3))))),
    "twice the numbers": ("information_flow/keeps", lambda: np.array([[16, 2], [8, 4]])),
    "frozen weights within the limit": ("how_many_channels/small", lambda: without_slope(LeNet(hidden=(40, 20)), "F5")),
    "kernels of 3x3": (
        "as_wide_as_possible/cheap",
        lambda: trained(fresh(channels=(1, 64), kernel_size=3, padding=1)),
    ),
    "float64": ("good_accuracy/few_weights", lambda: trained(fresh(channels=(4, 8), hidden=(24, 16)), 8).double()),
    "a share as float": ("sigmoid_to_relu/dead", lambda: lambda maps: float(dead_share(maps))),
    "a share of numpy": ("sigmoid_to_relu/dead", lambda: lambda maps: np.float32(dead_share(maps))),
    "held by a hook": (
        "one_to_six/frozen",
        lambda: trained(held_by_a_hook(with_bars(fresh())), 3, optimizer="sgd", lr=0.1),
    ),
    "C1 without slope, in float64": ("see_features/frozen", lambda: trained(without_slope(fresh(), "C1")).double()),
}
EXCLUDED = {
    "the mirror that is excluded": ("mlp_or_cnn/order", lambda: torch.arange(784).view(28, 28).flip(1), "mirrored order"),
    "frozen weights beyond the limit": ("how_many_channels/small", lambda: without_slope(LeNet(), "F5"), "61,706 parameters"),
    "frozen weights count": (
        "good_accuracy/few_weights",
        lambda: trained(without_slope(fresh(), "F5", "F6")),
        "61,706 parameters",
    ),
    "inserted after training": ("one_to_six/frozen", lambda: with_bars(trained(fresh())), "another was there when"),
    "not held": ("one_to_six/frozen", lambda: trained(with_bars(fresh())), "another was there when"),
    "conv2d for unfold": (
        "one_to_six/unfold",
        lambda: lambda X, weight, bias: F.conv2d(X, weight, bias, padding=2),
        "a convolution of PyTorch computed them",
    ),
    "conv3d for conv2d": (
        "conv2d_conv3d/by_frames",
        lambda: lambda X, weight: F.conv3d(X, weight),
        "a three-dimensional convolution computed them",
    ),
    "conv1d itself": ("time_series/as_picture", lambda: lambda X, W, b: F.conv1d(X, W, b), "F.conv2d did not compute them"),
    "a kernel of decimals": ("information_flow/keeps", lambda: torch.tensor([[0.1, 0.2], [0.3, 0.6]]), "Use whole numbers"),
    "trained, pruned and trained again": (
        "see_weights/prune",
        lambda: trained(pruned(trained(fresh(4)), fresh(4))),
        "96 kernels were in C3 when the training began",
    ),
    "cut at one": (
        "sigmoid_to_relu/swap",
        lambda: trained(sigmoid_to_relu.course_net(*[nn.Hardtanh(0, 1) for _ in range(4)])),
        "behind C1",
    ),
    "trained, then pruned": (
        "see_weights/prune",
        lambda: pruned(trained(fresh(4)), fresh(4)),
        "96 kernels were in C3 when the training began",
    ),
    "the shortest kept": (
        "see_weights/prune",
        lambda: trained(pruned_to_the_shortest(fresh(4))),
        "was longer than one that you kept",
    ),
    "trained on test digits": (
        "see_features/frozen",
        lambda: on_test_digits(without_slope(fresh(), "C1")),
        "are test digits",
    ),
    "another seed": ("what_channels_add/frozen", lambda: trained(without_slope(fresh(1), "F5", "F6", "OUT")), "seed"),
    "sigmoid left": ("sigmoid_to_relu/swap", lambda: trained(LeNet("sigmoid", seed=0)), "behind C1"),
    "with dropout": ("sigmoid_to_relu/swap", lambda: nn.Sequential(trained(fresh()), nn.Dropout(0.2)), "Dropout"),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_what_the_text_allows_is_right(what):
    name, answer = ALLOWED[what]
    assert check(name, answer()).right is True, check(name, answer())


@pytest.mark.parametrize("what", EXCLUDED)
def test_what_the_text_excludes_is_not(what):
    name, answer, said = EXCLUDED[what]
    verdict = check(name, answer())
    assert verdict.right is False and said in verdict.text, verdict
