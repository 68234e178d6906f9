"""The clips and networks of the question on two and three axes, against the same by hand."""

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from lenet_utils.experiments.registry import find
from lenet_utils.nets.lenet import count_params
from lenet_utils.pages.conv2d_conv3d import clips
from lenet_utils.pages.conv2d_conv3d import experiment as conv2d_conv3d
from lenet_utils.pages.conv2d_conv3d import experiment_few as few_clips
from lenet_utils.training.fit import evaluate, fit


@pytest.mark.parametrize("begins", [(0,), clips.EARLY, clips.LATE, conv2d_conv3d.ALL_TIMES])
def test_a_digit_passes_in_four_frames_one_pixel_at_a_time(digits, begins):
    X, side = clips.passing(digits.X_test[:60], begins, seed=4)
    assert X.shape == (60, 1, 8, 14, 20) and set(side.tolist()) == {0, 1}
    small = F.pad(F.avg_pool2d(digits.X_test[:60], 2), (0, 6))[:, 0]
    found, places = set(), set()
    for clip, way, digit in zip(X[:, 0], side, small, strict=True):
        shown = [t for t in range(8) if clip[t].any()]
        assert shown == list(range(shown[0], shown[0] + 4))
        found.add(shown[0])
        for t in shown[1:]:
            assert torch.equal(clip[t], clip[t - 1].roll(1 if way else -1, dims=1))
        places |= {place for place in range(20) if torch.equal(clip[shown[0]], digit.roll(place, dims=1))}
    assert found == set(begins) and len(places) > 12


def test_clips_follow_their_seed(digits):
    one, same, other = (clips.passing(digits.X_test[:9], seed=seed)[0] for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)


@pytest.mark.parametrize(
    "kind, weights",
    [
        ("one frame", 4 * 9 + 4 + 8 * 4 * 9 + 8 + 18),
        ("stacked", 4 * 8 * 9 + 4 + 8 * 4 * 9 + 8 + 18),
        ("Conv3d", 4 * 27 + 4 + 8 * 4 * 27 + 8 + 18),
        ("Conv3d, kd = 1", 4 * 9 + 4 + 8 * 4 * 9 + 8 + 18),
    ],
)
def test_networks_have_the_weights_of_their_kind(kind, weights):
    net = clips.net_of(kind, seed=0)
    assert count_params(net) == weights and net(torch.rand(2, 1, 8, 14, 20)).shape == (2, 2)
    assert torch.equal(net[-1].weight, clips.net_of(kind, seed=0)[-1].weight)
    assert not torch.equal(net[-1].weight, clips.net_of(kind, seed=1)[-1].weight)


def test_what_each_network_can_see(digits):
    """One frame deep there is no order of the frames; to `Conv3d` no time, with blanks around; to the stack there are both."""
    X = clips.passing(digits.X_test[:20], (1,), seed=0)[0]
    long = F.pad(X, (0, 0, 0, 0, 4, 4))  # 16 frames
    for kind, clip in (("Conv3d", long), ("Conv3d, kd = 1", long), ("stacked", X), ("one frame", X)):
        net = clips.net_of(kind, seed=0)
        later, backwards = (torch.allclose(net(clip), net(Z), atol=1e-5) for Z in (clip.roll(2, dims=2), clip.flip(2)))
        assert later == (kind != "stacked"), kind
        if kind != "one frame":
            assert backwards == (kind == "Conv3d, kd = 1"), kind


def test_one_frame_sees_no_other(digits):
    """Whatever the other frames show, and in whatever order, changes nothing."""
    X, net = clips.passing(digits.X_test[:20], (1,), seed=0)[0], clips.net_of("one frame", seed=0)
    chosen = X.sum((1, 3, 4)).argmax(1)
    alone = torch.zeros_like(X)
    alone[torch.arange(20), :, 3] = X[torch.arange(20), :, chosen]
    assert torch.equal(net(alone), net(X))


def test_one_frame_is_one_that_shows_the_digit():
    X = torch.zeros(2, 1, 8, 3, 3)
    X[0, 0, 5], X[1, 0, 2] = 1.0, 2.0
    assert torch.equal(clips.OneFrame()(X), torch.stack([X[0, :, 5], X[1, :, 2]]))


def test_the_cost_of_the_two_networks_by_hand():
    X = torch.zeros(1, 1, 8, 14, 20)
    second = 8 * 7 * 10 * 4 * 9  # maps, positions, kernels
    assert clips.cost(clips.net_of("stacked", seed=0), X) == 4 * 14 * 20 * 8 * 9 + second
    assert clips.cost(clips.net_of("Conv3d", seed=0), X) == 8 * (4 * 14 * 20 * 27 + 3 * second)


def test_no_other_network():
    with pytest.raises(ValueError, match="No network is called 'Conv4d'. Known: one frame, stacked, "):
        clips.net_of("Conv4d")


def test_a_run_is_the_training_by_hand(digits):
    parts = {name: getattr(digits, name)[:80] for name in ("X_train", "y_train", "X_test", "y_test")}
    few = dataclasses.replace(digits, **parts)
    found = conv2d_conv3d.on_clips(few, 3, model="stacked", n=70, num_epochs=12)
    net = clips.net_of("stacked", seed=3)
    X, y = clips.passing(few.X_train[:70], clips.EARLY, seed=6)
    fit(net, X, y, seed=3, progress=False, **conv2d_conv3d.RECIPE | {"num_epochs": 12})
    for name, begins in (("early", clips.EARLY), ("accuracy", clips.LATE)):
        assert found[name] == evaluate(net, *clips.passing(few.X_test[:70], begins, seed=7)).accuracy


def test_the_experiment_has_every_network_and_the_stack_at_all_times(monkeypatch):
    monkeypatch.setattr(conv2d_conv3d, "compare", lambda variants, *rest, **more: variants)
    variants = find("conv2d_conv3d")("mnist", range(1), None)
    assert list(variants) == [*clips.NETS, "stacked, all times"]
    assert variants["stacked, all times"] == {"model": "stacked", "begins": (0, 1, 2, 3, 4)}


def test_a_short_motion_comes_at_any_time(digits):
    X, _ = few_clips.short(digits.X_test[:200], seed=0)
    assert X.shape == (200, 1, 16, 14, 20)
    shown = [clip.flatten(1).any(1).nonzero().flatten().tolist() for clip in X[:, 0]]
    assert all(times == list(range(times[0], times[0] + 3)) for times in shown)
    assert {times[0] for times in shown} == set(range(14))


@pytest.mark.parametrize("model, weights", [("stacked", 606 + 8 * 36), ("wide stack", 1041 + 8 * 63), ("Conv3d", 1002)])
def test_networks_for_few_clips_learn_from_them(few, model, weights):
    net = few_clips.new_net(model, seed=0)
    assert count_params(net) == weights and net(torch.rand(2, 1, 16, 14, 20)).shape == (2, 2)
    row = few_clips.from_few_clips(few, 0, model=model, sizes=(25, 50), steps=4)
    assert row["error"] == row["errors"][1] and len(row["errors"]) == 2
