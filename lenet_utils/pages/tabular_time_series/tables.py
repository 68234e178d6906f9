"""A series as a table, two ways to hold its rows back, and forecasts of the days that follow it."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import pandas as pd

from lenet_utils.errors import expect_one_of

WEEK, LAGS = 7, 14
HORIZON = 4 * WEEK  # days that are forecast
FEATURES = ("calendar", "lags", "differences")


def sales(seed: int = 0, days: int = 800) -> np.ndarray:
    """Invented sales of `days` days: they grow, have a rhythm of a week, wander a little, and are noisy."""
    chance = np.random.default_rng(seed)
    day = np.arange(days)
    rhythm = chance.normal(size=WEEK)
    wander = 0.3 * chance.normal(size=days).cumsum()
    return 50 + 0.05 * day + 5 * (rhythm - rhythm.mean())[day % WEEK] + wander + chance.normal(size=days)


def rows(y: np.ndarray, features: str) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """A row for each day of the series `y` `(days,)` that has all its lags.

    Returns the table, what a model shall predict, and what must be added to it to have the series: `calendar` knows the
    number of the day and the weekday; `lags` the weekday and the last 14 values; `differences` the same after each value has
    lost that of a week before, which is added again.
    """
    expect_one_of("table", features, FEATURES)
    day = np.arange(WEEK + LAGS, len(y))
    week_ago = y[day - WEEK] if features == "differences" else np.zeros(len(day))
    values = np.concatenate([np.zeros(WEEK), y[WEEK:] - y[:-WEEK]]) if features == "differences" else y
    table = {"day": day} if features == "calendar" else {f"lag {i}": values[day - i] for i in range(1, LAGS + 1)}
    return pd.DataFrame(table | {"weekday": day % WEEK}), y[day] - week_ago, week_ago


def split(n: int, by: str, seed: int = 0, share: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    """The row numbers to learn from and those held back: a `share` picked at random, or the last of them in `time`."""
    expect_one_of("split", by, ("random", "time"))
    order = np.random.default_rng(seed).permutation(n) if by == "random" else np.arange(n)
    held = round(share * n)
    return order[: n - held], order[n - held :]


class Model(Protocol):
    """What predicts a number for each row of a table, as scikit-learn's regressors do."""

    def predict(self, X: pd.DataFrame) -> Any: ...


def forecast(model: Model, y: np.ndarray, features: str, days: int = HORIZON) -> np.ndarray:
    """The `days` values that follow the series `y`, one day after the other, by a `model` of its table of `features`.

    A value that is forecast becomes a lag of the days after it (recursive forecasting); the calendar needs no lags.
    """
    values = np.asarray(y, dtype=float)
    for _ in range(days):
        table, _, added = rows(np.append(values, np.nan), features)  # the last row is the day that is not known yet
        values = np.append(values, float(np.asarray(model.predict(table.iloc[[-1]]))[0]) + added[-1])
    return values[len(y) :]


def week_ago(y: np.ndarray, days: int = HORIZON) -> np.ndarray:
    """The last week of `y`, repeated."""
    return np.resize(y[-WEEK:], days)


def with_drift(y: np.ndarray, days: int = HORIZON) -> np.ndarray:
    """The last week of `y`, repeated, and moved each week by the mean change from week to week in `y`."""
    return week_ago(y, days) + (np.arange(days) // WEEK + 1) * np.mean(y[WEEK:] - y[:-WEEK])


RULES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "last value": lambda y: np.full(HORIZON, y[-1]),
    "last week": week_ago,
    "last week, drift": with_drift,
}
