"""Fit and evaluate on tensors in memory, repeatable bit for bit on one machine."""

import math
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import nn, optim
from tqdm.auto import tqdm

from lenet_utils.errors import as_whole, expect_one_of
from lenet_utils.nets.lenet import expect_labels
from lenet_utils.training import lanes
from lenet_utils.training.record import note

Augment = Callable[[torch.Tensor, torch.Generator], torch.Tensor]
Step = Callable[[torch.Tensor, torch.Tensor], float]
ENGINES: dict[str, Callable[[nn.Module], Step | None]] = {"torch": lambda net: None, "lanes": lanes.engine}
OPTIMIZERS: dict[str, Callable[..., optim.Optimizer]] = {"sgd": optim.SGD, "adamw": optim.AdamW}
SCHEDULES = {
    "constant": lambda t: 1.0,
    "cosine": lambda t: 0.5 * (1 + math.cos(math.pi * t)),
    "one-cycle": lambda t: min(t / 0.3, 1.0) if t < 0.3 else 0.5 * (1 + math.cos(math.pi * (t - 0.3) / 0.7)),
}


@dataclass(frozen=True)
class Metrics:
    """Mean cross-entropy in nats, share of right answers, and the predicted class of every image `(N,)`."""

    loss: float
    accuracy: float
    predictions: torch.Tensor = field(repr=False)


@dataclass
class History:
    """Loss of every step; accuracy on the validation images after every epoch; seconds of training."""

    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    images: int = 0


def fit(
    net: nn.Module, X: torch.Tensor, y: torch.Tensor, *, num_epochs: int = 5, lr: float = 0.1, batch_size: int = 256,
    optimizer: str = "sgd", momentum: float = 0.0, nesterov: bool = False, weight_decay: float = 0.0, schedule: str = "constant",
    augment: Augment | None = None, validation: tuple[torch.Tensor, torch.Tensor] | None = None, seed: int = 0,
    progress: bool = True, memory_format: torch.memory_format = torch.channels_last, engine: str = "torch",
) -> History:  # fmt: skip
    """Train `net` in place on images `X` `(N, C, H, W)` and labels `y` `(N,)`; returns its `History`.

    `schedule` shapes the rate over the run: `constant`, `cosine`, or `one-cycle` (a linear rise over the first
    30 %, then a cosine to 0). `augment(images, generator)` changes every batch, see `lenet_utils.augment`.
    `validation` is a pair `(X, y)`. `seed` orders the batches and feeds `augment`. Prints nothing.
    `memory_format` is that of the kernels during training. `engine="lanes"` trains a plain `LeNet` on the CPU by compiled code,
    see `training.lanes`. What `net` was before is noted on it, see `training.record`.
    """
    _expect_pairs(X, y)
    num_epochs, batch_size, seed = as_whole(0, num_epochs=num_epochs), as_whole(batch_size=batch_size), as_whole(None, seed=seed)
    expect_one_of("schedule", schedule, SCHEDULES)
    expect_one_of("engine", engine, ENGINES)
    compiled = ENGINES[engine](net)
    opt = _optimizer(net, optimizer, compiled is not None, lr=lr, weight_decay=weight_decay, momentum=momentum, nesterov=nesterov)
    num_steps = num_epochs * math.ceil(len(X) / batch_size)
    rates = optim.lr_scheduler.LambdaLR(opt, lambda step: SCHEDULES[schedule]((step + 0.5) / max(num_steps, 1)))
    batches = _Batches(X, y, batch_size, augment, seed)
    if num_epochs:
        note(net, X)
    history, finite = History(), True
    bar = tqdm(total=num_steps, disable=not progress, leave=False, unit="step")
    gradients = compiled or (lambda images, labels: _by_autograd(net, images, labels))
    with _mode(net, training=True), _kernels(net, torch.contiguous_format if compiled else memory_format), bar:
        for _ in range(num_epochs):
            start = time.perf_counter()
            history.losses += _epoch(gradients, batches, opt, rates, bar)
            if finite and not math.isfinite(history.losses[-1]):
                finite = _warn_that_it_diverged(history.losses, lr)
            history.seconds += time.perf_counter() - start
            history.images += len(X)
            if validation is not None:
                history.accuracies.append(evaluate(net, *validation).accuracy)
                bar.set_postfix(accuracy=f"{history.accuracies[-1]:.4f}")
    return history


