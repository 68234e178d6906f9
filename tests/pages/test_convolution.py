"""The kernels drawn by hand do what their names say, kernels stand in rows on the scale asked for, and a shift needs a kernel."""

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F

from lenet_utils.exercises.check import check
from lenet_utils.pages.convolution.figures import kernels_in_rows
from lenet_utils.pages.convolution.kernels import KERNELS

plt.switch_backend("Agg")


def test_kernels_do_what_their_names_say():
    """Blur leaves an even picture alone; edges and outline see nothing there, and each kind of edge only its own."""
    even, step = torch.ones(1, 1, 5, 5), torch.tensor([0.0, 0, 0, 1, 1]).expand(1, 1, 5, 5)
    seen = {
        name: [F.conv2d(X, kernel[None, None]).abs().max().item() for X in (even, step, step.mT)]
        for name, kernel in KERNELS.items()
    }
    assert seen["blur"] == pytest.approx([1, 2 / 3, 2 / 3])
    assert (seen["vertical edges"], seen["horizontal edges"], seen["outline"]) == ([0, 3, 0], [0, 0, 3], [0, 3, 3])


@pytest.mark.parametrize(("limit", "scales"), [(0.5, [0.5, 0.5]), (None, [1.0, 2.0])], ids=["one scale", "its own"])
def test_kernels_stand_in_rows_on_one_scale_or_on_their_own(limit, scales):
    kernels = torch.linspace(-1, 1, 150).view(6, 1, 5, 5).requires_grad_()
    rows = {"of a layer": kernels, "without channels": 2 * kernels.detach()[:, 0]}
    axes = kernels_in_rows(rows, 2.5, limit).axes
    assert [ax.get_title(loc="left") for ax in axes[::6]] == list(rows)
    for at, ax in enumerate(axes):
        drawn = torch.as_tensor(ax.images[0].get_array())
        torch.testing.assert_close(drawn, (1 + at // 6) * kernels[at % 6, 0].detach(), check_dtype=False)
        assert ax.images[0].get_clim() == pytest.approx((-scales[at // 6], scales[at // 6]))
    plt.close("all")


def by_layer(X):
    layer = torch.nn.Conv2d(1, 1, 3, padding=1, bias=False)
    layer.weight = torch.nn.Parameter(torch.eye(9)[3].view(1, 1, 3, 3))  # a one left of the middle
    return layer(X)


def test_a_shift_without_a_kernel_is_refused_and_one_by_a_layer_is_not():
    verdict = check("convolution/shift", lambda X: torch.cat([torch.zeros_like(X[..., :1]), X[..., :-1]], dim=-1))
    assert verdict.right is False and "Call F.conv2d" in verdict.text
    assert check("convolution/shift", by_layer).right


def middle(X):
    kernel = torch.eye(9)[4].view(1, 1, 3, 3)
    return F.conv2d(F.pad(X, (2, 0, 1, 1)), kernel)


def five(X):
    kernel = torch.eye(25)[11].view(1, 1, 5, 5)
    return F.conv2d(X, kernel, padding=2)


def padded_first(X):
    return F.conv2d(F.pad(X, (1, 1, 1, 1)), torch.eye(9)[3].view(1, 1, 3, 3))


def test_the_kernel_must_move_the_image_and_have_three_rows():
    for answer in (middle, five):
        verdict = check("convolution/shift", answer)
        assert verdict.right is False and "Call F.conv2d" in verdict.text
    assert check("convolution/shift", padded_first).right
