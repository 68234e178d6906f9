"""The named experiments: each is found in the folder of its page by its name, and running it writes the result there."""

import ast
import importlib
import inspect
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lenet_utils import data as datasets
from lenet_utils.errors import as_whole, expect_one_of
from lenet_utils.experiments import results
from lenet_utils.experiments.comparison import Comparison


@dataclass(frozen=True)
class Experiment:
    """A function `make(data, seeds, keep)` that returns a `Comparison` or a dictionary, with its full-size arguments."""

    name: str
    make: Callable[..., Comparison | dict[str, Any]]
    data: str
    seeds: int

    def __call__(self, data: str, seeds: Sequence[int], keep: Path | None = None) -> Comparison | dict[str, Any]:
        return self.make(data, seeds, keep)

    @property
    def about(self) -> str:
        return (self.make.__doc__ or "").split("\n")[0]

    @property
    def folder(self) -> Path:
        """Where its result belongs: the folder of its page."""
        return Path(inspect.getfile(self.make)).parent

    def command(self, data: str, seeds: int) -> str:
        return f"python -m lenet_utils.experiments run {self.name} --data {data} --seeds {seeds}"


def named(data: str = "mnist", seeds: int = 5) -> Callable[[Callable[..., Comparison | dict[str, Any]]], Experiment]:
    """Make a function in `experiment.py` of a page the experiment of its name, with the data set and seeds of the book."""
    return lambda make: Experiment(make.__name__, make, data, seeds)


def modules() -> dict[str, str]:
    """The module of every named experiment by its name, read from the sources of the pages; none is imported."""
    files = sorted(results.PAGES.glob("*/experiment*.py"))
    return {name: f"lenet_utils.pages.{file.parent.name}.{file.stem}" for file in files for name in _named_in(file)}


def _named_in(file: Path) -> Iterator[str]:
    for definition in [each for each in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(each, ast.FunctionDef)]:
        calls = [call.func for call in definition.decorator_list if isinstance(call, ast.Call)]
        if any(isinstance(function, ast.Name) and function.id == "named" for function in calls):
            yield definition.name


def find(name: str) -> Experiment:
    """The experiment `name`; of all pages only its own is imported."""
    known = modules()
    expect_one_of("experiment", name, known)
    return getattr(importlib.import_module(known[name]), name)


def run(
    name: str, data: str | None = None, seeds: int | None = None, folder: str | Path | None = None, replace: bool = False
) -> Path:
    """Run the experiment `name`; returns the path of its result.

    The result of the book's own data set is `NAME.json`, of another one `NAME.DATA.json`, in the folder of the page unless
    `folder` is given. Finished runs lie in `NAME.part.jsonl` beside it until all are done, so that an interrupted experiment
    goes on where it stopped; `seconds` are then those after the stop. A stored result with more seeds stays, unless `replace`.
    """
    experiment = find(name)
    data, seeds = data or experiment.data, experiment.seeds if seeds is None else seeds
    expect_one_of("data set", data, datasets.NAMES)
    seeds = as_whole(seeds=seeds)
    stem = name if data == experiment.data else f"{name}.{data}"
    path = Path(folder or experiment.folder) / f"{stem}.json"
    if not replace:
        _expect_no_larger(path, seeds)
    part = path.with_name(f"{stem}.part.jsonl")
    results.save(path, _result(experiment, data, seeds, part))
    part.unlink(missing_ok=True)
    return path


def _expect_no_larger(path: Path, seeds: int) -> None:
    try:
        stored = results.read(path.stem, path.parent).get("seeds", 0)
    except results.ResultError:  # none there, or a damaged one
        return
    if stored > seeds:
        raise ValueError(
            f"{path} holds {stored} seeds, and {seeds} would replace them. "
            f"Run at least {stored}, or add --replace (replace=True in Python)."
        )


def _result(experiment: Experiment, data: str, seeds: int, part: Path) -> dict[str, Any]:
    datasets.load(data)  # downloaded once, before several processes read it
    start = time.perf_counter()
    content = experiment(data, range(seeds), part)
    about = {
        "command": experiment.command(data, seeds), "data": data, "seeds": seeds, "threads": 1,
        "seconds": round(time.perf_counter() - start, 1), "versions": results.versions(), "machine": results.machine(),
    }  # fmt: skip
    return about | ({"runs": content.runs.to_dict("records")} if isinstance(content, Comparison) else content)
