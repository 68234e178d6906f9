"""The exercises of the page `net_1989`."""

import torch.nn.functional as F

from lenet_utils.exercises.kinds import Function, Number, normal

EXERCISES = {
    "biases": Number(8_824, {"of-units": 9_760, "none": 8_800, "first-only": 9_004, "second-only": 9_580}),
    "margin": Function(
        lambda X: F.pad(X, (2, 2, 2, 2), value=-1.0),
        ((normal(2, 1, 6, 6),), (normal(1, 3, 4, 5, seed=1),)),
        {
            "zeros": lambda X: F.pad(X, (2, 2, 2, 2)),
            "ink": lambda X: F.pad(X, (2, 2, 2, 2), value=1.0),
            "one-pixel": lambda X: F.pad(X, (1, 1, 1, 1), value=-1.0),
            "edge": lambda X: F.pad(X, (2, 2, 2, 2), mode="replicate"),
        },
    ),
}
