"""The two networks that the lab in the page begins with."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from lenet_utils import data as datasets
from lenet_utils.experiments.registry import named
from lenet_utils.lab import weights
from lenet_utils.nets.lenet import LeNet
from lenet_utils.training.augment import Affine
from lenet_utils.training.fit import evaluate, fit

# Digits drawn with a mouse lean and vary more than those of MNIST, so the pictures are moved more than in the ladder.
WIDER = {"degrees": 15.0, "scale": 0.15, "shear": 0.2, "pixels": 2.0}
NETS: dict[str, dict[str, Any]] = {
    "relu": {"activation": "relu", "pool": "max", "init": "xavier"},
    "sigmoid": {"activation": "sigmoid", "pool": "avg", "init": "xavier-4"},
}
LRS = {"relu": 0.05, "sigmoid": 0.5}
NUM_EPOCHS = 20


@named(data="mnist", seeds=1)
def lab_nets(data: str, seeds: Sequence[int], keep: Path | None) -> dict[str, Any]:
    """LeNet with ReLU and maximum, and with sigmoid and average pooling: weights of 16 bits for the page, and their accuracy."""
    digits = datasets.load(data, normalise="pytorch", download=False)
    found = {name: _trained(name, digits, seeds[0]) for name in NETS}
    return {part: {name: each[part] for name, each in found.items()} for part in ("accuracy", "weights")}


def _trained(name: str, digits: datasets.Digits, seed: int) -> dict[str, float | str]:
    net = LeNet(**NETS[name], seed=seed)
    augment = Affine(**WIDER, background=digits.background)
    fit(
        net, digits.X_train, digits.y_train, num_epochs=NUM_EPOCHS, lr=LRS[name], momentum=0.9, batch_size=64,
        schedule="one-cycle", augment=augment, seed=seed, progress=False,
    )  # fmt: skip
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(weight.half())  # what the page has is what is measured
    accuracy = evaluate(net, digits.X_test, digits.y_test).accuracy
    return {"accuracy": accuracy, "weights": base64.b64encode(weights.packed(net, half=True, normalise="pytorch")).decode()}
