"""The exercises of the chapter on history."""

import torch
import torch.nn.functional as F

from lenet_utils.exercises import Choice, Function, Number
from lenet_utils.preparation import centre_of_mass
from lenet_utils.questions import random

EXERCISES = {
    "digits/box": Number((20, 13), {"stretched": (20, 20), "shorter-side": (30, 20), "swapped": (13, 20), "picture": (28, 19)}),
    "digits/centre": Function(
        centre_of_mass,
        ((random(4, 4).abs(),), (random(5, 9, seed=1).relu() + torch.eye(5, 9),), (torch.eye(3, 6) / 4,)),
        {
            "swapped": lambda picture: centre_of_mass(picture).flip(0),
            "from-one": lambda picture: centre_of_mass(picture) + 1,
            "not-divided": lambda picture: centre_of_mass(picture) * picture.sum(),
            "not-weighted": lambda picture: (picture > 0).nonzero().double().mean(0),
            "of-the-picture": lambda picture: (torch.tensor(picture.shape) - 1) / 2,
        },
    ),
    "zip_codes_to_cheques/presentation": Number(
        259_200 / 167_693,
        {"inverse": 167_693 / 259_200, "one-pass": 259_200 / 7_291, "one-day": 86_400 / 167_693, "a-pass": 259_200 / 23},
        tolerance=0.006,
    ),
    "zip_codes_to_cheques/ceiling": Number(
        12_500_000 / 340_908,
        {
            "of-1989": 12_500_000 / 64_660,
            "operations": 25_000_000 / 340_908,
            "weights": 12_500_000 / 60_000,
            "inverse": 340_908 / 12_500_000,
        },
        tolerance=0.5,
    ),
    "net_1989/biases": Number(8_824, {"of-units": 9_760, "none": 8_800, "first-only": 9_004, "second-only": 9_580}),
    "net_1989/margin": Function(
        lambda X: F.pad(X, (2, 2, 2, 2), value=-1.0),
        ((random(2, 1, 6, 6),), (random(1, 3, 4, 5, seed=1),)),
        {
            "zeros": lambda X: F.pad(X, (2, 2, 2, 2)),
            "ink": lambda X: F.pad(X, (2, 2, 2, 2), value=1.0),
            "one-pixel": lambda X: F.pad(X, (1, 1, 1, 1), value=-1.0),
            "edge": lambda X: F.pad(X, (2, 2, 2, 2), mode="replicate"),
        },
    ),
    "lenet_5/places": Number(16, {"every-pixel": 61, "first": 15, "whole": 23, "every-pixel-padded": 64}),
    "lenet_5/distance": Number(28, {"counted": 7, "not-squared": 14, "squared-count": 49, "same": 77}),
    "since_1998/links": Number(2_416, {"table": 1_516, "no-biases": 2_400, "one-link": 416, "a-bias-a-link": 2_496}),
    "since_1998/order": Choice("c", ("a", "b", "d")),
    "figure_9/pairs": Number(45, {"both-ways": 90, "one-a-class": 10, "with-itself": 55, "all": 100}),
    "figure_9/products": Number(860, {"one-part": 820, "both-orders": 1_640, "squares-only": 80, "without": 40}),
}
