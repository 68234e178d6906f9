"""Every comparison of the page `as_wide_as_possible`, judged together by the book's rule."""

import numpy as np

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.pages.as_wide_as_possible.experiment import WIDTHS
from lenet_utils.pages.differences.experiment import by_the_rule

BEST = "8"  # the width with the lowest mean error, on 60,000 digits and on 1,000
OTHER = ("8 of 10,000", "1 of 60,000")  # more width or more digits


def verdicts(runs: Comparison) -> dict[tuple[str, str], tuple[float, float, float, bool]]:
    """How many more of 10,000 test digits the first of two networks misreads than the second: each width against the best one,
    on 60,000 digits and on 1,000, and the pair `OTHER`.

    For each its mean over the seeds, the ends of the 95 % interval, and whether it counts after Holm's correction for all.
    """
    narrower = [name for name in WIDTHS if name != BEST]
    pairs = [(f"{name} of {images}", f"{BEST} of {images}") for images in ("60,000", "1,000") for name in narrower] + [OTHER]
    more = [1e4 * np.subtract(runs.values(one, "error"), runs.values(other, "error")) for one, other in pairs]
    return dict(zip(pairs, by_the_rule(more), strict=True))
