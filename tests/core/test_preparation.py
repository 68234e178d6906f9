"""The preparation of MNIST against MNIST itself, which it must leave alone, and against shapes counted by hand."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lenet_utils.preparation import centre_of_mass, cropped, prepare, scaled


def bar(height, width, rows=60, columns=60, row=5, column=7, ink=1.0):
    picture = torch.zeros(rows, columns)
    picture[row : row + height, column : column + width] = ink
    return picture


@pytest.fixture(scope="module")
def pictures(digits):
    return torch.cat([digits.X_train, digits.X_test])[:, 0]


@pytest.mark.slow
def test_prepared_digits_of_mnist_stay_as_they_are_but_for_one_that_is_19_pixels_long(pictures):
    changed = [place for place, picture in enumerate(pictures) if not torch.equal(prepare(picture), picture)]
    assert [max(cropped(pictures[place]).shape) for place in changed] == [19]
    once = prepare(pictures[changed[0]])
    assert max(cropped(once).shape) == 20 and torch.equal(prepare(once), once)


@pytest.mark.parametrize("down, right", [(0, 0), (0, 32), (32, 0), (13, 21)])
def test_it_does_not_matter_where_a_digit_stood(pictures, down, right):
    large = torch.zeros(60, 60)
    for picture in pictures[:50]:
        large.zero_()
        large[down : down + 28, right : right + 28] = picture
        assert torch.equal(prepare(large), prepare(picture))


@pytest.mark.parametrize("factor", [2, 3, 5])
def test_a_digit_drawn_larger_comes_back(pictures, factor):
    """To rounding: the mean of equal numbers in float32."""
    for picture in pictures[:20]:
        large = picture.repeat_interleave(factor, 0).repeat_interleave(factor, 1)
        torch.testing.assert_close(prepare(large), picture, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "height, width, expected",
    [(40, 20, (20, 10)), (20, 40, (10, 20)), (10, 10, (20, 20)), (50, 17, (20, 7)), (50, 1, (20, 1)), (1, 1, (20, 20))],
)
def test_the_longer_side_becomes_20_and_the_other_keeps_its_share(height, width, expected):
    prepared = prepare(bar(height, width))
    assert prepared.shape == (28, 28) and cropped(prepared).shape == expected
    torch.testing.assert_close(cropped(prepared), torch.ones(expected))


def test_a_new_pixel_is_the_mean_of_the_ink_that_falls_into_it():
    """Three pixels onto two: each takes one whole pixel and half of the middle one."""
    picture = torch.tensor([[1.0, 0.5, 0.0], [1.0, 0.5, 0.0], [1.0, 0.5, 0.0]])
    torch.testing.assert_close(scaled(picture, 2), torch.tensor([[2.5 / 3, 0.5 / 3]] * 2))
    assert scaled(torch.eye(4), 2).tolist() == [[0.5, 0], [0, 0.5]]


def test_the_centre_of_mass_is_the_mean_place_of_the_ink():
    picture = torch.zeros(5, 7)
    picture[1, 2], picture[3, 6] = 3.0, 1.0
    assert centre_of_mass(picture).tolist() == [1.5, 3.0]


def test_the_centre_of_mass_comes_to_lie_in_pixel_14():
    picture = bar(30, 4)
    picture[5:8, 7:27] = 1  # heavy above
    prepared = prepare(picture)
    assert (centre_of_mass(prepared) - 14).abs().max() <= 0.5
    top = int((prepared > 0).any(1).nonzero()[0])
    assert top > 4  # the box is not in the middle


def test_nothing_is_cut_off():
    """A blot with a hair: its centre of mass lies at one end, and its box would reach out of the picture."""
    picture = bar(2, 60, columns=80, ink=0.01)
    picture[0:12, 7:10] = 1
    prepared = prepare(picture)
    assert cropped(prepared).shape[1] == 20 and (prepared[:, -1] > 0).any()


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**31))
def test_whatever_is_drawn_fits(height, width, seed):
    drawn = torch.rand(height, width, generator=torch.Generator().manual_seed(seed)) * 0.99 + 0.01
    prepared = prepare(drawn)
    assert prepared.shape == (28, 28) and prepared.dtype == torch.float32
    assert max(cropped(prepared).shape) == 20 and prepared.max() <= drawn.max() * 1.0001


def test_bytes_are_their_255th_part(pictures):
    counted = (255 * pictures[0]).round().byte()
    torch.testing.assert_close(prepare(counted), pictures[0])


def test_pictures_are_not_changed():
    picture = bar(9, 4)
    before = picture.clone()
    prepare(picture)
    assert torch.equal(picture, before)


@pytest.mark.parametrize(
    "wrong, error, message",
    [
        (torch.zeros(28, 28), ValueError, "blank"),
        (torch.zeros(0, 5), ValueError, "blank"),
        (torch.ones(1, 28, 28), ValueError, r"one picture \(H, W\), got \(1, 28, 28\)"),
        (torch.full((3, 3), -0.4), ValueError, "ink above 0"),
        (torch.tensor([[1.0, float("nan")]]), ValueError, "no numbers"),
        ([[1.0]], TypeError, "got list"),
    ],
)
def test_what_is_no_digit_is_refused(wrong, error, message):
    with pytest.raises(error, match=message):
        prepare(wrong)


def test_impossible_sizes_are_refused():
    with pytest.raises(ValueError, match="side expects a whole number of at least 20, got 16"):
        prepare(bar(3, 3), side=16)
    with pytest.raises(ValueError, match="box expects a whole number"):
        prepare(bar(3, 3), box=0)
    assert prepare(bar(3, 3), box=16, side=16).sum() == 256


@pytest.mark.parametrize("scale", [2, 255])
def test_ink_beyond_one_is_refused_with_advice_that_works(digits, scale):
    picture = scale * digits.X_test[7, 0]
    with pytest.raises(ValueError, match=r"Expected ink up to 1, got up to .*; use prepare\(picture / 255\) for bytes"):
        prepare(picture)
    assert prepare(picture / 255).max() <= 1


@pytest.mark.parametrize("shape", [(200, 200), (28, 28), (40, 90)])
def test_dark_paper_is_told(shape):
    picture = torch.full(shape, 0.8)
    picture[10:20, 12:15] = 0.1
    with pytest.warns(
        UserWarning, match="Most of the edge has ink: paper must be 0. Of dark ink on light paper take 1 - picture"
    ):
        prepare(picture)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        prepare((0.8 - picture).clamp(min=0))


def test_advice_for_other_containers_works_as_written():
    picture = Image.fromarray(np.eye(28, dtype=np.uint8) * 200)
    with pytest.raises(TypeError, match=r"got Image; use torch.as_tensor\(np.array\(picture\)\)"):
        prepare(picture)
    assert prepare(torch.as_tensor(np.array(picture))).max() <= 1


def test_whatever_the_session_draws_in_it_is_float32(digits, double_precision):
    assert prepare(digits.X_test[0, 0]).dtype == prepare(digits.X_test[0, 0].double()).dtype == torch.float32
