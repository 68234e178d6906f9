"""The largest curvature against whole Hessians, and the runs of the question against the same by hand."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.models import LeNet
from lenet_utils.sharpness import hessian_product, largest_eigenvalue, power_iteration, sharpness

# A net small enough for its whole Hessian, and one layer of it


def tiny_net(activation=nn.Tanh, seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(nn.Flatten(), nn.Linear(9, 4), activation(), nn.Linear(4, 3)).double()


def tiny_digits(number=20):
    generator = torch.Generator().manual_seed(1)
    X = torch.randn(number, 1, 3, 3, generator=generator, dtype=torch.double)
    return X, torch.randint(3, (number,), generator=generator)


def whole_hessian(net, X, y):
    """`torch.autograd.functional.hessian` of the loss in all weights, laid out as one matrix."""
    sizes = [weight.numel() for weight in net.parameters()]
    names = [name for name, _ in net.named_parameters()]
    shapes = [weight.shape for weight in net.parameters()]

    def loss(flat):
        parts = [part.view(shape) for part, shape in zip(flat.split(sizes), shapes, strict=True)]
        return F.cross_entropy(torch.func.functional_call(net, dict(zip(names, parts, strict=True)), (X,)), y)

    return torch.autograd.functional.hessian(loss, torch.cat([w.detach().flatten() for w in net.parameters()]))


@pytest.mark.parametrize("activation", [nn.Tanh, nn.Sigmoid, nn.ReLU])
def test_hessian_products_are_those_of_the_whole_hessian(activation):
    net, (X, y) = tiny_net(activation), tiny_digits()
    hessian = whole_hessian(net, X, y)
    times = hessian_product(F.cross_entropy(net(X), y), net.parameters())
    for vector in torch.randn(3, len(hessian), dtype=torch.double):
        torch.testing.assert_close(times(vector), hessian @ vector)


@pytest.mark.parametrize("activation, seed", [(nn.Tanh, 0), (nn.Sigmoid, 1), (nn.ReLU, 2), (nn.ReLU, 3)])
def test_sharpness_is_the_largest_eigenvalue_of_the_whole_hessian(activation, seed):
    net, (X, y) = tiny_net(activation, seed), tiny_digits()
    values, vectors = torch.linalg.eigh(whole_hessian(net, X, y))
    value, vector = sharpness(net, X, y, tolerance=1e-4, most=2000)
    assert value == pytest.approx(values[-1].item(), rel=1e-6)
    assert abs(vector @ vectors[:, -1]) == pytest.approx(1, abs=1e-5)


def quadratic(values):
    """Half of x D x, turned: its Hessian has just these eigenvalues."""
    turn, _ = torch.linalg.qr(torch.randn(len(values), len(values), generator=torch.Generator().manual_seed(2)).double())
    x = torch.zeros(len(values), dtype=torch.double, requires_grad=True)
    return (x @ turn @ torch.diag(torch.tensor(values).double()) @ turn.T @ x) / 2, x


@pytest.mark.parametrize(
    "values, largest",
    [
        ([1.0, 2, 5], 5),
        ([-9.0, 0.5, 4], 4),  # the largest in size is negative
        ([-3.0, 0, 3], 3),  # two of equal size
        ([-7.0, -2, -1], -1),  # all negative
        ([0.0, 0, 0], 0),
    ],
)
def test_of_a_quadratic_with_known_eigenvalues(values, largest):
    loss, x = quadratic(values)
    found, vector = largest_eigenvalue(loss, [x], tolerance=1e-4, most=1000)
    assert found == pytest.approx(largest, abs=1e-5) and vector.norm().item() == pytest.approx(1)


def test_power_iteration_finds_the_largest_in_size_with_its_sign_and_stops():
    diagonal, calls = torch.tensor([-9.0, 4, 1]), []
    vector, product = power_iteration(lambda v: calls.append(v) or diagonal * v, torch.ones(3), tolerance=1e-3)
    assert (vector @ product).item() == pytest.approx(-9, rel=1e-5) and len(calls) < 15
    torch.testing.assert_close(product, diagonal * vector)
    vector, product = power_iteration(lambda v: diagonal * v, torch.ones(3), tolerance=0, most=3)
    torch.testing.assert_close(product, diagonal * vector)
    with pytest.raises(ValueError, match="most expects a whole number"):
        power_iteration(lambda v: v, torch.ones(3), most=0)


def test_a_start_near_the_vector_saves_products_and_the_sign_is_checked_on_a_lenet(digits):
    net, X, y = LeNet("relu", seed=0), digits.X_train[:32], digits.y_train[:32]
    value, vector = sharpness(net, X, y, tolerance=0.01)
    times = hessian_product(F.cross_entropy(net(X), y), net.parameters())
    assert (vector @ times(vector)).item() == pytest.approx(value, rel=1e-4) and value > 0
    again, _ = sharpness(net, X, y, start=vector, tolerance=0.02, most=1)
    assert again == pytest.approx(value, rel=1e-3)
