"""Which maps of S2 each map of C3 sees: all six, those of Table I, sixty at random, or one."""

import torch

from lenet_utils.experiments.comparison import compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import LeNet
from lenet_utils.nets.papers import TABLE_I, Maps
from lenet_utils.training.fit import evaluate

ALL = [tuple(range(6))] * 16
ONE_EACH = [(j % 6,) for j in range(16)]


def random_table(links=60, inputs=6, outputs=16, seed=0):
    """A table like `TABLE_I` with as many `links` at random; every map of C3 sees one at least."""
    order = torch.Generator().manual_seed(seed)
    first = torch.randint(inputs, (outputs,), generator=order) + inputs * torch.arange(outputs)
    rest = torch.randperm(inputs * outputs, generator=order)
    chosen = torch.cat([first, rest[~torch.isin(rest, first)][: links - outputs]])
    return [tuple(sorted((chosen[chosen // inputs == j] % inputs).tolist())) for j in range(outputs)]


def linked(table, seed=None, equal=False):
    """A LeNet (ReLU, maximum pooling) whose C3 map j sees the S2 maps in `table[j]`, its other weights those of its seed.

    With `equal`, all maps of C3 begin with the same kernels, and F5 begins with the same weights for each of them.
    """
    net = LeNet("relu", "max", seed=seed)
    C3 = Maps(6, table, kernel=5, size=14)
    with torch.no_grad():
        weight, dense = net.C3.weight, net.F5.weight.view(120, 16, 25)
        if equal:
            weight[:], net.C3.bias[:], dense[:] = weight[:1].clone(), 0, dense[:, :1].clone()
        C3.weight.copy_(C3.links * weight)
        C3.bias.copy_(net.C3.bias.view(16, 1, 1))
    net.C3 = C3
    return net


@torch.no_grad()
def likeness(net, X):
    """Mean size of the correlation between two maps of C3, before the squash, over all pairs, images and places."""
    sums = net.C3(net.maps(X)["S2"]).transpose(0, 1).flatten(1)  # (16, N * 10 * 10)
    alike = torch.corrcoef(sums).abs()
    return alike[~torch.eye(len(alike), dtype=bool)].mean().item()


def on_links(digits, seed, *, table="all", equal=False, num_epochs=1, batch_size=64):
    """`accuracy` on the test digits, and how alike the maps of C3 are, `before` and `after` training."""
    tables = {"all": ALL, "Table I": TABLE_I, "random": random_table(seed=seed), "one": ONE_EACH}
    net, X = linked(tables[table], seed, equal), digits.X_test[:500]
    before = likeness(net, X)
    length = {"num_epochs": num_epochs, "batch_size": batch_size}
    fit_by_recipe(net, digits, seed, **length)
    accuracy = evaluate(net, digits.X_test, digits.y_test).accuracy
    return {"accuracy": accuracy, "before": before, "after": likeness(net, X)}


VARIANTS = {
    "all 96": {"table": "all"},
    "Table I": {"table": "Table I"},
    "random 60": {"table": "random"},
    "one each": {"table": "one"},
    "all 96 =": {"table": "all", "equal": True},
    "Table I =": {"table": "Table I", "equal": True},
}


@named(data="mnist", seeds=5)
def channel_connections(data, seeds, keep):
    """C3 with all links, those of Table I, sixty at random and one for each map; and the first two from equal maps."""
    return compare(VARIANTS, seeds, data, run=on_links, keep=keep)
