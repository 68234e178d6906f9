"""Bits of a world of 512 images, against counts by hand."""

import math
from itertools import product

import pytest
import torch
import torch.nn.functional as F

from lenet_utils.pages.information_flow import toy


def test_the_world_has_every_image_once():
    assert {tuple(image.flatten().tolist()) for image in toy.IMAGES} == set(product((0.0, 1.0), repeat=9))


@pytest.mark.parametrize(
    "values, bits",
    [
        (toy.IMAGES, 9),
        (toy.IMAGES[:, :, :1], 3),
        (torch.zeros(512, 4), 0),
        (toy.IMAGES.sum((1, 2, 3))[:, None], -sum(math.comb(9, k) / 512 * math.log2(math.comb(9, k) / 512) for k in range(10))),
        (torch.cat([toy.IMAGES, toy.IMAGES], dim=1), 9),
    ],
)
def test_bits_are_those_counted_by_hand(values, bits):
    assert toy.bits(values) == pytest.approx(bits, abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_no_layer_tells_more_than_the_one_before(seed):
    sums = F.conv2d(toy.IMAGES, toy.draw(3, seed))
    told = [toy.bits(values) for values in (toy.IMAGES, sums, sums.relu(), F.max_pool2d(sums.relu(), 2))]
    assert told == sorted(told, reverse=True)


def test_kernels_are_whole_numbers_of_both_signs():
    kernels = toy.draw(100, 0)
    assert kernels.shape == (100, 1, 2, 2) and set(kernels.unique().tolist()) == {-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0}
