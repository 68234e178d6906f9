"""The exercises of "What accuracy counts as good?"."""

import torch
from scipy import stats
from torch import nn

from lenet_utils import data
from lenet_utils.exercises.kinds import Function, Judged, accuracy_of
from lenet_utils.experiments.runs import fit_by_recipe
from lenet_utils.nets.lenet import LeNet, Linear, count_params

FEW_WEIGHTS = count_params(Linear())


def mcnemar(right: torch.Tensor, other: torch.Tensor) -> float:
    """The two-sided p-value of McNemar's exact test for truth values `(N,)` of two networks."""
    first, second = int((right & ~other).sum()), int((other & ~right).sum())
    return stats.binomtest(first, first + second).pvalue


def _one_sided(right: torch.Tensor, other: torch.Tensor) -> float:
    first, second = int((right & ~other).sum()), int((other & ~right).sum())
    return stats.binomtest(max(first, second), first + second, alternative="greater").pvalue


def _of_all(right: torch.Tensor, other: torch.Tensor) -> float:
    return stats.binomtest(int((right & ~other).sum()), len(right)).pvalue


def _of_totals(right: torch.Tensor, other: torch.Tensor) -> float:
    first, second = int(right.sum()), int(other.sum())
    return stats.binomtest(first, first + second).pvalue


def _of_errors(right: torch.Tensor, other: torch.Tensor) -> float:
    return _of_totals(~right, ~other)


def _chi_square(right: torch.Tensor, other: torch.Tensor, correction: int = 0) -> float:
    first, second = int((right & ~other).sum()), int((other & ~right).sum())
    return stats.chi2.sf((abs(first - second) - correction) ** 2 / (first + second), 1)


def _corrected(right: torch.Tensor, other: torch.Tensor) -> float:
    return _chi_square(right, other, correction=1)


def _truth(share: float, n: int, seed: int) -> torch.Tensor:
    return torch.rand(n, generator=torch.Generator().manual_seed(seed)) < share


def count_numbers(net: nn.Module) -> int:
    """All numbers that a network carries, trained or not: its parameters, and its buffers but for counters."""
    buffers = (buffer for buffer in net.buffers() if buffer.is_floating_point())
    return sum(value.numel() for value in (*net.parameters(), *buffers))


def small_enough(net: nn.Module) -> bool | dict[str, int]:
    weights = count_numbers(net)
    return True if weights <= FEW_WEIGHTS else {"weights": weights}


def has_convolution(net: nn.Module) -> bool:
    """Whether `net` has weights with more than two axes, as kernels have, trained or not."""
    return any(weight.dim() > 2 for weight in (*net.parameters(), *net.buffers()))


def small_lenet() -> LeNet:
    return LeNet("relu", "max", channels=(4, 8), hidden=(24, 16), seed=0)


def _trained(net: nn.Module, num_epochs: int = 8) -> nn.Module:
    return fit_by_recipe(net, data.load(), num_epochs=num_epochs)


EXERCISES = {
    "mcnemar": Function(
        mcnemar,
        cases=tuple((_truth(0.9, n, n), _truth(0.8, n, n + 1)) for n in (40, 100, 150)),
        mistakes={
            "one-sided": _one_sided,
            "of-all": _of_all,
            "of-totals": _of_totals,
            "of-errors": _of_errors,
            "chi-square": _chi_square,
            "chi-square-corrected": _corrected,
        },
    ),
    "few_weights": Judged(
        "a-network",
        nn.Module,
        demands={
            "too-many": small_enough,
            "no-convolution": has_convolution,
            "guesses": accuracy_of(0.5),
            "no-better": accuracy_of(0.91),
        },
        solution=lambda: _trained(small_lenet()),
        mistakes={
            "too-many": LeNet,
            "no-convolution": Linear,
            "guesses": small_lenet,
            "no-better": lambda: _trained(small_lenet(), 3),
        },
        seconds=30,
    ),
}
