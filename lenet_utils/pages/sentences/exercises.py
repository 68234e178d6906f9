"""The exercises of the page `sentences`."""

import torch
import torch.nn.functional as F

from lenet_utils.exercises.kinds import Function, Number, normal

EXERCISES = {
    "back": Number(
        0,
        {
            "as-permuted": 4.2,
            "as-printed": 4.24,
            "as-lost": -4.2,
            "as-lost-printed": -4.24,
            "frozen": 7.2,
            "frozen-printed": 7.21,
            "dense": 0.04,
            "noise": 0.5,
            "lost": 90,
            "all": 100,
        },
    ),
    "move": Function(
        lambda X, right: F.pad(X, (right, 0))[..., : X.shape[-1]],
        ((torch.arange(12.0).view(1, 1, 3, 4) + 1, 1), (normal(2, 1, 5, 5), 3), (normal(1, 2, 4, 4, seed=1), 0)),
        {
            "rolled": lambda X, right: torch.roll(X, right, -1),
            "left": lambda X, right: F.pad(X, (0, right))[..., right:],
            "down": lambda X, right: F.pad(X, (0, 0, right, 0))[..., : X.shape[-2], :],
            "wider": lambda X, right: F.pad(X, (right, 0)),
            "zero": lambda X, right: F.pad(X[..., :-right], (right, 0)),
        },
    ),
}
