"""The exercises of the page `atlas`."""

import torch

from lenet_utils.exercises.kinds import Function, Number, normal
from lenet_utils.exercises.variants import Variant


def _others(accuracy: torch.Tensor, axis: int) -> list[int]:
    return [place for place in range(accuracy.dim()) if place != axis]


EXERCISES = {
    "trainings": Number(7_680, {"three-seeds": 4_608, "no-axis": 2_560, "seeds-twice": 23_040, "added": 1_544}),
    "best": Function(
        lambda accuracy, axis: accuracy.amax(dim=_others(accuracy, axis)),
        ((normal(2, 3, 4), 1), (normal(3, 2, seed=1), 0), (normal(2, 2, 2, 2, seed=2), 3)),
        {
            "that-axis": lambda accuracy, axis: accuracy.amax(dim=axis),
            "that-axis-max": lambda accuracy, axis: accuracy.max(dim=axis),
            "mean": lambda accuracy, axis: accuracy.mean(dim=_others(accuracy, axis)),
            "worst": lambda accuracy, axis: accuracy.amin(dim=_others(accuracy, axis)),
            "one-number": lambda accuracy, axis: accuracy.max(),
        },
    ),
}


VARIANTS = {
    "trainings": Variant(
        printed={"axis": 3, "seeds": 5},
        places={"axis": range(2, 8), "seeds": (4, 5, 6, 7, 8, 9, 10)},
        answer=lambda v: 512 * v.axis * v.seeds,
        mistakes={
            "three-seeds": lambda v: 1_536 * v.axis,
            "no-axis": lambda v: 512 * v.seeds,
            "seeds-twice": lambda v: 1_536 * v.axis * v.seeds,
            "added": lambda v: 1_536 + v.axis + v.seeds,
        },
    )
}
