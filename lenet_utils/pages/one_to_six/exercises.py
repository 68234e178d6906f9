"""The exercises of "How does one convolution turn 1 channel into 6?"."""

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Function, Judged, accuracy_of, normal
from lenet_utils.exercises.process import WAS_TRAINED, held, was_trained
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.one_to_six import strokes

GOOD = 0.95  # share of pairs of an upright and a lying stroke that a kernel must tell apart
READS = 0.93  # share of the test digits
UPRIGHT = torch.tensor([[-1.0, 0, 2, 0, -1]] * 5)


@cache
def _seen() -> tuple[torch.Tensor, ...]:
    return strokes.windows(data.load().X_test)


def _score(kernel: torch.Tensor) -> float:
    return strokes.score(kernel, _seen())


def _five_by_five(kernel: torch.Tensor) -> bool | dict[str, tuple[int, ...]]:
    return tuple(kernel.shape) == (5, 5) or {"shape": tuple(kernel.shape)}


def _good_or(excused: Callable[[torch.Tensor], bool | torch.Tensor]) -> Callable[[torch.Tensor], bool]:
    """A demand of what is not good yet: that `excused(kernel)` holds; a kernel with a good score has met it."""
    return lambda kernel: _score(kernel) >= GOOD or bool(excused(kernel.float()))


def _not_even(kernel: torch.Tensor) -> torch.Tensor:
    return (kernel - kernel.mean()).abs().max() > 1e-3 * kernel.abs().max()


def _not_lying(kernel: torch.Tensor) -> bool | torch.Tensor:
    upright, lying = strokes.responses(kernel, _seen())
    return _score(kernel) > 0.2 or lying.mean() <= 0


def _not_negative(kernel: torch.Tensor) -> bool:
    return _score(kernel) > 0.2


def _balanced(kernel: torch.Tensor) -> bool | dict[str, float]:
    total = kernel.detach().float().sum().item()
    return _score(kernel) >= GOOD or abs(total) <= 0.05 * kernel.abs().sum().item() or {"sum": total}


def _not_one_sided(kernel: torch.Tensor) -> torch.Tensor:
    return (kernel + kernel.flip(1)).abs().max() > 0.1 * kernel.abs().max()


def _not_round(kernel: torch.Tensor) -> torch.Tensor:
    return (kernel - kernel.T).abs().max() > 0.1 * kernel.abs().max()


def _in_the_middle(kernel: torch.Tensor) -> bool:
    return max(_score(kernel.roll(columns, 1)) for columns in (-2, -1, 1, 2)) < GOOD


def _good(kernel: torch.Tensor) -> bool | dict[str, float]:
    return _score(kernel) >= GOOD or {"score": _score(kernel)}


def _rows(*weights: float) -> Callable[[], torch.Tensor]:
    return lambda: torch.tensor([weights] * 5, dtype=torch.float32)


def unfolded(X: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """What a convolution with padding 2 gives, as a matrix product."""
    product = weight.flatten(1) @ F.unfold(X, 5, padding=2) + bias[:, None]
    return product.view(len(X), len(weight), *X.shape[2:])


def _without_padding(X: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    return F.conv2d(X, weight, bias)


def _scrambled(X: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """Maps last: the columns before the rows in memory."""
    product = (weight.flatten(1) @ F.unfold(X, 5, padding=2) + bias[:, None]).transpose(1, 2)
    return product.reshape(len(X), len(weight), *X.shape[2:])


def _first_c1(net: nn.Module) -> bool:
    first = getattr(net, "C1", None)
    return isinstance(first, nn.Conv2d) and tuple(first.weight.shape) == (6, 1, 5, 5)


def _keeps_an_upright(net: Any) -> bool | dict[str, float]:
    best = max(map(_score, net.C1.weight[:, 0]))
    return best >= GOOD or {"score": best}


def _held_an_upright(net: Any) -> bool:
    """Whether a good kernel was in its place before the training, too."""
    return any(_score(kernel) >= GOOD and held(net, "C1.weight", place) for place, kernel in enumerate(net.C1.weight[:, 0]))


def _with_upright(num_epochs: int = 3, before: bool = True) -> LeNet:
    """A net with C1 frozen, which holds the kernel from the beginning or from the end of the training on."""
    net = LeNet("relu", "max", seed=0)
    net.C1.weight.requires_grad_(False)
    if before:
        _put_upright(net)
    fit_by_recipe(net, data.load(), num_epochs=num_epochs, batch_size=64)
    return _put_upright(net)


def _put_upright(net: LeNet) -> LeNet:
    with torch.no_grad():
        net.C1.weight[0, 0] = UPRIGHT / 10
    return net


EXERCISES = {
    "upright": Judged(
        "a-tensor",
        torch.Tensor,
        demands={
            "shape": _five_by_five,
            "blur": _good_or(_not_even),
            "horizontal": _good_or(_not_lying),
            "negative": _good_or(_not_negative),
            "not-zero-sum": _balanced,
            "edge": _good_or(_not_one_sided),
            "round": _good_or(_not_round),
            "off-centre": _good_or(_in_the_middle),
            "weak": _good,
        },
        solution=UPRIGHT.clone,
        mistakes={
            "shape": lambda: UPRIGHT[None, None].clone(),
            "blur": lambda: torch.ones(5, 5) / 25,
            "horizontal": lambda: UPRIGHT.T.clone(),
            "negative": lambda: -UPRIGHT,
            "not-zero-sum": _rows(0, 0, 1, 0, 0),
            "edge": _rows(-1, -1, 0, 1, 1),
            "round": lambda: strokes.bank()[4, 0],
            "off-centre": _rows(-1, -1, 0, 2, 0),
            "weak": _rows(0, -1, 2, -1, 0),
        },
    ),
    "unfold": Function(
        unfolded,
        cases=(
            (normal(2, 1, 8, 8), normal(6, 1, 5, 5, seed=1), normal(6, seed=2)),
            (normal(2, 6, 7, 9, seed=3), normal(16, 6, 5, 5, seed=4) / 10, normal(16, seed=5)),
        ),
        mistakes={
            "no-bias": lambda X, weight, bias: unfolded(X, weight, 0 * bias),
            "no-padding": _without_padding,
            "scrambled": _scrambled,
            "turned": lambda X, weight, bias: unfolded(X, weight.flip(2, 3), bias),
            "flat": lambda X, weight, bias: unfolded(X, weight, bias).flatten(2),
            "forbidden": lambda X, weight, bias: F.conv2d(X, weight, bias, padding=2),
        },
        without=(3, 4, 5),
    ),
    "frozen": Judged(
        "a-network",
        nn.Module,
        demands={
            "no-c1": _first_c1,
            "no-upright": _keeps_an_upright,
            WAS_TRAINED: was_trained,
            "moved": _held_an_upright,
            "too-low": accuracy_of(READS),
        },
        solution=_with_upright,
        mistakes={
            "no-c1": lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 10)),
            "no-upright": lambda: LeNet("relu", "max", seed=0),
            WAS_TRAINED: lambda: _with_upright(0),
            "moved": lambda: _with_upright(1, before=False),
            "too-low": lambda: _with_upright(1),
        },
        seconds=30,
    ),
}
