"""The exercises of the page `differences`."""

from collections.abc import Sequence
from statistics import pstdev, stdev
from typing import Any

from lenet_utils.exercises.kinds import Choice, Function, Number
from lenet_utils.exercises.variants import Variant


def holm_count(p: Sequence[float], level: float = 0.05) -> int:
    """How many of the p-values count by Holm's method."""
    for count, value in enumerate(sorted(p)):
        if value > level / (len(p) - count):
            return count
    return len(p)


def _passing(p: Sequence[float]) -> int:
    """Holm's thresholds without the stop at the first that fails."""
    return sum(value <= 0.05 / (len(p) - count) for count, value in enumerate(sorted(p)))


def _unsorted(p: Sequence[float]) -> int:
    for count, value in enumerate(p):
        if value > 0.05 / (len(p) - count):
            return count
    return len(p)


EXERCISES = {
    "half": Number(
        0.4108,
        {"no-root": 0.8216, "population": 0.3558, "normal": 0.2530, "error": 0.1291},
        tolerance=0.005,
    ),
    "sentence": Choice("c", ("a", "b", "d")),
    "holm": Function(
        holm_count,
        (
            ([0.04, 0.001, 0.2, 0.012],),
            ([0.03, 0.03, 0.03],),
            ([0.0001, 0.02, 0.021, 0.9, 0.011],),  # none at its threshold, so < and <= agree
            ([0.01, 0.02, 0.2],),
            ([0.001, 0.01, 0.002],),  # all count, so the loop ends
        ),
        {
            "none": lambda p: sum(value <= 0.05 for value in p),
            "bonferroni": lambda p: sum(value <= 0.05 / len(p) for value in p),
            "no-stop": _passing,
            "unsorted": _unsorted,
        },
    ),
}


def _runs(v: Any) -> tuple[float, ...]:
    return v.a, v.b, v.c, v.d


VARIANTS = {
    "half": Variant(
        printed={"a": 97.0, "b": 97.2, "c": 97.4, "d": 97.6},
        places={run: [tenth / 10 for tenth in range(960, 986)] for run in "abcd"},
        answer=lambda v: 3.182 * stdev(_runs(v)) / 2,
        mistakes={
            "no-root": lambda v: 3.182 * stdev(_runs(v)),
            "population": lambda v: 3.182 * pstdev(_runs(v)) / 2,
            "normal": lambda v: 1.96 * stdev(_runs(v)) / 2,
            "error": lambda v: stdev(_runs(v)) / 2,
        },
        fits=lambda v: 0.2 < stdev(_runs(v)) < 1,
        tolerance=0.005,
    )
}
