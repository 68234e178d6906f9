"""The exercises of the page `digits`."""

import torch

from lenet_utils.exercises.kinds import Function, Number, normal
from lenet_utils.preparation import centre_of_mass

EXERCISES = {
    "box": Number((20, 13), {"stretched": (20, 20), "shorter-side": (30, 20), "swapped": (13, 20), "picture": (28, 19)}),
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
