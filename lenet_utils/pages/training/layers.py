"""What passes the layers, forward and back, and a training set of unequal classes."""

from collections.abc import Callable, Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.nets.lenet import LeNet


def first_of_each(y: Tensor, counts: Sequence[int]) -> Tensor:
    """Positions of the first so many images of each class in the labels `y` `(N,)`, class by class."""
    return torch.cat([(y == label).nonzero()[:count, 0] for label, count in enumerate(counts)])


def by_name(measure: Callable[[Tensor], float], maps: Mapping[str, Tensor]) -> dict[str, float]:
    """`measure` of what each layer outputs, by the name of the layer."""
    return {name: measure(values) for name, values in maps.items()}


def relative_gradients(net: LeNet, X: Tensor, y: Tensor) -> dict[str, float]:
    """The size of the gradient of each layer's weights over the size of these weights, for the mean loss of `X`, `y`."""
    weights = {name: getattr(net, name).weight for name in ("C1", "C3", "F5", "F6", "OUT")}
    slopes = torch.autograd.grad(F.cross_entropy(net(X), y), list(weights.values()))
    return {name: (slope.norm() / weights[name].norm()).item() for name, slope in zip(weights, slopes, strict=True)}


def halves(comparison: Comparison) -> tuple[Comparison, Comparison]:
    """The runs of the experiment `plateau` over rate and batch size, whose names have a slash, and those of the cures."""
    grid = comparison.runs["variant"].str.contains("/")
    return Comparison(comparison.runs[grid]), Comparison(comparison.runs[~grid])
