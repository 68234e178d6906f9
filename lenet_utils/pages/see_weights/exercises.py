"""The exercises of "Can one look at trained weights, and what do they tell?"."""

import copy
from typing import Any

import torch
from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Judged, Number, accuracy_of
from lenet_utils.exercises.process import WAS_TRAINED, was_trained
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.see_weights.experiment import largest, norms, pruned
from lenet_utils.training.fit import fit
from lenet_utils.training.record import trainings

KEPT = 60
SLACK = 1e-4  # between logits that are the same but for the order of sums


def _lenet() -> LeNet:
    return LeNet("relu", "max", seed=0)


def _changed(C1: bool = True, bias: bool = True, C3: bool = True, rows: bool = False) -> LeNet:
    """The fresh LeNet of seed 0 with the parts in reverse order that are asked for."""
    net = _lenet()
    with torch.no_grad():
        if C1:
            net.C1.weight.copy_(net.C1.weight.flip(0))
        if bias:
            net.get_parameter("C1.bias").copy_(net.get_parameter("C1.bias").flip(0))
        if C3:
            net.C3.weight.copy_(net.C3.weight.flip(1))
        if rows:
            net.C3.weight.copy_(net.C3.weight.flip(0))
    return net


def _reversed(net: LeNet) -> bool:
    return torch.equal(net.C1.weight, _lenet().C1.weight.flip(0))


def _biases_too(net: LeNet) -> bool:
    return torch.equal(net.get_parameter("C1.bias"), _lenet().get_parameter("C1.bias").flip(0))


def _outputs_stay(net: LeNet) -> bool:
    """No map of C3 has changed its place: each has the same 25 weights for some map of C1."""
    return torch.allclose(net.C3.weight.sum(1), _lenet().C3.weight.sum(1), atol=SLACK)


@torch.no_grad()
def _same_answers(net: LeNet) -> bool | dict[str, float]:
    X = data.load().X_test[:50]
    gap = (net(X) - _lenet()(X)).abs().max().item()
    return gap < SLACK or {"gap": gap}


def _kernels(net: LeNet) -> int:
    """How many of C3's kernels have a weight that is not zero, counted as `forward` uses them."""
    net(torch.zeros(1, 1, 28, 28))  # `prune` makes the weights when the network is used
    return int((norms(net) > 0).sum())


def _sixty_at_most(net: LeNet) -> bool | dict[str, int]:
    return (kernels := _kernels(net)) <= KEPT or {"kernels": kernels}


def _sixty_at_least(net: LeNet) -> bool | dict[str, int]:
    return (kernels := _kernels(net)) >= KEPT or {"kernels": kernels}


def _whole_kernels(net: LeNet) -> bool | dict[str, int]:
    """Not single weights: if all 96 kernels are there, a hole or two in each does not make a pruned link."""
    net(torch.zeros(1, 1, 28, 28))
    holes = int((net.C3.weight == 0).sum())
    return _kernels(net) < 96 or holes < 100 or {"holes": holes}


def _entered(net: LeNet) -> tuple[torch.Tensor, torch.Tensor]:
    """C3's weights as `forward` used them when the first training began, and those that there were before pruning."""
    weights = trainings(net)[0].weights
    if "C3.weight_orig" in weights:
        return weights["C3.weight_orig"] * weights["C3.weight_mask"], weights["C3.weight_orig"]
    return weights["C3.weight"], weights["C3.weight"]


def _pruned_first(net: LeNet) -> bool | dict[str, int]:
    kernels = int((_entered(net)[0].flatten(2).norm(dim=2) > 0).sum())
    return kernels <= KEPT or {"kernels": kernels}


def _longest(net: LeNet) -> bool:
    """Whether no removed kernel was longer than one that was kept."""
    used, all_of_them = (weights.flatten(2).norm(dim=2) for weights in _entered(net))
    kept = used > 0
    return bool(kept.all()) or bool(all_of_them[~kept].max() <= all_of_them[kept].min() + SLACK)


def _fitted(net: LeNet, images: int = 200) -> LeNet:
    digits = data.load()
    settings: dict[str, Any] = {"num_epochs": 2, "optimizer": "adamw", "lr": 0.003, "batch_size": 64, "progress": False}
    fit(net, digits.X_train[:images], digits.y_train[:images], **settings)
    return net


def _cut(net: LeNet, count: int = KEPT, longest: bool = True) -> LeNet:
    return pruned(net, largest(norms(net) if longest else -norms(net), count))


def _filled_again() -> LeNet:
    """Zeros that nothing holds: training writes into them."""
    net = _lenet()
    with torch.no_grad():
        net.C3.weight[~largest(norms(net), KEPT)] = 0
    return _fitted(net)


def _single_weights() -> LeNet:
    net = copy.deepcopy(_lenet())
    nn.utils.prune.l1_unstructured(net.C3, "weight", amount=36 / 96)
    return _fitted(net)


EXERCISES = {
    "chance": Number(
        60 * 60 / 96, {"all": 60, "removed": 36, "half": 48, "missing": 22.5, "share": 0.625, "reordered": 53.4}, tolerance=0.01
    ),
    "order": Judged(
        "a-network",
        LeNet,
        demands={"as-it-was": _reversed, "biases": _biases_too, "rows": _outputs_stay, "inputs": _same_answers},
        solution=_changed,
        mistakes={
            "as-it-was": lambda: _changed(C1=False, bias=False, C3=False),
            "biases": lambda: _changed(bias=False),
            "rows": lambda: _changed(C3=False, rows=True),
            "inputs": lambda: _changed(C3=False),
        },
    ),
    "prune": Judged(
        "a-network",
        LeNet,
        demands={
            "single-weights": _whole_kernels,
            "came-back": _sixty_at_most,
            "too-few": _sixty_at_least,
            WAS_TRAINED: was_trained,
            "afterwards": _pruned_first,
            "not-longest": _longest,
            "too-low": accuracy_of(0.8),
        },
        solution=lambda: _fitted(_cut(_lenet()), images=2000),
        mistakes={
            "single-weights": _single_weights,
            "came-back": _filled_again,
            "too-few": lambda: _fitted(_cut(_lenet(), 36)),
            WAS_TRAINED: lambda: _cut(_lenet()),
            "afterwards": lambda: _cut(_fitted(_lenet())),
            "not-longest": lambda: _fitted(_cut(_lenet(), longest=False)),
            "too-low": lambda: _fitted(_cut(_lenet())),
        },
        seconds=30,
    ),
}


VARIANTS = {
    "chance": Variant(
        printed={"drawn": 60},
        places={"drawn": range(8, 96, 4)},
        answer=lambda v: v.drawn * 60 / 96,
        mistakes={
            "all": lambda v: v.drawn,
            "removed": lambda v: 36,
            "missing": lambda v: v.drawn * 36 / 96,
            "share": lambda v: 60 / 96,
        },
        tolerance=0.01,
    )
}
