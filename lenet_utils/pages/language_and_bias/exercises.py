"""The exercises of "In which language was LeNet written, and had its convolutions no bias?"."""

from collections.abc import Callable

from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Judged, Number, accuracy_of
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.language_and_bias.experiment import BiasedLeNet

ENOUGH = 0.85


def _no_bias_in(kinds: type[nn.Module]) -> Callable[[nn.Module], bool]:
    """Whether no layer of `kinds` has a bias."""
    return lambda net: all(layer.bias is None for layer in net.modules() if isinstance(layer, kinds))


def _trained(kind: str, num_epochs: int = 3) -> BiasedLeNet:
    return fit_by_recipe(BiasedLeNet(kind, activation="relu", pool="max", seed=0), data.load(), num_epochs=num_epochs)


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
            "untrained": accuracy_of(0.3),
            "too-low": accuracy_of(ENOUGH),
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
