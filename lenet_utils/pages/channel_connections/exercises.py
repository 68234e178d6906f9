"""The exercises of "How does each of the sixteen maps take from the six before it?"."""

from typing import Any

import torch
from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Function, Judged, Number, accuracy_of
from lenet_utils.exercises.variants import Variant
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import LeNet, count_params, seeded
from lenet_utils.nets.papers import TABLE_I, Maps
from lenet_utils.pages.channel_connections.experiment import ONE_EACH, Table, linked


def sees(layer: nn.Module, inputs: int) -> torch.Tensor:
    """Which output map of `layer` changes with which of its `inputs`: `(outputs, inputs)`, 1 where it does."""
    columns = []
    with torch.no_grad():
        nothing = layer(torch.zeros(1, inputs, 8, 8))
        for i in range(inputs):
            X = torch.zeros(1, inputs, 8, 8)
            X[:, i] = 1
            columns.append((layer(X) != nothing).any(3).any(2)[0])
    return torch.stack(columns, 1).float()


def _against_zero(layer: nn.Module, inputs: int) -> torch.Tensor:
    """As `sees`, but against zero instead of what the layer gives for an empty input."""
    maps = [layer(torch.eye(inputs)[i].view(1, inputs, 1, 1).expand(1, inputs, 8, 8)) for i in range(inputs)]
    return torch.stack([(given != 0).any(3).any(2)[0] for given in maps], 1).float()


def _layers() -> tuple[tuple[nn.Module, int], ...]:
    """Layers whose links are not all there: a table, and groups."""
    with seeded(0):
        table = Maps(3, [(0, 1), (2,), (0, 1, 2), (1,)], kernel=3, size=8)
        nn.init.uniform_(table.weight, 0.1, 1)  # the kernels of missing links too: the table switches them off
        return (table, 3), (nn.Conv2d(4, 6, 3, groups=2), 4)


def _links(net: Any) -> torch.Tensor:
    return sees(net.C3, 6)


def _sixteen(net: nn.Module) -> bool | dict[str, int]:
    links = int(_links(net).sum())
    return links == 16 or {"links": links}


def _trained(table: Table, digits: int = 4000, num_epochs: int = 2) -> LeNet:
    return fit_by_recipe(linked(table, seed=0), data.load(), images=digits, num_epochs=num_epochs, batch_size=64)


EXERCISES = {
    "groups": Number(
        16 * 3 * 25 + 16,
        {"no-groups": 2_416, "no-biases": 1_200, "one-group": 608, "table": 1_516, "fewer-biases": 16 * 3 * 25 + 8},
    ),
    "sees": Function(
        sees,
        _layers(),
        mistakes={
            "transposed": lambda layer, inputs: sees(layer, inputs).T,
            "bias": _against_zero,
            "weights": lambda layer, inputs: (layer.weight.abs().sum((2, 3)) > 0).float(),
        },
    ),
    "one": Judged(
        "a-network",
        nn.Module,
        demands={
            "no-c3": lambda net: hasattr(net, "C3"),
            "links": _sixteen,
            "unseen": lambda net: bool((_links(net).sum(0) > 0).all()),
            "untrained": accuracy_of(0.3),
            "too-low": accuracy_of(0.9),
        },
        solution=lambda: _trained(ONE_EACH),
        mistakes={
            "no-c3": nn.Flatten,
            "links": lambda: linked(TABLE_I, seed=0),
            "unseen": lambda: linked([(0,)] * 16, seed=0),
            "untrained": lambda: linked(ONE_EACH, seed=0),
            "too-low": lambda: _trained(ONE_EACH, digits=500),
        },
        seconds=30,
    ),
}


def _layer(v: Any, groups: int) -> nn.Conv2d:
    return nn.Conv2d(v.inputs, v.maps, v.kernel, groups=groups)


VARIANTS = {
    "groups": Variant(
        printed={"inputs": 6, "maps": 16, "kernel": 5, "groups": 2},
        places={"inputs": (4, 6, 8, 12), "maps": (8, 12, 16, 24), "kernel": (3, 5, 7), "groups": (2, 3, 4)},
        answer=lambda v: v.maps * (v.inputs // v.groups) * v.kernel**2 + v.maps,
        mistakes={
            "no-groups": lambda v: count_params(_layer(v, 1)),
            "no-biases": lambda v: v.maps * (v.inputs // v.groups) * v.kernel**2,
            "one-group": lambda v: count_params(_layer(v, v.groups)) // v.groups,
        },
        fits=lambda v: v.inputs % v.groups == v.maps % v.groups == 0,
    )
}
