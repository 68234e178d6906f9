"""Training against loops and counts written by hand, and repeatability to the last bit."""

import contextlib
import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from tqdm.auto import tqdm

from lenet_utils.nets.lenet import LeNet
from lenet_utils.training import fit as fitting
from lenet_utils.training.augment import Affine
from lenet_utils.training.fit import SCHEDULES, evaluate, fit


@pytest.fixture(scope="module")
def few(digits):
    return digits.X_train[:300], digits.y_train[:300]


@pytest.fixture
def few_in_double(few, double_precision):
    return few[0].double(), few[1]


def quiet(net, data, **settings):
    return fit(net, *data, progress=False, **{"num_epochs": 1, "batch_size": 64, **settings})


def weights(net):
    return torch.cat([p.detach().reshape(-1) for p in net.parameters()])


@pytest.mark.slow
def test_training_learns_digits(digits):
    net = LeNet("relu", "max", seed=0)
    history = fit(net, digits.X_train, digits.y_train, num_epochs=2, batch_size=64, optimizer="adamw", lr=4e-3, progress=False)
    assert history.losses[0] == pytest.approx(math.log(10), rel=0.1)  # a guess among ten
    assert sum(history.losses[-10:]) / 10 < 0.5
    assert evaluate(net, digits.X_test, digits.y_test).accuracy > 0.85


@pytest.fixture
def threads(request):
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield
    torch.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 2], indirect=True)
def test_the_same_seed_repeats_to_the_last_bit_and_another_does_not(few, threads):
    runs = {}
    for run, seed in (("first", 1), ("again", 1), ("other", 2)):
        net = LeNet("tanh", seed=0)
        runs[run] = quiet(net, few, num_epochs=2, seed=seed).losses, weights(net)
    assert runs["first"][0] == runs["again"][0] and torch.equal(runs["first"][1], runs["again"][1])
    assert runs["first"][0] != runs["other"][0] and not torch.equal(runs["first"][1], runs["other"][1])


def test_training_leaves_the_global_generator_alone(few):
    before = torch.get_rng_state()
    quiet(LeNet(seed=0), few)
    assert torch.equal(torch.get_rng_state(), before)


RATES = {
    "constant": lambda k, n: 1,
    "cosine": lambda k, n: math.cos(math.pi * (k + 0.5) / n / 2) ** 2,
    "one-cycle": lambda k, n: (k + 0.5) / n / 0.3 if (k + 0.5) / n < 0.3 else math.sin(math.pi * (1 - (k + 0.5) / n) / 1.4) ** 2,
}


@pytest.mark.slow
@pytest.mark.parametrize("memory_format", [torch.channels_last, torch.contiguous_format])
@pytest.mark.parametrize("schedule", RATES)
def test_sgd_is_the_loop_written_by_hand(few_in_double, schedule, memory_format):
    """Plain gradient descent with momentum and decay, each epoch in a fresh order, the last batch short."""
    X, y = few_in_double
    net, ours, order = LeNet("tanh", seed=0), LeNet("tanh", seed=0), torch.Generator().manual_seed(7)
    speed, losses = [torch.zeros_like(p) for p in net.parameters()], []
    for epoch in range(2):
        for step, batch in enumerate(torch.randperm(300, generator=order).split(64)):
            loss = F.cross_entropy(net(X[batch]), y[batch])
            rate = 0.1 * RATES[schedule](5 * epoch + step, 10)
            with torch.no_grad():
                for p, v, slope in zip(net.parameters(), speed, torch.autograd.grad(loss, net.parameters()), strict=True):
                    v.mul_(0.5).add_(slope + 0.01 * p)
                    p -= rate * v
            losses.append(loss.item())
    settings = {"lr": 0.1, "momentum": 0.5, "weight_decay": 0.01, "schedule": schedule, "memory_format": memory_format}
    history = quiet(ours, few_in_double, num_epochs=2, seed=7, **settings)
    torch.testing.assert_close(weights(ours), weights(net), rtol=0, atol=1e-12)
    assert history.losses == pytest.approx(losses, abs=1e-12)


