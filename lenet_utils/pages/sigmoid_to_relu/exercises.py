"""The exercises of "Why does the network with ReLU hardly converge?"."""

import copy
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Function, Judged, Number, accuracy_of, normal, unseen_accuracy
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets.lenet import INITS, LeNet, ScaledTanh, count_params
from lenet_utils.training.fit import fit

LAYERS = ("C1", "C3", "F5", "F6", "OUT")
BENT = (nn.Sigmoid, nn.Tanh, ScaledTanh, nn.Hardtanh)  # ReLU6 is a Hardtanh


def course_net(*activations: nn.Module, init: str = "xavier", seed: int = 0) -> nn.Sequential:
    """The network of the course as an `nn.Sequential`, with the four `activations`; 61,706 weights."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        a, b, c, d = activations
        net = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), a, nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), b, nn.AvgPool2d(2), nn.Flatten(),
            nn.Linear(16 * 5 * 5, 120), c, nn.Linear(120, 84), d, nn.Linear(84, 10),
        )  # fmt: skip
        for layer in net:
            if isinstance(layer, nn.Conv2d | nn.Linear):
                INITS[init](layer.weight)
    return net


def dead_share(maps: torch.Tensor) -> torch.Tensor:
    """The share of units, or of maps, that give no image anything above 0; `maps` are `(N, units)` or `(N, maps, H, W)`."""
    return (maps.transpose(0, 1).flatten(1) <= 0).all(1).float().mean()


@torch.no_grad()
def _used(net: nn.Module, X: torch.Tensor) -> list[tuple[nn.Module, torch.Tensor]]:
    """Every layer with what goes into it, in the order of use; one that is used twice comes twice."""
    found: list[tuple[nn.Module, torch.Tensor]] = []
    layers = [layer for layer in net.modules() if not list(layer.children())]
    hooks = [layer.register_forward_pre_hook(lambda layer, given: found.append((layer, given[0]))) for layer in layers]
    net(X)
    for hook in hooks:
        hook.remove()
    return found


def _inputs(net: nn.Module, X: torch.Tensor) -> list[torch.Tensor]:
    """What goes into every layer with weights, in the order of its use."""
    return [given for layer, given in _used(net, X) if isinstance(layer, nn.Conv2d | nn.Linear)]


def _as_many_weights(net: nn.Module) -> bool | dict[str, int]:
    return count_params(net) == 61_706 or {"weights": count_params(net)}


def _finite(net: nn.Module) -> bool:
    return all(bool(weight.isfinite().all()) for weight in net.parameters())


@torch.no_grad()
def _no_softmax(net: nn.Module) -> bool:
    sums = net(data.load().X_test[:20]).sum(1)
    return not torch.allclose(sums, torch.ones(20), atol=1e-4)


def _no_curve(net: nn.Module) -> bool | dict[str, str]:
    """Whether no layer of a bent kind is left; else behind which layer with weights the first one stands."""
    place = -1
    for layer, _ in _used(net, data.load().X_test[:1]):
        place += isinstance(layer, nn.Conv2d | nn.Linear)
        if isinstance(layer, BENT):
            return {"kind": type(layer).__name__, "layer": LAYERS[max(place, 0)]}
    return True


def _straight(net: nn.Module) -> bool:
    """Whether the logits are made of straight pieces, as those of a network with ReLU are: their second derivative is 0."""
    X = data.load().X_test[:20].clone().requires_grad_()
    (slope,) = torch.autograd.grad((net(X) * torch.arange(10)).sum(), X, create_graph=True)
    if not slope.requires_grad:
        return True
    (bend,) = torch.autograd.grad(slope.sum(), X, allow_unused=True, materialize_grads=True)
    return bool((bend == 0).all())


def _relu_everywhere(net: nn.Module) -> bool | dict[str, str]:
    """Whether nothing below 0 reaches a layer behind C1; else which layer gave it."""
    given = _inputs(net, data.load().X_test[:200])
    below = (LAYERS[place] for place, values in enumerate(given[1:]) if values.min() < 0)
    layer = next(below, None)
    return layer is None or {"layer": layer}


@torch.no_grad()
def _averages(net: nn.Module) -> bool | dict[str, str]:
    """Whether C3 and F5 read averages of 2x2 values of the ReLU before them, in any order; else the layer behind which not."""
    used = [(layer, X) for layer, X in _used(net, data.load().X_test[:20]) if isinstance(layer, nn.Conv2d | nn.Linear)]
    for name, ((layer, X), (_, read)) in zip(LAYERS, pairwise(used[:3]), strict=False):
        values, read = layer(X).relu(), read.flatten(1)
        if values.dim() < 4 or values[0].numel() != 4 * read[0].numel():
            return {"layer": name}
        averages = F.avg_pool2d(values, 2).flatten(1)
        if not torch.allclose(averages.sort(1)[0], read.sort(1)[0], rtol=1e-3, atol=1e-4):
            return {"layer": name}
    return True


@torch.no_grad()
def _alive(net: nn.Module) -> bool | dict[str, Any]:
    """Whether the network tells digits apart, unless most units of a layer, or maps of C1 or C3, are dead."""
    used = [(layer, X) for layer, X in _used(net, data.load().X_test[:500]) if isinstance(layer, nn.Conv2d | nn.Linear)]
    shares = [dead_share(layer(X)).item() for layer, X in used[:-1]]  # before the ReLU: nothing above 0 is dead behind it
    accuracy, worst = unseen_accuracy(net), max(shares)
    return accuracy > 0.3 or worst < 0.6 or {"accuracy": accuracy, "share": worst, "layer": LAYERS[shares.index(worst)]}


def _no_more_layers(net: nn.Module) -> bool | dict[str, str]:
    """Whether nothing drops or normalises values; else the name of a layer that does."""
    kinds = nn.modules.dropout._DropoutNd | nn.modules.batchnorm._NormBase | nn.LayerNorm | nn.GroupNorm | nn.LocalResponseNorm
    found = [type(layer).__name__ for layer in net.modules() if isinstance(layer, kinds)]
    return not found or {"layer": found[0]}


@cache
def _trained_once(number: int = 4000, relus: int = 4) -> nn.Sequential:
    digits, act = data.load(), [nn.ReLU()] * relus + [nn.Identity()] * (4 - relus)
    net = course_net(*act)
    recipe: dict[str, Any] = {"optimizer": "adamw", "lr": 0.005, "schedule": "one-cycle", "batch_size": 128}
    fit(net, digits.X_train[:number], digits.y_train[:number], num_epochs=3, progress=False, **recipe)
    return net


def _trained(*settings: int) -> nn.Sequential:
    return copy.deepcopy(_trained_once(*settings))


def _with(net: nn.Sequential, change: Callable[[nn.Sequential], None]) -> nn.Sequential:
    change(net)
    return net


def _kill(net: nn.Sequential) -> None:
    """C3 far below zero for every picture."""
    with torch.no_grad():
        net.get_parameter("3.bias").fill_(-100)


def _break(net: nn.Sequential) -> None:
    with torch.no_grad():
        net.get_parameter("0.weight").fill_(float("nan"))


EXERCISES = {
    "steps": Number(
        12.25, {"one-step": -3.5, "sign": -12.25, "uphill": 30.25, "half-slope": 1.5625, "twice": -8, "loss": 2.5 * 12.25**2}
    ),
    "swap": Judged(
        "a-network",
        nn.Module,
        demands={
            "weights": _as_many_weights,
            "not-finite": _finite,
            "softmax": _no_softmax,
            "more-layers": _no_more_layers,
            "curve-left": _no_curve,
            "smooth": _straight,
            "relu-missing": _relu_everywhere,
            "pooling": _averages,
            "dead": _alive,
            "untrained": accuracy_of(0.3),
            "too-low": accuracy_of(0.9),
        },
        solution=_trained,
        mistakes={
            "weights": lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 10)),
            "not-finite": lambda: _with(_trained(), _break),
            "softmax": lambda: _trained().append(nn.Softmax(1)),
            "more-layers": lambda: _trained().append(nn.Dropout(0.1)),
            "curve-left": lambda: course_net(nn.ReLU(), nn.ReLU(), nn.ReLU(), nn.Sigmoid()),
            "smooth": lambda: course_net(nn.GELU(), nn.ReLU(), nn.ReLU(), nn.ReLU()),
            "relu-missing": lambda: _trained(4000, 2),
            "pooling": lambda: LeNet("relu", "max", seed=0),
            "dead": lambda: _with(_trained(), _kill),
            "untrained": lambda: course_net(*[nn.ReLU()] * 4),
            "too-low": lambda: _trained(1000),
        },
        seconds=30,
    ),
    "dead": Function(
        dead_share,
        (
            (torch.relu(normal(6, 8, seed=1) + torch.arange(-4.0, 4)),),
            (torch.relu(normal(3, 5, 4, 4, seed=2) + torch.arange(-4.0, 1)[:, None, None]),),
            (torch.zeros(2, 3),),
        ),
        mistakes={
            "zeros": lambda maps: (maps <= 0).float().mean(),
            "sometimes": lambda maps: (maps.transpose(0, 1).flatten(1) <= 0).any(1).float().mean(),
            "alive": lambda maps: 1 - dead_share(maps),
            "count": lambda maps: (maps.transpose(0, 1).flatten(1) <= 0).all(1).float().sum(),
            "images": lambda maps: (maps.flatten(1) <= 0).all(1).float().mean(),
            "places": lambda maps: (maps.flatten(1) <= 0).all(0).float().mean(),
        },
    ),
}


VARIANTS = {
    "steps": Variant(
        printed={"a": 5, "start": 1, "rate": 0.9},
        places={"a": (2, 3, 4, 5, 6), "start": (1, 2, 3), "rate": (0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9)},
        answer=lambda v: v.start * (1 - v.rate * v.a) ** 2,
        mistakes={
            "one-step": lambda v: v.start * (1 - v.rate * v.a),
            "sign": lambda v: -v.start * (1 - v.rate * v.a) ** 2,
            "uphill": lambda v: v.start * (1 + v.rate * v.a) ** 2,
            "half-slope": lambda v: v.start * (1 - v.rate * v.a / 2) ** 2,
            "twice": lambda v: v.start * (1 - 2 * v.rate * v.a),
            "loss": lambda v: v.a / 2 * v.start**2 * (1 - v.rate * v.a) ** 4,
        },
        fits=lambda v: abs(1 - v.rate * v.a) > 0.05,
    )
}
