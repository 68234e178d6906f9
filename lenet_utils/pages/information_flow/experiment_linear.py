"""What a linear classifier reads from every layer of a LeNet, with the learning rate that is best for it on held-back digits."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import train_relu_lenet, validation_split
from lenet_utils.nets.lenet import LeNet, seeded
from lenet_utils.pages.sentences.experiment import LAYERS, outputs
from lenet_utils.training.fit import SCHEDULES

RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.04)
Readers = dict[str, list[nn.Linear]]  # for each layer one for each of `RATES`


def fit_at_all_rates(net: LeNet, digits: Digits, seed: int = 0, num_epochs: int = 5) -> Readers:
    """Linear classifiers of every layer, one for each of `RATES`, fitted as `fit_readers` does; they read scaled values.

    What a layer outputs is divided by its root mean square, which its first weights and biases already take into account.
    """
    scales = {layer: values.square().mean().sqrt() for layer, values in outputs(net, digits.X_train[:1000]).items()}
    sizes = {layer: values.shape[1] for layer, values in outputs(net, digits.X_train[:1]).items()}
    readers: Readers = {layer: [] for layer in LAYERS}
    for _ in RATES:
        with seeded(seed):
            for layer in LAYERS:
                readers[layer].append(nn.Linear(sizes[layer], 10))
    groups = [{"params": [w for layer in LAYERS for w in readers[layer][place].parameters()]} for place in range(len(RATES))]
    opt, chance = torch.optim.AdamW(groups, fused=True), torch.Generator().manual_seed(seed)
    batches = [batch for _ in range(num_epochs) for batch in torch.randperm(len(digits.y_train), generator=chance).split(256)]
    for step, batch in enumerate(batches):
        for group, rate in zip(opt.param_groups, RATES, strict=True):
            group["lr"] = rate * SCHEDULES["one-cycle"]((step + 0.5) / len(batches))
        values, labels = outputs(net, digits.X_train[batch]), digits.y_train[batch]
        scaled = {layer: values[layer] / scales[layer] for layer in LAYERS}
        opt.zero_grad()
        said = [logits for layer in LAYERS for logits in answers(readers[layer], scaled[layer])]
        torch.stack([F.cross_entropy(logits, labels) for logits in said]).sum().backward()
        opt.step()
    for layer in LAYERS:
        for reader in readers[layer]:
            reader.weight.data /= scales[layer]
    return readers


def answers(readers: Sequence[nn.Linear], values: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The logits of each of `readers`, computed at once."""
    weight, bias = (torch.cat([getattr(reader, name) for reader in readers]) for name in ("weight", "bias"))
    return F.linear(values, weight, bias).split(10, 1)


@torch.no_grad()
def scores(net: LeNet, readers: Readers, X: torch.Tensor, y: torch.Tensor) -> dict[str, list[float]]:
    """The share of digits `X` that each of `readers` reads."""
    right = {layer: torch.zeros(len(RATES), dtype=torch.float64) for layer in LAYERS}
    for images, labels in zip(X.split(1000), y.split(1000), strict=True):
        values = outputs(net, images)
        for layer in LAYERS:
            guesses = torch.stack([said.argmax(1) for said in answers(readers[layer], values[layer])])
            right[layer] += (guesses == labels).double().sum(1)
    return {layer: (counts / len(y)).tolist() for layer, counts in right.items()}


def on_linear(digits: Digits, seed: int, *, trained: bool = True, num_epochs: int = 3, hold_back: int = 10_000) -> dict[str, Any]:
    """`layers`: the test accuracy of the linear reader after each layer, at the rate in `rates`; `accuracy` is that of C3.

    The rate is that of the reader which is best on `hold_back` training digits; network and readers are fitted to the others.
    """
    split = validation_split(digits, hold_back)
    net = LeNet("relu", "max", seed=seed)
    if trained:
        net = train_relu_lenet(split, seed, num_epochs=num_epochs, engine="lanes")
    readers = fit_at_all_rates(net, split, seed)
    held, test = (scores(net, readers, *part) for part in ((split.X_test, split.y_test), (digits.X_test, digits.y_test)))
    best = {layer: shares.index(max(shares)) for layer, shares in held.items()}
    layers = {layer: test[layer][place] for layer, place in best.items()}
    return {"accuracy": layers["C3"], "layers": layers, "rates": {layer: RATES[place] for layer, place in best.items()}}


@named(data="mnist", seeds=10)
def linear_readers(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """What a linear classifier reads after every layer of a trained and of an untrained LeNet, its rate chosen for each layer."""
    return compare({"trained": {}, "untrained": {"trained": False}}, seeds, data, run=on_linear, keep=keep)
