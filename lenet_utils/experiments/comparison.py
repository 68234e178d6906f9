"""A comparison: named variants times seeds, run side by side with one thread each, and what is finished stays finished."""

import functools
import inspect
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit
from tqdm.auto import tqdm

from lenet_utils import data as datasets
from lenet_utils.errors import as_whole, expect_one_of
from lenet_utils.experiments.cluster import as_finished
from lenet_utils.experiments.run_cache import RunCache
from lenet_utils.experiments.runs import train
from lenet_utils.training.threads import one_thread

_one_at_a_time = threading.Lock()
_Task = tuple[str, int]  # variant and seed


@dataclass(frozen=True)
class Comparison:
    """The finished runs as a tidy table: one row a run, with `variant`, `seed` and the values that the run gave."""

    runs: pd.DataFrame

    @property
    def variants(self) -> list[str]:
        """The names, in the order in which they were given."""
        return list(dict.fromkeys(self.runs["variant"]))

    def values(self, variant: str, value: str = "accuracy") -> list[Any]:
        """The `value` of every run of `variant`, in the order of the seeds."""
        expect_one_of("variant", variant, self.variants)
        expect_one_of("value", value, list(self.runs.columns))
        return self.runs.loc[self.runs["variant"] == variant, value].tolist()

    def table(self, value: str = "accuracy") -> pd.DataFrame:
        """Mean of `value` over the seeds with its 95 % interval, and how many seeds: one row a variant."""
        rows = {name: interval(self.values(name, value)) for name in self.variants}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "low", "high", "seeds"])

    def difference(self, variant: str, other: str, value: str = "accuracy") -> tuple[float, float, float, int]:
        """Mean of `variant` minus `other` over the same seeds with its 95 % interval: `(mean, low, high, seeds)`."""
        pairs = zip(self.values(variant, value), self.values(other, value), strict=True)
        return interval([a - b for a, b in pairs])

    def __repr__(self) -> str:
        return self.table(self.runs.columns[2]).to_string(float_format="{:.4f}".format)

    def _repr_html_(self) -> str:
        table = self.table(self.runs.columns[2]).rename_axis("variant", axis="columns")  # no header is empty
        return table.to_html(float_format="{:.4f}".format)


def interval(values: Sequence[float]) -> tuple[float, float, float, int]:
    """Mean and 95 % interval of Student's t over independent runs: `(mean, low, high, n)`; no interval for one run."""
    n, mean = len(values), float(sum(values) / len(values))
    if n == 1:
        return mean, float("nan"), float("nan"), 1
    half = float(stdtrit(n - 1, 0.975) * np.std(values, ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half, n


def compare(
    variants: Mapping[str, Mapping[str, Any]], seeds: Iterable[int], data: str = "mnist-5k", *,
    run: Callable[..., dict[str, Any]] = train, keep: str | Path | None = None, n_jobs: int = -1, progress: bool = True,
) -> Comparison:  # fmt: skip
    """Run every variant with every seed; returns a `Comparison`.

    `variants` maps a name to the settings of `run(digits, seed, **settings)`, which gives a dictionary of values;
    the default `run` trains a LeNet and takes the settings of `LeNet` and of `fit`. `data` is a name for `data.load`,
    read once in each process. The runs are shared out by joblib over `n_jobs` cores of this machine, -1 for all, with
    one thread each; within `cluster`, over its workers.

    Interrupted, or stopped by a run that raises, it keeps what is finished: calling again runs the rest. `keep` is
    a file for the finished runs; without it they are kept as long as this Python lives and the comparison is not complete.
    A kept run counts while settings, seed, data set, torch and all code of this package that `run` imports are the same;
    whatever else `run` reads belongs into the settings.
    """
    seeds = _expect(variants, seeds, data, run)
    tasks = [(name, seed) for name in variants for seed in seeds]
    cache = RunCache(keep)
    keys = {task: cache.key(run, data, task[1], variants[task[0]]) for task in tasks}
    todo = [task for task in tasks if keys[task] not in cache]
    calls = [(task, run, data, variants[task[0]]) for task in todo]
    bar = tqdm(total=len(tasks), initial=len(tasks) - len(todo), disable=not progress, leave=False, unit="run")
    try:
        with bar:
            for task, values in as_finished(_once, calls, n_jobs):
                cache.add(keys[task], values)
                bar.update()
    except BaseException as error:
        done = sum(key in cache for key in keys.values())
        error.add_note(f"{done} of {len(tasks)} runs are finished and kept; compare with the same arguments to run the rest.")
        raise
    rows = [{"variant": task[0], "seed": task[1], **cache[keys[task]]} for task in tasks]
    cache.forget(keys.values())
    return Comparison(pd.DataFrame(rows))


def _expect(variants: Mapping[str, Mapping[str, Any]], seeds: Iterable[int], data: str, run: Callable[..., Any]) -> list[int]:
    """The seeds as a list, if everything that can be wrong before the first run is right."""
    seeds = [as_whole(None, seed=seed) for seed in seeds]
    if not variants or not seeds:
        raise ValueError(f"Expected at least one variant and one seed, got {len(variants)} and {len(seeds)}.")
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"Expected different seeds, got {seeds}.")
    expect_one_of("data set", data, datasets.NAMES)
    for name, settings in variants.items():
        try:
            inspect.signature(run).bind(None, 0, **settings)
        except TypeError as error:
            known = ", ".join(list(inspect.signature(run).parameters)[2:])
            raise TypeError(f"Variant {name!r}: {error}. Known settings: {known}.") from None
    return seeds


def _once(task: _Task, run: Callable[..., Any], data: str, settings: Mapping[str, Any]) -> tuple[_Task, dict[str, Any]]:
    """One run in the process that does it, on one thread; returns the task with its values."""
    with _one_at_a_time, one_thread():  # the threads of a process share torch's generator
        return task, run(_digits(data), task[1], **settings)


@functools.lru_cache(maxsize=1)
def _digits(name: str) -> datasets.Digits:
    return datasets.load(name, download=False)
