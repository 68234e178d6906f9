"""AutoGluon's two predictors on the same series: what they expect of the next twenty weeks, and what came.

AutoGluon does not install beside the versions that the book pins; it needs an environment of its own, made by
`pip install . autogluon.timeseries`.
"""

import importlib.metadata
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lenet_utils.experiments.comparison import compare
from lenet_utils.experiments.registry import named
from lenet_utils.pages.tabular_time_series import tables

DAYS = 20 * tables.WEEK  # of the future that are asked for
FORECASTERS = ("SeasonalNaive", "RecursiveTabular", "DirectTabular")  # the last two make tables of lags


def on_future(digits: object, seed: int, *, predictor: str, by: str = "random") -> dict[str, float | None]:
    """Mean errors on the invented sales of `seed`: what the `predictor` expects, `promised`, and its `error` in twenty weeks.

    `predictor`: `tabular` for the calendar as a table, with rows held back by chance or `time`; `series` for the series;
    `week ago` for the same day of the last week known, which promises nothing.
    """
    y = tables.sales(seed)
    promised, found = {"tabular": _tabular, "series": _series, "week ago": _week_ago}[predictor](y, by)
    return {"error": float(np.abs(found - y[-DAYS:]).mean()), "promised": promised}


def _tabular(y: np.ndarray, by: str) -> tuple[float, np.ndarray]:
    from autogluon.tabular import TabularPredictor

    table, sales, _ = tables.rows(y, "calendar")
    structure = {"validation_structure": {"time_on": "day"}} if by == "time" else {}
    with tempfile.TemporaryDirectory() as folder:
        predictor = TabularPredictor("sales", eval_metric="mean_absolute_error", path=folder, verbosity=0)
        predictor.fit(table.assign(sales=sales)[:-DAYS], num_cpus=1, num_gpus=0, **structure)
        scores = predictor.leaderboard().set_index("model")["score_val"]
        return -float(scores[predictor.model_best]), predictor.predict(table[-DAYS:]).to_numpy()


def _series(y: np.ndarray, by: str) -> tuple[float, np.ndarray]:
    from autogluon.timeseries import TimeSeriesDataFrame, TimeSeriesPredictor

    days = pd.date_range("2024-01-01", periods=len(y) - DAYS)
    known = pd.DataFrame({"item_id": "sales", "timestamp": days, "target": y[:-DAYS]})
    with tempfile.TemporaryDirectory() as folder:
        predictor = TimeSeriesPredictor(prediction_length=DAYS, eval_metric="MAE", path=folder, verbosity=0)
        data = TimeSeriesDataFrame.from_data_frame(known)
        predictor.fit(data, hyperparameters={name: {} for name in FORECASTERS}, random_seed=0)
        scores = predictor.leaderboard().set_index("model")["score_val"]
        return -float(scores[predictor.model_best]), predictor.predict(data)["mean"].to_numpy()


def _week_ago(y: np.ndarray, by: str) -> tuple[None, np.ndarray]:
    week = y[: len(y) - DAYS][-tables.WEEK :]
    return None, np.tile(week, DAYS // tables.WEEK)


@named(data="mnist-5k", seeds=5)
def autogluon(data: str, seeds: Sequence[int], keep: Path | None) -> dict[str, Any]:
    """AutoGluon's TabularPredictor and TimeSeriesPredictor on the last twenty weeks of invented sales."""
    variants = {
        "TabularPredictor": {"predictor": "tabular"},
        "TabularPredictor, time_on": {"predictor": "tabular", "by": "time"},
        "TimeSeriesPredictor": {"predictor": "series"},
        "as a week ago": {"predictor": "week ago"},
    }
    try:
        version = importlib.metadata.version("autogluon.timeseries")
    except importlib.metadata.PackageNotFoundError:
        raise ImportError(
            "AutoGluon is not installed. In an environment of its own: pip install . autogluon.timeseries"
        ) from None
    made = compare(variants, seeds, data, run=on_future, keep=keep)
    return {"autogluon": version, "runs": made.runs.to_dict("records")}
