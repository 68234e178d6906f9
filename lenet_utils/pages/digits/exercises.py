"""The exercises of the page `digits`."""

import math
from typing import Any

import torch

from lenet_utils.exercises.kinds import Function, Number, normal
from lenet_utils.exercises.variants import Variant
from lenet_utils.preparation import centre_of_mass, scaled

EXERCISES = {
    "box": Number(
        (20, 13),
        {
            "stretched": (20, 20),
            "shorter-side": (30, 20),
            "swapped": (13, 20),
            "picture": (28, 19),
            "rounded-up": (20, 14),
        },
    ),
    "centre": Function(
        centre_of_mass,
        ((normal(4, 4).abs(),), (normal(5, 9, seed=1).relu() + torch.eye(5, 9),), (torch.eye(3, 6) / 4,)),
        {
            "swapped": lambda picture: centre_of_mass(picture).flip(0),
            "from-one": lambda picture: centre_of_mass(picture) + 1,
            "not-divided": lambda picture: centre_of_mass(picture) * picture.sum(),
            "not-weighted": lambda picture: (picture > 0).nonzero().double().mean(0),
            "of-the-picture": lambda picture: (torch.tensor(picture.shape) - 1) / 2,
        },
    ),
}


def _exact(v: Any) -> tuple[float, ...]:
    """Height and width, the longer one 20, before they are rounded."""
    return tuple(20 * side / max(v.height, v.width) for side in (v.height, v.width))


def _sides(v: Any, box: int = 20) -> tuple[int, ...]:
    return tuple(scaled(torch.ones(v.height, v.width), box).shape)


VARIANTS = {
    "box": Variant(
        printed={"height": 60, "width": 40},
        places={"height": range(24, 81, 2), "width": range(24, 81, 2)},
        answer=_sides,
        mistakes={
            "stretched": lambda v: (20, 20),
            "shorter-side": lambda v: tuple(round(20 * side / min(v.height, v.width)) for side in (v.height, v.width)),
            "swapped": lambda v: _sides(v)[::-1],
            "picture": lambda v: _sides(v, box=28),
            "rounded-up": lambda v: tuple(map(math.ceil, _exact(v))),
        },
        fits=lambda v: v.height != v.width and all(side % 1 != 0.5 for side in _exact(v)),
    )
}