def test_the_maps_are_channels_last_in_training_though_the_images_have_one_channel(few):
    net, strides = LeNet(seed=0), []
    net.C1.register_forward_hook(lambda layer, images, maps: strides.append(maps.stride()))
    quiet(net, few)
    assert set(strides) == {(28 * 28 * 6, 1, 28 * 6, 6)}
    assert all(kernel.is_contiguous() for kernel in net.parameters())


def test_adamw_is_that_of_torch(few_in_double):
    X, y = few_in_double
    net, ours = LeNet("tanh", seed=0), LeNet("tanh", seed=0)
    adamw = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.1)
    for batch in torch.randperm(300, generator=torch.Generator().manual_seed(0)).split(64):
        adamw.zero_grad()
        F.cross_entropy(net(X[batch]), y[batch]).backward()
        adamw.step()
    quiet(ours, few_in_double, optimizer="adamw", lr=1e-3, weight_decay=0.1)
    # a gradient is divided by its own size, or by 1e-8: of one that is only rounding, 1e-17, lr times 1e-9 remains
    torch.testing.assert_close(weights(ours), weights(net), rtol=0, atol=1e-10)


@pytest.mark.parametrize("nesterov", [True, False])
def test_momentum_is_that_of_torch_with_and_without_nesterov(few_in_double, nesterov):
    X, y = few_in_double
    net, ours = LeNet("tanh", seed=0), LeNet("tanh", seed=0)
    sgd = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, nesterov=nesterov)
    for batch in torch.randperm(300, generator=torch.Generator().manual_seed(0)).split(64):
        sgd.zero_grad()
        F.cross_entropy(net(X[batch]), y[batch]).backward()
        sgd.step()
    quiet(ours, few_in_double, lr=0.05, momentum=0.9, nesterov=nesterov)
    torch.testing.assert_close(weights(ours), weights(net), rtol=0, atol=1e-12)


def test_every_batch_is_augmented_with_one_generator_before_the_net_sees_it(few):
    X, y = few
    given, seen, draws = [], [], []

    def darker(images, generator):
        given.append(images)
        draws.append(torch.rand(1, generator=generator).item())
        return images / 2

    net = LeNet("tanh", seed=0)
    net.register_forward_pre_hook(lambda net, images: seen.append(images[0]))
    quiet(net, few, num_epochs=2, seed=7, augment=darker)
    order, chance = torch.Generator().manual_seed(7), torch.Generator().manual_seed(7)
    expected = [X[batch] for _ in range(2) for batch in torch.randperm(300, generator=order).split(64)]
    assert len(given) == len(expected) == 10 and all(map(torch.equal, given, expected))
    assert all(torch.equal(images, batch / 2) for images, batch in zip(seen, given, strict=True))
    assert draws == [torch.rand(1, generator=chance).item() for _ in range(10)]


def test_training_on_augmented_images_repeats_to_the_last_bit(few):
    first, again, plain = (LeNet("tanh", seed=0) for _ in range(3))
    histories = [quiet(net, few, num_epochs=2, seed=3, augment=Affine()) for net in (first, again)]
    assert histories[0].losses == histories[1].losses and torch.equal(weights(first), weights(again))
    assert quiet(plain, few, num_epochs=2, seed=3).losses != histories[0].losses


@pytest.mark.parametrize(
    "schedule, values",
    [
        ("constant", {0: 1, 0.5: 1, 1: 1}),
        ("cosine", {0: 1, 1 / 3: 0.75, 0.5: 0.5, 1: 0}),
        ("one-cycle", {0: 0, 0.15: 0.5, 0.3: 1, 0.65: 0.5, 1: 0}),
    ],
)
def test_schedules_at_the_points_one_can_work_out(schedule, values):
    assert [SCHEDULES[schedule](t) for t in values] == pytest.approx(list(values.values()), abs=1e-12)


def test_history_has_a_loss_a_step_and_an_accuracy_an_epoch(few, digits):
    net, held_out = LeNet("tanh", seed=0), (digits.X_test[:50], digits.y_test[:50])
    history = quiet(net, few, num_epochs=3, validation=held_out)
    assert len(history.losses) == 3 * 5 and history.images == 3 * 300
    assert len(history.accuracies) == 3 and history.accuracies[-1] == evaluate(net, *held_out).accuracy


