"""Series as tables, their forecasts, and what is measured on them, against the same by hand."""

import sys
from types import ModuleType, SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression

from lenet_utils.exercises.check import check
from lenet_utils.exercises.kinds import Number
from lenet_utils.experiments import load
from lenet_utils.experiments.registry import find
from lenet_utils.pages.differences.experiment import by_the_rule
from lenet_utils.pages.tabular_time_series import exercises, figures, tables
from lenet_utils.pages.tabular_time_series import experiment as tabular_time_series
from lenet_utils.pages.tabular_time_series import experiment_autogluon as autogluon
from lenet_utils.words import say

plt.switch_backend("Agg")


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


class Recorder:
    """Predicts the number of rows that it was asked before, and keeps the rows."""

    def __init__(self):
        self.rows = []

    def predict(self, table):
        self.rows.append(table)
        return np.array([float(len(self.rows))])


def test_a_forecast_becomes_a_lag_of_the_days_after_it():
    model, y = Recorder(), np.arange(100.0) ** 2
    values = tables.forecast(model, y, "lags", days=9)
    assert values.tolist() == list(range(1, 10))
    whole = np.concatenate([y, values])
    for day, row in enumerate(model.rows, start=100):
        assert row.iloc[0].tolist() == [*(whole[day - i] for i in range(1, 15)), day % 7]


def test_a_forecast_of_differences_adds_what_was_a_week_before():
    model, y = Recorder(), np.arange(100.0) ** 2
    values = tables.forecast(model, y, "differences", days=9)
    for day, value in enumerate(values[:7]):
        assert value == day + 1 + y[93 + day]
    assert values[7] == 8 + values[0] and values[8] == 9 + values[1]
    lag = model.rows[8].iloc[0]  # of day 108: yesterday less the same weekday a week before
    assert lag["lag 1"] == values[7] - values[0] and lag["lag 14"] == y[94] - y[87]


def test_the_calendar_needs_no_lags():
    model = Recorder()
    tables.forecast(model, np.zeros(50), "calendar", days=3)
    assert [row.iloc[0].tolist() for row in model.rows] == [[50, 1], [51, 2], [52, 3]]


def test_rules_by_hand():
    y = np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7])  # two weeks
    assert tables.RULES["last value"](y).tolist() == [7] * 28
    assert tables.RULES["last week"](y).tolist() == [6, 5, 3, 5, 8, 9, 7] * 4
    growth = np.mean([3, 4, -1, 4, 3, 0, 5])
    by_hand = [week * growth + value for week in range(1, 5) for value in (6, 5, 3, 5, 8, 9, 7)]
    assert tables.RULES["last week, drift"](y) == pytest.approx(by_hand)
    line = 2.0 * np.arange(70) + np.resize([0, 3, 1, 0, 5, 2, 0], 70)
    assert tables.RULES["last week, drift"](line) == pytest.approx(2.0 * np.arange(70, 98) + np.resize([0, 3, 1, 0, 5, 2, 0], 28))


@pytest.mark.parametrize("method", ["last week", "lags"])
def test_the_error_of_a_method_is_over_the_last_four_weeks(method):
    y = tables.sales(4)
    if method == "lags":
        table, target, _ = tables.rows(y[:-28], "lags")
        trees = HistGradientBoostingRegressor(max_iter=5, random_state=4).fit(table, target)
        values = tables.forecast(trees, y[:-28], "lags")
    else:
        values = np.tile(y[-35:-28], 4)
    found = tabular_time_series.on_future(None, 4, method=method, max_iter=5)
    assert found == {"error": pytest.approx(np.abs(values - y[-28:]).mean())}


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match="No method is called 'all'. Known: last value, last week, .*differences."):
        tabular_time_series.on_future(None, 0, method="all")


