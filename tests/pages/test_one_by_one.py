"""Networks trained side by side against the same networks one at a time, by autograd and by torch's own optimizer."""

import pytest
import torch
import torch.nn.functional as F

from lenet_utils.nets import papers
from lenet_utils.nets.papers import LeNet1, LeNet4, LeNet5, Net1989
from lenet_utils.pages.net_1989.groups import rescale
from lenet_utils.pages.net_1989.levenberg import ETAS_1998, Competition, Squares, errors, passes, rates  # fmt: skip
from lenet_utils.pages.net_1989.stacked import Stack

NETS = [Net1989, LeNet1, LeNet4, LeNet5]
PLUS_MINUS = 2 * torch.eye(10) - 1


def patterns(kind, n):
    chance = torch.Generator().manual_seed(0)
    return torch.rand(n, 1, kind.size, kind.size, generator=chance) * 2 - 1, torch.randint(10, (n,), generator=chance)


def last(net, X):
    """The states of the last layer before an RBF."""
    name = [name for name, layer in net.layers.items() if not isinstance(layer, papers.RBF)][-1]
    return net.maps(X)[name].flatten(1)


def by_net(stack, values):
    """What belongs to each network, in the order of its parameters, without links that do not exist."""
    return [[v[r] for v in masked(stack, values)] for r in range(len(stack.nets))]


def masked(stack, values):
    return [v * links for v, links in zip(values, stack.links(), strict=True)]


def parameters(net, names):
    return [p for name in names for p in (net[name].weight, net[name].bias)]


@pytest.mark.parametrize("kind", NETS)
def test_states_and_slopes_are_those_of_autograd(kind):
    nets = [kind(seed=seed) for seed in range(3)]
    (X, _), stack = patterns(kind, 3), Stack(nets)
    states = stack.forward(X)
    given = torch.randn(states.shape, generator=torch.Generator().manual_seed(1))
    for r, slopes in enumerate(by_net(stack, stack.backward(given))):
        own = last(nets[r], X[r : r + 1])
        torch.testing.assert_close(states[r], own[0], rtol=1e-5, atol=1e-6)
        own.backward(given[r : r + 1])
        for slope, parameter in zip(slopes, parameters(nets[r], stack.names), strict=True):
            torch.testing.assert_close(slope.flatten(), parameter.grad.flatten(), rtol=1e-4, atol=1e-6)


def squared(net, X, given):
    """Second derivatives by Appendix C, a layer at a time: weights, inputs and slopes enter by their squares."""
    x, inputs, sums, y = X, [], [], torch.zeros_like(X)
    layers = [layer for layer in net.layers.values() if not isinstance(layer, papers.RBF)]
    for layer in layers:
        inputs.append(x)
        x = net.squash(layer(x))
        slope = (1.7159 * 2 / 3) * (1 - (x / 1.7159) ** 2)
        sums.append(torch.zeros_like(x, requires_grad=True))
        y = slope**2 * (_squared_sum(layer, y) + sums[-1])
    by_sums = torch.autograd.grad((y.flatten(1) * given).sum(), sums)
    return [_by_weights(layer, h, x) for layer, h, x in zip(layers, by_sums, inputs, strict=True)]


def _squared_sum(layer, y):
    if isinstance(layer, papers.Maps):
        y = F.pad(y, [layer.padding] * 4)
        return F.conv2d(y, (layer.weight * layer.links) ** 2, stride=layer.stride)
    if isinstance(layer, papers.Subsampling):
        return layer.weight**2 * 4 * F.avg_pool2d(y, 2)[:, layer.source]
    return F.linear(y[:, :, 0, 0], layer.weight**2)[:, :, None, None]


def _by_weights(layer, h, x):
    if isinstance(layer, papers.Subsampling):
        return (h * 4 * F.avg_pool2d(x**2, 2)[:, layer.source]).sum((0, 2, 3))
    if isinstance(layer, papers.Full):
        return h[0, :, 0, 0, None] * x[0, :, 0, 0] ** 2
    x = F.pad(x, [layer.padding] * 4, value=layer.background) ** 2
    weight = torch.zeros_like(layer.weight, requires_grad=True)
    (found,) = torch.autograd.grad((F.conv2d(x, weight, stride=layer.stride) * h).sum(), weight)
    return found * layer.links


