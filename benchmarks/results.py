"""Results of a benchmark: saved as those of an experiment are, with the machine and its threads."""

from pathlib import Path
from typing import Any

import torch

from lenet_utils.experiments import results

FOLDER = Path(__file__).parent / "results"


def save(name: str, folder: Path = FOLDER, **values: Any) -> Path:
    """Write `values` and the machine to `folder/name.json`, whole or not at all; returns the path."""
    machine = results.machine() | {"threads": torch.get_num_threads()}
    content = {"command": f"python -m benchmarks.{name}", "versions": results.versions(), "machine": machine, **values}
    return results.save(folder / f"{name}.json", content)
