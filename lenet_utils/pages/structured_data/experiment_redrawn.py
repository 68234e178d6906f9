"""How much the labelled examples matter that the readers happen to get: several draws of them for every network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from lenet_utils import data as datasets
from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import RECIPE, train_relu_lenet
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.structured_data.experiment import HALF, LAYERS, READERS, brought, halves, read
from lenet_utils.training.features import features
from lenet_utils.training.fit import fit

DRAWS = {100: 4, 1000: 1}  # labels, and how often they are drawn for every network
UNTRAINED = "S4 untrained"


def redrawn(
    net: LeNet, fresh: LeNet, parts: Sequence[torch.Tensor], seed: int, draws: Mapping[int, int] = DRAWS
) -> dict[str, dict[str, dict[str, float]]]:
    """Mean share right over the draws, `{layer: {labels: {reader: share}}}`, of readers on layers of `net` and on S4 of `fresh`.

    `parts` are `X_train`, `y_train`, `X_test`, `y_test`. All layers get the same draws, which share no
    example, and every `seed` has its own.
    """
    X, y, X_test, y_test = parts
    sees = {layer: (net, layer) for layer in LAYERS} | {UNTRAINED: (fresh, "S4")}
    order, result = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed)), dict[str, Any]()
    X, y = X[order], y[order]
    for name, (each, layer) in sees.items():
        test, result[name] = features(each, X_test, layer), {}
        for n, times in draws.items():
            table, labels = features(each, X[: n * times], layer).split(n), y[: n * times].split(n)
            shares = [read(*some, test, y_test, seed) for some in zip(table, labels, strict=True)]
            result[name][str(n)] = {reader: round(sum(share[reader] for share in shares) / times, 4) for reader in READERS}
    return result


def both(digits: Digits, seed: int, *, num_epochs: int = 3, zips: Digits | None = None) -> dict[str, Any]:
    """`redrawn` for the zip codes of 1989 after training on MNIST, `zips`, and for the digits 5 to 9 after 0 to 4, `new`."""
    zips = zips or datasets.load("usps")
    net = train_relu_lenet(digits, seed, num_epochs=num_epochs)
    parts = brought(zips.X_train), zips.y_train, brought(zips.X_test), zips.y_test
    on_zips = redrawn(net, LeNet("relu", "max", seed=seed), parts, seed)
    (X, y, *_), new = halves(digits)
    half = LeNet("relu", "max", num_classes=HALF, seed=seed)
    fit(half, X, y, seed=seed, progress=False, **RECIPE | {"num_epochs": num_epochs})
    on_new = redrawn(half, LeNet("relu", "max", num_classes=HALF, seed=seed), new, seed)
    return {"zips": on_zips, "new": on_new}


@named(data="mnist", seeds=5)
def redrawn_labels(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Zip codes and new digits read from the layers of a network, with several draws of the labelled examples for each seed."""
    return compare({"trained": {}}, seeds, data, run=both, keep=keep)
