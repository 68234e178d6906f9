"""Fit and evaluate on tensors in memory, repeatable bit for bit on one machine."""

import math
import time
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from tqdm.auto import tqdm

OPTIMIZERS = {"sgd": torch.optim.SGD, "adamw": torch.optim.AdamW}
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
    net, X, y, *, num_epochs=5, lr=0.1, batch_size=256, optimizer="sgd", momentum=0.0, weight_decay=0.0,
    schedule="constant", validation=None, seed=0, progress=True,
):  # fmt: skip
    """Train `net` in place on images `X` `(N, C, H, W)` and labels `y` `(N,)`; returns its `History`.

    `schedule` shapes the rate over the run: `constant`, `cosine`, or `one-cycle` (a linear rise over the first
    30 %, then a cosine to 0). `validation` is a pair `(X, y)`. `seed` orders the batches. Prints nothing.
    """
    _expect_pairs(X, y)
    _expect_known("optimizer", optimizer, OPTIMIZERS)
    _expect_known("schedule", schedule, SCHEDULES)
    extra = {"momentum": momentum} if optimizer == "sgd" else {}
    opt = OPTIMIZERS[optimizer](net.parameters(), lr=lr, weight_decay=weight_decay, **extra)
    num_steps = num_epochs * math.ceil(len(X) / batch_size)
    rates = torch.optim.lr_scheduler.LambdaLR(opt, lambda step: SCHEDULES[schedule]((step + 0.5) / max(num_steps, 1)))
    history, order = History(), torch.Generator().manual_seed(seed)
    net.train()
    with tqdm(total=num_steps, disable=not progress, leave=False, unit="step") as bar:
        for _ in range(num_epochs):
            start = time.perf_counter()
            history.losses += _epoch(net, X, y, batch_size, opt, rates, order, bar)
            history.seconds += time.perf_counter() - start
            history.images += len(X)
            if validation is not None:
                history.accuracies.append(evaluate(net, *validation).accuracy)
                bar.set_postfix(accuracy=f"{history.accuracies[-1]:.4f}")
    return history


def _epoch(net, X, y, batch_size, opt, rates, order, bar):
    losses = []
    for batch in torch.randperm(len(X), generator=order).split(batch_size):
        loss = F.cross_entropy(net(X[batch]), y[batch])
        opt.zero_grad()
        loss.backward()
        opt.step()
        rates.step()
        losses.append(loss.detach())
        bar.update()
    return torch.stack(losses).tolist()


@torch.no_grad()
def evaluate(net, X, y, batch_size=1000):
    """`Metrics` of `net` on images `X` `(N, C, H, W)` and labels `y` `(N,)`."""
    _expect_pairs(X, y)
    was_training = net.training
    net.eval()
    logits = torch.cat([net(batch) for batch in X.split(batch_size)])
    net.train(was_training)
    predictions = logits.argmax(1)
    return Metrics(F.cross_entropy(logits, y).item(), (predictions == y).double().mean().item(), predictions)


def _expect_pairs(X, y):
    if len(X) == 0 or len(X) != len(y):
        raise ValueError(f"Expected as many labels as images and at least one, got {len(X)} images and {len(y)} labels.")


def _expect_known(what, name, known):
    if name not in known:
        raise ValueError(f"No {what} is called {name!r}. Known: {', '.join(known)}.")
