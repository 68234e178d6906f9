"""What the exercises ask for, by name: the right answer and the likely wrong ones. What is said to them is in `words`."""

import math

import torch
import torch.nn.functional as F

from lenet_utils.exercises import Function, Number
from lenet_utils.models import ScaledTanh
from lenet_utils.preparation import centre_of_mass


def _shift(row, column):
    """Move a picture with one 3x3 kernel whose only weight stands at `(row, column)`."""
    kernel = torch.zeros(1, 1, 3, 3)
    kernel[0, 0, row, column] = 1
    return lambda X: F.conv2d(X, kernel, padding=1)


def _subsample(combine, squash=None):
    """The subsampling of 1998: `combine(average, coefficient, bias)`, then a squash."""
    squash = squash or ScaledTanh()
    return lambda X, coefficient, bias: squash(combine(F.avg_pool2d(X, 2), coefficient, bias))


def _random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _masked(keep):
    """A convolution whose weights are `keep(weight, table)`."""
    return lambda X, weight, bias, table: F.conv2d(X, keep(weight, table), bias)


def _others(accuracy, axis):
    return [place for place in range(accuracy.dim()) if place != axis]


_TABLE = torch.tensor([[1.0, 0], [1, 1], [0, 1]])

EXERCISES = {
    "digits/box": Number((20, 13), {(20, 20): "stretched", (30, 20): "shorter-side", (13, 20): "swapped", (28, 19): "picture"}),
    "digits/centre": Function(
        centre_of_mass,
        ((_random(4, 4).abs(),), (_random(5, 9, seed=1).relu() + torch.eye(5, 9),), (torch.eye(3, 6) / 4,)),
        {
            lambda picture: centre_of_mass(picture).flip(0): "swapped",
            lambda picture: centre_of_mass(picture) + 1: "from-one",
            lambda picture: centre_of_mass(picture) * picture.sum(): "not-divided",
            lambda picture: (picture > 0).nonzero().double().mean(0): "not-weighted",
            lambda picture: (torch.tensor(picture.shape) - 1) / 2: "of-the-picture",
        },
    ),
    "zip_codes_to_cheques/presentation": Number(
        259_200 / 167_693,
        {167_693 / 259_200: "inverse", 259_200 / 7_291: "one-pass", 86_400 / 167_693: "one-day", 259_200 / 23: "a-pass"},
        tolerance=0.006,
    ),
    "zip_codes_to_cheques/ceiling": Number(
        12_500_000 / 340_908,
        {
            12_500_000 / 64_660: "of-1989",
            25_000_000 / 340_908: "operations",
            12_500_000 / 60_000: "weights",
            340_908 / 12_500_000: "inverse",
        },
        tolerance=0.5,
    ),
    "net_1989/biases": Number(8_824, {9_760: "of-units", 8_800: "none", 9_004: "first-only", 9_580: "second-only"}),
    "net_1989/margin": Function(
        lambda X: F.pad(X, (2, 2, 2, 2), value=-1.0),
        ((_random(2, 1, 6, 6),), (_random(1, 3, 4, 5, seed=1),)),
        {
            lambda X: F.pad(X, (2, 2, 2, 2)): "zeros",
            lambda X: F.pad(X, (2, 2, 2, 2), value=1.0): "ink",
            lambda X: F.pad(X, (1, 1, 1, 1), value=-1.0): "one-pixel",
            lambda X: F.pad(X, (2, 2, 2, 2), mode="replicate"): "edge",
        },
    ),
    "lenet_5/places": Number(16, {61: "every-pixel", 15: "first", 23: "whole", 64: "every-pixel-padded"}),
    "lenet_5/distance": Number(28, {7: "counted", 14: "not-squared", 49: "squared-count", 77: "same"}),
    "convolution/side": Number(14, {11: "no-padding", 13: "no-start", 12: "padded-once", 28: "no-stride", 14.5: "no-floor"}),
    "convolution/shift": Function(
        _shift(1, 0),
        ((torch.arange(16.0).view(1, 1, 4, 4),), (_random(1, 1, 5, 7),)),
        {_shift(1, 2): "left", _shift(0, 1): "down", _shift(2, 1): "up", _shift(1, 1): "nowhere"},
    ),
    "squash_and_pool/coefficient": Number(2, {11: "sum", 7: "maximum", 1: "bias-first", 3: "no-bias"}),
    "squash_and_pool/subsample": Function(
        _subsample(lambda mean, coefficient, bias: coefficient * mean + bias),
        ((_random(2, 1, 4, 4), 0.5, 0.25), (_random(1, 3, 6, 6, seed=2), 2.0, -1.0)),
        {
            _subsample(lambda mean, coefficient, bias: coefficient * (mean + bias)): "bias-first",
            _subsample(lambda mean, coefficient, bias: coefficient * mean + bias, lambda x: x): "no-squash",
            _subsample(lambda mean, coefficient, bias: coefficient * mean + bias, torch.sigmoid): "sigmoid",
            _subsample(lambda mean, coefficient, bias: coefficient * mean): "no-bias",
        },
    ),
    "network/table": Number(60_806, {61_706: "all-links", 60_000: "of-1998", 59_306: "kept-36", 61_670: "one-weight-a-link"}),
    "network/mask": Function(
        _masked(lambda weight, table: weight * table[:, :, None, None]),
        ((_random(1, 2, 6, 6), _random(3, 2, 5, 5, seed=1), _random(3, seed=3), _TABLE),),
        {
            _masked(lambda weight, table: weight): "all-links",
            _masked(lambda weight, table: weight * (1 - table)[:, :, None, None]): "the-others",
            lambda X, weight, bias, table: F.conv2d(X, weight * table[:, :, None, None]): "no-bias",
        },
    ),
    "walkthrough/larger": Number(
        (16, 12, 12), {(16, 16, 16): "padded-c3", (16, 10, 10): "from-28", (6, 12, 12): "channels", (1, 16, 12, 12): "batch"}
    ),
    "walkthrough/flat": Number(576, {400: "from-28", 36: "one-map", 2304: "before-pooling"}),
    "cost/field": Number(32, {20: "step-forgotten", 36: "five-steps", 24: "old-step"}),
    "cost/wide": Number(9_632, {4_832: "one-side", 9_664: "biases", 9_600: "no-biases", 9_616: "old-biases"}),
    "training/letters": Number(
        math.log(26),
        {math.log10(26): "log-10", math.log2(26): "log-2", math.log(10): "digits", -math.log(26): "sign", 1 / 26: "chance"},
        tolerance=0.005,
    ),
    "training/entropy": Function(
        lambda shares: -(shares * shares.log()).sum(),
        ((torch.tensor([0.5, 0.25, 0.25]),), (torch.tensor([0.1, 0.2, 0.3, 0.4]),)),
        {
            lambda shares: (shares * shares.log()).sum(): "sign",
            lambda shares: -(shares * shares.log2()).sum(): "bits",
            lambda shares: -shares.log().mean(): "not-weighted",
            lambda shares: -(shares * shares.log()).mean(): "mean",
        },
    ),
    "sentences/back": Number(0, {9: "as-permuted", 0.5: "noise", 90: "lost"}),
    "sentences/move": Function(
        lambda X, right: F.pad(X, (right, 0))[..., : X.shape[-1]],
        ((torch.arange(12.0).view(1, 1, 3, 4) + 1, 1), (_random(2, 1, 5, 5), 3), (_random(1, 2, 4, 4, seed=1), 0)),
        {
            lambda X, right: torch.roll(X, right, -1): "rolled",
            lambda X, right: F.pad(X, (0, right))[..., right:]: "left",
            lambda X, right: F.pad(X, (0, 0, right, 0))[..., : X.shape[-2], :]: "down",
            lambda X, right: F.pad(X, (right, 0)): "wider",
            lambda X, right: F.pad(X, (right, 0))[..., : X.shape[-1]] if right else torch.zeros_like(X): "zero",
        },
    ),
    "recall/signs": Number(69_356, {69_266: "no-biases", 62_556: "ten-more", 7_650: "difference", 61_796: "biases-only"}),
    "recall/small": Number(144, {400: "from-28", 9: "one-map", 576: "before-pooling", 256: "padded-c3"}),
    "mistakes/wilson": Number(
        0.9962051,
        {0.9934147: "lower-end", 0.9963825: "two-deviations", 0.9962867: "exact", 99.62051: "percent", 0.995: "share"},
        tolerance=4e-5,
    ),
    "mistakes/recall": Function(
        lambda confusion: confusion.diagonal() / confusion.sum(1),
        ((torch.tensor([[8, 2], [1, 3]]),), (torch.tensor([[5, 1, 0], [2, 6, 2], [0, 0, 7]]),)),
        {
            lambda confusion: confusion.diagonal() / confusion.sum(0): "columns",
            lambda confusion: confusion.diagonal() / confusion.sum(): "of-all",
            lambda confusion: confusion.diagonal(): "counts",
            lambda confusion: 1 - confusion.diagonal() / confusion.sum(1): "errors",
            lambda confusion: confusion.diagonal().sum() / confusion.sum(): "one-number",
        },
    ),
    "beyond_one_machine/shares": Function(
        lambda g, n, h, m: (n * g + m * h) / (n + m),
        ((_random(4), 65, _random(4, seed=1), 64), (_random(3), 1, _random(3, seed=2), 3)),
        {
            lambda g, n, h, m: (g + h) / 2: "equal-shares",
            lambda g, n, h, m: g + h: "sum-of-means",
            lambda g, n, h, m: n * g + m * h: "not-divided",
            lambda g, n, h, m: (m * g + n * h) / (n + m): "swapped",
        },
    ),
    "beyond_one_machine/gain": Number(1.5, {2: "no-message", 1.2: "two-messages", 12 / 7: "half-message", 12 / 14: "not-shared"}),
    "atlas/trainings": Number(7_680, {4_608: "three-seeds", 2_560: "no-axis", 23_040: "seeds-twice", 1_544: "added"}),
    "atlas/best": Function(
        lambda accuracy, axis: accuracy.amax(dim=_others(accuracy, axis)),
        ((_random(2, 3, 4), 1), (_random(3, 2, seed=1), 0), (_random(2, 2, 2, 2, seed=2), 3)),
        {
            lambda accuracy, axis: accuracy.amax(dim=axis): "that-axis",
            lambda accuracy, axis: accuracy.mean(dim=_others(accuracy, axis)): "mean",
            lambda accuracy, axis: accuracy.amin(dim=_others(accuracy, axis)): "worst",
            lambda accuracy, axis: accuracy.max(): "one-number",
        },
    ),
}
