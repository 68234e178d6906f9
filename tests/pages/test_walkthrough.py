"""What is said to somebody who leaves out the padding that the exercises keep."""

import torch
from torch import nn

from lenet_utils.exercises.check import check


def test_an_answer_without_padding_is_told_of_the_padding():
    """32x32 without padding gives the sizes of 28x28 with padding 2, so the reason must name both."""
    C3 = nn.Sequential(nn.Conv2d(1, 6, 5), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5))(torch.zeros(1, 1, 32, 32))
    for name, answer in (("larger", tuple(C3.shape[1:])), ("flat", nn.AvgPool2d(2)(C3).numel())):
        verdict = check(f"walkthrough/{name}", answer)
        assert verdict.right is False and "32x32 without padding" in verdict.text
