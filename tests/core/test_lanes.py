"""The compiled engine against autograd in float64, and what becomes of `fit` where nothing can be compiled."""

import os
import signal
import subprocess
import sys
import time

import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from book_files import ROOT
from lenet_utils.nets.lenet import MLP, LeNet
from lenet_utils.nets.shapes import ShapeError
from lenet_utils.training import compiled, lanes
from lenet_utils.training.fit import fit

pytestmark = pytest.mark.filterwarnings("error:.*engine='lanes' needs one")
needs_a_compiler = pytest.mark.skipif(not compiled.compiler() or os.name == "nt", reason="no C compiler on this machine")
EVERY = [(activation, pool) for activation in ("sigmoid", "tanh", "relu", "scaled_tanh") for pool in ("avg", "max")]


@pytest.fixture(scope="module", autouse=True)
def libraries(tmp_path_factory):
    """All that these tests compile lies in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "CACHE", tmp_path_factory.mktemp("libraries"))
        yield


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """A cache with nothing in it, on disk and in memory."""
    monkeypatch.setattr(compiled, "CACHE", tmp_path / "cache")
    compiled.library.cache_clear()
    yield tmp_path / "cache"
    compiled.library.cache_clear()


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Makes a program of shell commands the compiler in `CC`."""

    def write(commands):
        path = tmp_path / "fake-cc"
        path.write_text(f"#!/bin/sh\n{commands}\n")
        path.chmod(0o755)
        monkeypatch.setenv("CC", f"{path}")

    return write


def sums(net, X):
    """What both convolutions of `net` give, before activation and pooling, and what its hidden dense layers do."""
    C1 = net.C1(X)
    C3 = net.C3(net.pool(net.act(C1)))
    F5 = net.F5(net.pool(net.act(C3)).flatten(1))
    return (C1, C3), (F5, net.F6(net.act(F5)))


def is_clear(net, X, margin=1e-5):
    """Whether rounding can change neither which of a window is the largest nor the sign of a sum."""
    with torch.no_grad():
        maps, dense = sums(net, X)
        if min(values.abs().min() for values in dense) < margin:
            return False
        for values in maps:
            windows = F.unfold(values.flatten(0, 1)[:, None], 2, stride=2)
            top = windows.topk(2, dim=1).values
            if (top[:, 0] - top[:, 1]).min() < margin or values.abs().min() < margin:
                return False
    return True


def apart(net, exact, X, y):
    """How far loss and gradients of the engine lie from those of `exact` in float64: the largest share of a norm."""
    pairs = [(torch.tensor(lanes.engine(net)(X, y)), F.cross_entropy(exact(X.double()), y))]
    pairs[0][1].backward()
    for layer, other in zip(net.children(), exact.children(), strict=True):
        if grads := [weight.grad.flatten() for weight in layer.parameters()]:
            pairs.append((torch.cat(grads), torch.cat([weight.grad.flatten() for weight in other.parameters()])))
    assert len(pairs) == 6
    return max((a - b).norm().item() / (b.norm().item() or 1) for a, b in pairs)


def labels(number, classes=10, seed=0):
    return torch.randint(classes, (number,), generator=torch.Generator().manual_seed(seed))


def pair(activation, pool, **sizes):
    """The same net in float32 and in float64."""
    net, exact = (LeNet(activation, pool, seed=0, **sizes) for _ in range(2))
    return net, exact.double()


def images(number, channels=1, size=28, seed=0):
    return torch.rand(number, channels, size, size, generator=torch.Generator().manual_seed(seed))


@st.composite
def cases(draw):
    """Sizes of a small LeNet that fit together, and how many images."""
    kernel, padding = draw(st.integers(1, 5)), draw(st.integers(0, 2))
    least = max(1, 3 * kernel + 1 - 2 * padding)
    sizes = {
        "kernel_size": kernel, "padding": padding, "in_size": draw(st.integers(least, least + 6)),
        "in_channels": draw(st.integers(1, 2)), "channels": (draw(st.integers(1, 5)), draw(st.integers(1, 5))),
        "hidden": (draw(st.integers(1, 20)), draw(st.integers(1, 9))), "num_classes": draw(st.integers(2, 12)),
    }  # fmt: skip
    return draw(st.sampled_from(EVERY)), sizes, draw(st.integers(1, 40)), draw(st.integers(1, 2)), draw(st.integers(0, 99))


