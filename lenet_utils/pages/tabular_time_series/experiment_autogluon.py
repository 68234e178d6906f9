"""AutoGluon's two predictors on the same four weeks of the same twenty series.

AutoGluon needs older versions than the book pins, so it gets an environment of its own: `make autogluon`.
"""

import importlib.metadata
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lenet_utils.experiments.registry import named
from lenet_utils.pages.tabular_time_series import tables

SECONDS, SERIES_SECONDS = 10, 240  # for a fit of TabularPredictor, and for the one fit of TimeSeriesPredictor
DOWNLOADED = ["Chronos", "Chronos2", "Toto", "Toto2"]  # models whose trained weights are fetched from the network; left out
SETUP = {
    "TabularPredictor": f"defaults but for the metric, the mean absolute error; {SECONDS} s for a fit, random rows held back, "
    "refit on all rows, forecast day by day",
    "TimeSeriesPredictor": f"defaults but for the metric, the mean absolute error, without {', '.join(DOWNLOADED)}; "
    f"{SERIES_SECONDS} s for one fit to all series, the last four weeks known held back, refit on all days",
}


def by_table(y: np.ndarray, features: str) -> tuple[float, np.ndarray]:
    """What `TabularPredictor` takes for its mean error, and the four weeks after `y` that it forecasts from a table.

    It is fitted to the table of `features`, with its defaults but for the metric, and refitted on all rows before it forecasts.
    """
    from autogluon.tabular import TabularPredictor

    table, target, _ = tables.rows(y, features)
    with tempfile.TemporaryDirectory() as folder:
        predictor = TabularPredictor("target", eval_metric="mean_absolute_error", path=folder, verbosity=0)
        predictor.fit(table.assign(target=target), time_limit=SECONDS, num_gpus=0)
        promised = -float(predictor.leaderboard().set_index("model")["score_val"][predictor.model_best])
        predictor.refit_full()
        predictor.persist()
        return promised, tables.forecast(predictor, y, features)


def by_series(known: Sequence[np.ndarray]) -> tuple[float, np.ndarray, list[str]]:
    """What `TimeSeriesPredictor` takes for its mean error, its forecasts `(series, days)`, and the models that it trained."""
    from autogluon.timeseries import TimeSeriesDataFrame, TimeSeriesPredictor

    frames = [
        pd.DataFrame({"item_id": f"{number:02}", "timestamp": pd.date_range("2024-01-01", periods=len(y)), "target": y})
        for number, y in enumerate(known)
    ]
    data = TimeSeriesDataFrame.from_data_frame(pd.concat(frames))
    with tempfile.TemporaryDirectory() as folder:
        predictor = TimeSeriesPredictor(prediction_length=tables.HORIZON, eval_metric="MAE", path=folder, verbosity=0)
        predictor.fit(data, time_limit=SERIES_SECONDS, excluded_model_types=DOWNLOADED, random_seed=0, refit_full=True)
        models = predictor.leaderboard()
        scores = models.set_index("model")["score_val"].dropna()
        values = predictor.predict(data)["mean"].to_numpy().reshape(len(known), tables.HORIZON)
        return -float(scores.max()), values, models["model"].tolist()


@named(data="mnist-5k", seeds=20)
def autogluon(data: str, seeds: Sequence[int], keep: Path | None) -> dict[str, Any]:
    """AutoGluon's TabularPredictor on three tables and its TimeSeriesPredictor: the last four weeks of invented sales."""
    try:
        version = importlib.metadata.version("autogluon.timeseries")
    except importlib.metadata.PackageNotFoundError:
        raise ImportError("AutoGluon is not installed. It needs an environment of its own: make autogluon") from None
    series = [tables.sales(seed) for seed in seeds]
    known, future = ([y[part] for y in series] for part in (slice(None, -tables.HORIZON), slice(-tables.HORIZON, None)))
    promised, forecasts, models = by_series(known)
    runs = [_run("TimeSeriesPredictor", *row, promised) for row in zip(seeds, forecasts, future, strict=True)]
    for features in tables.FEATURES:
        for seed, y, truth in zip(seeds, known, future, strict=True):
            promised, values = by_table(y, features)
            runs.append(_run(f"TabularPredictor, {features}", seed, values, truth, promised))
    return {"autogluon": version, "cores": os.cpu_count(), "setup": SETUP, "models": models, "runs": runs}


def _run(variant: str, seed: int, values: np.ndarray, truth: np.ndarray, promised: float) -> dict[str, Any]:
    return {"variant": variant, "seed": seed, "error": float(np.abs(values - truth).mean()), "promised": promised}
