"""Every sigmoid of the LeNet swapped for ReLU at the rate of the course, and what one change at a time does to it."""

import math
from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.nets.lenet import ACTIVATIONS, LeNet
from lenet_utils.pages.sigmoid_to_relu.curvature import sharpness
from lenet_utils.pages.training.experiment import NormedLeNet, batches

COURSE = 0.9  # the rate of the Chinese edition of Dive into Deep Learning, with batches of 256
BATCH = 256
STEPS = 100
HIDDEN = ("C1", "C3", "F5", "F6")
SQUASHES: dict[str, Callable[[], nn.Module]] = {
    **ACTIVATIONS,
    "leaky": lambda: nn.LeakyReLU(0.1),  # no unit can die
    "cut": lambda: nn.Hardtanh(0, 1),  # ReLU that stops at 1, as high as a sigmoid
}
LEAKY: dict[str, Any] = {"activation": "leaky"}
SIGMOID: dict[str, Any] = {"activation": "sigmoid"}
CHANGES: dict[str, dict[str, Any]] = {  # one change each of the swapped network at the rate of the course
    "swapped": {},
    "rate 0.3": {"lr": 0.3},
    "rate 0.1": {"lr": 0.1},
    "clip at 1": {"clip": 1.0},
    "batch norm": {"norm": True},
    "cut at 1": {"activation": "cut"},
    "warm-up": {"warm_up": 50},
    "He": {"init": "he"},
    "max pool": {"pool": "max"},
    "leaky": LEAKY,
    "tanh": {"activation": "tanh"},
}
SLOWED: dict[str, dict[str, Any]] = {  # some layers at 0.1, the others at 0.9
    **{f"{name} slow": {"slow": (name,)} for name in (*HIDDEN, "OUT")},
    "C1 C3 slow": {"slow": ("C1", "C3")},
    "F5 F6 OUT slow": {"slow": ("F5", "F6", "OUT")},
}


def build(seed: int, activation: str = "relu", pool: str = "avg", init: str = "xavier", norm: bool = False) -> LeNet:
    """A LeNet with one of `SQUASHES` after its four hidden layers, with batch normalisation before it or without."""
    net = (NormedLeNet if norm else LeNet)("relu", pool, init=init, seed=seed)
    net.act = SQUASHES[activation]()
    return net.to(memory_format=torch.channels_last)  # a quarter faster


def descend(
    net: nn.Module, digits: Digits, seed: int, rate: Callable[[int], float], number: int, slow: Container[str] = (),
    clip: float | None = None,
) -> Iterator[float]:  # fmt: skip
    """Gradient descent on `net`: yields the loss of every step before the step is made, at the rate `rate(step)`.

    Layers in `slow` go at a ninth of it. The gradient is shortened to the length `clip` if it is longer.
    """
    layers = [(name, list(layer.parameters())) for name, layer in net.named_children()]
    groups = [{"params": weights, "share": 1 / 9 if name in slow else 1} for name, weights in layers if weights]
    opt = torch.optim.SGD(groups, lr=0.0)
    for step, (X, y) in enumerate(batches(digits, BATCH, seed, number)):
        loss = F.cross_entropy(net(X), y)
        opt.zero_grad()
        loss.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(net.parameters(), clip)
        yield loss.item()
        for group in opt.param_groups:
            group["lr"] = group["share"] * rate(step)
        opt.step()


@torch.no_grad()
def dead(net: LeNet, X: torch.Tensor) -> dict[str, float]:
    """The share of units in each hidden layer that give no image of `X` `(N, C, H, W)` a value above 0; of maps in C1 and C3."""
    maps = net.maps(X)
    return {name: (maps[name].transpose(0, 1).flatten(1) <= 0).all(1).float().mean().item() for name in HIDDEN}