@needs_a_compiler
@pytest.mark.slow
@settings(max_examples=15)
@given(cases())
def test_loss_and_gradients_are_those_of_autograd_for_any_sizes(case):
    (activation, pool), sizes, number, threads, seed = case
    net, exact = pair(activation, pool, **sizes)
    X = images(number, sizes["in_channels"], sizes["in_size"], seed)
    assume(is_clear(exact, X.double()))
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        assert apart(net, exact, X, labels(number, sizes["num_classes"], seed)) < 1e-5
    finally:
        torch.set_num_threads(before)


@needs_a_compiler
@pytest.mark.slow
@pytest.mark.parametrize(("activation", "pool"), EVERY)
def test_the_lenet_of_the_note_has_the_gradients_of_autograd(activation, pool, digits):
    net, exact = pair(activation, pool)
    X = digits.X_train[:21] + 0.01 * images(21)  # equal pixels would make equal sums
    clear = torch.stack([torch.tensor(is_clear(exact, image[None].double(), 1e-6)) for image in X])
    assert clear.sum() > 8
    assert apart(net, exact, X[clear], digits.y_train[:21][clear]) < 1e-5


@needs_a_compiler
@pytest.mark.parametrize("x", [-200.0, -20.0, -1.0, 0.0, 1e-3, 0.7, 20.0, 200.0, 1e30])
def test_an_activation_saturates_as_torch_says(x):
    """All weights are zero but those of OUT, which are 1: a logit is two activations of the bias of F6, and the bias of OUT."""
    for activation in ("sigmoid", "tanh", "scaled_tanh", "relu"):
        net = LeNet(activation, "max", channels=(1, 1), kernel_size=1, padding=0, in_size=4, hidden=(1, 2), num_classes=2)
        for weight in net.parameters():
            nn.init.constant_(weight, x if weight.dim() == 1 else 0.0)
        nn.init.ones_(net.OUT.weight[:1])
        nn.init.zeros_(net.OUT.bias)
        X, y = images(1, size=4), torch.tensor([0])
        wanted = F.cross_entropy(net(X), y)
        grads = torch.autograd.grad(wanted, list(net.parameters()))
        assert lanes.engine(net)(X, y) == pytest.approx(wanted.item(), rel=1e-5, abs=1e-6)
        for weight, grad in zip(net.parameters(), grads, strict=True):
            torch.testing.assert_close(weight.grad, grad, rtol=1e-5, atol=1e-6)


@needs_a_compiler
@pytest.mark.parametrize("recipe", [{"lr": 0.05, "momentum": 0.9, "nesterov": True}, {"optimizer": "adamw", "lr": 1e-3}])
def test_fit_takes_the_same_steps(digits, recipe):
    """Ten batches, the last one of 12 images: no group of lanes is full there."""
    runs = [LeNet("relu", "max", init="he", seed=0) for _ in range(2)]
    options = {"num_epochs": 1, "batch_size": 32, "schedule": "one-cycle", "progress": False} | recipe
    torch_, lanes_ = (
        fit(net, digits.X_train[:300], digits.y_train[:300], engine=engine, **options).losses
        for net, engine in zip(runs, ("torch", "lanes"), strict=True)
    )
    assert lanes_[:3] == pytest.approx(torch_[:3], rel=1e-5) and lanes_ == pytest.approx(torch_, rel=2e-3)
    assert lanes_ != torch_  # it was not PyTorch twice


@needs_a_compiler
def test_batches_of_any_number_may_follow_each_other_though_their_room_is_used_again():
    net = LeNet("relu", "max", seed=0)
    engine = lanes.engine(net)
    for number in (20, 33, 1, 20):
        X, y = images(number, seed=number), labels(number)
        wanted = F.cross_entropy(net(X), y)
        grads = torch.autograd.grad(wanted, list(net.parameters()))
        assert engine(X, y) == pytest.approx(wanted.item(), rel=1e-5)
        for weight, grad in zip(net.parameters(), grads, strict=True):
            torch.testing.assert_close(weight.grad, grad, rtol=1e-3, atol=1e-4 * grad.abs().max().item())


@needs_a_compiler
def test_frozen_weights_stay_and_hooks_of_weights_are_called(digits):
    nets = [LeNet("relu", "max", init="he", seed=0) for _ in range(2)]
    for net in nets:
        net.C1.requires_grad_(False)
        net.C3.weight.register_hook(lambda grad: 0.5 * grad)
        net.F5.bias.register_hook(lambda grad: None)
    ours, theirs = nets
    ours.C1.weight.grad = torch.ones(6, 1, 5, 5)  # of an earlier training
    for net, engine in zip(nets, ("lanes", "torch"), strict=True):
        fit(net, digits.X_train[:20], digits.y_train[:20], num_epochs=1, lr=1.0, progress=False, engine=engine)
    for (name, ours_), theirs_ in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(ours_, theirs_, rtol=1e-4, atol=1e-5, msg=name)
    assert torch.equal(ours.C1.weight, LeNet("relu", "max", init="he", seed=0).C1.weight)
    assert not torch.equal(ours.C3.weight, LeNet("relu", "max", init="he", seed=0).C3.weight)