@pytest.mark.parametrize("by", ["random", "time"])
def test_rows_held_back_by_hand(by):
    found = tabular_time_series.on_held_back(None, 4, features="lags", by=by, max_iter=5)["error"]
    X, target, _ = tables.rows(tables.sales(4)[:-28], "lags")
    learn, held = tables.split(len(X), by, 4)
    trees = HistGradientBoostingRegressor(max_iter=5, random_state=4).fit(X.iloc[learn], target[learn])
    assert found == pytest.approx(np.abs(trees.predict(X.iloc[held]) - target[held]).mean())


def test_the_experiment_has_every_rule_and_table(monkeypatch):
    monkeypatch.setattr(tabular_time_series, "compare", lambda variants, *rest, **more: variants)
    methods = [each["method"] for each in find("tabular_time_series")("mnist-5k", range(1), None).values()]
    assert methods == [*tables.RULES, *tables.FEATURES]


def test_every_table_is_held_back_in_both_ways(monkeypatch):
    monkeypatch.setattr(tabular_time_series, "compare", lambda variants, *rest, **more: variants)
    ways = [(each["features"], each["by"]) for each in find("rows_held_back")("mnist-5k", range(1), None).values()]
    assert ways == [(features, by) for features in tables.FEATURES for by in ("random", "time")]


def test_the_line_of_the_exercise_is_worse_than_the_rule_over_all_series():
    """The numbers that the verdict and the solution name."""
    errors = np.array([exercises.off(seed=seed) for seed in range(20)])
    rule = load("tabular_time_series")["runs"].values("last week", "error")
    assert [f"{value:.2f}" for value in (errors[0], rule[0])] == ["1.10", "1.05"]
    assert [f"{value:.2f}" for value in (errors.mean(), np.mean(rule))] == ["2.66", "1.55"]
    assert "2.66" in check("tabular_time_series/line", errors[0]).text


def test_of_all_sixteen_differences_three_count():
    runs, auto = load("tabular_time_series")["runs"], load("autogluon")["runs"]
    every = figures.all_differences(runs, auto, "last week")
    counting = [i for i, (*_, counts) in enumerate(by_the_rule(every)) if counts]
    assert len(every) == 16 and counting == [0, 10, 12]  # the last value; the calendar's and the differences' promise


def test_a_line_that_has_seen_the_four_weeks_is_told_so():
    table, target, _ = tables.rows(tables.sales(0), "calendar")
    columns = pd.get_dummies(table, columns=["weekday"], dtype=float)
    for end, right in ((-28, True), (None, False)):
        line = LinearRegression().fit(columns[:end], target[:end])
        off = np.abs(line.predict(columns[-28:]) - target[-28:]).mean()
        verdict = check("tabular_time_series/line", round(off, 3))
        assert verdict.right is right and ("has seen the four weeks" in verdict.text) is not right


@pytest.mark.parametrize("mistake", vars(exercises.EXERCISES["line"])["mistakes"])
def test_three_decimals_are_enough_to_be_told_the_mistake(mistake):
    """The exercise asks for three: with two, most mistakes would be unknown."""
    known = exercises.EXERCISES["line"]
    assert isinstance(known, Number)
    assert check("tabular_time_series/line", round(known.expected, 3)).right is True
    said = check("tabular_time_series/line", round(known.mistakes[mistake], 3))
    assert said.right is False and say(f"tabular_time_series/line.{mistake}") in said.text


def test_errors_are_drawn_apart_and_their_numbers_are_not_crossed_out():
    """One forecast is off by 20 and the others by 1 to 3, so the axis is logarithmic; a paper-coloured box covers the line."""
    runs = load("tabular_time_series")["runs"]
    ax = figures.errors(runs, runs.values("last week", "error"))
    low, high = ax.get_xlim()
    off = runs.runs["error"]
    assert ax.get_xscale() == "log" and low < off.min() and off.max() < high
    assert len(ax.texts) == 6 and all(number.get_bbox_patch() is not None for number in ax.texts)
    plt.close("all")


# AutoGluon, which is not installed here: two stand-ins write down what they are given


