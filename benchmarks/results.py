"""Results of a benchmark as JSON, with what they depend on."""

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import torch
import torchvision

FOLDER = Path(__file__).parent / "results"


def save(name: str, folder: Path = FOLDER, **values: Any) -> Path:
    """Write `values` and the machine to `folder/name.json`, whole or not at all; returns the path."""
    folder.mkdir(parents=True, exist_ok=True)
    versions = {"python": sys.version.split()[0], "torch": torch.__version__, "torchvision": torchvision.__version__}
    machine = {"cpu": cpu_model(), "cores": os.cpu_count(), "threads": torch.get_num_threads()}
    content = {"command": f"python -m benchmarks.{name}", "versions": versions, "machine": machine, **values}
    part = folder / f".{name}.part"
    part.write_text(json.dumps(content, indent=1) + "\n")
    part.replace(folder / f"{name}.json")
    return folder / f"{name}.json"


def cpu_model() -> str:
    """The processor's name as Linux gives it, elsewhere its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
