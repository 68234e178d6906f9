"""Turning, stretching, slanting and shifting against the same done by hand to the pixels."""

import math

import pytest
import torch
import torch.nn.functional as F

from lenet_utils.training.augment import Affine

STILL = {"degrees": 0, "scale": 0, "shear": 0, "pixels": 0}


@pytest.fixture
def X():
    """Ink of random strength in the middle of four pictures of 20 x 28 pixels, eight blank pixels around it."""
    ink = torch.rand(4, 1, 4, 12, generator=torch.Generator().manual_seed(0))
    return F.pad(ink, (8, 8, 8, 8))


@pytest.fixture
def square():
    return torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.fixture(params=[-1, 1], ids=["least", "most"])
def end(request, monkeypatch):
    """Every draw is the least or the most that there is."""
    monkeypatch.setattr(torch, "rand", lambda n, generator=None: torch.full((n,), (1.0 + request.param) / 2))
    return request.param


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def assert_same(ours, by_hand):
    torch.testing.assert_close(ours, by_hand, rtol=0, atol=1e-5)


def test_the_defaults_are_those_that_the_ladder_was_climbed_with():
    assert Affine() == Affine(degrees=10, scale=0.1, shear=0.1, pixels=2, background=0)


def test_with_bounds_of_zero_nothing_happens(X):
    assert_same(Affine(0, 0, 0, 0)(X, seeded()), X)


def test_a_shift_by_whole_pixels_moves_the_ink_across_and_down(X, end):
    """It reads to the right and below, so the ink moves to the left and up."""
    assert_same(Affine(**STILL | {"pixels": 3})(X), X.roll((-3 * end, -3 * end), (2, 3)))


def test_a_turn_by_90_degrees_is_that_of_torch(square, end):
    assert_same(Affine(**STILL | {"degrees": 90})(square), torch.rot90(square, end, (2, 3)))


def test_half_the_size_is_the_mean_of_two_by_two_pixels(square, monkeypatch):
    monkeypatch.setattr(torch, "rand", lambda n, generator=None: torch.ones(n))
    assert_same(Affine(**STILL | {"scale": 1})(square), F.pad(F.avg_pool2d(square, 2), (7, 7, 7, 7)))


def test_a_slant_moves_every_row_by_as_much_as_it_is_above_or_below_the_middle(square, end):
    by_hand = torch.zeros(2, 1, 28, 28)
    for row in range(28):
        for column in range(28):
            source = column + end * (2 * row - 27)  # two pixels a row: 2 x (row - 13.5)
            if 0 <= source < 28:
                by_hand[..., row, column] = square[..., row, source]
    assert_same(Affine(**STILL | {"shear": 2})(square), by_hand)


def test_what_comes_into_view_is_background(X, end):
    assert (Affine(**STILL | {"pixels": 28}, background=-0.1)(X) == torch.tensor(-0.1)).all()
    blank = torch.full((3, 1, 28, 28), -0.1)
    assert_same(Affine(background=-0.1)(blank, seeded()), blank)


BOUNDS = {"degrees": 30.0, "scale": 0.3, "shear": 0.2, "pixels": 4.0}
READ = {  # the setting, and the places in the matrix where it can be read on its own
    "turn": ("degrees", lambda m: torch.atan2(m[:, 1, 0], m[:, 1, 1]) * 180 / math.pi),
    "wide": ("scale", lambda m: m[:, 0, 0] - 1),
    "high": ("scale", lambda m: m[:, 1, 1] - 1),
    "slant": ("shear", lambda m: m[:, 0, 1]),
    "right": ("pixels", lambda m: m[:, 0, 2] * 28 / 2),
    "down": ("pixels", lambda m: m[:, 1, 2] * 20 / 2),
}


@pytest.mark.parametrize("what", READ)
def test_draws_are_even_between_minus_and_plus(what):
    """The deviation of an even spread from -b to b is b over the root of 3."""
    setting, read = READ[what]
    bound = BOUNDS[setting]
    drawn = read(Affine(**STILL | {setting: bound}).matrices(torch.zeros(4000, 1, 20, 28), seeded()))
    assert 0.99 * bound < drawn.max() <= bound * (1 + 1e-5) and -bound * (1 + 1e-5) <= drawn.min() < -0.99 * bound
    assert drawn.mean().item() == pytest.approx(0, abs=0.05 * bound)
    assert drawn.std().item() == pytest.approx(bound / 3**0.5, rel=0.05)


def test_turned_and_stretched_the_two_axes_stay_square_to_each_other():
    axes = Affine(degrees=30, scale=0.3, shear=0, pixels=0).matrices(torch.zeros(100, 1, 28, 28), seeded())[:, :, :2]
    products = axes @ axes.mT
    assert_same(products[:, 0, 1], torch.zeros(100))
    lengths = products.diagonal(dim1=1, dim2=2).sqrt()
    assert 0.7 <= lengths.min() < 0.75 and 1.25 < lengths.max() <= 1.3


def test_width_height_right_and_down_are_drawn_each_for_itself():
    matrices = Affine(**STILL | {"scale": 0.3, "pixels": 4}).matrices(torch.zeros(4000, 1, 28, 28), seeded())
    four = torch.stack([matrices[:, 0, 0], matrices[:, 1, 1], matrices[:, 0, 2], matrices[:, 1, 2]])
    assert (four.corrcoef() - torch.eye(4)).abs().max() < 0.06


def test_every_picture_of_a_batch_has_its_own_draw_and_the_same_in_every_channel(square):
    same = square[:1].repeat(8, 3, 1, 1)
    moved = Affine()(same, seeded())
    assert len({picture.numpy().tobytes() for picture in moved}) == 8
    assert torch.equal(moved[:, 0], moved[:, 1]) and torch.equal(moved[:, 0], moved[:, 2])


def test_the_generator_decides_and_the_global_one_is_left_alone(X):
    before = torch.get_rng_state()
    assert torch.equal(Affine()(X, seeded(1)), Affine()(X, seeded(1)))
    assert not torch.equal(Affine()(X, seeded(1)), Affine()(X, seeded(2)))
    assert torch.equal(torch.get_rng_state(), before)


def test_pictures_keep_shape_and_type_and_those_given_are_not_changed(X):
    before = X.clone()
    moved = Affine()(X, seeded())
    assert (moved.shape, moved.dtype) == (X.shape, X.dtype) and torch.equal(X, before)