@needs_a_compiler
def test_weights_that_lie_otherwise_in_memory_are_read_as_they_are():
    net, exact = pair("tanh", "avg")
    net.C3.weight.data = net.C3.weight.data.to(memory_format=torch.channels_last)
    for layer in (net.F5, net.OUT):
        layer.weight.data = layer.weight.data.t().contiguous().t()
    assert not net.F5.weight.is_contiguous() and not net.C3.weight.is_contiguous()
    assert apart(net, exact, images(20), labels(20)) < 1e-5


@needs_a_compiler
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_stays_none(value):
    net = LeNet("tanh", "avg", seed=0)
    with torch.no_grad():
        net.OUT.bias[3] = value
    loss = lanes.engine(net)(images(2), torch.tensor([3, 4]))
    assert not loss < float("inf")


@needs_a_compiler
def test_a_label_that_is_no_class_never_comes_to_the_c_code():
    with pytest.raises(ValueError, match="Expected labels 0 to 9, as many as the network has outputs, got 10"):
        lanes.engine(LeNet())(images(2), torch.tensor([3, 10]))


@needs_a_compiler
def test_the_same_seed_repeats_to_the_last_bit_on_two_threads(digits):
    torch.set_num_threads(2)
    try:
        nets = [LeNet("tanh", "avg", seed=0) for _ in range(2)]
        losses = [
            fit(net, digits.X_train[:300], digits.y_train[:300], num_epochs=2, engine="lanes", progress=False).losses
            for net in nets
        ]
    finally:
        torch.set_num_threads(1)
    assert losses[0] == losses[1] and torch.equal(nets[0].C3.weight, nets[1].C3.weight)


class Squared(LeNet):
    def maps(self, X):
        return super().maps(X**2)


class Doubled(LeNet):
    def dense(self, S4):
        return 2 * super().dense(S4)


def hooked(register):
    net = LeNet()
    register(net)
    return net


def changed(**layers):
    net = LeNet()
    for name, layer in layers.items():
        setattr(net, name, layer)
    return net


REFUSED = {
    "another kind": lambda: MLP(),
    "a subclass with other maps": lambda: Squared(),
    "another activation": lambda: changed(act=nn.GELU()),
    "a stride": lambda: changed(C1=nn.Conv2d(1, 6, 5, padding=2, stride=2)),
    "no bias": lambda: changed(C3=nn.Conv2d(6, 16, 5, bias=False)),
    "a dropout": lambda: changed(F5=nn.Sequential(nn.Dropout(0.5), nn.Linear(400, 120))),
    "in double": lambda: LeNet().double(),
    "on another device": lambda: LeNet().to("meta"),
    "a subclass with other dense layers": lambda: Doubled(),
    "with a hook": lambda: hooked(lambda net: net.C3.register_forward_hook(lambda *_: None)),
    "with a hook before": lambda: hooked(lambda net: net.F5.register_forward_pre_hook(lambda *_: None)),
    "with a hook backward": lambda: hooked(lambda net: net.F6.register_full_backward_hook(lambda *_: None)),
    "with a hook before backward": lambda: hooked(lambda net: net.OUT.register_full_backward_pre_hook(lambda *_: None)),
    "with a hook of a weight": lambda: hooked(lambda net: net.C1.bias.register_post_accumulate_grad_hook(lambda _: None)),
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=list(REFUSED))
def test_what_it_cannot_train_is_refused_before_anything_changes(make, digits):
    net = make()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    with pytest.raises(
        ValueError,
        match="expects a LeNet, its layers as built, float32, CPU, no hooks; use engine='torch'",
    ):
        fit(net, digits.X_train[:8], digits.y_train[:8], engine="lanes", progress=False)
    assert make is REFUSED["on another device"] or all(
        torch.equal(before[name], value) for name, value in net.state_dict().items()
    )


def test_an_unknown_engine_is_named(digits):
    with pytest.raises(ValueError, match="No engine is called 'cuda'. Known: torch, lanes"):
        fit(LeNet(), digits.X_train[:8], digits.y_train[:8], engine="cuda")


