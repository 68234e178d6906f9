"""The registry of named experiments: running one writes `results/NAME.json`, loading one reads it."""

import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lenet_utils import data as datasets
from lenet_utils import expect
from lenet_utils.experiments import results
from lenet_utils.experiments.comparison import Comparison

EXPERIMENTS = {}


@dataclass(frozen=True)
class Experiment:
    """A function `make(data, seeds, keep)` that gives a `Comparison` or a dictionary, with its full-size arguments."""

    name: str
    make: callable
    data: str
    seeds: int

    @property
    def about(self):
        return self.make.__doc__.split("\n")[0]

    def command(self, data, seeds):
        return f"python -m lenet_utils.experiments run {self.name} --data {data} --seeds {seeds}"


def named(data="mnist", seeds=5):
    """Register a function as the experiment of its name, with the data set and the number of seeds of the book."""

    def register(make):
        EXPERIMENTS[make.__name__] = Experiment(make.__name__, make, data, seeds)
        return make

    return register


def run(name, data=None, seeds=None, folder=None, replace=False):
    """Run the experiment `name`; returns the path of its result.

    The result of the book's own data set is `NAME.json`, of another one `NAME.DATA.json`. Finished runs lie in
    `NAME.part.jsonl` beside it until all are done, so that an interrupted experiment goes on where it stopped;
    `seconds` are then those after the stop. A stored result with more seeds stays, unless `replace`.
    """
    expect.one_of("experiment", name, EXPERIMENTS)
    experiment = EXPERIMENTS[name]
    data, seeds = data or experiment.data, experiment.seeds if seeds is None else seeds
    expect.one_of("data set", data, datasets.NAMES)
    expect.whole(seeds=seeds)
    stem = name if data == experiment.data else f"{name}.{data}"
    path = Path(folder or results.FOLDER) / f"{stem}.json"
    if not replace:
        _expect_no_larger(path, seeds)
    part = path.with_name(f"{stem}.part.jsonl")
    results.save(path, _made(experiment, data, seeds, part))
    part.unlink(missing_ok=True)
    return path


def _expect_no_larger(path, seeds):
    try:
        stored = results.load(path.stem, path.parent).get("seeds", 0)
    except results.ResultError:  # none there, or a damaged one
        return
    if stored > seeds:
        raise ValueError(
            f"{path} holds {stored} seeds, and {seeds} would replace them. "
            f"Run at least {stored}, or add --replace (replace=True in Python)."
        )


def _made(experiment, data, seeds, part):
    datasets.load(data)  # downloaded once, before several processes read it
    start = time.perf_counter()
    made = experiment.make(data, range(seeds), part)
    about = {
        "command": experiment.command(data, seeds), "data": data, "seeds": seeds, "threads": 1,
        "seconds": round(time.perf_counter() - start, 1), "versions": results.versions(), "machine": results.machine(),
    }  # fmt: skip
    return about | ({"runs": made.runs.to_dict("records")} if isinstance(made, Comparison) else made)


def load(name, folder=None):
    """The committed result `name` as a dictionary; `runs`, if it is a list of them, as a `Comparison`."""
    content = results.load(name, folder)
    if isinstance(content.get("runs"), list):
        content["runs"] = Comparison(pd.DataFrame(content["runs"]))
    return content
