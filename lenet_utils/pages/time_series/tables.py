"""Comparisons of the page `time_series` as texts in percent."""

from collections.abc import Mapping

import pandas as pd

from lenet_utils.experiments import Comparison


def percent(row: pd.Series) -> str:
    """Mean and 95 % interval of a `row` of `Comparison.table`, in percent."""
    return f"{row['mean']:.1%} ({row['low']:.1%} to {row['high']:.1%})"


def means(runs: Comparison, columns: Mapping[str, str]) -> str:
    """Means in percent: a row a variant, and a column for each value of `columns`, which maps it to its heading."""
    table = pd.DataFrame({heading: runs.table(value)["mean"] for value, heading in columns.items()})
    return table.to_string(float_format="{:.1%}".format)


def gains(runs: Comparison, variant: str) -> str:
    """Points of accuracy of `variant` over each other variant, a line each, with the 95 % interval."""
    lines = []
    for other in runs.variants:
        if other != variant:
            mean, low, high = (100 * share for share in runs.difference(variant, other)[:3])
            lines.append(f"{variant} over {other}: {mean:+.1f} ({low:+.1f} to {high:+.1f})")
    return "\n".join(lines)
