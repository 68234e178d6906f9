"""What `fit` notes on a network: how it was before each training, and which images it was trained on."""

from dataclasses import dataclass, field

import torch
from torch import nn


@dataclass(frozen=True)
class Training:
    """How a network entered a training: its `weights` by name, and its images `(N,)` as `marks`."""

    weights: dict[str, torch.Tensor] = field(repr=False)
    images: torch.Tensor = field(repr=False)


def note(net: nn.Module, X: torch.Tensor) -> None:
    """Add to the trainings of `net` the one that begins now, on images `X` `(N, ...)`."""
    weights = {name: value.detach().clone() for name, value in net.state_dict().items() if isinstance(value, torch.Tensor)}
    vars(net)["trainings"] = [*trainings(net), Training(weights, marks(X))]


def trainings(net: nn.Module) -> list[Training]:
    """The trainings of `net` by `fit`, the first one first."""
    return vars(net).get("trainings", [])


@torch.no_grad()
def marks(X: torch.Tensor) -> torch.Tensor:
    """A whole number for each of the images `X` `(N, ...)`: the same for the same pixels, hardly ever the same for others."""
    weights = torch.rand(X[0].numel(), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return torch.cat([(part.flatten(1).cpu().double() @ weights * 1e6).round().long() for part in X.split(1000)])


def seen(net: nn.Module, X: torch.Tensor) -> torch.Tensor:
    """Which of the images `X` `(N, ...)` `net` was trained on, pixel for pixel: truth values `(N,)`."""
    return torch.isin(marks(X), torch.cat([training.images for training in trainings(net)] or [torch.zeros(0).long()]))