@needs_a_compiler
@pytest.mark.parametrize("X", [torch.zeros(2, 1, 27, 27), torch.zeros(2, 3, 28, 28), torch.zeros(2, 1, 28, 28).double()])
def test_images_that_do_not_fit_never_come_to_the_c_code(X):
    with pytest.raises(ShapeError, match="C1 expected"):
        lanes.engine(LeNet("relu", "max", init="he"))(X, labels(2))


def losses(digits, engine):
    net = LeNet("relu", "max", seed=0)
    return fit(net, digits.X_train[:64], digits.y_train[:64], num_epochs=1, engine=engine, progress=False).losses


def test_without_a_compiler_it_says_so_and_trains_as_before(digits, empty, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CC", raising=False)
    with pytest.warns(UserWarning, match="there is no C compiler .* so PyTorch trains, as with engine='torch'") as told:
        usual = losses(digits, "lanes")
    assert usual == losses(digits, "torch") and told[0].filename == __file__
    assert not empty.exists()


@pytest.mark.parametrize(
    ("commands", "complaint"),
    [
        ("echo 'cc1: no memory' >&2; exit 1", "no memory"),
        ("exit 3", "it ended with status 3"),
        ("exit 0", "cannot open shared object file|No such file"),
        ('while [ "$1" != -o ]; do shift; done 2>/dev/null; echo garbage > "$2"', "made no library"),
    ],
    ids=["complains", "fails", "writes nothing", "writes garbage"],
)
def test_a_broken_compiler_leaves_no_library_behind(commands, complaint, digits, empty, fake):
    fake(f'case "$*" in *-dM*) exit 0;; esac\n{commands}')
    with pytest.warns(UserWarning, match=complaint):
        assert losses(digits, "lanes") == losses(digits, "torch")
    assert list(empty.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_said(digits, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(compiled, "CACHE", tmp_path / "file")
    compiled.library.cache_clear()
    with pytest.warns(UserWarning, match="made no library of lanes.c|there is no C compiler"):
        losses(digits, "lanes")


SMALL = ["-DIN=1", "-DSIDE=4", "-DPAD=0", "-DKERNEL=1", "-DC1=1", "-DC3=1", "-DF5=1", "-DF6=1", "-DOUT=1"]
SMALL += ["-DMAXIMUM=1", "-DACTIVATION=0"]
SMALL += ["-DSCALE=1.0f", "-DSLOPE=1.0f", "-DSHIFT=0.0f"]


def build(cache):
    """A process of its own that compiles into `cache` and prints where the library is."""
    code = f"from pathlib import Path; from lenet_utils.training import compiled, lanes; compiled.CACHE = Path({str(cache)!r})"
    code += f"; print(compiled.library(lanes.SOURCE, *{SMALL})._name)"
    line = [sys.executable, "-c", code]
    return subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)


@needs_a_compiler
@pytest.mark.slow
def test_two_builds_at_once_make_one_library(empty):
    names = [process.communicate()[0].strip() for process in [build(empty), build(empty)]]
    assert [f"{path}" for path in empty.iterdir()] * 2 == names


@needs_a_compiler
@pytest.mark.slow
def test_a_killed_build_leaves_no_half_library(empty, fake, monkeypatch):
    """The compiler writes half a library and waits; both are killed; the next build is whole."""
    fake('case "$*" in *-dM*) exit 0;; esac\nwhile [ "$1" != -o ]; do shift; done; echo half > "$2"; exec sleep 60')
    process = build(empty)
    while not list(empty.glob("*/*.so")):
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not list(empty.glob("*.so"))
    monkeypatch.delenv("CC")
    library = compiled.library(lanes.SOURCE, *SMALL)
    assert [f"{path}" for path in empty.glob("*.so")] == [library._name]


@needs_a_compiler
def test_the_second_call_compiles_nothing(empty, fake):
    library = compiled.library(lanes.SOURCE, *SMALL)
    compiled.library.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "_build", lambda *_: pytest.fail("compiled again"))
        assert compiled.library(lanes.SOURCE, *SMALL)._name == library._name


@needs_a_compiler
@pytest.mark.parametrize("target", ["-march=x86-64", "-march=x86-64-v3"])
@pytest.mark.slow
def test_narrower_vectors_give_the_same(target, empty, monkeypatch):
    """A machine without AVX-512: four or eight images a group."""
    if "x86" not in os.uname().machine and "x86" in target:
        pytest.skip("another kind of processor")
    monkeypatch.setattr(compiled, "FLAGS", ((target,),))
    net, exact = pair("tanh", "avg", channels=(3, 5))
    engine = lanes.engine(net)
    assert engine.lanes == {"-march=x86-64": 4, "-march=x86-64-v3": 8}[target]
    assert apart(net, exact, images(13), labels(13)) < 1e-5
