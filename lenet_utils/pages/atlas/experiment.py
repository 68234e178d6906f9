"""Many short trainings over activation, pooling, initialisation, rate, batch and seed, in one small table."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lenet_utils.experiments.comparison import compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import brief

AXES: dict[str, list[Any]] = {
    "activation": ["sigmoid", "tanh", "scaled_tanh", "relu"],
    "pool": ["avg", "max"],
    "init": ["xavier", "he", "1998", "pytorch"],
    "lr": [0.01, 0.03, 0.1, 0.2, 0.4, 0.6, 0.9, 1.5],
    "batch_size": [32, 128],
}


@named(data="mnist-5k", seeds=3)
def atlas(data: str, seeds: Sequence[int], keep: Path | None) -> dict[str, Any]:
    """1,536 LeNets, three epochs each: test accuracy over activation, pooling, initialisation, rate, batch and seed."""
    points = [dict(zip(AXES, point, strict=True), num_epochs=3) for point in itertools.product(*AXES.values())]
    runs = compare({str(i): point for i, point in enumerate(points)}, seeds, data, run=brief, keep=keep)
    shape = [len(values) for values in AXES.values()] + [len(seeds)]
    columns = {name: np.reshape([runs.values(v, name) for v in runs.variants], shape) for name in ("accuracy", "loss")}
    thousandths = (1000 * columns["accuracy"]).round().astype(int)
    losses = np.nan_to_num(columns["loss"], nan=99.0, posinf=99.0).clip(max=99).round(3)
    return {"axes": AXES | {"seed": list(seeds)}, "accuracy_in_thousandths": thousandths.tolist(), "loss": losses.tolist()}
