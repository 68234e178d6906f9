"""What the exercises ask for, by name: the right answer and the likely wrong ones. What is said to them is in `words`.

Every module here has the exercises of a chapter or of one question in its `EXERCISES`.
"""

import importlib
import pkgutil

import torch


def random(*shape, seed=0):
    """Normal numbers, the same every time, as arguments to try a function with."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


EXERCISES = {}
for _module in pkgutil.iter_modules(__path__):
    EXERCISES |= importlib.import_module(f"{__name__}.{_module.name}").EXERCISES
