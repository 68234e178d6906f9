"""A mean over seeds with half of its 95 % interval, as a text."""

from collections.abc import Sequence

from lenet_utils.experiments.comparison import interval


def mean_and_half(values: Sequence[float], form: str = ".2f") -> str:
    """The mean of independent runs and half of its 95 % interval: `0.31 ± 0.01` for the format `.2f`."""
    mean, _, high, _ = interval(values)
    return f"{mean:{form}} ± {high - mean:{form.lstrip('+')}}"
