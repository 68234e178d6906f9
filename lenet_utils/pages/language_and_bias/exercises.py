"""The exercises of "What language was LeNet written in, and did its convolutions have no bias?"."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from lenet_utils.exercises.kinds import Choice, Function, Number, normal
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets import shapes
from lenet_utils.nets.lenet import seeded


def scales(f: Callable[[torch.Tensor], torch.Tensor], X: torch.Tensor) -> torch.Tensor:
    """The largest difference between what `f` gives for half of `X` and half of what it gives for `X`; 0 without biases."""
    return (f(X / 2) - f(X) / 2).abs().max()


def _functions() -> tuple[Callable[[torch.Tensor], torch.Tensor], ...]:
    """With a bias and without one, and two without a bias that bend all the same, one of them up and down."""
    with seeded(0):
        bare, biased = nn.Conv2d(1, 2, 3, bias=False).requires_grad_(False), nn.Conv2d(1, 2, 3).requires_grad_(False)
    return (
        bare,
        biased,
        nn.Sequential(bare, nn.ReLU(), nn.MaxPool2d(2)),
        nn.Sequential(bare, nn.Tanh()),
        lambda X: torch.cos(bare(X)),
    )


EXERCISES = {
    "scales": Function(
        scales,
        tuple((f, normal(2, 1, 6, 6)) for f in _functions()),
        mistakes={
            "zero": lambda f, X: f(0 * X).abs().max(),
            "same": lambda f, X: (f(X / 2) - f(X)).abs().max(),
            "twice": lambda f, X: (2 * f(X / 2) - f(X)).abs().max(),
            "sign": lambda f, X: (f(-X) + f(X)).abs().max(),
            "mean": lambda f, X: (f(X / 2) - f(X) / 2).abs().mean(),
            "no-abs": lambda f, X: (f(X / 2) - f(X) / 2).max(),
            "no-abs-either": lambda f, X: (f(X) / 2 - f(X / 2)).max(),
            "of-largest": lambda f, X: (f(X / 2).max() - f(X).max() / 2).abs(),
        },
    ),
    "units": Number(
        6 * 25 + 6 * 28 * 28,
        {
            "per-map": 6 * 25 + 6,
            "none": 6 * 25,
            "only-biases": 6 * 28 * 28,
            "one-map": 6 * 25 + 28 * 28,
            "both": 6 * 26 + 6 * 28 * 28,
            "image-side": 6 * 25 + 6 * 32 * 32,
            "connections": 6 * 26 * 28 * 28,
        },
    ),
    "paper": Choice("a", ("b", "c", "d")),
}


def _units(v: Any, maps: int) -> int:
    return maps * shapes.output_size(v.n, v.kernel) ** 2


VARIANTS = {
    "units": Variant(
        printed={"maps": 6, "n": 32, "kernel": 5},
        places={"maps": range(4, 13), "n": range(20, 41, 2), "kernel": (3, 5, 7)},
        answer=lambda v: v.maps * v.kernel**2 + _units(v, v.maps),
        mistakes={
            "per-map": lambda v: v.maps * (v.kernel**2 + 1),
            "none": lambda v: v.maps * v.kernel**2,
            "only-biases": lambda v: _units(v, v.maps),
            "one-map": lambda v: v.maps * v.kernel**2 + _units(v, 1),
            "both": lambda v: v.maps * (v.kernel**2 + 1) + _units(v, v.maps),
            "image-side": lambda v: v.maps * v.kernel**2 + v.maps * v.n**2,
            "connections": lambda v: (v.kernel**2 + 1) * _units(v, v.maps),
        },
    )
}
