"""What more channels add: filters that differ, filters that are twins, and filters that nobody trains."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import MLP, LeNet
from lenet_utils.training.fit import evaluate


def twinned(seed: int | None = None, outgoing: bool = True) -> LeNet:
    """A LeNet (ReLU, max pooling) whose six filters of C1 begin equal, and with `outgoing` the weights behind them too."""
    net = LeNet("relu", "max", seed=seed)
    with torch.no_grad():
        net.C1.weight[:] = net.C1.weight[:1].clone()
        net.get_parameter("C1.bias").zero_()
        if outgoing:
            net.C3.weight[:] = net.C3.weight[:, :1].clone()
    return net


def frozen(channels: Sequence[int] = (6, 16), seed: int | None = None) -> LeNet:
    """A LeNet (ReLU, max pooling) whose convolutions keep their random initial weights."""
    net = LeNet("relu", "max", channels=channels, seed=seed)
    for layer in (net.C1, net.C3):
        layer.requires_grad_(False)
    return net


NETS: dict[str, Callable[[int], LeNet | MLP]] = {
    "trained": lambda seed: LeNet("relu", "max", seed=seed),
    "twins": twinned,
    "one map": lambda seed: LeNet("relu", "max", channels=(1, 16), seed=seed),
    "random": lambda seed: frozen(seed=seed),
    "random x4": lambda seed: frozen((24, 64), seed),
    "pixels": lambda seed: MLP((67, 84), "relu", seed=seed),  # as many trained numbers as random, within 0.1 %
    "pixels x4": lambda seed: MLP((233, 84), "relu", seed=seed),  # as random x4, within 0.2 %
}


def recognise(digits: Digits, seed: int, *, model: str, num_epochs: int = 1, batch_size: int = 64) -> dict[str, float]:
    """`accuracy` on the test digits of the net `model`."""
    net = NETS[model](seed)
    length = {"num_epochs": num_epochs, "batch_size": batch_size}
    fit_by_recipe(net, digits, seed, **length)
    return {"accuracy": evaluate(net, digits.X_test, digits.y_test).accuracy}


@named(data="mnist", seeds=20)
def what_channels_add(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Filters of C1 that are trained, twins, or one; convolutions left random, and none with as many trained numbers."""
    return compare({name: {"model": name} for name in NETS}, seeds, data, run=recognise, keep=keep)
