"""The count of the network with Table I, and the mistake of a bias for each kernel."""

from torch import nn

from lenet_utils.exercises.check import check
from lenet_utils.nets.lenet import LeNet, count_params
from lenet_utils.nets.papers import TABLE_I


def test_a_map_has_one_bias_however_many_maps_it_reads():
    """By hand: one layer of PyTorch for each map of C3, all with one bias, or with one for each link."""
    others = count_params(LeNet()) - count_params(LeNet().C3)
    right = others + sum(count_params(nn.Conv2d(len(seen), 1, 5)) for seen in TABLE_I)
    assert check("network/table", right).right
    links = sum(len(seen) for seen in TABLE_I)
    verdict = check("network/table", count_params(LeNet()) - (96 - links) * count_params(nn.Conv2d(1, 1, 5)))
    assert verdict.right is False and "a map has one bias" in verdict.text
