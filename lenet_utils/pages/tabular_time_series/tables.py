"""Series as tables: a row a day for forecasts, a row a series for classes, and two ways to hold rows back."""

import numpy as np
import pandas as pd
import torch

from lenet_utils.errors import expect_one_of

WEEK, LAGS = 7, 14
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


def summary(X: torch.Tensor, lags: int = 16, window: int = 8) -> np.ndarray:
    """Each series of `X` `(N, 1, T)` as `lags` + 3 numbers that do not know where anything is.

    Variance and autocovariances up to `lags` steps, and the largest and the smallest mean of `window` steps.
    """
    x = X[:, 0] - X[:, 0].mean(1, keepdim=True)
    steps = x.shape[1]
    alike = [(x[:, lag:] * x[:, : steps - lag]).mean(1) for lag in range(lags + 1)]
    means = x.unfold(1, window, 1).mean(2)
    columns = [*alike, means.amax(1), means.amin(1)]
    return np.stack([column.numpy() for column in columns], axis=1)
