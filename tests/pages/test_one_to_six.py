"""Strokes, scores of kernels, and the networks with few kernels, against the same by hand."""

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from lenet_utils.nets.lenet import LeNet, count_params
from lenet_utils.pages.one_to_six import experiment as one_to_six
from lenet_utils.pages.one_to_six import strokes
from lenet_utils.pages.one_to_six.exercises import EXERCISES
from lenet_utils.training.fit import fit


def test_runs():
    ink = torch.tensor([[[1, 1, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1], [0, 1, 0, 0, 0, 1]]], dtype=torch.bool)
    lengths = [[2, 2, 0, 3, 3, 3], [0] * 6, [6] * 6, [0, 1, 0, 0, 0, 1]]
    assert strokes.runs(ink).tolist() == [lengths]


@pytest.fixture
def cross():
    """A T: a lying bar of 12 x 3 pixels, and under it an upright one of 10 x 3."""
    X = torch.zeros(1, 1, 28, 28)
    X[0, 0, 5:8, 8:20] = 1
    X[0, 0, 8:18, 12:15] = 0.9
    return X


def test_strokes(cross):
    upright, lying = strokes.strokes(cross)
    assert upright.nonzero()[:, 1:].tolist() == [[i, j] for i in range(8, 18) for j in range(12, 15)]
    assert lying.nonzero()[:, 1:].tolist() == [[i, j] for i in range(5, 8) for j in [*range(8, 12), *range(15, 20)]]
    turned = strokes.strokes(cross.transpose(2, 3))
    assert torch.equal(turned[0], lying.transpose(1, 2)) and torch.equal(turned[1], upright.transpose(1, 2))


def test_faint_thick_and_short_ink_is_no_stroke(cross):
    faint, thick, short = 0.5 * cross, torch.zeros_like(cross), torch.zeros_like(cross)
    thick[..., 5:20, 5:10] = 1
    short[..., 5:12, 5:8] = 1
    for X in (faint, thick, short):
        assert not any(mask.any() for mask in strokes.strokes(X))


def test_windows_and_responses_are_those_of_a_convolution(digits):
    X, kernel = digits.X_test[:20], torch.randn(5, 5, generator=torch.Generator().manual_seed(0))
    found = strokes.responses(kernel, strokes.windows(X))
    maps = F.conv2d(X, kernel[None, None], padding=2)[:, 0]
    for values, mask in zip(found, strokes.strokes(X), strict=True):
        torch.testing.assert_close(values, maps[mask], rtol=1e-4, atol=1e-4)


def test_score_counts_pairs(digits):
    seen = strokes.windows(digits.X_test[:5])
    kernel = strokes.bank()[0, 0]
    upright, lying = strokes.responses(kernel, seen)
    pairs = (upright[:, None] > lying).double() + 0.5 * (upright[:, None] == lying)
    assert strokes.score(kernel, seen) == pytest.approx(pairs.mean().item())
    assert strokes.score(kernel.clone().requires_grad_(), seen) == strokes.score(kernel, seen)
    assert strokes.score(torch.zeros(5, 5), seen) == 0.5


def test_bank():
    bank = strokes.bank()
    upright, lying, falling, rising, outline, blur = kernels = bank[:, 0]
    assert bank.shape == (6, 1, 5, 5)
    torch.testing.assert_close(bank.abs().sum((1, 2, 3)), torch.ones(6))
    torch.testing.assert_close(kernels[:5].sum((1, 2)), torch.zeros(5), rtol=0, atol=1e-6)
    assert torch.equal(upright.T, lying) and torch.equal(falling.flip(1), rising) and torch.equal(outline, outline.T)
    assert blur.unique().numel() == 1 and falling.diagonal().min() == falling.max()


def test_the_upright_kernel_answers_to_the_upright_bar(cross):
    up, down, falling, rising, *_ = F.conv2d(cross, strokes.bank(), padding=2)[0, :, 12, 13]
    assert up > 0.3 and up > max(down, falling, rising)


@pytest.mark.parametrize(
    "variant, first, weights", [("six kernels", 156, 61_706), ("one kernel, six maps", 31, 61_581), ("one map", 26, 59_576)]
)
def test_weights_of_the_variants(variant, first, weights):
    net = one_to_six.net_of(variant, seed=0)
    assert (count_params(net.C1), count_params(net)) == (first, weights)
    assert net(torch.rand(2, 1, 28, 28)).shape == (2, 10)


def test_one_kernel_is_the_first_of_six():
    net, six, X = one_to_six.net_of("one kernel, six maps", seed=3), LeNet("relu", "max", seed=3), torch.rand(2, 1, 28, 28)
    torch.testing.assert_close(net.C1(X)[:, 0], six.C1(X)[:, 0])
    bare = net.C1(X) - net.C1.bias[:, None, None]
    torch.testing.assert_close(bare, bare[:, :1].expand(-1, 6, -1, -1))
    assert net.C1.bias.unique().numel() == 6


def test_kernels_by_hand_stay(digits):
    net = one_to_six.net_of(one_to_six.BY_HAND, seed=0)
    bias = net.C1.bias.clone()
    fit(net, digits.X_train[:300], digits.y_train[:300], num_epochs=1, progress=False)
    assert torch.equal(net.C1.weight, strokes.bank()) and not torch.equal(net.C1.bias, bias)


def test_unknown_variant():
    with pytest.raises(ValueError, match="Known: six kernels"):
        one_to_six.net_of("seven kernels")


def test_recognise(digits):
    few = dataclasses.replace(
        digits, X_train=digits.X_train[:300], y_train=digits.y_train[:300], X_test=digits.X_test[:200], y_test=digits.y_test[:200]
    )
    found = [one_to_six.recognise(few, seed, variant="one kernel, six maps", num_epochs=1) for seed in (0, 0, 1)]
    assert found[0] == found[1] != found[2] and list(found[0]) == ["accuracy"] and 0 <= found[0]["accuracy"] <= 1


def test_the_kernel_of_a_regression_tells_strokes_apart(digits):
    kernel = strokes.by_regression(digits.X_train[:500])
    assert kernel.shape == (5, 5) and strokes.score(kernel, strokes.windows(digits.X_test[:200])) > 0.95


@pytest.mark.parametrize(
    "convolved",
    [
        lambda X, W, b: F.conv2d(X, W, b, padding=2),
        lambda X, W, b: F.conv3d(X[:, :, None], W[:, :, None], b, padding=(0, 2, 2))[:, :, 0],
        lambda X, W, b: F.conv1d(F.unfold(X, 5, padding=2), W.flatten(1)[..., None], b).view(len(X), len(W), *X.shape[2:]),
    ],
)
def test_no_convolution_may_stand_in_for_the_product(convolved):
    assert EXERCISES["unfold"].judge(convolved).reason == "forbidden"
