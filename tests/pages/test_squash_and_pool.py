"""The figure of the squashing functions, read off the axis, and two likely mistakes in the subsampling."""

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F

from lenet_utils.exercises.check import check
from lenet_utils.nets.lenet import ScaledTanh
from lenet_utils.pages.squash_and_pool.curves import functions


def test_functions_are_drawn_and_named_where_they_are():
    curves = {"half": (lambda x: x / 2, 2.0), "square": (lambda x: x**2, -1.5)}
    ax = functions(curves, plt.figure().add_subplot())
    for (name, (function, place)), line, text in zip(curves.items(), ax.lines, ax.texts, strict=True):
        assert np.allclose(line.get_ydata(), function(np.asarray(line.get_xdata())), atol=1e-6)
        assert (text.get_text(), text.xy) == (name, (place, function(place))) and text.get_color() == line.get_color()


def test_the_sum_of_the_four_values_is_told_from_their_average():
    verdict = check("squash_and_pool/subsample", lambda X, weight, bias: ScaledTanh()(4 * weight * F.avg_pool2d(X, 2) + bias))
    assert verdict.right is False and "multiply their average" in verdict.text


def test_the_plain_tanh_is_told_from_the_scaled_one():
    verdict = check("squash_and_pool/subsample", lambda X, weight, bias: torch.tanh(weight * F.avg_pool2d(X, 2) + bias))
    assert verdict.right is False and "plain tanh" in verdict.text
