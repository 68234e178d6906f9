"""What networks trained on MNIST read of digits that other people collected, prepared as MNIST was."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.results import pack_images
from lenet_utils.experiments.runs import train_lenet
from lenet_utils.pages.digits.experiment_1990 import file_of
from lenet_utils.pages.mistakes.examine import answers, probabilities
from lenet_utils.pages.mistakes.experiment import steps
from lenet_utils.preparation import prepare

# Each file has images `X` and labels `y`; github.com/wblachowski/bhmsds, and Semeion and Optdigits of archive.ics.uci.edu.
FILES = {"bhmsds": "bhmsds.npz", "semeion": "semeion.npz", "optdigits": "optdigits_windep.npz"}
DARK_ON_LIGHT = ("bhmsds",)
NETS = {"recipe": "decay", "distorted": "affine"}  # steps of the ladder
MOST = 60  # images kept to show


@cache
def fresh(name: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The images of one of `FILES`, prepared as MNIST's, `(N, 1, 28, 28)` from 0 to 1, and their labels `(N,)`."""
    with np.load(file_of(FILES[name])) as file:
        X, y = torch.from_numpy(file["X"]).float(), torch.from_numpy(file["y"]).long()
    X = X / X.max()
    ink = 1 - X if name in DARK_ON_LIGHT else X
    return torch.stack([prepare(image) for image in ink])[:, None], y


def on_fresh(digits: Digits, seed: int, *, step: str) -> dict[str, Any]:
    """A network trained as the ladder's `step`: its `accuracy` on MNIST's test digits and on each of `FILES` in `sets`.

    `confusions` has the counts for each set, a row a digit and a column an answer; `wrong` the positions, labels and answers
    of the errors on the first set.
    """
    net, _, digits = train_lenet(digits, seed, **steps()[step])
    own = answers(probabilities(net, digits.X_test), digits.y_test)
    there = {name: answers(probabilities(net, fresh(name)[0]), fresh(name)[1]) for name in FILES}
    return {
        "accuracy": own["accuracy"],
        "sets": {name: result["accuracy"] for name, result in there.items()},
        "confusions": {name: result["confusion"] for name, result in there.items()},
        "wrong": [row[:3] for row in there["bhmsds"]["wrong"]],
    }


@named(data="mnist", seeds=10)
def fresh_digits(data: str, seeds: Sequence[int], keep: Path | None) -> dict[str, Any]:
    """Two networks of the ladder on digits from elsewhere, and the images that the best of them misread most often."""
    runs = compare({name: {"step": step} for name, step in NETS.items()}, seeds, data, run=on_fresh, keep=keep)
    missed = often_missed(runs.values("distorted", "wrong"))
    images = fresh("bhmsds")[0][[position for position, *_ in missed], 0]
    table = runs.runs.drop(columns="wrong")
    return {"runs": table.to_dict("records"), "sizes": sizes(), "missed": missed, **pack_images(images)}


def sizes() -> dict[str, int]:
    return {name: len(fresh(name)[1]) for name in FILES}


def often_missed(runs: Sequence[Sequence[Sequence[int]]]) -> list[list[int]]:
    """The `MOST` images that most networks misread: rows `(position, label, most frequent wrong answer, networks)`."""
    guesses: dict[tuple[int, int], list[int]] = {}
    for position, label, guess in (row for run in runs for row in run):
        guesses.setdefault((position, label), []).append(guess)
    rows = [[*key, Counter(wrong).most_common(1)[0][0], len(wrong)] for key, wrong in guesses.items()]
    return sorted(rows, key=lambda row: (-row[3], row[0]))[:MOST]


def with_value(comparison: Comparison, name: str) -> Comparison:
    """The runs with the accuracy on the set `name` in the place of the one on MNIST."""
    return Comparison(comparison.runs.assign(accuracy=[run[name] for run in comparison.runs["sets"]]))
