"""What the question on time series shows and measures, against the same by hand."""

import importlib.util
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.ensemble import HistGradientBoostingClassifier
from torch import nn

from lenet_utils.data import DataError
from lenet_utils.exercises.check import check
from lenet_utils.experiments import load
from lenet_utils.experiments.registry import find
from lenet_utils.nets.lenet import count_params
from lenet_utils.pages.time_series import experiment as time_series
from lenet_utils.pages.time_series import figures, series
from lenet_utils.training.fit import evaluate, fit


def test_shapes_are_a_bump_a_wave_and_a_sawtooth_of_equal_strength():
    bump, wave, saw = drawn = series.shapes()
    torch.testing.assert_close(drawn.square().mean(1), torch.ones(3))
    assert (bump > 0).all() and torch.allclose(bump, bump.flip(0), atol=1e-6)
    assert torch.allclose(wave, -wave.flip(0), atol=1e-5) and (wave[:8] > 0).all()
    assert (saw.diff() < 0).all() and torch.allclose(saw.diff(), saw.diff()[:1].expand(15), atol=1e-6)


@pytest.mark.parametrize("starts", [range(0, 48), (24,), [5, 90]])
def test_hidden_series_hold_their_shape_where_they_should(starts):
    X, y = series.hidden(60, starts, seed=3, size=40.0)
    assert X.shape == (60, 1, 128) and X.dtype == torch.float32
    assert set(y.tolist()) == {0, 1, 2}
    found = set()
    for row, label in zip(X[:, 0], y, strict=True):
        shape = 40 * series.shapes()[label]
        begin = int((row.unfold(0, 16, 1) - shape).square().sum(1).argmin())
        found.add(begin)
        row[begin : begin + 16] -= shape
    assert found <= set(starts) and len(found) > 20 or set(starts) == found
    assert abs(X.mean()) < 0.05 and X.std() == pytest.approx(1, abs=0.05)


def test_hidden_series_follow_their_seed():
    (X, y), (same, z), (other, _) = (series.hidden(5, (0,), seed=seed) for seed in (1, 1, 2))
    assert torch.equal(X, same) and torch.equal(y, z) and not torch.equal(X, other)


@pytest.mark.parametrize(
    "kind, weights",
    [
        ("logistic", 128 * 3 + 3),
        ("dense", 128 * 64 + 64 + 64 * 3 + 3),
        ("convolution", 8 * 9 + 8 + 16 * 8 * 9 + 16 + 16 * 32 * 3 + 3),
        ("convolution, pooled", 8 * 9 + 8 + 16 * 8 * 9 + 16 + 16 * 3 + 3),
    ],
)
def test_networks_have_the_weights_of_their_kind(kind, weights):
    net = series.net_of(kind, seed=0)
    assert count_params(net) == weights and net(torch.zeros(2, 1, 128)).shape == (2, 3)
    assert series.net_of(kind, 6, 64, 7)(torch.zeros(2, 6, 64)).shape == (2, 7)
    assert torch.equal(net[-1].weight, series.net_of(kind, seed=0)[-1].weight)
    assert not torch.equal(net[-1].weight, series.net_of(kind, seed=1)[-1].weight)


def test_only_the_pooled_network_gives_the_same_for_a_shape_at_another_time():
    X = torch.zeros(3, 1, 128)
    X[:, 0, 30:46] = series.shapes()
    moved = X.roll(40, dims=2)
    for kind in series.NETS:
        net = series.net_of(kind, seed=0)
        assert torch.allclose(net(X), net(moved), atol=1e-5) == (kind == "convolution, pooled")


def test_no_other_network():
    with pytest.raises(ValueError, match="No network is called 'lstm'. Known: logistic, dense, "):
        series.net_of("lstm")


@pytest.fixture(scope="module")
def windows():
    return series.recordings()


def test_windows_are_the_recordings_cut_to_pieces(windows):
    folder = importlib.util.find_spec("seglearn").submodule_search_locations[0]
    recorded = np.load(Path(folder) / "data" / "watch_dataset.npy", allow_pickle=True).item()
    place = 0
    for rows, exercise, person in zip(recorded["X"], recorded["y"], recorded["subject"], strict=True):
        whole = len(rows) // 128
        mine = slice(place, place + whole)
        cut = np.stack([rows[128 * i : 128 * (i + 1)].T for i in range(whole)])
        assert torch.equal(windows.X[mine], torch.tensor(cut).float())
        assert set(windows.y[mine].tolist()) == {int(exercise)} and set(windows.person[mine].tolist()) == {int(person)}
        place += whole
    assert place == len(windows.X) == len(windows.y) == len(windows.person) == 1833
    assert windows.y.unique().tolist() == list(range(7)) and windows.person.unique().tolist() == list(range(1, 11))


