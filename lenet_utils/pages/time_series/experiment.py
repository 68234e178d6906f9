"""Networks for series: a shape at steps where training has shown it and at others; exercises of people not trained on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.pages.time_series import series
from lenet_utils.training.fit import evaluate, fit

RECIPE: dict[str, Any] = {"num_epochs": 6, "optimizer": "adamw", "lr": 0.01, "schedule": "one-cycle", "batch_size": 64}
PEOPLE = 10


def on_shapes(
    digits: object, seed: int, *, model: str, everywhere: bool = False, n: int = 4000, num_epochs: int = RECIPE["num_epochs"]
) -> dict[str, float]:
    """Shares right of `model` where training has shown the shapes (`seen`) and elsewhere (`accuracy`); `digits` are not read.

    With `everywhere`, training shows them in both places.
    """
    starts = [*series.SEEN, *series.UNSEEN] if everywhere else list(series.SEEN)
    net = series.net_of(model, seed=seed)
    fit(net, *series.hidden(n, starts, seed=3 * seed), seed=seed, progress=False, **RECIPE | {"num_epochs": num_epochs})
    places = {"seen": (series.SEEN, 1), "accuracy": (series.UNSEEN, 2)}
    tests = {name: series.hidden(n, starts, seed=3 * seed + turn) for name, (starts, turn) in places.items()}
    return {name: evaluate(net, *tests[name]).accuracy for name in ("accuracy", "seen")}


def on_people(digits: object, seed: int, *, model: str, num_epochs: int = 10) -> dict[str, float]:
    """`accuracy` of `model` on the exercises of person `seed`, from 0 to 9, trained on those of the nine others."""
    train, test = series.apart(series.recordings(), person=seed % PEOPLE + 1)
    net = series.net_of(model, channels=train.X.shape[1], classes=int(train.y.max()) + 1, seed=seed)
    fit(net, train.X, train.y, seed=seed, progress=False, **RECIPE | {"num_epochs": num_epochs})
    return {"accuracy": evaluate(net, test.X, test.y).accuracy, "train": evaluate(net, train.X, train.y).accuracy}


@named(data="mnist-5k", seeds=10)
def time_series(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Four networks and three shapes in noise, shown in the first half of the series or everywhere, tested in both halves."""
    variants = {f"{m}{', everywhere' * e}": {"model": m, "everywhere": e} for e in (False, True) for m in series.NETS}
    return compare(variants, seeds, data, run=on_shapes, keep=keep)


@named(data="mnist-5k", seeds=PEOPLE)
def watch(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The same networks on exercises recorded by a watch, each person of ten left out of training once."""
    return compare({model: {"model": model} for model in series.NETS}, seeds, data, run=on_people, keep=keep)
