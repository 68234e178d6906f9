"""The calculator of layers, against the papers, the networks of this package, and PyTorch."""

import pytest
import torch
from torch import nn
from torchvision.models import alexnet

from lenet_utils.nets import papers, shapes
from lenet_utils.pages.memorise_or_derive import networks
from lenet_utils.pages.memorise_or_derive.calculator import ALEXNET, LENET5, NET_1989, Layer, calculate, sight
from lenet_utils.pages.memorise_or_derive.exercises import EXERCISES


def totals(rows):
    return tuple(sum(column) for column in list(zip(*rows, strict=True))[1:])


@pytest.mark.parametrize(
    "layers, maps, side, sums",
    [
        (NET_1989, 1, 16, (1_000, 64_660, 9_760)),  # the 1,256 units of the paper without its 256 pixels
        (LENET5, 1, 32, (8_094, 340_908, 60_000)),
        (ALEXNET, 3, 227, (781_736, 725_066_088, 60_965_224)),
    ],
)
def test_totals(layers, maps, side, sums):
    assert totals(calculate(layers, maps, side)) == sums


@pytest.mark.parametrize("layers, side, net", [(NET_1989, 16, papers.Net1989), (LENET5, 32, papers.LeNet5)])
def test_same_as_the_networks_of_the_papers(layers, side, net):
    assert {name: counts for name, *counts in calculate(layers, 1, side)} == {k: list(v) for k, v in net().count().items()}


def torch_layer(layer, before):
    if layer.links == 0:
        return nn.MaxPool2d(layer.kernel, layer.stride, layer.padding)
    groups = 1 if layer.links is None else before * layer.maps // layer.links
    bias = layer.bias is not None
    return nn.Conv2d(before, layer.maps, layer.kernel, layer.stride, layer.padding, groups=groups, bias=bias)


ODD = [
    Layer("a", maps=4, kernel=3, stride=2, padding=1),
    Layer("b", maps=6, kernel=5, stride=3, padding=2, links=12, bias=None),
    Layer("c", maps=6, kernel=2, stride=1, links=0, bias=None),
    Layer("d", maps=3, kernel=2),
]


@pytest.mark.parametrize("layers, maps, side", [(ALEXNET, 3, 227), (ODD, 2, 23)])
def test_same_as_torch(layers, maps, side):
    with torch.device("meta"):
        X = torch.empty(1, maps, side, side)
        for layer, (name, units, connections, weights) in zip(layers, calculate(layers, maps, side), strict=True):
            made = torch_layer(layer, X.shape[1])
            X = made(X)
            learned = [p.numel() for p in made.parameters()]
            assert (name, units, weights) == (layer.name, X.numel(), sum(learned))
            assert connections == sum(learned) * X.shape[2] * X.shape[3]  # one bias a map: every weight at every place


def test_connections_and_sight_as_in_the_table_of_shapes():
    table = shapes.walk(shapes.LENET5, size=32)[1:]
    rows = calculate(LENET5, 1, 32)
    assert [row.connections for row in table] == [connections for *_, connections, _ in rows]
    assert [(row.field, row.jump) for row in table] == [sight(LENET5[: i + 1]) for i in range(len(table))]


def test_sight_is_what_a_gradient_reaches():
    """The field of a unit in the middle, and the step by which its neighbour's window lies further on."""
    layers = [Layer("a", 1, 3, 2), Layer("b", 1, 5, 1), Layer("c", 1, 2, 2)]
    net = nn.Sequential(*(torch_layer(layer, 1) for layer in layers))
    firsts = []
    for place in (1, 2):
        X = torch.ones(1, 1, 40, 40, requires_grad=True)
        net(X)[0, 0, place, place].backward()
        rows = X.grad[0, 0].abs().sum(1).nonzero().flatten()
        firsts.append(rows.min().item())
        assert rows.max() - rows.min() + 1 == sight(layers)[0]
    assert firsts[1] - firsts[0] == sight(layers)[1]


def test_the_table_is_the_library_s():
    convolutions = [layer for layer in alexnet().features if isinstance(layer, nn.Conv2d)]
    counts = [sum(p.numel() for p in layer.parameters()) for layer in convolutions]
    assert list(EXERCISES["library"].expected.values()) == counts


