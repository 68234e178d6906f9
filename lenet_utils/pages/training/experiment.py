"""How long the LeNet of the note stays at chance, and what ends it sooner."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.data import Digits, normalised
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.nets.lenet import LeNet, Linear
from lenet_utils.training.fit import evaluate, fit

LEFT = 2.0  # nats: a tenth below ln 10, which is what knowing nothing costs
RATES = (0.03, 0.1, 0.3, 0.9, 2.0)
BATCHES = (64, 256)
CURES: dict[str, dict[str, Any]] = {  # one change each of the sigmoid, average pooling and Xavier weights, at the rate 0.1
    "note": {},
    "rate 0.9": {"lr": 0.9},
    "input of 1998": {"normalise": "1998"},
    "momentum": {"momentum": 0.9},
    "xavier x 4": {"init": "xavier-4"},
    "scaled tanh": {"activation": "scaled_tanh"},
    "relu": {"activation": "relu"},
    "batch norm": {"norm": True},
}


class NormedLeNet(LeNet):
    """A `LeNet` whose sums are normalised over the batch before they are squashed (Ioffe and Szegedy 2015)."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.norms = nn.ModuleDict({name: nn.BatchNorm2d(self.table[name].channels) for name in ("C1", "C3")})
        self.norms.update({name: nn.BatchNorm1d(self.table[name].channels) for name in ("F5", "F6")})

    def maps(self, X: torch.Tensor) -> dict[str, torch.Tensor]:
        C1 = self.act(self.norms["C1"](self.C1(X)))
        S2 = self.pool(C1)
        C3 = self.act(self.norms["C3"](self.C3(S2)))
        S4 = self.pool(C3)
        F5 = self.act(self.norms["F5"](self.F5(S4.flatten(1))))
        F6 = self.act(self.norms["F6"](self.F6(F5)))
        return {"C1": C1, "S2": S2, "C3": C3, "S4": S4, "F5": F5, "F6": F6, "OUT": self.OUT(F6)}


def steps_to_leave(
    digits: Digits, seed: int, *, lr: float = 0.1, batch_size: int = 256, momentum: float = 0.0, normalise: str = "note",
    norm: bool = False, budget: int = 2000, go_on: bool = False, **settings: Any,
) -> dict[str, Any]:  # fmt: skip
    """`step`: the first at which the running mean of the loss is under `LEFT` nats, None if not within `budget`.

    `losses` are the running means of every tenth step until then, or until the `budget` is used up if it is to `go_on`.
    """
    digits = normalised(digits, normalise)
    net = (NormedLeNet if norm else LeNet)(**settings, seed=seed)
    opt = torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum)
    mean, losses, left = None, [], None
    for step, (X, y) in enumerate(batches(digits, batch_size, seed, budget)):
        loss = F.cross_entropy(net(X), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        mean = loss.item() if mean is None else 0.95 * mean + 0.05 * loss.item()
        if step % 10 == 0:
            losses.append(round(mean, 4))
        if mean < LEFT and left is None:
            left = step
            if not go_on:
                break
    return {"step": left, "losses": losses}


def batches(digits: Digits, size: int, seed: int, number: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """`number` batches of training images and labels, in a new order in every pass."""
    order, done = torch.Generator().manual_seed(seed), 0
    while True:
        for batch in torch.randperm(len(digits.X_train), generator=order).split(size):
            if done == number:
                return
            yield digits.X_train[batch], digits.y_train[batch]
            done += 1


@named(data="mnist", seeds=5)
def plateau(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The step at which the LeNet of the note leaves chance, over rate and batch, and with one cure at a time."""
    grid = {f"{lr:g}/{size}": {"lr": lr, "batch_size": size} for lr in RATES for size in BATCHES}
    runs = compare(grid | CURES, seeds, data, run=steps_to_leave, keep=keep).runs
    runs["losses"] = [losses[::10] for losses in runs["losses"]]
    return Comparison(runs)


@named(data="mnist", seeds=5)
def escape(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The loss of the LeNet of the note over 2,000 steps at the rate 0.9: the plateau, and what follows it."""
    runs = compare({"rate 0.9": {"lr": 0.9, "go_on": True}}, seeds, data, run=steps_to_leave, keep=keep).runs
    runs["losses"] = [losses[::2] for losses in runs["losses"]]
    return Comparison(runs)


# What two editions of Dive into Deep Learning train on Fashion-MNIST, at the rates of both: ten passes, here all with batches
# of 256, as in the Chinese edition; the English one, at 0.1, has batches of 128.
CLOTHES: dict[str, dict[str, Any]] = {
    "softmax regression": {"lr": 0.1},
    "sigmoid, rate 0.1": {"activation": "sigmoid", "lr": 0.1},
    "sigmoid, rate 0.9": {"activation": "sigmoid", "lr": 0.9},
    "ReLU, rate 0.1": {"activation": "relu", "lr": 0.1},
    "ReLU, rate 0.9": {"activation": "relu", "lr": 0.9},
}


def on_clothes(digits: Digits, seed: int, *, lr: float, activation: str | None = None, num_epochs: int = 10) -> dict[str, Any]:
    """Test `accuracies` after every epoch, and the last `accuracy`, of LeNet, or of softmax regression without `activation`."""
    net = LeNet(activation, seed=seed) if activation else Linear(seed=seed)
    test = digits.X_test, digits.y_test
    history = fit(
        net, digits.X_train, digits.y_train, num_epochs=num_epochs, lr=lr, validation=test, seed=seed, progress=False
    )  # batches of 256
    return {"accuracy": evaluate(net, *test).accuracy, "accuracies": history.accuracies}


@named(data="fashion-mnist", seeds=10)
def clothes(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """LeNet with sigmoid and ReLU at the rates of two editions of Dive into Deep Learning, beside softmax regression."""
    return compare(CLOTHES, seeds, data, run=on_clothes, keep=keep)
