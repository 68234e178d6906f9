"""Series as tables, and what is measured on them, against the same by hand."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from lenet_utils.experiments.registry import find
from lenet_utils.pages.tabular_time_series import experiment as tabular_time_series
from lenet_utils.pages.tabular_time_series import experiment_autogluon as autogluon
from lenet_utils.pages.tabular_time_series import tables
from lenet_utils.pages.time_series import series


def test_sales_grow_with_a_rhythm_of_a_week():
    y = np.stack([tables.sales(seed, days=700) for seed in range(40)])
    assert y.shape == (40, 700) and np.array_equal(y[3], tables.sales(3, days=700)) and not np.array_equal(y[0], y[1])
    assert np.diff(y[:, ::7]).mean() == pytest.approx(7 * 0.05, abs=0.02)
    steady, other = np.diff(y[:, ::7]).std(), np.diff(y[:, ::5]).std()
    assert other > 2 * steady  # five days later is another weekday


def test_rows_by_hand():
    y = np.arange(30.0) ** 2
    days = range(21, 30)
    calendar, target, added = tables.rows(y, "calendar")
    assert calendar.to_numpy().tolist() == [[day, day % 7] for day in days]
    assert target.tolist() == [y[day] for day in days] and not added.any()
    lags, target, added = tables.rows(y, "lags")
    assert list(lags) == [*(f"lag {i}" for i in range(1, 15)), "weekday"]
    assert lags.iloc[0].tolist() == [*(y[21 - i] for i in range(1, 15)), 0] and target[0] == y[21] and not added.any()
    less, target, added = tables.rows(y, "differences")
    assert less.iloc[2].tolist() == [*(y[23 - i] - y[16 - i] for i in range(1, 15)), 2]
    assert target[2] == y[23] - y[16] and added[2] == y[16] and np.array_equal(target + added, y[21:])
    with pytest.raises(ValueError, match="No table is called 'all'. Known: calendar, lags, differences."):
        tables.rows(y, "all")


def test_rows_do_not_know_their_own_day():
    y = tables.sales(0, days=60)
    spoiled = y.copy()
    spoiled[-1] = 1e6
    for features in tables.FEATURES:
        assert np.array_equal(tables.rows(y, features)[0].iloc[-1], tables.rows(spoiled, features)[0].iloc[-1])


def test_splits():
    learn, held = tables.split(10, "time")
    assert learn.tolist() == list(range(8)) and held.tolist() == [8, 9]
    learn, held = tables.split(100, "random", seed=1, share=0.3)
    assert sorted([*learn, *held]) == list(range(100)) and len(held) == 30 and held.min() < 50
    assert not np.array_equal(held, tables.split(100, "random", seed=2, share=0.3)[1])
    with pytest.raises(ValueError, match="No split is called 'chance'. Known: random, time."):
        tables.split(10, "chance")


def test_a_summary_does_not_know_the_place():
    X = torch.zeros(2, 1, 128)
    X[0, 0, 20:36] = X[1, 0, 60:76] = series.shapes()[1]
    one, other = tables.summary(X)
    assert one.shape == (16 + 3,)
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_summary_by_hand():
    X = torch.randn(3, 1, 30, generator=torch.Generator().manual_seed(0))
    found = tables.summary(X, lags=2, window=4)
    for row, x in zip(found, X[:, 0].numpy(), strict=True):
        x = x - x.mean()
        alike = [np.mean(x * x), np.mean(x[1:] * x[:-1]), np.mean(x[2:] * x[:-2])]
        means = np.convolve(x, np.ones(4) / 4, "valid")
        np.testing.assert_allclose(row, [*alike, means.max(), means.min()], atol=1e-5)


@pytest.mark.parametrize("features", tables.FEATURES)
@pytest.mark.parametrize("by", ["random", "time"])
def test_the_error_of_a_forecast_by_hand(features, by):
    found = tabular_time_series.on_forecast(None, 4, features=features, by=by, max_iter=5)["error"]
    y = tables.sales(4)
    X, target, added = tables.rows(y, features)
    learn, held = tables.split(len(X), by, 4)
    trees = HistGradientBoostingRegressor(max_iter=5, random_state=4).fit(X.iloc[learn], target[learn])
    days = 21 + held
    off = np.abs(trees.predict(X.iloc[held]) + added[held] - y[days]).mean()
    assert found == pytest.approx(off / np.abs(y[days - 7] - y[days]).mean())


def test_shifted_series_by_hand():
    found = tabular_time_series.on_shifted(None, 1, columns="raw", n=200, max_iter=5)
    X, y = series.hidden(200, (24,), seed=3)
    trees = HistGradientBoostingClassifier(max_iter=5, random_state=1).fit(X[:, 0].numpy(), y)
    for name, begin, seed in (("accuracy", 32, 4), ("seen", 24, 5)):
        X, y = series.hidden(200, (begin,), seed=seed)
        assert found[name] == trees.score(X[:, 0].numpy(), y)
    summary = tabular_time_series.on_shifted(None, 1, columns="summary", n=200, max_iter=5)
    assert summary["accuracy"] > found["accuracy"] + 0.2


def test_the_experiments_have_every_table(monkeypatch):
    monkeypatch.setattr(tabular_time_series, "compare", lambda variants, *rest, **more: variants)
    forecasts = find("tabular_time_series")("mnist-5k", range(1), None)
    assert {tuple(v.values()) for v in forecasts.values()} == {(f, b) for f in tables.FEATURES for b in ("random", "time")}
    assert all(name == ", ".join(v.values()) for name, v in forecasts.items())
    assert list(find("shifted_tables")("mnist-5k", range(1), None)) == ["raw", "summary"]


# AutoGluon, which is not installed here: two stand-ins write down what they are given


class Tabular:
    """A `TabularPredictor` that predicts the mean of what it has learned."""

    model_best = "mean"

    def __init__(self, label, **settings):
        self.label, self.settings = label, settings

    def fit(self, table, **settings):
        Tabular.given, Tabular.how = table, settings

    def leaderboard(self):
        return pd.DataFrame({"model": ["other", "mean"], "score_val": [-9.0, -0.5]})

    def predict(self, table):
        return pd.Series(self.given[self.label].mean(), index=table.index)


class Series(Tabular):
    """A `TimeSeriesPredictor` that predicts zeros."""

    def __init__(self, **settings):
        self.days = settings["prediction_length"]

    def predict(self, data):
        return {"mean": pd.Series(np.zeros(self.days))}


@pytest.fixture
def stand_in(monkeypatch):
    tabular, times = ModuleType("autogluon.tabular"), ModuleType("autogluon.timeseries")
    tabular.TabularPredictor, times.TimeSeriesPredictor = Tabular, Series
    times.TimeSeriesDataFrame = SimpleNamespace(from_data_frame=lambda frame: frame)
    for name, module in (("autogluon", ModuleType("autogluon")), ("autogluon.tabular", tabular), ("autogluon.timeseries", times)):
        monkeypatch.setitem(sys.modules, name, module)


def test_the_tabular_predictor_gets_the_past_only(stand_in):
    y = tables.sales(2)
    found = autogluon.on_future(None, 2, predictor="tabular")
    assert Tabular.given["sales"].tolist() == y[21:-140].tolist() and list(Tabular.given) == ["day", "weekday", "sales"]
    assert "validation_structure" not in Tabular.how
    assert found == {"error": pytest.approx(np.abs(y[21:-140].mean() - y[-140:]).mean()), "promised": 0.5}
    autogluon.on_future(None, 2, predictor="tabular", by="time")
    assert Tabular.how["validation_structure"] == {"time_on": "day"}


def test_the_predictor_of_series_gets_the_past_only(stand_in):
    y = tables.sales(2)
    found = autogluon.on_future(None, 2, predictor="series")
    assert Series.given["target"].tolist() == y[:-140].tolist() and Series.given["timestamp"].diff().dt.days.max() == 1
    assert found == {"error": pytest.approx(np.abs(y[-140:]).mean()), "promised": 0.5}


def test_the_rule_looks_up_the_last_week_that_is_known():
    y = tables.sales(2)
    by_hand = np.mean([abs(y[660 + day] - y[653 + day % 7]) for day in range(140)])
    assert autogluon.on_future(None, 2, predictor="week ago") == {"error": pytest.approx(by_hand), "promised": None}


def test_without_autogluon_it_says_what_to_do():
    with pytest.raises(ImportError, match="In an environment of its own: pip install . autogluon.timeseries"):
        find("autogluon")("mnist-5k", range(1), None)
