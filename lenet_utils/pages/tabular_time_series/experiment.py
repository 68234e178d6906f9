"""Forecasts of four weeks of invented sales: plain rules, and boosted trees on tables made of the series."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from lenet_utils.errors import expect_one_of
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.pages.tabular_time_series import tables

METHODS: dict[str, dict[str, Any]] = {name: {"method": name} for name in tables.RULES}
METHODS |= {f"trees, {features}": {"method": features} for features in tables.FEATURES}


def on_future(digits: object, seed: int, *, method: str, max_iter: int = 100) -> dict[str, float]:
    """`error`: the mean absolute error over the last four weeks of the sales of `seed`, which `method` forecasts from the rest.

    `method` is one of `tables.RULES`, or of `tables.FEATURES`, the table on which boosted trees are fitted.
    """
    expect_one_of("method", method, (*tables.RULES, *tables.FEATURES))
    y = tables.sales(seed)
    known, future = y[: -tables.HORIZON], y[-tables.HORIZON :]
    guess = tables.RULES[method](known) if method in tables.RULES else by_trees(known, method, seed, max_iter)
    return {"error": float(np.abs(guess - future).mean())}


def by_trees(y: np.ndarray, features: str, seed: int = 0, max_iter: int = 100) -> np.ndarray:
    """The four weeks after `y` by boosted trees that are fitted to the table of its `features`."""
    table, target, _ = tables.rows(y, features)
    model = HistGradientBoostingRegressor(max_iter=max_iter, random_state=seed).fit(table, target)
    return tables.forecast(model, y, features)


def on_held_back(digits: object, seed: int, *, features: str, by: str, max_iter: int = 100) -> dict[str, float]:
    """`error` of boosted trees, one row at a time, on a fifth of the rows held back `by` chance or `time`.

    This is what a predictor of tables takes for its error; it knows all lags of the rows held back.
    """
    X, target, _ = tables.rows(tables.sales(seed)[: -tables.HORIZON], features)
    learn, held = tables.split(len(X), by, seed)
    model = HistGradientBoostingRegressor(max_iter=max_iter, random_state=seed).fit(X.iloc[learn], target[learn])
    return {"error": float(np.abs(model.predict(X.iloc[held]) - target[held]).mean())}


@named(data="mnist-5k", seeds=20)
def tabular_time_series(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The last four weeks of invented sales by plain rules and by boosted trees on three tables."""
    return compare(METHODS, seeds, data, run=on_future, keep=keep)


@named(data="mnist-5k", seeds=20)
def rows_held_back(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Errors of boosted trees on a fifth of the known days, held back at random or in time, for three tables."""
    pairs = [(features, by) for features in tables.FEATURES for by in ("random", "time")]
    variants = {f"{features}, {by}": {"features": features, "by": by} for features, by in pairs}
    return compare(variants, seeds, data, run=on_held_back, keep=keep)