def test_seconds_are_those_of_all_epochs_without_the_validation(few, monkeypatch):
    """By a clock that goes on by a second whenever it is read, and by a hundred in a validation."""
    clock = itertools.count()
    monkeypatch.setattr(fitting, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    monkeypatch.setattr(fitting, "evaluate", lambda *data: [next(clock) for _ in range(100)] and SimpleNamespace(accuracy=0.5))
    assert quiet(LeNet(seed=0), few, num_epochs=3, validation=few).seconds == 3


def test_the_bar_counts_every_step(few, monkeypatch):
    bars = []
    monkeypatch.setattr(fitting, "tqdm", lambda **options: bars.append(tqdm(**options)) or bars[-1])
    fit(LeNet(seed=0), *few, num_epochs=2, batch_size=64)
    assert [(bar.n, bar.total) for bar in bars] == [(10, 10)]


def test_no_epochs_change_nothing(few):
    net = LeNet(seed=0)
    assert quiet(net, few, num_epochs=0).losses == [] and torch.equal(weights(net), weights(LeNet(seed=0)))


class Given(nn.Module):
    """Gives the images themselves as logits, and notes in which mode and whether for gradients."""

    def forward(self, X):
        self.was_training, self.kept_slopes = self.training, torch.is_grad_enabled()
        return X.flatten(1)


LOGITS = torch.tensor([[2.0, 0, 0], [0, 1, 0], [0, 0, 3], [1, 0, 0]]).view(4, 1, 1, 3)


@pytest.mark.parametrize("batch_size", [1, 3, 1000])
def test_evaluation_is_the_count_by_hand(batch_size):
    """Three of four are right; the loss is the mean of log(sum of exp) minus the logit of the label."""
    metrics = evaluate(Given(), LOGITS, torch.tensor([0, 1, 2, 1]), batch_size)
    e = math.exp
    by_hand = (math.log(e(2) + 2) - 2 + math.log(e(1) + 2) - 1 + math.log(e(3) + 2) - 3 + math.log(e(1) + 2)) / 4
    assert metrics.accuracy == 0.75 and metrics.predictions.tolist() == [0, 1, 2, 0]
    assert metrics.loss == pytest.approx(by_hand, abs=1e-6)


@pytest.mark.parametrize("training", [True, False])
def test_evaluation_runs_in_evaluation_mode_and_leaves_the_net_as_found(training):
    net = Given().train(training)
    evaluate(net, LOGITS, torch.tensor([0, 1, 2, 1]))
    assert net.was_training is False and net.kept_slopes is False and net.training is training


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("label", [0, 10])
def test_training_leaves_mode_and_memory_of_the_net_as_found_even_after_an_error(few, training, label):
    net, modes = LeNet(seed=0).train(training), []
    net.register_forward_hook(lambda module, *_: modes.append((module.training, module.C3.weight.is_contiguous())))
    with pytest.raises(ValueError, match="labels 0 to 9, .* outputs, got 10") if label == 10 else contextlib.nullcontext():
        quiet(net, (few[0], torch.full((300,), label)))
    assert set(modes) == {(True, False)}  # in training mode, the channels innermost
    assert net.training is training and net.C3.weight.is_contiguous()


def test_nothing_is_printed_and_the_bar_can_be_switched_off(few, capsys):
    fit(LeNet(seed=0), *few, num_epochs=1, progress=True, validation=few)
    shown = capsys.readouterr()
    assert shown.out == "" and "step" in shown.err
    quiet(LeNet(seed=0), few, validation=few)
    assert capsys.readouterr() == ("", "")


X, Y = torch.zeros(4, 1, 28, 28), torch.zeros(4, dtype=torch.long)


@pytest.mark.parametrize(
    "wrong, error, message",
    [
        ({"X": X[:0], "y": Y[:0]}, ValueError, "at least one, got 0 images and 0 labels"),
        ({"y": Y[:3]}, ValueError, "as many labels as images and at least one, got 4 images and 3 labels"),
        ({"X": X.numpy()}, TypeError, "Expected tensors, got ndarray and Tensor; use torch.as_tensor"),
        ({"y": Y.float()}, ValueError, r"labels as torch.int64 \(N,\), got torch.float32 \(4,\); use y.long\(\).flatten\(\)"),
        ({"y": Y.view(4, 1)}, ValueError, r"labels as torch.int64 \(N,\), got torch.int64 \(4, 1\)"),
        ({"y": Y - 100}, ValueError, r"labels 0, 1, 2, ..., got -100"),
        ({"batch_size": 0}, ValueError, "batch_size expects a whole number of at least 1, got 0"),
    ],
)
def test_impossible_data_is_refused_by_fit_and_by_evaluate(wrong, error, message):
    arguments = {"X": X, "y": Y, **wrong}
    for refuse in (fit, evaluate):
        with pytest.raises(error, match=message):
            refuse(LeNet(), **arguments)


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"num_epochs": -1}, "num_epochs expects a whole number of at least 0, got -1"),
        ({"num_epochs": 1.5}, "num_epochs expects a whole number of at least 0, got 1.5"),
        ({"lr": math.nan}, "lr expects a finite number of at least 0, got nan"),
        ({"lr": math.inf}, "lr expects a finite number of at least 0, got inf"),
        ({"weight_decay": -1}, "weight_decay expects a finite number of at least 0, got -1"),
        ({"optimizer": "adam"}, "No optimizer is called 'adam'. Known: sgd, adamw"),
        ({"optimizer": "adamw", "momentum": 0.9}, "momentum and nesterov are for sgd; adamw has its own"),
        ({"optimizer": "adamw", "nesterov": True}, "momentum and nesterov are for sgd; adamw has its own"),
        ({"schedule": "step"}, "No schedule is called 'step'. Known: constant, cosine, one-cycle"),
    ],
)
def test_impossible_settings_are_refused_before_anything_changes(wrong, message):
    net = LeNet(seed=0)
    with pytest.raises(ValueError, match=message):
        quiet(net, (X, Y), **wrong)
    assert torch.equal(weights(net), weights(LeNet(seed=0)))