def test_another_file_is_not_unpickled(monkeypatch):
    monkeypatch.setattr(series, "WATCH_SHA256", "0" * 64)
    with pytest.raises(DataError, match="not the file that seglearn published"):
        series.recordings()


def test_a_person_is_set_apart_on_the_scale_of_the_others(windows):
    others, mine = series.apart(windows, person=3)
    assert set(mine.person.tolist()) == {3} and 3 not in others.person and len(others.X) + len(mine.X) == 1833
    torch.testing.assert_close(others.X.mean((0, 2)), torch.zeros(6), atol=1e-4, rtol=0)
    torch.testing.assert_close(others.X.std((0, 2)), torch.ones(6), atol=1e-4, rtol=0)
    raw = windows.X[windows.person == 3]
    slopes = mine.X.std((0, 2)) / raw.std((0, 2))
    torch.testing.assert_close(slopes, 1 / windows.X[windows.person != 3].std((0, 2)), atol=1e-4, rtol=1e-4)
    with pytest.raises(ValueError, match="Expected one of the people"):
        series.apart(windows, person=11)


def test_a_run_on_shapes_is_the_training_by_hand():
    found = time_series.on_shapes(None, 2, model="dense", n=300, num_epochs=2)
    net = series.net_of("dense", seed=2)
    fit(net, *series.hidden(300, series.SEEN, seed=6), seed=2, progress=False, **time_series.RECIPE | {"num_epochs": 2})
    assert found["seen"] == evaluate(net, *series.hidden(300, series.SEEN, seed=7)).accuracy
    assert found["accuracy"] == evaluate(net, *series.hidden(300, series.UNSEEN, seed=8)).accuracy
    everywhere = time_series.on_shapes(None, 2, model="dense", n=300, num_epochs=2, everywhere=True)
    assert everywhere["accuracy"] > found["accuracy"]


def test_late_weights_are_put_back_and_nothing_else():
    found = time_series.on_late_weights(None, 1, n=300, num_epochs=2)
    net, fresh = series.net_of("convolution", seed=1), series.net_of("convolution", seed=1)
    fit(net, *series.hidden(300, series.SEEN, seed=3), seed=1, progress=False, **time_series.RECIPE | {"num_epochs": 2})
    late = series.hidden(300, series.UNSEEN, seed=5)
    assert found["accuracy"] == evaluate(net, *late).accuracy
    after, before = net[-1].weight.detach().clone(), fresh[-1].weight.detach()
    columns = [place for place in range(512) if place % 32 >= 16]  # 16 maps of 32 positions, flattened map by map
    change = (after - before)[:, columns].view(3, 16, 16).mean(2)
    early = after.view(3, 16, 32)[:, :, :16].mean(2)
    rows = [(part - part.mean(0)).flatten() for part in (early, change)]
    assert found["alike"] == pytest.approx(torch.corrcoef(torch.stack(rows))[0, 1].item(), abs=1e-6)
    net[-1].weight.data[:, columns] = before[:, columns]
    assert found["reset"] == evaluate(net, *late).accuracy


def test_a_run_on_people_leaves_out_the_one_of_its_seed(windows):
    found = time_series.on_people(None, 4, model="logistic", num_epochs=1)
    train, test = series.apart(windows, person=5)
    net = series.net_of("logistic", 6, 128, 7, seed=4)
    fit(net, train.X, train.y, seed=4, progress=False, **time_series.RECIPE | {"num_epochs": 1})
    assert found == {"accuracy": evaluate(net, test.X, test.y).accuracy, "train": evaluate(net, train.X, train.y).accuracy}


def test_the_experiments_have_every_network(monkeypatch):
    asked = {}
    monkeypatch.setattr(time_series, "compare", lambda variants, seeds, data, run, keep: asked.update({run: variants}))
    for name in ("time_series", "watch"):
        find(name)("mnist-5k", range(1), None)
    assert list(asked[time_series.on_people]) == list(series.NETS)
    assert len(asked[time_series.on_shapes]) == 2 * len(series.NETS)
    assert asked[time_series.on_shapes]["dense, everywhere"] == {"model": "dense", "everywhere": True}


def test_a_result_without_digits_names_its_series_and_a_command_that_makes_it():
    result = load("time_series")
    told = series.about(result, "invented series")
    assert told.startswith("invented series, 10 seeds, 3 min: ") and "mnist" not in told
    assert told.endswith(" ".join(part for part in result["command"].split() if part not in ("--data", "mnist-5k")))


