"""The benchmarks measure what they say and save it whole; no test looks at a time."""

import itertools
import json
import os
from types import SimpleNamespace

import pytest
import torch
from torchvision import transforms

from benchmarks import results, time_to_99, training_speed
from lenet_utils import data
from lenet_utils.training.fit import History


@pytest.fixture
def few(digits):
    return digits.X_train[:300], digits.y_train[:300]


def test_the_loader_is_fed_what_torchvision_makes_of_the_same_images(few):
    X, y = few
    data = training_speed.InMemoryMNIST((X[:, 0] * 255).round().to(torch.uint8), y)
    image, label = data[7]
    assert torch.allclose(image, transforms.Normalize((0.1307,), (0.3081,))(X[7]), atol=1e-6) and label == y[7]


@pytest.mark.slow
def test_every_variant_gives_a_speed_in_every_round(few):
    variants = {
        "DataLoader, 0 workers": lambda: training_speed.with_loader(*few, 0),
        "fit": lambda: training_speed.with_fit(training_speed.LeNet(seed=0), *few),
    }
    speeds, peak = training_speed.measure(variants, rounds=2)
    assert {name: len(values) for name, values in speeds.items()} == {name: 2 for name in variants}
    assert all(speed > 0 for values in speeds.values() for speed in values) and peak > 0


def test_speeds_are_images_and_multiply_adds_by_seconds(few, monkeypatch):
    """By a clock that goes on by two seconds whenever it is read."""
    clock = itertools.count(0, 2)
    monkeypatch.setattr(training_speed, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    assert training_speed.with_loader(*few, 0) == 150
    assert training_speed.multiply_adds_per_second(side=8) == 8**3 / 2
    monkeypatch.setattr(training_speed, "fit", lambda *data, **options: History(seconds=2.0, images=300))
    assert training_speed.with_fit(None, *few) == 150


def test_ratios_are_to_the_faster_loader_of_the_round_and_shares_count_every_multiplication():
    speeds = {
        "DataLoader, 0 workers": [100.0, 300.0, 50.0],
        "DataLoader, 2 workers": [90.0, 200.0, 100.0],
        "fit": [800.0, 900.0, 500.0],
    }
    values = training_speed.summary(speeds, peak=1e9)
    assert values["variants"]["fit"]["ratio"] == 5.0  # the median of 8, 3 and 5
    forward, first = 416_520, 117_600
    assert values["multiply_adds_per_image"] == forward + forward + (forward - first)
    assert values["variants"]["fit"]["share_of_peak"] == pytest.approx(800 * values["multiply_adds_per_image"] / 1e9)


def test_a_result_is_saved_with_its_command_and_machine(tmp_path):
    path = results.save("training_speed", folder=tmp_path / "new", seconds=1.5)
    saved = json.loads(path.read_text())
    assert saved["command"] == "python -m benchmarks.training_speed" and saved["seconds"] == 1.5
    assert torch.__version__.startswith(saved["versions"]["torch"]) and saved["machine"]["threads"] == torch.get_num_threads()
    assert saved["machine"]["cores"] == os.cpu_count() and saved["machine"]["cpu"] not in ("", ":")
    assert list((tmp_path / "new").iterdir()) == [path]


def test_a_disk_that_fills_up_leaves_the_old_result(tmp_path, monkeypatch):
    path = results.save("training_speed", folder=tmp_path, seconds=1.5)
    before = path.read_text()

    def full(path, text, **options):
        path.write_bytes(text[:20].encode())
        raise OSError("no space left")

    monkeypatch.setattr(type(path), "write_text", full)
    with pytest.raises(OSError, match="no space left"):
        results.save("training_speed", folder=tmp_path, seconds=2.5)
    assert path.read_text() == before


def test_a_result_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = results.save("training_speed", folder=tmp_path, seconds=1.5)
    with pytest.raises(TypeError):
        results.save("training_speed", folder=tmp_path, seconds=object())
    assert json.loads(path.read_text())["seconds"] == 1.5


def test_the_time_of_fixed_runs_counts_only_if_their_mean_reaches_the_aim():
    reached = time_to_99.finals([[(3.0, 0.992)], [(5.0, 0.989)], [(4.0, 0.991)]])
    assert reached["seconds"] == 4.0 and reached["accuracy"] == pytest.approx(0.99067, abs=1e-5)
    with pytest.raises(RuntimeError, match="below 99%: train longer"):
        time_to_99.finals([[(3.0, 0.991)], [(5.0, 0.988)]])


def test_the_time_of_tested_runs_is_that_of_the_first_epoch_whose_mean_reaches_the_aim():
    runs = [[(10.0, 0.98), (20.0, 0.992)], [(12.0, 0.97), (24.0, 0.985), (36.0, 0.991)]]
    found = time_to_99.curves(runs)
    assert found["seconds"] == 28.0 and found["accuracy"] == pytest.approx(0.9915)
    with pytest.raises(RuntimeError, match="No epoch"):
        time_to_99.curves([run[:1] for run in runs])


def test_the_ratio_of_the_race_is_the_median_of_those_of_each_seed():
    slow, fast = [[(1.0, 0.9), (30.0, 0.99)], [(40.0, 0.99)], [(20.0, 0.99)]], [[(10.0, 0.99)], [(20.0, 0.99)], [(4.0, 0.99)]]
    assert time_to_99.paired(slow, fast) == 3.0


def test_the_loader_of_the_race_gives_the_images_that_fit_sees(few):
    pytorch = data.load(normalise="pytorch")
    loader = time_to_99.loader_of(pytorch, 50)
    image, label = loader.dataset[11]
    assert torch.allclose(image, pytorch.X_train[11], atol=1e-5) and label == pytorch.y_train[11]
    assert time_to_99.Example()(image[None]).shape == (1, 10)