class Tabular:
    """A `TabularPredictor` that predicts the mean of what it has learned."""

    model_best = "mean"

    def __init__(self, label, **settings):
        self.label, self.calls = label, []

    def fit(self, table, **settings):
        Tabular.given, Tabular.made = table, self

    def leaderboard(self):
        return pd.DataFrame({"model": ["other", "mean"], "score_val": [-9.0, -0.5]})

    def refit_full(self):
        self.calls.append("refit")

    def persist(self):
        self.calls.append("persist")

    def predict(self, table):
        self.calls.append("predict")
        return pd.Series(self.given[self.label].mean(), index=table.index)


class Series:
    """A `TimeSeriesPredictor` that predicts the number of each series."""

    def __init__(self, **settings):
        Series.settings = settings

    def fit(self, data, **settings):
        Series.given, Series.how = data, settings

    def leaderboard(self):
        return pd.DataFrame({"model": ["naive", "trees", "broken"], "score_val": [-9.0, -0.5, np.nan]})

    def predict(self, data):
        return {"mean": pd.Series(np.repeat(data["item_id"].unique().astype(int), self.settings["prediction_length"]))}


@pytest.fixture
def stand_in(monkeypatch):
    tabular, times = ModuleType("autogluon.tabular"), ModuleType("autogluon.timeseries")
    tabular.TabularPredictor, times.TimeSeriesPredictor = Tabular, Series
    times.TimeSeriesDataFrame = SimpleNamespace(from_data_frame=lambda frame: frame)
    for name, module in (("autogluon", ModuleType("autogluon")), ("autogluon.tabular", tabular), ("autogluon.timeseries", times)):
        monkeypatch.setitem(sys.modules, name, module)


def test_the_tabular_predictor_is_refitted_before_it_forecasts_day_by_day(stand_in):
    y = tables.sales(2)[:-28]
    promised, values = autogluon.by_table(y, "calendar")
    assert Tabular.given["target"].tolist() == y[21:].tolist() and list(Tabular.given) == ["day", "weekday", "target"]
    assert promised == 0.5 and values == pytest.approx([y[21:].mean()] * 28)
    assert Tabular.made.calls == ["refit", "persist", *["predict"] * 28]


def test_the_predictor_of_series_gets_all_series_at_once(stand_in):
    known = [tables.sales(seed)[:-28] for seed in range(3)]
    promised, values, models = autogluon.by_series(known)
    assert Series.settings["prediction_length"] == 28 and promised == 0.5 and models == ["naive", "trees", "broken"]
    assert Series.given["target"].tolist() == [value for y in known for value in y]
    assert Series.given.groupby("item_id")["timestamp"].diff().dt.days.max() == 1
    assert values.tolist() == [[number] * 28 for number in range(3)]


def test_the_errors_are_those_of_the_last_four_weeks(stand_in, monkeypatch):
    monkeypatch.setattr(autogluon.importlib.metadata, "version", lambda name: "1.0")
    found = find("autogluon")("mnist-5k", range(2), None)
    runs = pd.DataFrame(found["runs"])
    assert runs["variant"].unique().tolist() == [
        "TimeSeriesPredictor",
        *(f"TabularPredictor, {name}" for name in tables.FEATURES),
    ]
    future = [tables.sales(seed)[-28:] for seed in range(2)]
    assert runs["error"].tolist()[:2] == pytest.approx([np.abs(seed - y).mean() for seed, y in enumerate(future)])
    mean = tables.sales(1)[21:-28].mean()
    row = runs[(runs["variant"] == "TabularPredictor, calendar") & (runs["seed"] == 1)].iloc[0]
    assert row["error"] == pytest.approx(np.abs(mean - future[1]).mean()) and row["promised"] == 0.5


def test_without_autogluon_it_says_what_to_do():
    with pytest.raises(ImportError, match="It needs an environment of its own: make autogluon"):
        find("autogluon")("mnist-5k", range(1), None)
