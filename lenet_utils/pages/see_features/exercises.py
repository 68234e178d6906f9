"""The exercises of "How does one find out what the network has learned?"."""

from collections.abc import Callable
from typing import Any

import torch

from lenet_utils import data
from lenet_utils.exercises.kinds import Function, Judged, accuracy_of, normal
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.see_features.experiment import ascend
from lenet_utils.training.fit import fit

DIGIT = 3


def _strongest(maps: torch.Tensor, count: int) -> torch.Tensor:
    return maps.amax((2, 3)).topk(count, dim=0).indices.T


def _lenet(seed: int = 0) -> LeNet:
    return LeNet("relu", "max", seed=seed)


def _one_picture(X: torch.Tensor) -> bool | dict[str, tuple[int, ...]]:
    return X.shape == (1, 1, 28, 28) or {"shape": tuple(X.shape)}


def _between_paper_and_ink(X: torch.Tensor) -> bool | dict[str, float]:
    return bool(X.min() >= 0 and X.max() <= 1) or {"low": X.min().item(), "high": X.max().item()}


@torch.no_grad()
def _shares(X: torch.Tensor) -> torch.Tensor:
    return _lenet()(X.float()).softmax(1)[0]


def _above(least: float) -> Callable[[torch.Tensor], bool | dict[str, float]]:
    def demand(X: torch.Tensor) -> bool | dict[str, float]:
        shares = _shares(X)
        told = {"share": shares[DIGIT].item(), "most": shares.max().item(), "digit": int(shares.argmax())}
        return told["share"] >= least or told

    return demand


def _others_below(X: torch.Tensor) -> bool | dict[str, float]:
    """Whether the three gets enough, or not even the largest share, which has another cause."""
    return _above(0.4)(X) is True or int(_shares(X).argmax()) != DIGIT or {"share": _shares(X)[DIGIT].item()}


def _made(sign: int = 1) -> torch.Tensor:
    return ascend(lambda X: sign * _lenet()(X).log_softmax(1)[:, DIGIT], torch.full((1, 1, 28, 28), 0.5))


def _first_layers(net: LeNet) -> tuple[tuple[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
    return (net.C1.weight.detach().flatten(), net.get_parameter("C1.bias").detach()), (
        _lenet().C1.weight.detach().flatten(),
        _lenet().get_parameter("C1.bias").detach(),
    )


def _of_seed_0(net: LeNet) -> bool:
    """Most of a kernel's first state outlasts a short training, and is not there in another seed."""
    (weight, _), (first, _) = _first_layers(net)
    return torch.corrcoef(torch.stack([weight, first]))[0, 1].item() > 0.5


def _unmoved(net: LeNet) -> bool | dict[str, float]:
    now, first = _first_layers(net)
    gap = max((a - b).abs().max().item() for a, b in zip(now, first, strict=True))
    return gap == 0 or {"gap": gap}


def _fitted(frozen: bool = True, seed: int = 0, images: int = 200) -> LeNet:
    net, digits = _lenet(seed), data.load()
    net.C1.requires_grad_(not frozen)
    settings: dict[str, Any] = {"num_epochs": 2, "optimizer": "adamw", "lr": 0.003, "batch_size": 64, "progress": False}
    fit(net, digits.X_train[:images], digits.y_train[:images], **settings)
    return net


EXERCISES = {
    "strongest": Function(
        _strongest,
        ((normal(12, 3, 4, 4), 5), (normal(9, 2, 3, 5, seed=1), 2), (normal(7, 7, 2, 2, seed=2), 7)),
        {
            "means": lambda maps, count: maps.mean((2, 3)).topk(count, dim=0).indices.T,
            "weakest": lambda maps, count: maps.amax((2, 3)).topk(count, dim=0, largest=False).indices.T,
            "turned": lambda maps, count: maps.amax((2, 3)).topk(count, dim=0).indices,
            "values": lambda maps, count: maps.amax((2, 3)).topk(count, dim=0).values.T,
        },
    ),
    "please": Judged(
        "a-tensor",
        torch.Tensor,
        demands={
            "shape": _one_picture,
            "outside": _between_paper_and_ink,
            "downhill": _above(0.08),
            "raised-all": _others_below,
            "weak": _above(0.4),
        },
        solution=_made,
        mistakes={
            "shape": lambda: _made()[0],
            "outside": lambda: 2 * _made(),
            "downhill": lambda: _made(sign=-1),
            "raised-all": lambda: ascend(lambda X: _lenet()(X)[:, DIGIT], torch.full((1, 1, 28, 28), 0.5)),
            "weak": lambda: data.load().X_test[3:4],  # a three, for which the untrained network outputs most for another digit
        },
    ),
    "frozen": Judged(
        "a-network",
        LeNet,
        demands={"other-seed": _of_seed_0, "moved": _unmoved, "too-low": accuracy_of(0.8)},
        solution=lambda: _fitted(images=2000),
        mistakes={
            "other-seed": lambda: _fitted(seed=1),
            "moved": lambda: _fitted(frozen=False),
            "too-low": _lenet,
        },
        seconds=30,
    ),
}
