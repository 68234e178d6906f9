"""The exercises of "In which language was LeNet written, and had its convolutions no bias?"."""

from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Judged, Number, unseen_accuracy
from lenet_utils.experiments.runs import RECIPE
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.language_and_bias.experiment import BiasedLeNet
from lenet_utils.training.fit import fit

ENOUGH = 0.85


def _no_bias_in(kinds):
    """Whether no layer of `kinds` has a bias."""
    return lambda net: all(layer.bias is None for layer in net.modules() if isinstance(layer, kinds))


def _accuracy(least):
    def demand(net):
        accuracy = unseen_accuracy(net)
        return accuracy >= least or {"accuracy": accuracy}

    return demand


def _trained(kind, num_epochs=3):
    net, digits = BiasedLeNet(kind, activation="relu", pool="max", seed=0), data.load()
    fit(net, digits.X_train, digits.y_train, progress=False, **RECIPE | {"num_epochs": num_epochs})
    return net


EXERCISES = {
    "units": Number(
        6 * 25 + 6 * 28 * 28,
        {
            "per-map": 6 * 25 + 6,
            "none": 6 * 25,
            "only-biases": 6 * 28 * 28,
            "one-map": 6 * 25 + 28 * 28,
            "both": 6 * 26 + 6 * 28 * 28,
        },
    ),
    "without": Judged(
        "a-network",
        nn.Module,
        demands={
            "convolutions": _no_bias_in(nn.Conv2d),
            "dense": _no_bias_in(nn.Linear),
            "untrained": _accuracy(0.3),
            "too-low": _accuracy(ENOUGH),
        },
        solution=lambda: _trained("nowhere"),
        mistakes={
            "convolutions": lambda: LeNet("relu", "max", seed=0),
            "dense": lambda: BiasedLeNet("none", activation="relu", pool="max", seed=0),
            "untrained": lambda: _trained("nowhere", num_epochs=0),
            "too-low": lambda: _trained("nowhere", num_epochs=1),
        },
        seconds=30,
    ),
}
