"""Gradient boosting on tables made of series: how they are made, and how rows are held back."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.pages.tabular_time_series import tables
from lenet_utils.pages.time_series import series

PLACE, SHIFTED = (24,), (32,)  # the step at which every shape begins in training, and eight later


def on_forecast(digits: object, seed: int, *, features: str, by: str, max_iter: int = 100) -> dict[str, float]:
    """Mean error on the rows held back `by` chance or time, as a share of that of "as a week ago"; `digits` are not read."""
    y = tables.sales(seed)
    X, target, base = tables.rows(y, features)
    learn, held = tables.split(len(X), by, seed)
    model = HistGradientBoostingRegressor(max_iter=max_iter, random_state=seed).fit(X.iloc[learn], target[learn])
    truth = (target + base)[held]
    found = model.predict(X.iloc[held]) + base[held]
    week_ago = y[: len(y) - tables.WEEK][-len(X) :][held]
    return {"error": float(np.abs(found - truth).mean() / np.abs(week_ago - truth).mean())}


def on_shifted(digits: object, seed: int, *, columns: str, n: int = 2000, max_iter: int = 100) -> dict[str, float]:
    """Share of series right when the shape begins at the step of training (`seen`) and eight steps later (`accuracy`).

    `columns` of the table: `raw`, one a step, or `summary`, those of `tables.summary`.
    """
    table = {"raw": lambda X: X[:, 0].numpy(), "summary": tables.summary}[columns]
    X, y = series.hidden(n, PLACE, seed=3 * seed)
    model = HistGradientBoostingClassifier(max_iter=max_iter, random_state=seed).fit(table(X), y)
    found = {}
    for turn, (name, starts) in enumerate({"accuracy": SHIFTED, "seen": PLACE}.items(), start=1):
        X, y = series.hidden(n, starts, seed=3 * seed + turn)
        found[name] = float(model.score(table(X), y))
    return found


@named(data="mnist-5k", seeds=20)
def tabular_time_series(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Errors of boosted trees on invented sales, by table and by split, as shares of the error of "as a week ago"."""
    variants = {f"{f}, {by}": {"features": f, "by": by} for f in tables.FEATURES for by in ("random", "time")}
    return compare(variants, seeds, data, run=on_forecast, keep=keep)


@named(data="mnist-5k", seeds=10)
def shifted_tables(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Boosted trees on series as rows: a column a step, or columns that do not know the place; the shape moved by 8 steps."""
    return compare({name: {"columns": name} for name in ("raw", "summary")}, seeds, data, run=on_shifted, keep=keep)
