"""Finished runs, in memory or in a file of one JSON line each, found again by all that they depend on."""

import hashlib
import inspect
import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import torch

from lenet_utils import data
from lenet_utils.experiments.sources import sources

_START = b'{"key": "'  # of every line

_in_memory: dict[str, dict[str, Any]] = {}


class RunCache:
    """Values of finished runs by key, in the file `path` or, without one, in this Python's memory."""

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path else None
        self._values = _read(self.path) if self.path else _in_memory

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __getitem__(self, key: str) -> dict[str, Any]:
        return self._values[key]

    def add(self, key: str, values: dict[str, Any]) -> None:
        """Store `values`; in a file, the line is written before this returns."""
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": key, "values": values}) + "\n")
        self._values[key] = values

    def forget(self, keys: Iterable[str]) -> None:
        """Drop runs in memory, so that the same comparison runs anew; a file stays."""
        for key in keys:
            self._values.pop(key, None)

    @staticmethod
    def key(run: Callable[..., Any], dataset: str, seed: int, settings: Mapping[str, Any]) -> str:
        """A digest of the code that the run reaches, torch, the data set, the seed and the settings."""
        code = [torch.__version__, *sources([run, data, *map(type, settings.values())])]
        if not inspect.isfunction(run):
            code.append(repr(run))  # such as a partial, which has settings of its own
        return hashlib.sha256(repr((code, dataset, seed, sorted(settings.items()))).encode()).hexdigest()[:24]


def _read(path: Path) -> dict[str, dict[str, Any]]:
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
