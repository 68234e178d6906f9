"""Where the parameters and the work of torchvision's networks are, counted without a single number in memory."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch
from torch import nn


class Shares(NamedTuple):
    """Parameters of a network, the share of them in its dense layers, and the share of its multiply-adds in convolutions."""

    parameters: int
    dense: float
    convolutions: float


def shares(build: Callable[[], nn.Module], side: int = 224) -> Shares:
    """The `Shares` of the network that `build` returns, for one RGB image of `side` x `side` pixels.

    It is built on the device `meta`, where tensors have a shape and no numbers. Only convolutions and dense layers are counted
    as work; a weight is used once for each position of its layer's output.
    """
    work: dict[nn.Module, int] = {}

    def note(layer: nn.Module, inputs: Any, output: torch.Tensor) -> None:
        work[layer] = work.get(layer, 0) + layer.get_parameter("weight").numel() * output[0, 0].numel()

    with torch.device("meta"):
        net, image = build().eval(), torch.empty(1, 3, side, side)
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(note)
    net(image)
    total = sum(values.numel() for values in net.parameters())
    dense = sum(values.numel() for layer in work if isinstance(layer, nn.Linear) for values in layer.parameters())
    convolved = sum(count for layer, count in work.items() if isinstance(layer, nn.Conv2d))
    return Shares(total, dense / total, convolved / sum(work.values()))


def counts(layers: Iterable[nn.Module], side: int) -> list[tuple[int, int]]:
    """Units and parameters of each of `layers` in turn, for one RGB image of `side` x `side` pixels on the device `meta`."""
    X, rows = torch.empty(1, 3, side, side, device="meta"), []
    for layer in layers:
        X = layer(X)
        rows.append((X.numel(), sum(values.numel() for values in layer.parameters())))
    return rows
