"""The exercises of the page `zip_codes_to_cheques`."""

import math
from typing import Any

from lenet_utils.exercises.kinds import Number
from lenet_utils.exercises.variants import Variant

EXERCISES = {
    "presentation": Number(
        259_200 / 167_693,
        {
            "inverse": 167_693 / 259_200,
            "one-pass": 259_200 / 7_291,
            "one-day": 86_400 / 167_693,
            "a-pass": 259_200 / 23,
            "cut-off": 1.54,
            "one-decimal": 1.5,
        },
        tolerance=0.0051,
    ),
    "ceiling": Number(
        12_500_000 / 340_908,
        {
            "of-1989": 12_500_000 / 64_660,
            "operations": 25_000_000 / 340_908,
            "weights": 12_500_000 / 60_000,
            "inverse": 340_908 / 12_500_000,
        },
        tolerance=1,  # rounded up or down
    ),
}


def _seconds(v: Any) -> float:
    """Of one presentation of one digit."""
    return v.days * 86_400 / (v.passes * 7_291)


VARIANTS = {
    "presentation": Variant(
        printed={"days": 3, "passes": 23},
        places={"days": range(2, 8), "passes": range(10, 41)},
        answer=_seconds,
        mistakes={
            "inverse": lambda v: v.passes * 7_291 / (v.days * 86_400),
            "one-pass": lambda v: v.days * 86_400 / 7_291,
            "one-day": lambda v: 86_400 / (v.passes * 7_291),
            "a-pass": lambda v: v.days * 86_400 / v.passes,
            "cut-off": lambda v: math.floor(100 * _seconds(v)) / 100,
            "one-decimal": lambda v: round(_seconds(v), 1),
        },
        tolerance=0.0051,
    ),
    "ceiling": Variant(
        printed={"connections": 340_908},
        places={"connections": range(100_000, 600_000, 1_000)},
        answer=lambda v: 12_500_000 / v.connections,
        mistakes={
            "of-1989": lambda v: 12_500_000 / 64_660,
            "operations": lambda v: 25_000_000 / v.connections,
            "inverse": lambda v: v.connections / 12_500_000,
        },
        tolerance=1,  # rounded up or down
    ),
}
