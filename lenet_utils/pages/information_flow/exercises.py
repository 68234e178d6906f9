"""The exercises of "Do more channels mean more information?"."""

from collections.abc import Callable

import torch
import torch.nn.functional as F

from lenet_utils.exercises.kinds import Choice, Function, Judged, normal
from lenet_utils.pages.information_flow.toy import IMAGES, bits

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


def _two_by_two(kernel: torch.Tensor) -> bool:
    return kernel.squeeze().shape == (2, 2)


def _sums(kernel: torch.Tensor) -> torch.Tensor:
    return F.conv2d(IMAGES.double(), kernel.double().view(1, 1, 2, 2))


def _all_bits(step: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[torch.Tensor], bool | dict[str, float]]:
    """Whether all nine bits are left when `step` is done to the sums of a kernel, or how many are."""

    def demand(kernel: torch.Tensor) -> bool | dict[str, float]:
        left = bits(step(_sums(kernel)))
        return left > 9 - 1e-6 or {"bits": left}

    return demand


EXERCISES = {
    "share": Function(
        _share,
        cases=CASES,
        mistakes={"all-inputs": _all_inputs, "output": _output_instead, "without-it": _without_it},
    ),
    "fresh": Choice("b", ("a", "c", "d")),
    "keeps": Judged(
        "a-tensor",
        torch.Tensor,
        demands={
            "form": _two_by_two,
            "whole": lambda kernel: bool((kernel == kernel.round()).all()),
            "same-sums": _all_bits(torch.clone),
            "relu": _all_bits(torch.relu),
        },
        solution=lambda: torch.tensor([[1.0, 2.0], [4.0, 8.0]]),
        mistakes={
            "form": lambda: torch.ones(3, 3),
            "whole": lambda: torch.tensor([[0.1, 0.2], [0.4, 0.8]]),
            "same-sums": lambda: torch.tensor([[1.0, 2.0], [3.0, 4.0]]),
            "relu": lambda: torch.tensor([[1.0, 2.0], [4.0, -8.0]]),
        },
    ),
}