def test_the_shares_of_a_network_are_those_counted_by_hand():
    """On an image of 8x8: 8x8 positions of 4 x 27 weights, 4x4 of 4 x 36, and a dense layer of 640."""

    def build():
        layers = nn.Conv2d(3, 4, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(4, 4, 3, padding=1), nn.Flatten(), nn.Linear(64, 10)
        return nn.Sequential(*layers)

    found = networks.shares(build, side=8)
    work = (64 * 4 * 27, 16 * 4 * 36, 640)
    assert found.parameters == 4 * 28 + 4 * 37 + 650 and found.dense == 650 / found.parameters
    assert found.convolutions == pytest.approx((work[0] + work[1]) / sum(work))


def test_a_layer_that_is_used_twice_works_twice():
    layer = nn.Conv2d(3, 3, 1, bias=False)
    assert networks.shares(lambda: nn.Sequential(layer.to("meta"), layer, nn.Flatten(), nn.Linear(12, 1)), side=2) == (
        9 + 13,
        13 / 22,
        72 / 84,
    )


def test_counts_are_the_units_and_parameters_of_each_layer_in_turn():
    """By hand: 64 maps of (224 + 4 - 11) // 4 + 1 = 55 pixels; a pooling halves them to 27 and has no parameters."""
    with torch.device("meta"):
        layers = [nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.MaxPool2d(3, 2)]
    assert networks.counts(layers, side=224) == [(64 * 55**2, 64 * 3 * 121 + 64), (64 * 27**2, 0)]


@pytest.mark.parametrize("per_unit, reason", [(False, "weights-once"), (True, "positions")])
def test_connections_without_positions_are_named(per_unit, reason):
    """The solution's loop with side² forgotten, and the biases once or at every position: C1 has 156 or 4,854 connections."""

    def slip(layers, maps, side):
        rows = []
        for layer, (name, units, _, weights) in zip(layers, calculate(layers, maps, side), strict=True):
            links = maps * layer.maps if layer.links is None else layer.links
            connections = links * layer.kernel**2
            if per_unit:
                connections += units * (layer.bias is not None)
            else:
                connections += {"map": layer.maps, "unit": units, None: 0}[layer.bias]
            rows.append((name, units, connections, weights))
            maps = layer.maps
        return tuple(rows)

    assert slip(LENET5, 1, 32)[0][2] == (4_854 if per_unit else 156)
    wrong = EXERCISES["calculator"].judge(slip)
    assert wrong is not None and wrong.reason == reason


@pytest.mark.parametrize("links, free, reason", [(True, True, "zero"), (True, False, "zero-links"), (False, True, "zero-free")])
def test_a_zero_taken_for_an_empty_field_is_named(links, free, reason):
    """`layer.links or ...` and `layer.free or ...` in the solution's loop: AlexNet's pooling and LeNet-5's output have zeros."""

    def slip(layers, maps, side):
        rows = []
        for layer, (name, units, _, _) in zip(layers, calculate(layers, maps, side), strict=True):
            positions = units // layer.maps
            pairs = layer.links if not links and layer.links is not None else layer.links or maps * layer.maps
            learned = layer.free if not free and layer.free is not None else layer.free or layer.kernel**2
            biases = {"map": layer.maps, "unit": units, None: 0}[layer.bias]
            connections = pairs * layer.kernel**2 * positions + units * (layer.bias is not None)
            rows.append((name, units, connections, pairs * learned + biases))
            maps = layer.maps
        return tuple(rows)

    wrong = EXERCISES["calculator"].judge(slip)
    assert wrong is not None and wrong.reason == reason


def test_connections_without_biases_are_named():
    """C1 of LeNet-5 has 117,600 of its 122,304 connections without those to its biases, and all its 156 parameters."""

    def slip(layers, maps, side):
        bare = calculate([layer._replace(bias=None) for layer in layers], maps, side)
        whole = calculate(layers, maps, side)
        return [(*one[:3], other[3]) for one, other in zip(bare, whole, strict=True)]

    assert slip(LENET5, 1, 32)[0] == ("C1", 4_704, 117_600, 156)
    wrong = EXERCISES["calculator"].judge(slip)
    assert wrong is not None and wrong.reason == "connections-without-biases"


def test_who_follows_the_paper_that_the_library_names_is_told():
    """With 64, 192, 384, 384 and 256 maps the last two have 384 * 384 * 9 + 384 and 384 * 256 * 9 + 256 parameters."""
    answer = dict(EXERCISES["library"].expected) | {"conv4": 1_327_488, "conv5": 884_992}
    wrong = EXERCISES["library"].judge(answer)
    assert wrong is not None and wrong.reason == "384"
