"""The networks of the papers against the papers' own numbers, and against the same arithmetic done unit by unit."""

import pytest
import torch
import torch.nn.functional as F

from lenet_utils.nets import papers, shapes
from lenet_utils.nets.bitmaps import BITMAPS
from lenet_utils.nets.papers import LeNet1, LeNet4, LeNet5, Net1989

COUNTS = {
    Net1989: {"H1": (768, 19_968, 1_068), "H2": (192, 38_592, 2_592), "H3": (30, 5_790, 5_790), "OUT": (10, 310, 310)},
    LeNet1: {
        "H1": (2_304, 59_904, 104), "H2": (576, 2_880, 8), "H3": (768, 32_768, 512), "H4": (192, 960, 24),
        "OUT": (10, 1_930, 1_930),
    },
    LeNet5: {
        "C1": (4_704, 122_304, 156), "S2": (1_176, 5_880, 12), "C3": (1_600, 151_600, 1_516), "S4": (400, 2_000, 32),
        "C5": (120, 48_120, 48_120), "F6": (84, 10_164, 10_164), "OUT": (10, 840, 0),
    },
}  # fmt: skip
TOTALS = {Net1989: (1_256 - 256, 64_660, 9_760), LeNet1: (4_634 - 784, 98_442, 2_578), LeNet5: (8_094, 340_908, 60_000)}
NETS = [Net1989, LeNet1, LeNet4, LeNet5]


def squash(x):
    return 1.7159 * torch.tanh(2 / 3 * x)


def pictures(net, n=3):
    return torch.rand(n, 1, net.size, net.size, generator=torch.Generator().manual_seed(0)) * 2 - 1


@pytest.mark.parametrize("kind", COUNTS)
def test_units_connections_and_weights_are_the_papers(kind):
    counts = kind(seed=0).count()
    assert counts == COUNTS[kind]
    assert tuple(map(sum, zip(*counts.values(), strict=True))) == TOTALS[kind]


@pytest.mark.parametrize("kind", NETS)
def test_the_counted_units_and_weights_are_those_that_are_there(kind):
    net = kind(seed=0)
    maps = net.maps(pictures(net, 1))
    for name, (units, _, weights) in net.count().items():
        missing = int((net[name].links == 0).sum()) * 25 if hasattr(net[name], "links") else 0
        assert maps[name].numel() == units, name
        assert sum(p.numel() for p in net[name].parameters()) - missing == weights, name


def test_lenet5_has_the_table_of_the_chapter_on_shapes():
    table, counts = shapes.walk(shapes.LENET5, size=32), LeNet5(seed=0).count()
    assert {row.name: (row.values, row.connections, row.params) for row in table[1:]} == counts


def test_lenet4_has_more_weights_than_the_paper_says_with_its_fully_connected_layer_alone():
    counts = LeNet4(seed=0).count()
    assert counts["C5"][2] == 48_120 and counts["C1"][1:] == (81_536, 104) and counts["S2"][1:] == (7_840, 16)


def test_table_1_is_a_ring():
    ring = [{(k + i) % 6 for i in range(width)} for width in (3, 4) for k in range(6)]
    opposite = [set(range(6)) - {k, k + 3} for k in (2, 0, 1)]
    assert sorted(map(sorted, papers.TABLE_I)) == sorted(map(sorted, [*ring, *opposite, set(range(6))]))
    assert [sum(k in seen for seen in papers.TABLE_I) for k in range(6)] == [10] * 6


def test_every_map_of_1989_sees_eight_of_twelve():
    assert [len(set(seen)) for seen in papers.EIGHT_OF_TWELVE] == [8] * 12


@pytest.mark.parametrize("name, row, column", [("H1", 0, 0), ("H1", 3, 7), ("H2", 0, 3), ("H2", 2, 1)])
def test_a_unit_of_1989_sums_what_it_sees_with_minus_one_beyond_the_edge_and_its_own_bias(name, row, column):
    net, X = Net1989(seed=1), pictures(Net1989)
    maps = net.maps(X)
    before, table = (X, [(0,)] * 12) if name == "H1" else (maps["H1"], papers.EIGHT_OF_TWELVE)
    wide = F.pad(before, (2, 2, 2, 2), value=-1.0)
    window = wide[1, :, 2 * row : 2 * row + 5, 2 * column : 2 * column + 5]
    for k in (0, 5, 11):
        total = sum((window[i] * net[name].weight[k, i]).sum() for i in table[k]) + net[name].bias[k, row, column]
        torch.testing.assert_close(maps[name][1, k, row, column], squash(total))


