"""Trained weights looked at: how far they moved, which kernels are large, what pruning costs, what two seeds share."""

import base64
import copy
import itertools
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from scipy.optimize import linear_sum_assignment
from torch import nn
from torch.nn.utils import prune

from lenet_utils.data import Digits
from lenet_utils.experiments import results
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import train_relu_lenet
from lenet_utils.lab.weights import load_net
from lenet_utils.nets.lenet import LeNet
from lenet_utils.nets.papers import TABLE_I
from lenet_utils.training.fit import evaluate, fit

LAYERS = ("C1", "C3", "F5", "F6", "OUT")
KEPT = (96, 80, 60, 40, 20, 10)
NAMES = {"largest": "longest", "smallest": "shortest"}  # as the page calls kernels of such a norm
RANKS = (1, 2, 4, 6, 8, 10, 12, 16, 20, 30, 120)
AGAIN: dict[str, Any] = {"num_epochs": 1, "optimizer": "adamw", "lr": 0.001, "schedule": "one-cycle"}


def of_the_lab(name: str = "relu") -> LeNet:
    """The network that the lab begins with: 20 epochs of moved MNIST digits, in pixels of mean 0 and deviation 1."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.safetensors"
        path.write_bytes(base64.b64decode(results.read("lab_nets")["weights"][name]))
        return load_net(path)


def moved(net: LeNet, fresh: LeNet) -> dict[str, float]:
    """How far the weights of each layer are from those of `fresh`, in lengths of the latter."""
    pairs = {layer: (getattr(net, layer).weight, getattr(fresh, layer).weight) for layer in LAYERS}
    return {layer: ((after - before).norm() / before.norm()).item() for layer, (after, before) in pairs.items()}


def norms(net: LeNet) -> torch.Tensor:
    """The length of each kernel of C3: `(16, 6)`, a row an output map."""
    return net.C3.weight.detach().norm(dim=(2, 3))


def largest(values: torch.Tensor, count: int) -> torch.Tensor:
    """A mask like `values` that is true at the `count` largest."""
    mask = torch.zeros(values.numel(), dtype=torch.bool)
    mask[values.flatten().argsort(descending=True)[:count]] = True
    return mask.view_as(values)


def table_one() -> torch.Tensor:
    """Table I of 1998 as a mask `(16, 6)`."""
    mask = torch.zeros(16, 6, dtype=torch.bool)
    for row, seen in enumerate(TABLE_I):
        mask[row, list(seen)] = True
    return mask


def in_table(mask: torch.Tensor) -> int:
    """How many links of `mask` `(16, 6)` can be made to lie on Table I by reordering its rows and columns."""
    table, best = table_one().int(), 0
    for order in itertools.permutations(range(mask.shape[1])):
        shared = mask[:, list(order)].int() @ table.T
        rows, columns = linear_sum_assignment(shared, maximize=True)
        best = max(best, int(shared[rows, columns].sum()))
    return best


def pruned(net: LeNet, mask: torch.Tensor) -> LeNet:
    """A copy of `net` that has only the kernels of C3 in `mask` `(16, 6)`; the others stay zero when it is trained."""
    net = copy.deepcopy(net)
    prune.custom_from_mask(net.C3, "weight", mask[:, :, None, None].expand_as(net.C3.weight).to(net.C3.weight.dtype))
    return net


def ways(net: LeNet, seed: int, count: int = 60) -> dict[str, torch.Tensor]:
    """The masks `(16, 6)` that keep `count` kernels of C3: the largest, any, those of Table I, the smallest."""
    size, chance = norms(net), torch.rand(16, 6, generator=torch.Generator().manual_seed(seed))
    return {
        "largest": largest(size, count),
        "random": largest(chance, count),
        "Table I": table_one(),
        "smallest": largest(-size, count),
    }


def similar(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """Correlations of the units of two layers: values `(N, units, ...)` of the same N images to `(units, units)`."""
    rows = []
    for values in (first, second):
        values = values.transpose(0, 1).flatten(1)
        values = values - values.mean(1, keepdim=True)
        rows.append(values / values.norm(dim=1, keepdim=True).clamp(min=1e-12))
    return rows[0] @ rows[1].T


def matched(similarity: torch.Tensor) -> torch.Tensor:
    """The partner of each row such that the sum of the `similarity` `(units, units)` is largest."""
    return torch.as_tensor(linear_sum_assignment(similarity, maximize=True)[1])


@torch.no_grad()
def shared(net: LeNet, other: LeNet, digits: Digits, images: int = 1000) -> dict[str, dict[str, float]]:
    """Per layer the mean correlation of units on test digits, with the partners found on training digits.

    `as they are` pairs the units by number.
    """
    found = {}
    learn = [each.maps(digits.X_train[:images]) for each in (net, other)]
    test = [each.maps(digits.X_test[:images]) for each in (net, other)]
    for layer in ("C1", "C3", "F5", "F6"):
        partner = matched(similar(learn[0][layer], learn[1][layer]))
        value = similar(test[0][layer], test[1][layer])
        pairs = value[torch.arange(len(partner)), partner]
        found[layer] = {"as they are": value.diagonal().mean().item(), "matched": pairs.mean().item()}
    return found


def spectrum(net: LeNet, layer: str) -> torch.Tensor:
    """The singular values of the weights of `layer`, largest first, the output units as rows."""
    return torch.linalg.svdvals(getattr(net, layer).weight.detach().flatten(1))


def low_rank(net: LeNet, layer: str, rank: int) -> LeNet:
    """A copy of `net` that keeps the `rank` largest singular values of a dense `layer`."""
    net = copy.deepcopy(net)
    weight = getattr(net, layer).weight
    U, S, V = torch.linalg.svd(weight.detach(), full_matrices=False)
    weight.data = (U[:, :rank] * S[:rank]) @ V[:rank]
    return net


def look(digits: Digits, seed: int, num_epochs: int = 3, ranks: Iterable[int] = RANKS) -> dict[str, Any]:
    """Everything this module measures on the network of `seed`, beside the same network fresh and a second one of another seed.

    `accuracy`; `moved`; `norms` and `norms_fresh`; `in_table`, of the 60 largest kernels; test accuracies `pruned` and
    `retrained` by each of `ways`, and `kept`, for each of `KEPT`; `shared`; `spectrum` and `spectrum_fresh` of F5 and the
    accuracies at `ranks`.
    """
    net, other = (train_relu_lenet(digits, start, num_epochs=num_epochs) for start in (seed, seed + 1000))
    fresh, stranger = LeNet("relu", "max", seed=seed), LeNet("relu", "max", seed=seed + 1000)
    return {
        "accuracy": _right(net, digits),
        "moved": moved(net, fresh),
        "norms": _rounded(norms(net)),
        "norms_fresh": _rounded(norms(fresh)),
        "in_table": {"trained": in_table(largest(norms(net), 60)), "fresh": in_table(largest(norms(fresh), 60))},
        **_pruned(net, digits, seed),
        "shared": {"trained": shared(net, other, digits), "fresh": shared(fresh, stranger, digits)},
        "spectrum": _rounded(spectrum(net, "F5")),
        "spectrum_fresh": _rounded(spectrum(fresh, "F5")),
        "ranks": [_right(low_rank(net, "F5", rank), digits) for rank in ranks],
    }


def _pruned(net: LeNet, digits: Digits, seed: int) -> dict[str, Any]:
    masks = {"all 96": torch.ones(16, 6, dtype=torch.bool), **ways(net, seed)}
    nets = {way: pruned(net, mask) for way, mask in masks.items()}
    before = {way: _right(each, digits) for way, each in nets.items()}
    for each in nets.values():
        fit(each, digits.X_train, digits.y_train, seed=seed, progress=False, **AGAIN)
    kept = {
        way: [_right(pruned(net, ways(net, seed, count)[way]), digits) for count in KEPT]
        for way in ("largest", "random", "smallest")
    }
    return {"pruned": before, "retrained": {way: _right(each, digits) for way, each in nets.items()}, "kept": kept}


def _right(net: nn.Module, digits: Digits) -> float:
    return evaluate(net, digits.X_test, digits.y_test).accuracy


def _rounded(values: torch.Tensor) -> list[Any]:
    return torch.round(values, decimals=4).double().round(decimals=4).tolist()


def by_way(runs: Comparison, column: str) -> Comparison:
    """A `Comparison` with one variant for each key of the dictionaries in `column` of `runs`, or its name in `NAMES`.

    The values are `accuracy`.
    """
    rows = [
        {"variant": NAMES.get(way, way), "seed": run["seed"], "accuracy": value}
        for run in runs.runs.to_dict("records")
        for way, value in run[column].items()
    ]
    return Comparison(pd.DataFrame(rows))


@named(data="mnist", seeds=5)
def weights(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Trained weights beside fresh ones: change, kernels of C3 and Table I, pruning, singular values, two seeds matched."""
    return compare({"lenet": {}}, seeds, data, run=look, keep=keep)
