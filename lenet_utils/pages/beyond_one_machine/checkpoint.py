"""A training's state in a file: written whole or not at all, and read only if it is whole and of the same training."""

import os
import zipfile
from pathlib import Path
from typing import Any

import torch


class CheckpointError(RuntimeError):
    """A checkpoint is damaged or of another training; the message names the file and says what to do."""


def write(path: Path, state: dict[str, Any]) -> None:
    """Put `state`, a dictionary of tensors, numbers, texts and lists and dictionaries of these, into the file `path`."""
    part = path.with_name(f".{path.name}.part")
    torch.save(state, part)
    os.replace(part, path)


def read(path: Path, settings: dict[str, Any], epochs: int) -> dict[str, Any] | None:
    """The state at `path`, or None if there is none yet; `CheckpointError` if it is damaged or not on the way to this training.

    Its `settings` must be these, and its `accuracies`, one an epoch, not more than `epochs`.
    """
    if not path.exists():
        return None
    state = _whole(path)
    found, done = state["settings"], len(state["accuracies"])
    other = [name for name, value in settings.items() if found.get(name) != value]
    if other:
        there, here = (", ".join(f"{name}={values.get(name)!r}" for name in other) for values in (found, settings))
        raise CheckpointError(f"{path} was trained with {there}, not with {here}. Give the same settings or another file.")
    if done > epochs:
        raise CheckpointError(f"{path} has {done} epochs already, more than the {epochs} asked for. Give another file.")
    return state


def _whole(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as file:
            if file.testzip():
                raise ValueError("a checksum is wrong")  # torch looks at none
        state = torch.load(path, weights_only=True)
        if not {"settings", "accuracies"} <= set(state):
            raise ValueError("it names no settings")
        return state
    except Exception as error:  # torch raises many kinds over files that it did not write
        raise CheckpointError(f"{path} is damaged or no checkpoint ({error}). Delete it to begin anew.") from None
