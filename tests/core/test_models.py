"""The networks against the same arithmetic written by hand, and against the rules they quote."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.nets.lenet import MLP, AvgPool2d, LeNet, Linear, ScaledTanh, count_params
from lenet_utils.nets.shapes import ShapeError

BY_HAND = {
    "sigmoid": lambda a: 1 / (1 + torch.exp(-a)),
    "tanh": torch.tanh,
    "relu": lambda a: a.clamp(min=0),
    "scaled_tanh": lambda a: 1.7159 * torch.tanh(2 * a / 3),
}
CONFIGURATIONS = [
    {},
    {"channels": (4, 12), "hidden": (60, 30), "num_classes": 26},
    {"kernel_size": 3, "padding": 0},
    {"in_channels": 3, "in_size": 32, "padding": 0},
    {"in_size": 16, "kernel_size": 3, "padding": 1, "pool": "max"},
]


def images(net, number=2):
    shape = net.table["input"]
    return torch.rand(number, shape.channels, shape.size, shape.size, generator=torch.Generator().manual_seed(0))


def test_the_defaults_have_the_weights_of_the_note():
    assert count_params(LeNet()) == 61_706


def test_the_defaults_are_sigmoid_average_pooling_and_the_start_of_xavier():
    net, named = LeNet(seed=1), LeNet("sigmoid", "avg", init="xavier", seed=1)
    assert torch.equal(net(images(net)), named(images(net)))
    for make in (MLP, Linear):
        net, named = make(seed=1), make(init="xavier", seed=1)
        assert torch.equal(net(images(net)), named(images(net)))


def test_a_frozen_layer_is_not_counted():
    net = LeNet()
    net.F5.requires_grad_(False)
    assert count_params(net) == 61_706 - 48_120


def test_shapes_of_the_maps_are_those_of_the_note():
    shapes = {name: tuple(values.shape) for name, values in LeNet().maps(torch.zeros(3, 1, 28, 28)).items()}
    assert shapes == {
        "C1": (3, 6, 28, 28),
        "S2": (3, 6, 14, 14),
        "C3": (3, 16, 10, 10),
        "S4": (3, 16, 5, 5),
        "F5": (3, 120),
        "F6": (3, 84),
        "OUT": (3, 10),
    }


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("pool", ["avg", "max"])
@pytest.mark.parametrize("activation", BY_HAND)
def test_lenet_is_the_network_written_by_hand(activation, pool):
    net = LeNet(activation, pool, seed=1)
    act, pooling, X = BY_HAND[activation], {"avg": F.avg_pool2d, "max": F.max_pool2d}[pool], images(net)
    with torch.no_grad():
        S2 = pooling(act(F.conv2d(X, net.C1.weight, net.C1.bias, padding=2)), 2)
        S4 = pooling(act(F.conv2d(S2, net.C3.weight, net.C3.bias)), 2)
        F5 = act(S4.reshape(2, 16 * 5 * 5) @ net.F5.weight.T + net.F5.bias)
        F6 = act(F5 @ net.F6.weight.T + net.F6.bias)
        OUT = F6 @ net.OUT.weight.T + net.OUT.bias
        maps = net.maps(X)
        torch.testing.assert_close(net(X), OUT, rtol=0, atol=1e-12)
    for name, values in {"S2": S2, "S4": S4, "F5": F5, "F6": F6}.items():
        torch.testing.assert_close(maps[name], values, rtol=0, atol=1e-12)


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("pool", ["avg", "max"])
@pytest.mark.parametrize("activation", BY_HAND)
def test_logits_and_gradients_are_those_of_the_maps_to_the_bit(activation, pool, memory_format):
    """Also where ReLU leaves nothing of a window, and where two of its values are equal."""
    net = LeNet(activation, pool, seed=1).to(memory_format=memory_format)
    X, labels = images(net, 64), torch.arange(64) % 10
    X[:16, :, 9:, :] = 0  # flat: every window is a tie
    X[16:32] = X[16:32].round()
    assert (net.C1(X) < 0).float().mean() > 0.2
    logits, theirs = net(X), net.maps(X)["OUT"]
    assert torch.equal(logits, theirs)
    pairs = zip(*(torch.autograd.grad(F.cross_entropy(out, labels), net.parameters()) for out in (logits, theirs)), strict=True)
    assert all(torch.equal(ours, of_maps) and of_maps.any() for ours, of_maps in pairs)


def test_the_logits_follow_maps_and_layers_that_were_replaced():
    class Doubled(LeNet):
        def maps(self, X):
            return {"OUT": 2 * super().maps(X)["OUT"]}

    class Falling(nn.ReLU):
        def forward(self, X):
            return -super().forward(X)

    plain, doubled, replaced = LeNet("relu", "max", seed=1), Doubled("relu", "max", seed=1), LeNet("relu", "max", seed=1)
    X = images(plain)
    assert torch.equal(doubled(X), 2 * plain(X))
    replaced.act = Falling()
    assert torch.equal(replaced(X), replaced.maps(X)["OUT"]) and not torch.equal(replaced(X), plain(X))
    plain.pool = nn.MaxPool2d(2, stride=2)
    assert torch.equal(plain(X), plain.maps(X)["OUT"])


@pytest.mark.parametrize("sizes", CONFIGURATIONS)
def test_the_table_counts_the_weights_and_the_maps_that_are_there(sizes):
    net = LeNet(**sizes)
    assert net.table.params == count_params(net)
    for name, values in net.maps(images(net)).items():
        assert (values.shape[1], values[0].numel()) == (net.table[name].channels, net.table[name].values)


@pytest.mark.usefixtures("double_precision")
def test_mlp_is_the_network_written_by_hand():
    net = MLP((30, 20), "tanh", num_classes=7, in_size=16, seed=1)
    X = images(net)
    weights = list(net.parameters())
    hidden = X.reshape(2, 256)
    for weight, bias in zip(weights[:4:2], weights[1:4:2], strict=True):
        hidden = torch.tanh(hidden @ weight.T + bias)
    torch.testing.assert_close(net(X), hidden @ weights[4].T + weights[5], rtol=0, atol=1e-12)
    assert net.table.params == count_params(net) == 257 * 30 + 31 * 20 + 21 * 7
    assert [row.name for row in net.table] == ["input", "F1", "F2", "OUT"]


@pytest.mark.usefixtures("double_precision")
def test_linear_is_one_product_and_a_bias():
    net = Linear(seed=1)
    X, (weight, bias) = images(net), net.parameters()
    torch.testing.assert_close(net(X), X.reshape(2, 784) @ weight.T + bias, rtol=0, atol=1e-12)
    assert net.table.params == count_params(net) == 785 * 10


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("side", [10, 7])
@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_average_pooling_has_the_means_and_the_gradients_of_torch(side, memory_format):
    X = torch.randn(2, 6, side, side).contiguous(memory_format=memory_format).requires_grad_()
    ours, theirs = AvgPool2d(2)(X), nn.AvgPool2d(2)(X)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
    slope = torch.randn_like(theirs)
    grads = [torch.autograd.grad(means, X, slope)[0] for means in (ours, theirs)]
    torch.testing.assert_close(*grads, rtol=0, atol=1e-12)


def test_scaled_tanh_has_the_two_properties_the_paper_gives_it():
    """f(1) = 1 and f(-1) = -1, and f bends most near 1 (Appendix A: at 0.988, by setting the third derivative to 0)."""
    a = torch.linspace(0, 3, 3001, dtype=torch.double, requires_grad=True)
    f = ScaledTanh()
    assert f(torch.tensor([1.0, -1.0])).tolist() == pytest.approx([1, -1], abs=1e-5)
    (slope,) = torch.autograd.grad(f(a).sum(), a, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), a)
    assert a[bend.abs().argmax()].item() == pytest.approx(1.5 * math.atanh(3**-0.5), abs=1e-3)
    assert a[bend.abs().argmax()].item() == pytest.approx(1, abs=0.02)


BOUNDS = {
    "xavier": lambda fan_in, fan_out: math.sqrt(6 / (fan_in + fan_out)),
    "xavier-4": lambda fan_in, fan_out: 4 * math.sqrt(6 / (fan_in + fan_out)),
    "he": lambda fan_in, fan_out: math.sqrt(6 / fan_in),
    "1998": lambda fan_in, fan_out: 2.4 / fan_in,
    "pytorch": lambda fan_in, fan_out: 1 / math.sqrt(fan_in),
}


@pytest.mark.parametrize("init", BOUNDS)
def test_weights_start_uniform_within_the_bounds_of_the_rule(init):
    fans = {"C1": (25, 6 * 25), "C3": (6 * 25, 16 * 25), "F5": (400, 120), "F6": (120, 84), "OUT": (84, 10)}
    net = LeNet(init=init, seed=0)
    for name, (fan_in, fan_out) in fans.items():
        bound, weight = BOUNDS[init](fan_in, fan_out), net.get_submodule(name).weight.detach()
        assert 0.9 * bound < weight.abs().max() <= bound * (1 + 1e-6), name
        assert weight.std() == pytest.approx(bound / math.sqrt(3), rel=0.2), name


@pytest.mark.parametrize("make", [LeNet, MLP, Linear])
def test_a_seed_fixes_the_weights_and_leaves_the_global_generator_alone(make):
    found = []
    for seed in (0, 0, 4):
        before = torch.get_rng_state()
        found.append(torch.cat([p.flatten() for p in make(seed=seed).parameters()]))
        assert torch.equal(torch.get_rng_state(), before)
        torch.rand(1)  # from here on the global generator is elsewhere
    first, again, other = found
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_without_a_seed_the_global_generator_decides():
    torch.manual_seed(3)
    first, second = LeNet(), LeNet()
    torch.manual_seed(3)
    assert torch.equal(LeNet().C1.weight, first.C1.weight) and not torch.equal(first.C1.weight, second.C1.weight)


@pytest.mark.parametrize(
    "make, X, message",
    [
        (LeNet, torch.zeros(2, 1, 32, 32), "C1 expected images (N, 1, 28, 28), got (2, 1, 32, 32)."),
        (LeNet, torch.zeros(2, 3, 28, 28), "C1 expected images (N, 1, 28, 28), got (2, 3, 28, 28)."),
        (LeNet, torch.zeros(28, 28), "C1 expected images (N, 1, 28, 28), got (28, 28)."),
        (MLP, torch.zeros(2, 784), "F1 expected images (N, 1, 28, 28), got (2, 784)."),
        (Linear, torch.zeros(2, 1, 16, 16), "OUT expected images (N, 1, 28, 28), got (2, 1, 16, 16)."),
        (
            LeNet,
            torch.zeros(2, 1, 28, 28, dtype=torch.uint8),
            "C1 expected torch.float32 images, got torch.uint8; use X.to(torch.float32) / 255.",
        ),
        (
            LeNet,
            torch.zeros(2, 1, 28, 28).double(),
            "C1 expected torch.float32 images, got torch.float64; use X.to(torch.float32).",
        ),
    ],
)
def test_wrong_images_are_refused_with_what_was_expected_and_what_came(make, X, message):
    with pytest.raises(ShapeError) as error:
        make()(X)
    assert str(error.value) == message


def test_arrays_are_refused_with_the_remedy():
    with pytest.raises(TypeError, match="C1 expected a tensor, got ndarray; use torch.as_tensor"):
        LeNet()(np.zeros((2, 1, 28, 28)))


def test_a_net_in_double_precision_takes_doubles():
    assert LeNet().double()(torch.zeros(1, 1, 28, 28).double()).dtype == torch.float64


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"activation": "swish"}, "No activation is called 'swish'. Known: sigmoid, tanh, relu, scaled_tanh."),
        ({"pool": "sum"}, "No pool is called 'sum'. Known: avg, max."),
        ({"init": "zero"}, "No init is called 'zero'. Known: xavier, xavier-4, he, 1998, pytorch."),
        ({"channels": 6}, "channels expects two numbers, got 6."),
        ({"hidden": (120,)}, r"hidden expects two numbers, got \(120,\)."),
        ({"channels": (6, 0)}, "C3: channels expects a whole number of at least 1, got 0."),
        ({"in_size": 8}, "C3: a 5x5 kernel does not fit into 4x4 pixels with padding 0."),
    ],
)
def test_impossible_networks_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        LeNet(**wrong)


@pytest.mark.parametrize("wrong", [{"activation": "swish"}, {"init": "zero"}, {"hidden": (0,)}])
def test_an_impossible_mlp_is_refused(wrong):
    with pytest.raises(ValueError, match="No (activation|init) is called|F1: units expects"):
        MLP(**wrong)
