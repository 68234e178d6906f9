"""The same 61,706 weights, trained better one change at a time."""

from lenet_utils.augment import Affine
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.named import named
from lenet_utils.experiments.runs import examined

# Every step takes over the settings of the one before it and changes what it names.
CHANGES = {
    "note": {"lr": 0.9, "num_epochs": 10},
    "relu": {"activation": "relu", "lr": 0.1},  # at 0.9 it does not train: see the chapter on training
    "max": {"pool": "max"},
    "momentum": {"momentum": 0.9, "nesterov": True, "lr": 0.01},  # a step ten times smaller, ten of which add up
    "one-cycle": {"schedule": "one-cycle", "lr": 0.1},  # up to ten times the rate, then down to 0
    "decay": {"weight_decay": 5e-4},
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
    """The LeNet of the note and seven changes of its training, each on top of the last; both ends with all their answers."""
    runs = compare(steps(), seeds, data, run=examined, keep=keep).runs
    between = ~runs["variant"].isin([next(iter(CHANGES)), list(CHANGES)[-1]])
    for column in ("confusion", "calibration", "wrong"):
        runs.loc[between, column] = None
    return Comparison(runs)