def swap(
    digits: Digits, seed: int, *, lr: float = COURSE, warm_up: int = 1, clip: float | None = None, slow: Container[str] = (),
    number: int = STEPS, **settings: Any,
) -> dict[str, Any]:  # fmt: skip
    """`accuracy` on 2,000 test images after `number` steps, `dead` shares by layer, the largest loss `peak` and its `step`.

    The rate rises over the first `warm_up` steps; `settings` are those of `build`. A run that is no longer finite ends there.
    """
    net, losses = build(seed, **settings), []
    for loss in descend(net, digits, seed, lambda step: lr * min(1, (step + 1) / warm_up), number, slow, clip):
        losses.append(loss)
        if not math.isfinite(loss):
            break
    net.eval()
    X, y = digits.X_test[:2000], digits.y_test[:2000]
    accuracy = (net(X).argmax(1) == y).float().mean().item()
    finite = [loss for loss in losses if math.isfinite(loss)]
    return {
        "accuracy": round(accuracy, 4), "peak": round(min(max(finite), 1e9), 3), "step": finite.index(max(finite)),
        "finite": len(finite) == len(losses), "dead": {name: round(share, 3) for name, share in dead(net, X).items()},
    }  # fmt: skip


def trace(
    digits: Digits, seed: int, *, lr: float = COURSE, capped: bool = False, every: int = 1, number: int = 60, images: int = 128,
    most: int = 6, **settings: Any,
) -> dict[str, Any]:  # fmt: skip
    """What `swap` does, watched at every `every`th step before it is made: `steps`, `losses`, `sharpness`, `logits`, `dead`.

    `sharpness` is the largest eigenvalue of the Hessian and `logits` the largest logit in size, on the first `images`
    training images. `capped` keeps the rate at 1 / sharpness or less. `accuracy` and `rates` as they come out.
    """
    net, vector, seen = build(seed, **settings), None, []
    X, y = digits.X_train[:images], digits.y_train[:images]
    rates = [lr]
    for step, loss in enumerate(descend(net, digits, seed, lambda step: rates[-1], number)):
        if step % every:
            continue
        value, vector = sharpness(net, X, y, start=vector, tolerance=0.1, most=100 if vector is None else most)
        if capped:
            rates.append(min(lr, 1 / max(value, 1e-9)))
        seen.append([step, loss, value, net(X).abs().max().item(), rates[-1], *dead(net, X).values()])
    test = digits.X_test[:2000], digits.y_test[:2000]
    columns = [[round(value, 4) for value in column] for column in zip(*seen, strict=True)]
    found = {"accuracy": (net(test[0]).argmax(1) == test[1]).float().mean().item()}
    found |= dict(zip(("steps", "losses", "sharpness", "logits", "rates"), columns[:5], strict=True))
    return found | {"dead": dict(zip(HIDDEN, columns[5:], strict=True))}


@named(data="mnist", seeds=10)
def swaps(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The swapped network at the rate of the course, with one change at a time, and with some of its layers slowed down."""
    seeds = list(seeds)
    parts = [compare(CHANGES, seeds, data, run=swap, keep=keep), compare(SLOWED, seeds[:5], data, run=swap, keep=keep)]
    return Comparison(pd.concat([part.runs for part in parts], ignore_index=True))


@named(data="mnist", seeds=10)
def swap_traces(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Loss, sharpness, logits and dead units along training: at 0.9, at 0.1, at a capped rate, with leaky ReLU, with sigmoid."""
    seeds = list(seeds)
    at_0_1: dict[str, Any] = {"lr": 0.1, "every": 5, "number": 90}
    parts = [
        compare({"0.9": {}, "0.1": at_0_1}, seeds, data, run=trace, keep=keep),
        compare({"capped": {"capped": True}, "leaky": {**LEAKY, "number": 24}}, seeds[:5], data, run=trace, keep=keep),
        compare({"sigmoid": SIGMOID | {"every": 50, "number": 1500}}, seeds[:3], data, run=trace, keep=keep),
    ]
    runs = pd.concat([part.runs for part in parts], ignore_index=True).drop(columns=["steps", "rates"])
    for column in ("losses", "sharpness", "logits"):
        runs[column] = [[round(value, 2) for value in values] for values in runs[column]]
    runs["dead"] = [{name: [round(share, 2) for share in shares] for name, shares in each.items()} for each in runs["dead"]]
    return Comparison(runs)
