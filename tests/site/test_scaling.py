"""The benchmark of the second core measures what it says; no test looks at a time."""

import pytest
import torch

from benchmarks import scaling
from lenet_utils.experiments import results


def test_speed_ups_are_to_the_first_variant_of_the_round_and_the_first_round_does_not_count():
    given = {"one": iter([9.0, 8.0, 6.0, 4.0]), "two": iter([90.0, 4.0, 2.0, 4.0])}
    table = scaling.measure({name: lambda name=name: next(given[name]) for name in given}, rounds=3)
    assert table["one"] == {"seconds": 6.0, "speed_up": 1.0, "rounds": [8.0, 6.0, 4.0]}
    assert table["two"] == {"seconds": 4.0, "speed_up": 2.0, "rounds": [4.0, 2.0, 4.0]}  # the median of 2, 3 and 1


def test_an_epoch_of_one_net_is_timed_with_the_threads_asked_for(monkeypatch):
    asked, before = [], torch.get_num_threads()
    fit = scaling.fit
    monkeypatch.setattr(scaling, "fit", lambda *a, **o: asked.append((torch.get_num_threads(), o["batch_size"])) or fit(*a, **o))
    assert scaling.with_fit(2, 2048, 1) > 0
    assert asked == [(2, 2048)] and torch.get_num_threads() == before


def test_the_whole_result_is_saved_in_its_page_and_can_be_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "PAGES", tmp_path)
    monkeypatch.setattr(scaling, "independent_runs", lambda rounds, *sizes: scaling.measure({"n_jobs=1": lambda: 2.0}, rounds))
    monkeypatch.setattr(scaling, "one_net", lambda rounds, batch, *sizes: scaling.measure({"1 thread": lambda: batch}, rounds))
    scaling.main(rounds=2, runs=3, num_epochs=4)
    loaded = results.read("scaling")
    assert loaded == results.read("scaling", tmp_path / "beyond_one_machine")
    assert loaded["command"] == "python -m benchmarks.scaling"
    assert loaded["independent_runs"]["n_jobs=1"]["seconds"] == 2.0
    assert {batch: table["1 thread"]["seconds"] for batch, table in loaded["one_net"].items()} == {"256": 256, "2048": 2048}
    assert (loaded["rounds"], loaded["runs"], loaded["num_epochs"]) == (2, 3, 4)


def test_a_missing_result_names_the_benchmark_that_makes_it(tmp_path):
    with pytest.raises(results.ResultError, match="no result 'scaling' .* Make it with: python -m benchmarks.scaling$"):
        results.read("scaling", tmp_path)
