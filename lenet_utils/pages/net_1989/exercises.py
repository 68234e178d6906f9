"""The exercises of the page `net_1989`."""

from typing import Any

import torch.nn.functional as F

from lenet_utils.exercises.kinds import Function, Number, normal
from lenet_utils.exercises.variants import Variant

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


def _weights(v: Any, biases: int) -> int:
    """Kernels of H1 and H2 with so many biases, and the dense layers with theirs."""
    return 12 * 25 + 12 * 8 * 25 + biases + v.units * (12 * 16 + 1) + 10 * (v.units + 1)


VARIANTS = {
    "biases": Variant(
        printed={"units": 30},
        places={"units": range(10, 61)},
        answer=lambda v: _weights(v, 12 + 12),
        mistakes={
            "of-units": lambda v: _weights(v, 768 + 192),
            "none": lambda v: _weights(v, 0),
            "first-only": lambda v: _weights(v, 12 + 192),
            "second-only": lambda v: _weights(v, 768 + 12),
        },
    )
}
