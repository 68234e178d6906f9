"""Finished runs, in memory or in a file of one JSON line each, found again by what they depend on."""

import hashlib
import inspect
import json
import os
from pathlib import Path

import torch

from lenet_utils import augment, codes, data, levenberg, models, one_by_one, papers, shapes, training
from lenet_utils.experiments import runs

CODE = (augment, codes, data, levenberg, models, one_by_one, papers, runs, shapes, training)

_START = b'{"key": "'  # of every line

_in_memory = {}


class Kept:
    """Values of finished runs by key, in the file `path` or, without one, in this Python's memory."""

    def __init__(self, path=None):
        self.path = Path(path) if path else None
        self._values = _in_memory if path is None else _read(self.path)

    def __contains__(self, key):
        return key in self._values

    def __getitem__(self, key):
        return self._values[key]

    def add(self, key, values):
        """Keep `values`; in a file, the line is written before this returns."""
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": key, "values": values}) + "\n")
        self._values[key] = values

    def complete(self, keys):
        """Forget runs kept in memory, so that the same comparison runs anew; a file stays."""
        for key in keys:
            self._values.pop(key, None)

    @staticmethod
    def key(run, dataset, seed, settings):
        """A digest that changes with the run's own code, what trains, torch, the data set, the seed and the settings."""
        code = [torch.__version__, *(_source(part) for part in (_whole(run), *CODE))]
        return hashlib.sha256(repr((code, dataset, seed, sorted(settings.items()))).encode()).hexdigest()[:24]


def _whole(run):
    """The module of a run that is in this package, for it reads more than its own lines."""
    module = inspect.getmodule(run)
    return module if module and module.__name__.startswith("lenet_utils.") else run


def _source(code):
    try:
        return inspect.getsource(code)
    except (OSError, TypeError):  # typed at the prompt, or made of other functions
        return repr(code)


def _read(path):
    """The whole lines of the file; one cut short by a crash is taken off, so that its run is done again."""
    if not path.exists():
        return {}
    whole, end, cut = path.read_bytes().rpartition(b"\n")
    try:
        rows = [json.loads(line) for line in whole.splitlines()]
        values = {row["key"]: row["values"] for row in rows}
        if not cut.startswith(_START[: len(cut)]):
            raise ValueError("the last line is of another kind")
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is not a file of finished runs ({error}). Delete it to run everything again.") from None
    if cut:
        os.truncate(path, len(whole + end))
    return values