def test_a_drawing_has_a_line_a_channel_and_the_shape_over_it():
    fig, (one, six) = plt.subplots(1, 2)
    series.draw(torch.zeros(1, 20), one, hidden=(4, torch.ones(3)))
    assert [list(line.get_xdata()) for line in one.lines][1] == [4, 5, 6]
    assert len(series.draw(torch.zeros(6, 20), six).lines) == 6
    styles = {(line.get_color(), line.get_linestyle()) for line in six.lines}
    assert len(styles) == 6
    plt.close(fig)


def test_two_accuracies_have_their_own_axis_and_the_same_mark():
    fig = figures.side_by_side(load("time_series")["runs"], {"seen": "first half", "accuracy": "second half"}, marks=(1 / 3,))
    assert [ax.get_xlabel() for ax in fig.axes] == ["accuracy, first half", "accuracy, second half"]
    marks = [[line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "--"] for ax in fig.axes]
    assert marks == [[1 / 3], [1 / 3]]
    plt.close(fig)


def test_conv1d_is_conv2d_on_a_picture_one_pixel_high():
    X, W, b = torch.randn(3, 2, 20), torch.randn(4, 2, 5), torch.randn(4)
    torch.testing.assert_close(F.conv1d(X, W, b), F.conv2d(X[:, :, None], W[:, :, None], b)[:, :, 0])


def test_a_summary_does_not_know_the_place():
    X = torch.zeros(2, 1, 128)
    X[0, 0, 20:36] = X[1, 0, 60:76] = series.shapes()[1]
    one, other = series.summary(X)
    assert one.shape == (16 + 3,)
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_summary_by_hand():
    X = torch.randn(3, 1, 30, generator=torch.Generator().manual_seed(0))
    found = series.summary(X, lags=2, window=4)
    for row, x in zip(found, X[:, 0].numpy(), strict=True):
        x = x - x.mean()
        alike = [np.mean(x * x), np.mean(x[1:] * x[:-1]), np.mean(x[2:] * x[:-2])]
        means = np.convolve(x, np.ones(4) / 4, "valid")
        np.testing.assert_allclose(row, [*alike, means.max(), means.min()], atol=1e-5)


def test_shifted_series_by_hand():
    found = time_series.on_shifted(None, 1, columns="raw", n=200, max_iter=5)
    X, y = series.hidden(200, (24,), seed=3)
    trees = HistGradientBoostingClassifier(max_iter=5, random_state=1).fit(X[:, 0].numpy(), y)
    for name, begin, seed in (("accuracy", 32, 4), ("seen", 24, 5)):
        X, y = series.hidden(200, (begin,), seed=seed)
        assert found[name] == trees.score(X[:, 0].numpy(), y)
    summary = time_series.on_shifted(None, 1, columns="summary", n=200, max_iter=5)
    assert summary["accuracy"] > found["accuracy"] + 0.2


def ending_in(pool, places, starts):
    net = nn.Sequential(*series.net_of("convolution", seed=0)[:5], pool, nn.Flatten(), nn.Linear(16 * places, 3))
    fit(net, *series.hidden(1000, starts), progress=False, **time_series.RECIPE)
    return net


@pytest.mark.parametrize("starts", [series.UNSEEN, range(0, 112)])
def test_a_network_trained_where_it_is_tested_is_not_right(starts):
    """It classifies what it was shown, whatever its end; the exercise asks for what it was not shown."""
    verdict = check("time_series/anywhere", ending_in(nn.AdaptiveMaxPool1d(4), 4, starts))
    assert verdict.right is False and "You trained it on other series" in verdict.text


def test_a_network_trained_on_part_of_the_series_twice_is_right():
    net, (X, y) = series.net_of("convolution, pooled", seed=0), series.hidden(1000, series.SEEN)
    for half in (slice(0, 500), slice(500, 1000)):
        fit(net, X[half], y[half], progress=False, **time_series.RECIPE)
    assert check("time_series/anywhere", net).right is True


def test_a_convolution_without_conv2d_is_not_what_was_asked():
    def windows(X, W, b):
        return torch.einsum("nctk,ock->not", X.unfold(2, W.shape[2], 1), W) + b[:, None]

    def beside_it(X, W, b):
        nn.functional.conv2d(torch.zeros(1, 1, 3, 3), torch.zeros(1, 1, 3, 3))
        return nn.functional.conv1d(X, W, b)

    for answer in (windows, beside_it):
        verdict = check("time_series/as_picture", answer)
        assert verdict.right is False and "F.conv2d did not compute them" in verdict.text
    assert check("time_series/as_picture", lambda X, W, b: windows(X, W[:, :, :1], b)).text.startswith("Not yet: got ")
    assert check("time_series/as_picture", lambda X, W, b: nn.functional.conv2d(X[..., None], W[..., None], b)[..., 0]).right
