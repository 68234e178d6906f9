"""The kernels drawn by hand do what their names say."""

import pytest
import torch
import torch.nn.functional as F

from lenet_utils.pages.convolution.kernels import KERNELS


def test_kernels_do_what_their_names_say():
    """Blur leaves an even picture alone; edges and outline see nothing there, and each kind of edge only its own."""
    even, step = torch.ones(1, 1, 5, 5), torch.tensor([0.0, 0, 0, 1, 1]).expand(1, 1, 5, 5)
    seen = {
        name: [F.conv2d(X, kernel[None, None]).abs().max().item() for X in (even, step, step.mT)]
        for name, kernel in KERNELS.items()
    }
    assert seen["blur"] == pytest.approx([1, 2 / 3, 2 / 3])
    assert (seen["vertical edges"], seen["horizontal edges"], seen["outline"]) == ([0, 3, 0], [0, 0, 3], [0, 3, 3])
