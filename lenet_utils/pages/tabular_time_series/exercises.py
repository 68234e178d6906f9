"""The exercises of the question on series in tables."""

import numpy as np
import pandas as pd
import torch
from sklearn.linear_model import LinearRegression

from lenet_utils.exercises.kinds import Choice, Function, Number, normal
from lenet_utils.pages.tabular_time_series import tables


def lags(y: torch.Tensor, k: int) -> torch.Tensor:
    return torch.stack([y[k - i : len(y) - i] for i in range(1, k + 1)], 1)


def with_today(y: torch.Tensor, k: int) -> torch.Tensor:
    return torch.stack([y[k - i : len(y) - i] for i in range(k)], 1)


def ahead(y: torch.Tensor, k: int) -> torch.Tensor:
    return torch.stack([y[i : len(y) - k + i] for i in range(1, k + 1)], 1)


def off(
    dummies: bool = True, on_known: bool = False, squared: bool = False, leak: bool = False, every_day: bool = False,
    seed: int = 0,
) -> float:  # fmt: skip
    """Mean absolute error, or RMSE, over the last four weeks of series `seed` of a line on the calendar of the days before.

    With `on_known` the error is that of the days before, to which the line is fitted; with `leak` it is fitted to all days;
    with `every_day` the calendar begins with day 0, not with the first day that has all lags.
    """
    table, target, _ = tables.rows(tables.sales(seed), "calendar")
    if every_day:
        day, target = np.arange(800), tables.sales(seed)
        table = pd.DataFrame({"day": day, "weekday": day % tables.WEEK})
    columns = pd.get_dummies(table, columns=["weekday"], dtype=float) if dummies else table
    known, future = slice(None, -tables.HORIZON), slice(-tables.HORIZON, None)
    rows = known if on_known else future
    learn = slice(None) if leak else known
    line = LinearRegression().fit(columns[learn], target[learn])
    error = line.predict(columns[rows]) - target[rows]
    return float(np.sqrt((error**2).mean()) if squared else np.abs(error).mean())


EXERCISES = {
    "lags": Function(
        lags,
        ((normal(9), 3), (normal(12, seed=1), 5)),
        {"today": with_today, "oldest-first": lambda y, k: lags(y, k).flip(1), "ahead": ahead},
    ),
    "line": Number(
        off(),
        {
            "one-number": off(dummies=False),
            "known": off(on_known=True),
            "leak": off(leak=True),
            "rmse": off(squared=True),
            "all-days": off(every_day=True),
        },
        tolerance=0.002,
    ),
    "shops": Choice("b", ("a", "c", "d")),
}
