"""What a network with one hidden layer reads from every layer of a LeNet; `class_space` has the same for a linear classifier."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import nn

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import train_relu_lenet, validation_split
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.sentences.experiment import fit_readers, read

WEIGHTS = 100_000  # of the reader, at every layer alike
# The best of 0.001, 0.002, 0.005, 0.01, 0.02 and 0.04 on 10,000 held-back training digits, over all layers of two networks.
RATE = 0.01


def hidden_reader(values: int) -> nn.Module:
    """A network with one hidden layer of ReLU, as wide as `WEIGHTS` numbers allow for so many `values`."""
    units = (WEIGHTS - 10) // (values + 1 + 10)
    return nn.Sequential(nn.Linear(values, units), nn.ReLU(), nn.Linear(units, 10))


def on_readers(
    digits: Digits, seed: int, *, trained: bool = True, num_epochs: int = 3, lr: float = RATE, hold_back: int = 0
) -> dict[str, Any]:
    """`layers`: the test accuracy of the reader after each layer, fitted to all training digits; `accuracy` is that of C3.

    `hold_back` training digits take the place of the test digits.
    """
    digits = validation_split(digits, hold_back) if hold_back else digits
    net = train_relu_lenet(digits, seed, num_epochs=num_epochs) if trained else LeNet("relu", "max", seed=seed)
    readers = fit_readers(net, digits, seed, lr=lr, reader_of=hidden_reader)
    scores = {layer: read(net, reader, digits, layer) for layer, reader in readers.items()}
    return {"accuracy": scores["C3"], "layers": scores}


@named(data="mnist", seeds=10)
def readers(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """What a network with a hidden layer reads after every layer of a trained and of an untrained LeNet, all digits used."""
    return compare({"trained": {}, "untrained": {"trained": False}}, seeds, data, run=on_readers, keep=keep)
