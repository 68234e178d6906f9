"""The exercises of the page `convolution`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F

from lenet_utils.exercises.kinds import Function, Number, Wrong, normal
from lenet_utils.exercises.process import Convolutions
from lenet_utils.exercises.values import equal
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets.shapes import output_size


def _shift(row: int, column: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """Move a picture with one 3x3 kernel whose only weight stands at `(row, column)`."""
    kernel = torch.zeros(1, 1, 3, 3)
    kernel[0, 0, row, column] = 1
    return lambda X: F.conv2d(X, kernel, padding=1)


class Kernels(Convolutions):
    """Notes the kernels of the convolutions as well."""

    def __init__(self) -> None:
        super().__init__()
        self.kernels: list[torch.Tensor] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if "conv" in func.__name__:
            self.kernels += [args[1].detach().clone()]
        return super().__torch_dispatch__(func, types, args, kwargs)


@dataclass(frozen=True)
class ByConv2d(Function):
    """A function that must call `F.conv2d`, and no other convolution; the reason for another way is `forbidden`."""

    def judge(self, answer: Any) -> Wrong | None:
        if wrong := super().judge(answer):
            return wrong
        with Kernels() as called:
            self._results(answer)
        return None if called.axes == {4} and self._with(called.kernels) else Wrong("forbidden")

    def _with(self, kernels: list[torch.Tensor]) -> bool:
        """Whether these kernels are what was asked for."""
        return True


@dataclass(frozen=True)
class By3x3(ByConv2d):
    """One kernel of 3x3 must do alone what is expected."""

    def _with(self, kernels: list[torch.Tensor]) -> bool:
        return any(map(self._does_it, kernels))

    def _does_it(self, kernel: torch.Tensor) -> bool:
        if kernel.shape != (1, 1, 3, 3):
            return False
        return all(equal(F.conv2d(X, kernel.to(X), padding=1), self.expected(X)) for (X,) in self.cases)


EXERCISES = {
    "side": Number(
        14,
        {"no-padding": 11, "no-start": 13, "padded-once": 12, "no-stride": 28, "no-floor": 14.5, "half-step": 13.5},
    ),
    "shift": By3x3(
        _shift(1, 0),
        ((torch.arange(16.0).view(1, 1, 4, 4),), (normal(1, 1, 5, 7),)),
        {
            "left": _shift(1, 2),
            "down": _shift(0, 1),
            "up": _shift(2, 1),
            "nowhere": _shift(1, 1),
            "diagonal": _shift(0, 0),
            "rolled": lambda X: X.roll(1, 3),
            "forbidden": lambda X: F.pad(X, (1, 0))[..., :-1],
        },
    ),
}


VARIANTS = {
    "side": Variant(
        printed={"n": 28, "kernel": 7, "padding": 3, "stride": 2},
        places={"n": range(20, 41), "kernel": (3, 5, 7, 9), "padding": (1, 2, 3), "stride": (2, 3)},
        answer=lambda v: output_size(v.n, v.kernel, v.stride, v.padding),
        mistakes={
            "no-padding": lambda v: output_size(v.n, v.kernel, v.stride),
            "no-start": lambda v: output_size(v.n, v.kernel, v.stride, v.padding) - 1,
            "padded-once": lambda v: output_size(v.n + v.padding, v.kernel, v.stride),
            "no-stride": lambda v: output_size(v.n, v.kernel, 1, v.padding),
            "no-floor": lambda v: (v.n + 2 * v.padding - v.kernel) / v.stride + 1,
            "half-step": lambda v: (v.n + 2 * v.padding - v.kernel) / v.stride,
        },
    )
}
