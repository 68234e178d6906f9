"""The ways to halve the maps of LeNet after longer training, so that one which only learns faster is not ahead."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.pages.differences.experiment import verdicts
from lenet_utils.pages.max_or_average.experiment import WAYS, halve

PASSES = {"num_epochs": 4, "images": 0}
PAIRS = [("max relu", "avg relu"), ("max relu", "stride relu"), ("max relu", "1998 relu")]
PAIRS += [("max tanh", "avg tanh"), ("max tanh", "1998 tanh"), ("1998 tanh", "avg tanh")]


def settings() -> dict[str, dict[str, Any]]:
    """The networks of the comparison by their names: all ways with ReLU, all but the stride with the scaled tanh of 1998."""
    variants = {f"{by} relu": {"by": by, **PASSES} for by in WAYS}
    return variants | {f"{by} tanh": {"by": by, "activation": "scaled_tanh", **PASSES} for by in WAYS if by != "stride"}


def gains(comparison: Comparison) -> dict[tuple[str, str], tuple[float, float, float, bool]]:
    """How many percentage points the first of each of `PAIRS` reads more: mean, ends of the 95 % interval, whether it counts."""
    return verdicts(comparison, PAIRS)


@named(data="mnist", seeds=20)
def pooling_longer(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Maximum, average, stride and the pooling of 1998 after four passes over all digits, with ReLU and the tanh of 1998."""
    return compare(settings(), seeds, data, run=halve, keep=keep)
