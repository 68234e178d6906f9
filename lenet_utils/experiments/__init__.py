"""Comparisons over seeds, and the named experiments whose results the book shows.

`python -m lenet_utils.experiments list` names them; `run NAME` makes one again.
"""

from lenet_utils.experiments import (  # noqa: F401, they register what they hold
    atlas,
    figure_9,
    first_nets,
    lab_nets,
    ladder,
    plateau,
    rivals,
    sentences,
    since_1998,
    zip_codes,
)  # fmt: skip
from lenet_utils.experiments.cluster import cluster
from lenet_utils.experiments.comparison import Comparison, compare, interval
from lenet_utils.experiments.named import EXPERIMENTS, load, run
from lenet_utils.experiments.results import ResultError
from lenet_utils.experiments.runs import train

__all__ = ["EXPERIMENTS", "Comparison", "ResultError", "cluster", "compare", "interval", "load", "run", "train"]
