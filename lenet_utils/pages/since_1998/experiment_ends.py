"""The two changes that `single` leaves out, the linear output and the width, and rates beyond those of `single_rates`."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from lenet_utils.experiments import load
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.pages.differences.experiment import by_the_rule
from lenet_utils.pages.since_1998.experiment import CHANGES, FACTORS, MORE_FACTORS, SINGLE, best, modern, single_changes, steps

Gain = tuple[float, float, float, bool]  # mean, both ends of the interval, and whether it counts
PAIRS = {
    "added": {"linear": ("codes", "linear"), "wide": ("linear", "+ wide")},
    "left in": {"linear": ("- linear", "all"), "wide": ("all", "all + wide")},
}


def ends(num_epochs: int) -> dict[str, dict[str, Any]]:
    """The networks of `PAIRS`: LeNet-5 with codes, with a linear output and twice as wide, and the same at the ladder's end."""
    codes, linear, last = (steps()[name] | {"num_epochs": num_epochs} for name in ("batches", "linear", "norm"))
    first = {"codes": codes, "linear": linear, "+ wide": linear | {"wide": 2}}
    return first | {"- linear": last | {"output": "rbf"}, "all": last, "all + wide": last | {"wide": 2}}


def gains(ladder: Comparison, single: Comparison, both_ends: Comparison) -> dict[str, dict[str, Gain]]:
    """How many of 10,000 test digits each change gains: on the `"ladder"` over the step before, `"added"` alone to the first
    network, and `"left in"` the last.

    `counts` is the verdict after Holm's correction for all thirty.
    """
    rows = {("ladder", new): _gained(ladder, old, new) for old, new in pairwise(ladder.variants)}
    rows |= {("added", name): _gained(single, "linear", f"+ {name}") for name in SINGLE}
    rows |= {("left in", name): _gained(single, f"- {name}", "all") for name in SINGLE}
    rows |= {(way, name): _gained(both_ends, *pair) for way, pairs in PAIRS.items() for name, pair in pairs.items()}
    found = dict(zip(rows, by_the_rule(rows.values()), strict=True))
    return {way: {name: found[way, name] for name in CHANGES if (way, name) in found} for way in ("ladder", *PAIRS)}


def _gained(runs: Comparison, without: str, with_it: str) -> np.ndarray:
    return 1e4 * np.subtract(runs.values(without, "error"), runs.values(with_it, "error"))


def at_the_edge() -> list[str]:
    """The networks of `single` that were best at the largest rate tried."""
    rates = load("single_rates")["runs"]
    return [name for name in single_changes(2) if best(name, rates) == max(FACTORS.values())]


@named(data="mnist", seeds=2)
def ends_rates(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Four rates for both ends of the ladder, and nine times the rate where `single_rates` preferred its largest."""
    more = {name: single_changes(3)[name] for name in at_the_edge()}
    variants = {
        f"{name} {times}".strip(): settings | {"hold_back": 40_000, "lr": settings["lr"] * factor}
        for name, settings in (more | ends(3)).items()
        for times, factor in MORE_FACTORS.items()
        if name in ends(3) or factor >= 3
    }
    return compare(variants, seeds, data, run=modern, keep=keep)


@named(data="mnist", seeds=10)
def single_ends(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The linear output in place of the codes, and twice the width, at both ends of the ladder, each at its best rate."""
    rates = load("ends_rates")["runs"]
    variants = {name: settings | {"lr": settings["lr"] * best(name, rates)} for name, settings in ends(2).items()}
    return compare(variants, seeds, data, run=modern, keep=keep)
