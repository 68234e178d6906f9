"""Which maps of S2 each map of C3 sees: all six, those of Table I, sixty at random, or one."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import LeNet
from lenet_utils.nets.papers import TABLE_I, Maps
from lenet_utils.training.fit import evaluate

Table = Sequence[Iterable[int]]  # for each map of C3 the maps of S2 that it sees
ALL = [tuple(range(6))] * 16
ONE_EACH = [(j % 6,) for j in range(16)]


def random_table(links: int = 60, inputs: int = 6, outputs: int = 16, seed: int = 0) -> list[tuple[int, ...]]:
    """A table like `TABLE_I` with as many `links` at random; every map of C3 sees one at least."""
    order = torch.Generator().manual_seed(seed)
    first = torch.randint(inputs, (outputs,), generator=order) + inputs * torch.arange(outputs)
    rest = torch.randperm(inputs * outputs, generator=order)
    chosen = torch.cat([first, rest[~torch.isin(rest, first)][: links - outputs]])
    return [tuple(sorted((chosen[chosen // inputs == j] % inputs).tolist())) for j in range(outputs)]


def linked(table: Table, seed: int | None = None, equal: bool = False) -> LeNet:
    """A LeNet (ReLU, max pooling) whose C3 map j sees the S2 maps in `table[j]`, its other weights those of its seed.

    With `equal`, all maps of C3 begin with the same kernels, and F5 begins with the same weights for each of them.
    """
    net = LeNet("relu", "max", seed=seed)
    C3 = Maps(6, table, kernel=5, size=14)
    with torch.no_grad():
        weight, bias, dense = net.C3.weight, net.get_parameter("C3.bias"), net.F5.weight.view(120, 16, 25)
        if equal:
            weight[:], bias[:], dense[:] = weight[:1].clone(), 0, dense[:, :1].clone()
        C3.weight.copy_(C3.links * weight)
        C3.bias.copy_(bias.view(16, 1, 1))
    net.add_module("C3", C3)
    return net


@torch.no_grad()
def likeness(net: LeNet, X: torch.Tensor) -> float:
    """Mean size of the correlation between two maps of C3, before the squash, over all pairs, images and places."""
    sums = net.C3(net.maps(X)["S2"]).transpose(0, 1).flatten(1)  # (16, N * 10 * 10)
    alike = torch.corrcoef(sums).abs()
    return alike[~torch.eye(len(alike), dtype=torch.bool)].mean().item()


def on_links(
    digits: Digits, seed: int, *, table: str = "all", equal: bool = False, num_epochs: int = 1, batch_size: int = 64
) -> dict[str, float]:
    """`accuracy` on the test digits, and how alike the maps of C3 are, `before` and `after` training."""
    tables: dict[str, Table] = {"all": ALL, "Table I": TABLE_I, "random": random_table(seed=seed), "one": ONE_EACH}
    net, X = linked(tables[table], seed, equal), digits.X_test[:500]
    before = likeness(net, X)
    length = {"num_epochs": num_epochs, "batch_size": batch_size}
    fit_by_recipe(net, digits, seed, **length)
    accuracy = evaluate(net, digits.X_test, digits.y_test).accuracy
    return {"accuracy": accuracy, "before": before, "after": likeness(net, X)}


VARIANTS: dict[str, dict[str, Any]] = {
    "all 96": {"table": "all"},
    "Table I": {"table": "Table I"},
    "random 60": {"table": "random"},
    "one each": {"table": "one"},
    "all 96 =": {"table": "all", "equal": True},
    "Table I =": {"table": "Table I", "equal": True},
}


@named(data="mnist", seeds=10)
def channel_connections(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """C3 with all links, those of Table I, sixty at random and one for each map; and the first two from equal kernels."""
    return compare(VARIANTS, seeds, data, run=on_links, keep=keep)
