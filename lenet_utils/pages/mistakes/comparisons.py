"""Every comparison of the page `mistakes`, judged together by the book's rule."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from lenet_utils.experiments import load
from lenet_utils.experiments.comparison import Comparison
from lenet_utils.pages.differences.experiment import by_the_rule
from lenet_utils.pages.mistakes.experiment_fresh import with_value


def whole_ladder() -> Comparison:
    """The steps of the experiment `ladder`, and after them eighty passes, of the experiment of that name."""
    return Comparison(pd.concat([load(name)["runs"].runs for name in ("ladder", "eighty")], ignore_index=True))


def verdicts(ladder: Comparison, fresh: dict[str, Any]) -> dict[str, tuple[float, float, float, bool]]:
    """How many errors in 10,000 digits each step of the ladder removes on MNIST, and distorted digits on each other set.

    For each its mean over the seeds, the ends of the 95 % interval, and whether it counts after Holm's correction for all.
    """
    gains = {after: np.subtract(ladder.values(after), ladder.values(before)) for before, after in pairwise(ladder.variants)}
    for name in fresh["sizes"]:
        runs = with_value(fresh["runs"], name)
        gains[name] = np.subtract(runs.values("distorted"), runs.values("recipe"))
    return dict(zip(gains, by_the_rule(10_000 * each for each in gains.values()), strict=True))