def test_numbers_of_numpy_are_those_of_python(few):
    plain, other = LeNet(seed=3), LeNet(seed=np.int64(3), channels=(np.int32(6), np.uint8(16)))
    losses = quiet(plain, few, num_epochs=2, batch_size=100, seed=4).losses
    assert quiet(other, few, num_epochs=np.uint8(2), batch_size=np.int64(100), seed=np.int32(4)).losses == losses
    assert evaluate(other, *few, np.int16(50)).accuracy == evaluate(plain, *few, 50).accuracy


@pytest.mark.parametrize("wrong", [{"seed": 1.0}, {"seed": "1"}, {"batch_size": np.float64(2)}, {"num_epochs": np.bool_(True)}])
def test_what_is_no_whole_number_is_named(few, wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} expects a whole number"):
        quiet(LeNet(seed=0), few, **wrong)


@pytest.mark.parametrize("labels", [torch.eye(10), torch.eye(10).long(), torch.eye(10, dtype=torch.bool)])
def test_advice_about_labels_works_as_written(few, labels):
    y = labels[few[1]]
    with pytest.raises(ValueError, match=r"use y.argmax\(1\)") as error:
        evaluate(LeNet(seed=0), few[0], y)
    advised = eval(str(error.value).partition("; use ")[2].rstrip("."), {"y": y.float()})
    assert torch.equal(advised, few[1])


def test_a_label_beyond_the_last_class_is_named(few):
    for call in (evaluate, lambda net, X, y: quiet(net, (X, y))):
        with pytest.raises(ValueError, match="Expected labels 0 to 9, as many as the network has outputs, got 10"):
            call(LeNet(seed=0), few[0], few[1] + 1)


@pytest.mark.parametrize("lr", [1e30, 1e38])
def test_the_first_loss_that_is_no_number_is_told_once(few, lr):
    with pytest.warns(UserWarning, match="not a number from step [23] on: the training diverged at lr=1e") as told:
        losses = quiet(LeNet("relu", seed=0), few, num_epochs=4, batch_size=100, lr=lr).losses
    step = int(str(told[0].message).split("step ")[1].split()[0])
    assert len(told) == 1 and math.isfinite(losses[step - 2]) and not math.isfinite(losses[step - 1])
