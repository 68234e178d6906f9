"""The exercises of "How are the sixteen maps of C3 connected to the six before them?"."""

from typing import Any

import torch
from torch import nn

from lenet_utils.exercises.kinds import Choice, Function, Number
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets.lenet import count_params, seeded
from lenet_utils.nets.papers import Maps


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
    "twins": Choice("a", ("b", "c", "d")),
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
