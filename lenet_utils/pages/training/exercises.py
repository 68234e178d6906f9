"""The exercises of the page `training`."""

import math

import torch

from lenet_utils.exercises.kinds import Function, Number
from lenet_utils.exercises.variants import Variant

EXERCISES = {
    "letters": Number(
        math.log(26),
        {"log-10": math.log10(26), "log-2": math.log2(26), "digits": math.log(10), "sign": -math.log(26), "chance": 1 / 26},
        tolerance=0.005,
    ),
    "entropy": Function(
        lambda shares: -(shares * shares.log()).sum(),
        ((torch.tensor([0.5, 0.25, 0.25]),), (torch.tensor([0.1, 0.2, 0.3, 0.4]),)),
        {
            "sign": lambda shares: (shares * shares.log()).sum(),
            "bits": lambda shares: -(shares * shares.log2()).sum(),
            "not-weighted": lambda shares: -shares.log().mean(),
            "mean": lambda shares: -(shares * shares.log()).mean(),
        },
    ),
}


VARIANTS = {
    "letters": Variant(
        printed={"classes": 26},
        places={"classes": (*range(3, 10), *range(11, 101))},
        answer=lambda v: math.log(v.classes),
        mistakes={
            "log-10": lambda v: math.log10(v.classes),
            "log-2": lambda v: math.log2(v.classes),
            "digits": lambda v: math.log(10),
            "sign": lambda v: -math.log(v.classes),
            "chance": lambda v: 1 / v.classes,
        },
        tolerance=0.005,
    )
}
