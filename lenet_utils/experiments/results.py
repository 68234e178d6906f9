"""The committed results: `pages/PAGE/NAME.json`, each with what it depends on and the command that makes it."""

import base64
import json
import os
import platform
import zlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

PAGES = Path(__file__).resolve().parent.parent / "pages"
PACKAGES = ("torch", "torchvision", "numpy", "scikit-learn")
TIMES = ("scaling", "side_by_side", "time_to_99", "two_cores")  # results that are times, not trainings
BENCHMARKS = {name: f"python -m benchmarks.{name}" for name in TIMES}


class ResultError(RuntimeError):
    """A result is missing or damaged; the message says which command makes it."""


def save(path: Path, content: dict[str, Any]) -> Path:
    """Write `content` as JSON to `path`, whole or not at all; returns the path."""
    lines = [f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in content.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    part.replace(path)
    return path


def paths(folder: str | Path | None = None) -> dict[str, Path]:
    """The file of every result by its name: those of all pages, or those in `folder`."""
    files = Path(folder).glob("*.json") if folder else PAGES.glob("*/*.json")
    return {file.stem: file for file in sorted(files) if not file.name.startswith("words.")}


def read(name: str, folder: str | Path | None = None) -> dict[str, Any]:
    """The content of the result `name` as a dictionary; `ResultError` with the command if it is missing or damaged."""
    experiment = "python -m lenet_utils.experiments run " + name.replace(".", " --data ", 1)
    command = "Make it with: " + BENCHMARKS.get(name, experiment)
    known = paths(folder)
    if name not in known:
        raise ResultError(f"There is no result {name!r} (there are: {', '.join(sorted(known)) or 'none'}). {command}")
    path = known[name]
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ResultError(f"{path} is damaged ({error}). {command}") from None
    if not isinstance(content, dict) or "command" not in content:
        raise ResultError(f"{path} is not a result: it names no command. {command}")
    return content


def pack_images(images: torch.Tensor) -> dict[str, int | str]:
    """Images `(N, side, side)` from 0 to 1 as text, 256 tones each, with their `side`; `unpack_images` is the way back."""
    tones = (255 * images).round().to(torch.uint8)
    text = base64.b64encode(zlib.compress(tones.numpy().tobytes(), 9)).decode()
    return {"side": tones.shape[-1], "pictures": text}


def unpack_images(result: dict[str, Any]) -> torch.Tensor:
    """The images in a result of `pack_images`: uint8 `(N, side, side)`."""
    content = bytearray(zlib.decompress(base64.b64decode(result["pictures"])))
    return torch.frombuffer(content, dtype=torch.uint8).view(-1, result["side"], result["side"])


def machine() -> dict[str, str | int | None]:
    """Processor and number of cores."""
    return {"cpu": _cpu(), "cores": os.cpu_count()}


def versions() -> dict[str, str | None]:
    """Of Python and of the packages that the numbers come from."""
    return {"python": platform.python_version()} | {package: _version(package) for package in PACKAGES}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