def test_a_unit_of_c3_sums_the_maps_of_its_row_of_table_1():
    net, X = LeNet5(seed=1), pictures(LeNet5)
    maps = net.maps(X)
    for k in range(16):
        window = maps["S2"][2, :, 4:9, 3:8]
        total = sum((window[i] * net["C3"].weight[k, i]).sum() for i in papers.TABLE_I[k]) + net["C3"].bias[k, 0, 0]
        torch.testing.assert_close(maps["C3"][2, k, 4, 3], squash(total))


def test_a_unit_of_s2_adds_four_inputs_times_a_coefficient_plus_a_bias():
    net, X = LeNet5(seed=1), pictures(LeNet5)
    maps = net.maps(X)
    total = maps["C1"][0, 4, 6:8, 10:12].sum() * net["S2"].weight[4, 0, 0] + net["S2"].bias[4, 0, 0]
    torch.testing.assert_close(maps["S2"][0, 4, 3, 5], squash(total))


def test_two_maps_of_s2_halve_each_first_map_of_lenet4():
    net, X = LeNet4(seed=1), pictures(LeNet4)
    maps = net.maps(X)
    for k in range(8):
        total = maps["C1"][0, k // 2, 6:8, 10:12].sum() * net["S2"].weight[k, 0, 0] + net["S2"].bias[k, 0, 0]
        torch.testing.assert_close(maps["S2"][0, k, 3, 5], squash(total))


def test_the_output_of_lenet5_is_minus_the_squared_distance_to_the_codes():
    net, X = LeNet5(seed=1), pictures(LeNet5)
    F6 = net.maps(X)["F6"][:, :, 0, 0]
    by_hand = torch.stack([((F6 - code) ** 2).sum(1) for code in BITMAPS], dim=1)
    torch.testing.assert_close(net(X), -by_hand)
    assert torch.equal(net(X).argmax(1), (F6 @ BITMAPS.T).argmax(1))  # all codes are equally long


def test_the_codes_are_ten_different_pictures_of_ink_and_paper():
    assert BITMAPS.shape == (10, 84) and set(BITMAPS.unique().tolist()) == {-1.0, 1.0}
    assert (BITMAPS @ BITMAPS.T - 84 * torch.eye(10)).max() <= 84 - 2 * 7  # any two differ in seven pixels at least


def test_the_same_weights_read_a_line_at_every_fourth_pixel():
    net = LeNet5(seed=1)
    line = torch.rand(2, 1, 32, 60, generator=torch.Generator().manual_seed(3))
    scores = net(line)
    assert scores.shape == (2, 10, 1, 8)
    for place in range(8):
        torch.testing.assert_close(scores[:, :, 0, place], net(line[:, :, :, 4 * place : 4 * place + 32]), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", NETS)
def test_first_weights_lie_within_2_4_over_fan_in(kind):
    for name, layer in kind(seed=2).layers.items():
        if isinstance(layer, papers.RBF):
            continue
        if isinstance(layer, papers.Maps):
            fan_in = int(layer.links[0].sum()) * layer.kernel**2
        else:
            fan_in = 4 if isinstance(layer, papers.Subsampling) else layer.weight.shape[1]
        if not (isinstance(layer, papers.Maps) and len(layer.links[:, :, 0, 0].sum(1).unique()) > 1):
            assert layer.weight.abs().max() <= 2.4 / fan_in and layer.bias.abs().max() <= 2.4 / fan_in, name
            assert layer.weight.abs().max() > 0.5 * 2.4 / fan_in, name


def test_the_same_seed_gives_the_same_weights_and_leaves_the_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one, same, other = (LeNet5(seed=seed)["F6"].weight for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other) and torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize("kind", NETS)
def test_links_that_do_not_exist_stay_zero_in_training(kind):
    net = kind(seed=0)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    net(pictures(net)).square().sum().backward()
    opt.step()
    for layer in net.layers.values():
        if isinstance(layer, papers.Maps):
            assert not layer.weight[(layer.links == 0).expand_as(layer.weight)].any()


@pytest.mark.parametrize("shape", [(1, 1, 28, 28), (1, 3, 32, 32), (32, 32)])
def test_a_wrong_picture_is_refused(shape):
    with pytest.raises(shapes.ShapeError, match=r"LeNet5 expected images \(N, 1, 32, 32\), got"):
        LeNet5(seed=0)(torch.zeros(shape))
