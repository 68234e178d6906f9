"""The largest curvature against whole Hessians, and the runs of the question against the same by hand."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from book_files import first
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.mlp_or_cnn.experiment import new_net
from lenet_utils.pages.sigmoid_to_relu import exercises, experiment_stay
from lenet_utils.pages.sigmoid_to_relu import experiment as question
from lenet_utils.pages.sigmoid_to_relu.curvature import hessian_product, largest_eigenvalue, power_iteration, sharpness
from lenet_utils.pages.training.experiment import NormedLeNet, batches
from lenet_utils.training.fit import evaluate

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


# The runs


@pytest.fixture(scope="module")
def few(digits):
    return first(digits, 300)


def by_hand(net, few, seed, number, rate_of):
    """The losses of plain gradient descent, with a rate for every layer and step."""
    losses = []
    for step, (X, y) in enumerate(batches(few, 256, seed, number)):
        loss = F.cross_entropy(net(X), y)
        net.zero_grad()
        loss.backward()
        with torch.no_grad():
            for name, weight in net.named_parameters():
                weight -= rate_of(name, step) * weight.grad
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize(
    "settings, rate_of",
    [
        ({}, lambda name, step: 0.9),
        ({"lr": 0.3, "warm_up": 4}, lambda name, step: 0.3 * min(1, (step + 1) / 4)),
        ({"slow": ("C3", "OUT")}, lambda name, step: 0.1 if name.split(".")[0] in ("C3", "OUT") else 0.9),
        ({"pool": "max", "init": "he"}, lambda name, step: 0.9),
    ],
)
def test_a_swap_is_gradient_descent_at_its_rates(few, settings, rate_of):
    net = LeNet("relu", settings.get("pool", "avg"), init=settings.get("init", "xavier"), seed=3)
    losses = by_hand(net, few, 3, 6, rate_of)
    found = question.swap(few, 3, number=6, **settings)
    assert found["peak"] == pytest.approx(max(losses), abs=2e-3) and found["finite"]
    assert found["step"] == losses.index(max(losses))
    assert found["accuracy"] == pytest.approx(evaluate(net, few.X_test, few.y_test).accuracy, abs=0.03)
    maps = net.maps(few.X_test)
    assert found["dead"]["F6"] == pytest.approx((maps["F6"] == 0).all(0).double().mean().item(), abs=0.05)


def test_a_long_gradient_is_shortened_and_a_short_one_is_not(few):
    """The first step at rate 1 moves the weights by the length of the gradient, or by `clip`."""
    lengths = []
    for clip in (None, 0.05, 100.0):
        net, before = question.build(0), question.build(0)
        list(question.descend(net, few, 0, lambda step: 1.0, 1, clip=clip))
        pairs = zip(net.parameters(), before.parameters(), strict=True)
        lengths.append(torch.cat([(a - b).detach().flatten() for a, b in pairs]).norm().item())
    assert lengths[1] == pytest.approx(0.05, rel=1e-3) and lengths[0] == lengths[2] > 0.1


def test_the_networks_differ_in_what_they_say():
    X = torch.linspace(-3, 3, 13)
    for name, by_hand in {
        "relu": X.clamp(min=0), "cut": X.clamp(0, 1), "leaky": torch.where(X > 0, X, X / 10), "tanh": X.tanh(),
    }.items():  # fmt: skip
        torch.testing.assert_close(question.build(0, name).act(X), by_hand)
    assert isinstance(question.build(0, norm=True), NormedLeNet)
    assert torch.equal(question.build(0, init="he").F5.weight, LeNet("relu", "avg", init="he", seed=0).F5.weight)


def test_a_dead_unit_is_silent_for_every_image_and_a_dead_map_everywhere():
    net, X = LeNet("relu", seed=0), torch.rand(5, 1, 28, 28)
    with torch.no_grad():
        net.C1.bias[:2], net.F6.bias[:21] = -100, -1000
    found = question.dead(net, X)
    maps = net.maps(X)
    assert found["C1"] == pytest.approx(2 / 6, abs=1e-6)
    assert found["C3"] == pytest.approx(sum(not maps["C3"][:, k].any() for k in range(16)) / 16, abs=1e-6)
    assert found["F6"] == pytest.approx(sum((maps["F6"][:, unit] == 0).all().item() for unit in range(84)) / 84, abs=1e-6)
    assert found["F6"] >= 21 / 84


@pytest.mark.slow
def test_a_run_that_is_watched_is_the_same_run(few):
    swapped = question.swap(few, 1, number=8)
    seen = question.trace(few, 1, number=8, images=32, most=3)
    assert seen["steps"] == list(range(8)) and seen["accuracy"] == pytest.approx(swapped["accuracy"], abs=1e-4)
    assert max(seen["losses"]) == pytest.approx(swapped["peak"], abs=1e-3) and set(seen["rates"]) == {0.9}
    value, _ = sharpness(question.build(1), few.X_train[:32], few.y_train[:32], tolerance=0.1)
    assert seen["sharpness"][0] == pytest.approx(value, abs=1e-3)


@pytest.mark.slow
def test_a_capped_rate_is_at_most_one_over_the_sharpness(few):
    seen = question.trace(few, 1, number=8, images=32, most=20, capped=True)
    for rate, value in zip(seen["rates"], seen["sharpness"], strict=True):
        assert rate == pytest.approx(min(0.9, 1 / value), abs=1e-3)
    assert min(seen["rates"]) < 0.5


def test_a_run_that_explodes_ends_and_says_so(few):
    found = question.swap(few, 0, activation="leaky", lr=50.0, number=30)
    assert not found["finite"] and found["peak"] <= 1e9


def test_who_stays_is_watched_while_it_does_what_the_swapped_network_does(few):
    seen = experiment_stay.stay(few, 0, number=4, every=2)
    assert len(seen["losses"]) == 2
    assert seen["accuracies"] == [question.swap(few, 0, number=number)["accuracy"] for number in (2, 4)]
    assert seen["dead"] == question.swap(few, 0, number=4)["dead"]


# The exercise


def course_net(first, second, *, relu_last=False):
    """The network of the course with ReLU and these two poolings, in front of the ReLU if `relu_last`."""
    net = exercises.course_net(*[nn.ReLU()] * 4)
    for place, pool in ((1, first), (4, second)):
        net[place], net[place + 1] = (pool, nn.ReLU()) if relu_last else (nn.ReLU(), pool)
    return net


AVERAGE, MAX = nn.AvgPool2d(2), nn.MaxPool2d(2)


@pytest.mark.parametrize(
    "net, layer",
    [
        (course_net(MAX, MAX), "C1"),
        (course_net(AVERAGE, MAX), "C3"),
        (course_net(AVERAGE, AVERAGE, relu_last=True), "C1"),
        (LeNet("relu", "max", seed=0), "C1"),
        (new_net("mlp", 0), "C1"),
    ],
)
def test_the_swap_keeps_average_pooling_after_relu(net, layer):
    wrong = exercises.EXERCISES["swap"].judge(net)
    assert (wrong.reason, wrong.values) == ("pooling", {"layer": layer})


@pytest.mark.parametrize("net", [course_net(AVERAGE, AVERAGE), LeNet("relu", "avg", seed=0)])
def test_average_pooling_is_not_refused(net):
    assert exercises.EXERCISES["swap"].judge(net).reason == "untrained"
