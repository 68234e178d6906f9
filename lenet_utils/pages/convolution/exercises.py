"""The exercises of the page `convolution`."""

from collections.abc import Callable

import torch
import torch.nn.functional as F

from lenet_utils.exercises.kinds import Function, Number, normal


def _shift(row: int, column: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """Move a picture with one 3x3 kernel whose only weight stands at `(row, column)`."""
    kernel = torch.zeros(1, 1, 3, 3)
    kernel[0, 0, row, column] = 1
    return lambda X: F.conv2d(X, kernel, padding=1)


EXERCISES = {
    "side": Number(14, {"no-padding": 11, "no-start": 13, "padded-once": 12, "no-stride": 28, "no-floor": 14.5}),
    "shift": Function(
        _shift(1, 0),
        ((torch.arange(16.0).view(1, 1, 4, 4),), (normal(1, 1, 5, 7),)),
        {
            "left": _shift(1, 2),
            "down": _shift(0, 1),
            "up": _shift(2, 1),
            "nowhere": _shift(1, 1),
        },
    ),
}
