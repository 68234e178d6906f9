"""Networks for series: a shape at steps where training has shown it and at others; exercises of people not trained on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sklearn.ensemble import HistGradientBoostingClassifier

from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.pages.time_series import series
from lenet_utils.training.fit import evaluate, fit

RECIPE: dict[str, Any] = {"num_epochs": 6, "optimizer": "adamw", "lr": 0.01, "schedule": "one-cycle", "batch_size": 64}
PEOPLE = 10
TRAINED, SHIFTED = (24,), (32,)  # the step at which every shape of a table begins in training, and eight later


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


def on_late_weights(digits: object, seed: int, *, n: int = 4000, num_epochs: int = RECIPE["num_epochs"]) -> dict[str, float]:
    """What training on shapes in the first half does to the dense weights that read the second; `digits` are not read.

    `accuracy` in the second half of the network with the dense end, `reset` the same with those weights as they were before
    training, and `alike` the correlation of their change with the weights of the first half, over classes and maps.
    """
    net = series.net_of("convolution", seed=seed)
    weight = net[-1].get_parameter("weight").view(3, 16, -1)  # classes, maps, positions
    middle, before = weight.shape[2] // 2, weight.detach().clone()
    fit(net, *series.hidden(n, series.SEEN, seed=3 * seed), seed=seed, progress=False, **RECIPE | {"num_epochs": num_epochs})
    late = series.hidden(n, series.UNSEEN, seed=3 * seed + 2)
    accuracy, after = evaluate(net, *late).accuracy, weight.detach().clone()
    weight.data[:, :, middle:] = before[:, :, middle:]
    halves = after[:, :, :middle].mean(2), (after - before)[:, :, middle:].mean(2)
    centred = torch.stack([(half - half.mean(0)).flatten() for half in halves])
    return {"accuracy": accuracy, "reset": evaluate(net, *late).accuracy, "alike": torch.corrcoef(centred)[0, 1].item()}


def on_shifted(digits: object, seed: int, *, columns: str, n: int = 2000, max_iter: int = 100) -> dict[str, float]:
    """Share of series that boosted trees classify when the shape begins at the step of training (`seen`) and eight steps later.

    `columns` of their table: `raw`, one for each step, or `summary`, those of `series.summary`. The later ones are `accuracy`.
    """
    table = {"raw": lambda X: X[:, 0].numpy(), "summary": series.summary}[columns]
    X, y = series.hidden(n, TRAINED, seed=3 * seed)
    model = HistGradientBoostingClassifier(max_iter=max_iter, random_state=seed).fit(table(X), y)
    shares = {}
    for turn, (name, starts) in enumerate({"accuracy": SHIFTED, "seen": TRAINED}.items(), start=1):
        X, y = series.hidden(n, starts, seed=3 * seed + turn)
        shares[name] = float(model.score(table(X), y))
    return shares


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


@named(data="mnist-5k", seeds=10)
def late_weights(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Why a dense end trained on the first half is worse than chance in the second: its weights there, as trained and reset."""
    return compare({"dense end": {}}, seeds, data, run=on_late_weights, keep=keep)


@named(data="mnist-5k", seeds=PEOPLE)
def watch(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The same networks on exercises recorded by a watch, each person of ten left out of training once."""
    return compare({model: {"model": model} for model in series.NETS}, seeds, data, run=on_people, keep=keep)


@named(data="mnist-5k", seeds=10)
def shifted_tables(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Boosted trees on series as rows of a table: a column a step, or columns that do not depend on the time; tested later."""
    return compare({name: {"columns": name} for name in ("raw", "summary")}, seeds, data, run=on_shifted, keep=keep)