def _optimizer(net: nn.Module, name: str, fused: bool, **settings: float) -> optim.Optimizer:
    expect_one_of("optimizer", name, OPTIMIZERS)
    for setting, value in settings.items():
        if not 0 <= value < math.inf:
            raise ValueError(f"{setting} expects a finite number of at least 0, got {value!r}.")
    if name != "sgd":
        if settings["momentum"] or settings["nesterov"]:
            raise ValueError(f"momentum and nesterov are for sgd; {name} has its own.")
        settings = {setting: settings[setting] for setting in ("lr", "weight_decay")}
    return OPTIMIZERS[name](net.parameters(), **settings, fused=fused or None)  # one call per step


def _warn_that_it_diverged(losses: list[float], lr: float) -> bool:
    step = next(number for number, loss in enumerate(losses, 1) if not math.isfinite(loss))
    warnings.warn(f"The loss is not a number from step {step} on: the training diverged at lr={lr:g}. Take less.", stacklevel=3)
    return False


class _Batches:
    """The images in a new order every time, in batches, each changed by `augment`."""

    def __init__(self, X: torch.Tensor, y: torch.Tensor, size: int, augment: Augment | None, seed: int) -> None:
        self.X, self.y, self.size, self.augment = X, y, size, augment
        self.order, self.chance = torch.Generator().manual_seed(seed), torch.Generator().manual_seed(seed)

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        for batch in torch.randperm(len(self.X), generator=self.order).split(self.size):
            images = self.X.index_select(0, batch)  # in less time than self.X[batch]
            yield images if self.augment is None else self.augment(images, self.chance), self.y[batch]


def _epoch(
    gradients: Step, batches: _Batches, opt: optim.Optimizer, rates: optim.lr_scheduler.LambdaLR, bar: tqdm
) -> list[float]:
    losses = []
    for images, labels in batches:
        losses.append(gradients(images, labels))
        opt.step()
        rates.step()
        bar.update()
    return losses


def _by_autograd(net: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    """The loss of a batch, whose gradients are left in `net`."""
    loss = _loss(net(images), labels)
    net.zero_grad()
    loss.backward()
    return loss.item()


def _loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    expect_labels(logits.shape[1], labels)
    return F.cross_entropy(logits, labels)


@torch.no_grad()
def evaluate(net: nn.Module, X: torch.Tensor, y: torch.Tensor, batch_size: int = 1000) -> Metrics:
    """`Metrics` of `net` on images `X` `(N, C, H, W)` and labels `y` `(N,)`."""
    _expect_pairs(X, y)
    batch_size = as_whole(batch_size=batch_size)
    with _mode(net, training=False):
        logits = torch.cat([net(batch) for batch in X.split(batch_size)])
    predictions = logits.argmax(1)
    return Metrics(_loss(logits, y).item(), (predictions == y).double().mean().item(), predictions)


@contextmanager
def _mode(net: nn.Module, training: bool) -> Iterator[None]:
    """`net` in training or evaluation mode, and afterwards as it was."""
    before = net.training
    net.train(training)
    try:
        yield
    finally:
        net.train(before)


@contextmanager
def _kernels(net: nn.Module, memory_format: torch.memory_format) -> Iterator[None]:
    """The kernels of `net` in `memory_format`, and afterwards contiguous, so that `view` works on them."""
    kernels = [weight for weight in net.parameters() if weight.dim() == 4]
    try:
        for kernel in kernels:
            kernel.data = kernel.data.to(memory_format=memory_format)  # contiguous() would leave C1's as it is
        yield
    finally:
        for kernel in kernels:
            kernel.data = kernel.data.contiguous()


def _expect_pairs(X: object, y: object) -> None:
    if not isinstance(X, torch.Tensor) or not isinstance(y, torch.Tensor):
        raise TypeError(f"Expected tensors, got {type(X).__name__} and {type(y).__name__}; use torch.as_tensor(...).")
    if len(X) == 0 or len(X) != len(y):
        raise ValueError(f"Expected as many labels as images and at least one, got {len(X)} images and {len(y)} labels.")
    if y.dtype != torch.int64 or y.dim() != 1:
        remedy = "y.argmax(1)" if y.dim() == 2 and y.shape[1] > 1 else "y.long().flatten()"
        raise ValueError(f"Expected labels as torch.int64 (N,), got {y.dtype} {tuple(y.shape)}; use {remedy}.")
    if y.min() < 0:
        raise ValueError(f"Expected labels 0, 1, 2, ..., got {int(y.min())}.")
