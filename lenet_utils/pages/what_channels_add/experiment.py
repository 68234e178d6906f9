"""What more channels add: filters that differ, filters that are twins, and filters that nobody trains."""

import torch

from lenet_utils.experiments.comparison import compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import MLP, LeNet
from lenet_utils.training.fit import evaluate


def twinned(seed=None, outgoing=True):
    """A LeNet (ReLU, maximum pooling) whose six filters of C1 begin equal, and with `outgoing` the weights behind them too."""
    net = LeNet("relu", "max", seed=seed)
    with torch.no_grad():
        net.C1.weight[:], net.C1.bias[:] = net.C1.weight[:1].clone(), 0
        if outgoing:
            net.C3.weight[:] = net.C3.weight[:, :1].clone()
    return net


def frozen(channels=(6, 16), seed=None):
    """A LeNet (ReLU, maximum pooling) whose convolutions keep their random first weights."""
    net = LeNet("relu", "max", channels=channels, seed=seed)
    for layer in (net.C1, net.C3):
        layer.requires_grad_(False)
    return net


NETS = {
    "trained": lambda seed: LeNet("relu", "max", seed=seed),
    "twins": twinned,
    "one map": lambda seed: LeNet("relu", "max", channels=(1, 16), seed=seed),
    "random": lambda seed: frozen(seed=seed),
    "random x4": lambda seed: frozen((24, 64), seed),
    "no filters": lambda seed: MLP((120, 84), "relu", seed=seed),
}


def recognise(digits, seed, *, model, num_epochs=1, batch_size=64):
    """`accuracy` on the test digits of the net `model`."""
    net = NETS[model](seed)
    length = {"num_epochs": num_epochs, "batch_size": batch_size}
    fit_by_recipe(net, digits, seed, **length)
    return {"accuracy": evaluate(net, digits.X_test, digits.y_test).accuracy}


@named(data="mnist", seeds=5)
def what_channels_add(data, seeds, keep):
    """Filters of C1 that are trained, twins, or one; convolutions left random, also four times as many; and none at all."""
    return compare({name: {"model": name} for name in NETS}, seeds, data, run=recognise, keep=keep)
