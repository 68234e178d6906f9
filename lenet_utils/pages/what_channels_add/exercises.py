"""The exercises of "What do more channels add?"."""

from collections.abc import Callable, Collection

import torch

from lenet_utils import data
from lenet_utils.exercises.kinds import Choice, Judged, accuracy_of
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.what_channels_add.experiment import twinned

CONVOLUTIONS, DENSE = ("C1", "C3"), ("F5", "F6", "OUT")


def _by_map(net: LeNet) -> dict[str, torch.Tensor]:
    """What belongs to each map of C1, a row a map: its filter, its bias, and the weights behind it."""
    return {"filters": net.C1.weight, "biases": net.get_parameter("C1.bias"), "outgoing": net.C3.weight.transpose(0, 1)}


def _two_alike(*parts: str) -> LeNet:
    """A fresh net whose first two maps of C1 are alike in these parts."""
    net = LeNet("relu", "max", seed=0)
    with torch.no_grad():
        for part in parts:
            rows = _by_map(net)[part]
            rows[1] = rows[0].clone()
    return net


def _alike(part: str) -> Callable[[LeNet], bool]:
    return lambda net: torch.equal(_by_map(net)[part][0], _by_map(net)[part][1])


def _others_alone(net: LeNet) -> bool | dict[str, str]:
    """Whether all but maps 0 and 1 of C1 is as in the fresh net; else the name of what is not."""
    fresh = _by_map(LeNet("relu", "max", seed=0))
    changed = [part for part, rows in _by_map(net).items() if not _same(rows[2:], fresh[part][2:])]
    changed += [name for name in ("C3.bias", *_parameters(DENSE)) if not _same_as_fresh(net, [name])]
    return not changed or {"part": changed[0]}


def _same(now: torch.Tensor, then: torch.Tensor) -> bool:
    """Equal up to what bfloat16 rounds away."""
    return torch.allclose(now, then, rtol=2**-8, atol=0)


def _same_as_fresh(net: LeNet, names: Collection[str]) -> bool:
    fresh = LeNet("relu", "max", seed=0).state_dict()
    return all(_same(net.state_dict()[name], fresh[name]) for name in names)


def _of_seed_0(net: LeNet) -> bool:
    """Most of F5's first state outlasts a short training, and is not there in another seed."""
    weights = [each.F5.weight.detach().flatten() for each in (net, LeNet("relu", "max", seed=0))]
    return torch.corrcoef(torch.stack(weights))[0, 1].item() > 0.5


def _parameters(layers: Collection[str]) -> list[str]:
    return [f"{layer}.{part}" for layer in layers for part in ("weight", "bias")]


def _trained(layers: Collection[str], num_epochs: int = 5, digits: int = 4000, seed: int = 0) -> LeNet:
    """A net of which only `layers` are trained."""
    net = LeNet("relu", "max", seed=seed)
    for name, layer in net.named_children():
        layer.requires_grad_(name in layers)
    return fit_by_recipe(net, data.load(), images=digits, lr=0.02, num_epochs=num_epochs, batch_size=64)


EXERCISES = {
    "chance": Choice("c", ("a", "b", "d")),
    "two": Judged(
        "a-network",
        LeNet,
        demands={part: _alike(part) for part in ("filters", "biases", "outgoing")} | {"others": _others_alone},
        solution=lambda: _two_alike("filters", "biases", "outgoing"),
        mistakes={
            "filters": lambda: LeNet("relu", "max", seed=0),
            "biases": lambda: _two_alike("filters"),
            "outgoing": lambda: _two_alike("filters", "biases"),
            "others": lambda: twinned(seed=0),
        },
    ),
    "frozen": Judged(
        "a-network",
        LeNet,
        demands={
            "other-seed": _of_seed_0,
            "dense-moved": lambda net: _same_as_fresh(net, _parameters(DENSE)),
            "untrained": lambda net: not _same_as_fresh(net, _parameters(CONVOLUTIONS)),
            "too-low": accuracy_of(0.8),
        },
        solution=lambda: _trained(CONVOLUTIONS),
        mistakes={
            "other-seed": lambda: _trained(CONVOLUTIONS, digits=64, seed=1),
            "dense-moved": lambda: _trained(CONVOLUTIONS + DENSE, digits=64),
            "untrained": lambda: LeNet("relu", "max", seed=0),
            "too-low": lambda: _trained(CONVOLUTIONS, num_epochs=1, digits=320),
        },
        seconds=30,
    ),
}