@pytest.mark.parametrize("kind", NETS)
def test_second_derivatives_are_those_of_appendix_c(kind):
    nets = [kind(seed=seed) for seed in range(2)]
    (X, _), stack = patterns(kind, 2), Stack(nets)
    given = torch.rand(stack.forward(X).shape, generator=torch.Generator().manual_seed(1))
    for r, found in enumerate(by_net(stack, stack.backward(given, power=2))):
        expected = squared(nets[r], X[r : r + 1], given[r : r + 1])
        for h, own in zip(found[::2], expected, strict=True):
            torch.testing.assert_close(h.flatten(), own.detach().flatten(), rtol=1e-4, atol=1e-8)


def test_the_curvature_of_the_last_layer_is_that_of_newton():
    """One layer of weights before the squash: the Gauss-Newton diagonal, by the Jacobian."""
    net, (X, _) = Net1989(seed=3), patterns(Net1989, 1)
    stack = Stack([net])
    stack.forward(X)
    found = stack.backward(torch.full((1, 10), 2.0), power=2)[-2][0]
    H3 = net.maps(X)["H3"][:, :, 0, 0].detach()

    def out(weight):
        return net.squash(F.linear(H3, weight, net["OUT"].bias))[0]

    jacobian = torch.autograd.functional.jacobian(out, net["OUT"].weight.detach())  # (10, 10, 30)
    torch.testing.assert_close(found, (2 * jacobian**2).sum(0), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("kind, loss", [(Net1989, Squares(0.8 * PLUS_MINUS)), (LeNet1, Squares(PLUS_MINUS))])
def test_with_one_rate_for_all_a_pass_is_that_of_torch_sgd(kind, loss):
    """A mu that drowns the curvature: eta / mu is the rate."""
    X, y = patterns(kind, 40)
    nets, alone = ([kind(seed=seed) for seed in (4, 5)] for _ in range(2))
    orders = torch.stack([torch.arange(40), torch.arange(40).flip(0)])
    list(passes(nets, X, y, loss, [0.02e9] * 2, mu=1e9, sample=2, orders=orders))
    for net, own, order in zip(nets, alone, orders, strict=True):
        opt = torch.optim.SGD(own.parameters(), lr=0.02)
        for i in [*order, *order]:
            opt.zero_grad()
            (own(X[i : i + 1]) - loss.targets[y[i]]).square().sum().backward()
            opt.step()
        for found, expected in zip(net.parameters(), own.parameters(), strict=True):
            torch.testing.assert_close(found, expected, rtol=1e-3, atol=2e-5)


def test_rates_are_eta_over_mu_plus_the_mean_curvature_and_zero_where_there_is_no_link():
    X, y = patterns(LeNet5, 6)
    nets, loss = [LeNet5(seed=seed) for seed in (0, 1)], Squares(torch.randn(10, 84).sign())
    some = torch.tensor([[0, 1], [2, 3], [4, 5]])
    eta, mu = torch.tensor([0.1, 0.2]), torch.tensor([0.02, 0.5])
    found = rates(Stack(nets), X, y, loss, some, eta, mu)
    for r, net in enumerate(nets):
        each = [squared(net, X[i : i + 1], torch.full((1, 84), 2.0)) for i in some[:, r]]
        for place, h in enumerate(sum(values) / 3 for values in zip(*each, strict=True)):
            links = (h != 0).flatten() if place == 2 else 1  # C3
            expected = links * eta[r] / (mu[r] + h.flatten())
            torch.testing.assert_close(found[2 * place][r].flatten(), expected.detach(), rtol=1e-4, atol=1e-7)


def test_networks_side_by_side_do_not_see_one_another():
    X, y = patterns(LeNet4, 12)
    orders = torch.stack([torch.randperm(12, generator=torch.Generator().manual_seed(s)) for s in range(3)])
    settings = {"mu": 1e6, "sample": 1}  # the sample is drawn for all together

    def trained(seeds):
        nets = [LeNet4(seed=s) for s in seeds]
        list(passes(nets, X, y, Squares(PLUS_MINUS), [1e4], orders=orders[list(seeds)], **settings))
        return nets

    together = trained((0, 1, 2))
    for seed, net in enumerate(together):
        (alone,) = trained((seed,))
        for found, expected in zip(net.parameters(), alone.parameters(), strict=True):
            torch.testing.assert_close(found, expected, rtol=1e-3, atol=2e-5)


def test_a_pass_starts_from_the_weights_of_the_networks_and_writes_them_back():
    X, y = patterns(Net1989, 30)
    nets = [rescale(Net1989(seed=0), "1/root")]
    before = errors(nets, X, y)
    numbers = []
    for number in passes(nets, X, y, Squares(PLUS_MINUS), [0.002] * 25, mu=0.1, sample=10, seed=0):
        numbers.append(number)
    assert numbers == list(range(25)) and errors(nets, X, y)[0] < 0.4 < before[0]
    links = nets[0]["H2"].links.expand_as(nets[0]["H2"].weight)
    assert not nets[0]["H2"].weight[links == 0].any()


def test_pictures_of_a_pass_may_come_from_a_function_of_its_number():
    X, y = patterns(Net1989, 8)
    asked, settings = [], {"mu": 0.02, "sample": 2, "seed": 3}

    def images(number):
        asked.append(number)
        return X

    one, other = [Net1989(seed=0)], [Net1989(seed=0)]
    list(passes(one, images, y, Squares(PLUS_MINUS), [0.001] * 3, **settings))
    list(passes(other, X, y, Squares(PLUS_MINUS), [0.001] * 3, **settings))
    assert asked == [0, 1, 2] and torch.equal(one[0]["H1"].weight, other[0]["H1"].weight)


# The losses


def distances(x, codes):
    return ((x[:, None] - codes) ** 2).sum(2)


def equation_8(x, codes, labels, j):
    return distances(x, codes)[torch.arange(len(x)), labels]


def equation_9(x, codes, labels, j):
    return equation_8(x, codes, labels, j) + torch.log(torch.exp(-j) + torch.exp(-distances(x, codes)).sum(1))


@pytest.mark.parametrize("equation, j", [(equation_8, None), (equation_9, 0.5), (equation_9, 9.0), (equation_9, torch.inf)])
def test_slopes_and_curvatures_are_those_of_the_equations(equation, j):
    chance = torch.Generator().manual_seed(2)
    codes = 0.5 * torch.randn(10, 6, generator=chance, dtype=torch.float64)
    x, labels = torch.randn(4, 6, generator=chance, dtype=torch.float64), torch.tensor([3, 0, 9, 3])
    loss = Squares(codes) if j is None else Competition(codes, j)
    j = torch.tensor(torch.inf if j is None else j, dtype=torch.float64)

    def total(x):
        return equation(x, codes, labels, j).sum()

    hessian = torch.autograd.functional.hessian(total, x)
    diagonal = torch.stack([hessian[r, :, r].diagonal() for r in range(4)])
    torch.testing.assert_close(loss.slope(x, labels), torch.autograd.functional.jacobian(total, x))
    torch.testing.assert_close(loss.curvature(x, labels), diagonal.clamp(min=0), rtol=1e-6, atol=1e-9)


def test_each_network_may_have_its_own_j():
    codes, x, labels = torch.randn(10, 6), torch.randn(2, 6), torch.tensor([1, 2])
    both = Competition(codes, torch.tensor([0.5, 4.0])).slope(x, labels)
    for r, j in enumerate((0.5, 4.0)):
        torch.testing.assert_close(both[r : r + 1], Competition(codes, j).slope(x[r : r + 1], labels[r : r + 1]))


def test_the_schedule_is_that_of_1998():
    """Page 10: 0.0005 for two passes, 0.0002 for three, 0.0001 for three, 0.00005 for four, 0.00001 from then on."""
    assert ETAS_1998 == [5e-4, 5e-4, 2e-4, 2e-4, 2e-4, 1e-4, 1e-4, 1e-4, 5e-5, 5e-5, 5e-5, 5e-5] + [1e-5] * 8
