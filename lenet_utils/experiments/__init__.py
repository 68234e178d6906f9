"""Comparisons over seeds, and the committed results of the named experiments.

`python -m lenet_utils.experiments list` names the experiments; `run NAME` makes one again.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from lenet_utils.experiments import results
from lenet_utils.experiments.comparison import Comparison, compare, interval
from lenet_utils.experiments.results import ResultError

__all__ = ["Comparison", "ResultError", "about", "compare", "interval", "load"]


def load(name: str, folder: str | Path | None = None) -> dict[str, Any]:
    """The committed result `name` as a dictionary; `runs`, if it is a list of them, as a `Comparison`."""
    content = results.read(name, folder)
    if isinstance(content.get("runs"), list):
        content["runs"] = Comparison(pd.DataFrame(content["runs"]))
    return content


def about(result: dict[str, Any]) -> str:
    """Where a committed `result` comes from, in one line: data, seeds, minutes, and the command that repeats it."""
    seeds = f", {result['seeds']} seeds" if result.get("seeds", 1) > 1 else ""
    minutes = f", {max(1, round(result['seconds'] / 60))} min" if "seconds" in result else ""
    return f"{result.get('data', 'measured')}{seeds}{minutes}: {result['command']}"
