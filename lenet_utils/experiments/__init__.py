"""Comparisons over seeds, and the named experiments whose results the book shows.

`python -m lenet_utils.experiments list` names them; `run NAME` makes one again.
"""

import importlib
import pkgutil

from lenet_utils.experiments.cluster import cluster
from lenet_utils.experiments.comparison import Comparison, compare, interval
from lenet_utils.experiments.named import EXPERIMENTS, load, run
from lenet_utils.experiments.results import ResultError
from lenet_utils.experiments.runs import train

__all__ = ["EXPERIMENTS", "Comparison", "ResultError", "cluster", "compare", "interval", "load", "run", "train"]

for _module in pkgutil.iter_modules(__path__):  # importing one registers the experiments that it holds
    if _module.name != "__main__":
        importlib.import_module(f"{__name__}.{_module.name}")
