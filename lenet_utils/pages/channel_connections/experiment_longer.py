"""Choices of connections for C3 after six passes, each map beginning with weights of the size for what it reads."""

from collections.abc import Sequence
from pathlib import Path

import torch

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import LeNet
from lenet_utils.nets.papers import TABLE_I
from lenet_utils.pages.channel_connections.experiment import ALL, ONE_EACH, Table, random_table
from lenet_utils.training.fit import evaluate

TABLES = {"all 96": "all", "Table I": "Table I", "random 60": "random", "one each": "one"}


def masked(table: Table, seed: int | None = None) -> LeNet:
    """A LeNet (ReLU, max pooling) whose C3 map j reads the S2 maps in `table[j]`: the other weights are zero and stay so.

    Each kernel begins by Xavier's rule for the connections of its own two maps: with all 96, as in `LeNet`.
    """
    net = LeNet("relu", "max", seed=seed)
    links = torch.tensor([[float(i in seen) for i in range(6)] for seen in table])
    ends = links.sum(1, keepdim=True) + links.sum(0)  # how many maps the two maps of a kernel have between them
    with torch.no_grad():
        net.C3.weight.mul_((links * (22 / ends).sqrt())[:, :, None, None])
    net.C3.weight.register_hook(lambda gradient: gradient * links[:, :, None, None])
    return net


def on_tables(digits: Digits, seed: int, *, table: str, num_epochs: int = 6) -> dict[str, float]:
    """`accuracy` on the test digits of a LeNet with the connections of `table`, and how many of them it has at the end."""
    tables: dict[str, Table] = {"all": ALL, "Table I": TABLE_I, "random": random_table(seed=seed), "one": ONE_EACH}
    net = fit_by_recipe(masked(tables[table], seed), digits, seed, num_epochs=num_epochs, engine="lanes")
    kernels = int(net.C3.weight.detach().abs().sum((2, 3)).count_nonzero())
    return {"accuracy": evaluate(net, digits.X_test, digits.y_test).accuracy, "kernels": kernels}


@named(data="mnist", seeds=10)
def connections_longer(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """C3 with all connections, those of Table I, sixty at random and one for each map, after six passes."""
    return compare({name: {"table": table} for name, table in TABLES.items()}, seeds, data, run=on_tables, keep=keep)
