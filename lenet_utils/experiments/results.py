"""The committed results: `results/NAME.json`, each with what it depends on and the command that makes it."""

import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "results"
PACKAGES = ("torch", "torchvision", "numpy", "scikit-learn")
TIMES = ("scaling", "side_by_side", "time_to_99")  # results that are times, not trainings
BENCHMARKS = {name: f"python -m benchmarks.{name}" for name in TIMES}


class ResultError(RuntimeError):
    """A result is missing or damaged; the message says which command makes it."""


def save(path, content):
    """Write `content` as JSON to `path`, whole or not at all; returns the path."""
    lines = [f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in content.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    part.replace(path)
    return path


def load(name, folder=None):
    """The content of the result `name` as a dictionary; `ResultError` with the command if it is missing or damaged."""
    path = Path(folder or FOLDER) / f"{name}.json"
    experiment = "python -m lenet_utils.experiments run " + name.replace(".", " --data ", 1)
    command = "Make it with: " + BENCHMARKS.get(name, experiment)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.json"))) or "none"
        raise ResultError(f"There is no result {name!r} (there are: {known}). {command}") from None
    except ValueError as error:
        raise ResultError(f"{path} is damaged ({error}). {command}") from None
    if not isinstance(content, dict) or "command" not in content:
        raise ResultError(f"{path} is not a result: it names no command. {command}")
    return content


def machine():
    """Processor and number of cores."""
    return {"cpu": _cpu(), "cores": os.cpu_count()}


def versions():
    """Of Python and of the packages that the numbers come from."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def _cpu():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
