"""Every comparison of the page `training`, judged together by the book's rule."""

from itertools import combinations

import numpy as np

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.pages.differences.experiment import by_the_rule

RATES = ("2/256", "0.9/256", "0.3/256")  # those at which every run leaves the plateau


def verdicts(rates: Comparison, clothes: Comparison) -> dict[tuple[str, str], tuple[float, float, float, bool]]:
    """How many steps later the first of two rates leaves the plateau, and by how many percentage points a network on clothes
    is more accurate than softmax regression.

    For each its mean over the seeds, the ends of the 95 % interval, and whether it counts after Holm's correction for all.
    """
    values = {
        (one, other): np.subtract(rates.values(one, "step"), rates.values(other, "step")) for one, other in combinations(RATES, 2)
    }
    first, *others = clothes.variants
    values |= {(name, first): 100 * np.subtract(clothes.values(name), clothes.values(first)) for name in others}
    return dict(zip(values, by_the_rule(values.values()), strict=True))
