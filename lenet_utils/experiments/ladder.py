"""The same 61,706 weights, trained better one change at a time."""

from lenet_utils.augment import Affine
from lenet_utils.experiments.comparison import compare
from lenet_utils.experiments.named import named
from lenet_utils.experiments.runs import brief

# Every step takes over the settings of the one before it and changes what it names.
CHANGES = {
    "note": {"lr": 0.9, "num_epochs": 10},
    "relu": {"activation": "relu", "lr": 0.1},  # at 0.9 it does not train: see the chapter on training
    "max": {"pool": "max"},
    "momentum": {"momentum": 0.9, "nesterov": True, "lr": 0.05},
    "one-cycle": {"schedule": "one-cycle"},
    "decay": {"weight_decay": 5e-4},
    "batch": {"batch_size": 128},
    "affine": {"augment": Affine()},
    "longer": {"num_epochs": 40},
}


def steps():
    """The settings of every step of the ladder, by its name."""
    settings, ladder = {}, {}
    for name, change in CHANGES.items():
        settings = settings | change
        ladder[name] = settings
    return ladder


@named(data="mnist", seeds=5)
def ladder(data, seeds, keep):
    """The LeNet of the note and eight changes of its training, each on top of the last."""
    return compare(steps(), seeds, data, run=brief, keep=keep)
