"""The exercises of the page `atlas`."""

import torch

from lenet_utils.exercises.kinds import Function, Number, normal


def _others(accuracy: torch.Tensor, axis: int) -> list[int]:
    return [place for place in range(accuracy.dim()) if place != axis]


EXERCISES = {
    "trainings": Number(7_680, {"three-seeds": 4_608, "no-axis": 2_560, "seeds-twice": 23_040, "added": 1_544}),
    "best": Function(
        lambda accuracy, axis: accuracy.amax(dim=_others(accuracy, axis)),
        ((normal(2, 3, 4), 1), (normal(3, 2, seed=1), 0), (normal(2, 2, 2, 2, seed=2), 3)),
        {
            "that-axis": lambda accuracy, axis: accuracy.amax(dim=axis),
            "mean": lambda accuracy, axis: accuracy.mean(dim=_others(accuracy, axis)),
            "worst": lambda accuracy, axis: accuracy.amin(dim=_others(accuracy, axis)),
            "one-number": lambda accuracy, axis: accuracy.max(),
        },
    ),
}
