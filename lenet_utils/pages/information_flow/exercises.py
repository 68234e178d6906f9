"""The exercises of "Do more channels mean more information?"."""

from collections.abc import Callable

import torch
import torch.nn.functional as F

from lenet_utils import data
from lenet_utils.exercises.kinds import Choice, Function, Judged, accuracy_of, normal
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import LeNet

CASES = (
    (normal(2, 6, 14, 14), normal(16, 6, 5, 5, seed=1), 0),
    (normal(3, 4, 9, 9, seed=2), normal(5, 4, 3, 3, seed=3), 3),
)


def _share(S2: torch.Tensor, weight: torch.Tensor, i: int) -> torch.Tensor:
    return F.conv2d(S2[:, i : i + 1], weight[:, i : i + 1])


def _all_inputs(S2: torch.Tensor, weight: torch.Tensor, i: int) -> torch.Tensor:
    return F.conv2d(S2, weight)


def _output_instead(S2: torch.Tensor, weight: torch.Tensor, i: int) -> torch.Tensor:
    return F.conv2d(S2, weight[i : i + 1])


def _without_it(S2: torch.Tensor, weight: torch.Tensor, i: int) -> torch.Tensor:
    return F.conv2d(S2, weight) - _share(S2, weight, i)


def _maps_of(layer: str, wanted: int) -> Callable[[LeNet], bool | dict[str, int]]:
    """Whether `layer` has the `wanted` number of maps, or how many it has."""

    def demand(net: LeNet) -> bool | dict[str, int]:
        maps = getattr(net, layer).out_channels
        return maps == wanted or {"maps": maps}

    return demand


def _trained(channels: tuple[int, int], num_epochs: int = 8, images: int = 4000) -> LeNet:
    net = LeNet("relu", "max", channels=channels, seed=0)
    return fit_by_recipe(net, data.load(), images=images, num_epochs=num_epochs, batch_size=64)


EXERCISES = {
    "share": Function(
        _share,
        cases=CASES,
        mistakes={"all-inputs": _all_inputs, "output": _output_instead, "without-it": _without_it},
    ),
    "fresh": Choice("b", ("a", "c", "d")),
    "narrow": Judged(
        "a-network",
        LeNet,
        demands={
            "C3": _maps_of("C3", 3),
            "C1": _maps_of("C1", 6),
            "untrained": accuracy_of(0.25),
            "too-low": accuracy_of(0.93),
        },
        solution=lambda: _trained((6, 3)),
        mistakes={
            "C3": lambda: _trained((6, 16), num_epochs=4),
            "C1": lambda: _trained((3, 3)),
            "untrained": lambda: LeNet("relu", "max", channels=(6, 3), seed=0),
            "too-low": lambda: _trained((6, 3), num_epochs=2, images=1000),
        },
        seconds=30,
    ),
}
