"""What chance alone gives where the page reads labels: the purity of nine images, and the digit that loses most."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import train_relu_lenet
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.see_features.experiment import by_class, purity, strongest
from lenet_utils.training.fit import evaluate

LAYERS = ("C1", "C3", "F5", "F6")


def shuffled_purity(image: torch.Tensor, y: torch.Tensor, shuffles: int = 1000, seed: int = 0) -> torch.Tensor:
    """The mean `purity` of units with the images `image` `(units, count)` after each of `shuffles` of the labels `y`."""
    chance = torch.Generator().manual_seed(seed)
    orders = (torch.randperm(len(y), generator=chance) for _ in range(shuffles))
    return torch.stack([purity(y[order][image]).mean() for order in orders])


def leading(counts: torch.Tensor) -> torch.Tensor:
    """Which of the ten digits of each row of `counts` `(units, 10)` have its largest value, as shares of 1: `(units, 10)`."""
    largest = (counts == counts.amax(1, keepdim=True)).double()
    return largest / largest.sum(1, keepdim=True)


def shuffled_agreement(seen: torch.Tensor, lost: torch.Tensor, shuffles: int = 1000, seed: int = 0) -> torch.Tensor:
    """The share of units with the same digit leading in `seen` and in `lost` `(units, 10)`, then with the units shuffled.

    Where k digits tie, each counts 1/k. Returns `(1 + shuffles,)`.
    """
    seen, lost, chance = leading(seen), leading(lost), torch.Generator().manual_seed(seed)
    orders = [torch.arange(len(seen)), *(torch.randperm(len(seen), generator=chance) for _ in range(shuffles))]
    return torch.stack([(seen[order] * lost).sum(1).mean() for order in orders])


@torch.no_grad()
def of_seed(digits: Digits, seed: int, num_epochs: int = 3, images: int = 4000) -> dict[str, Any]:
    """The network of the experiment `features` and its untrained twin.

    `purity` of each layer, its mean `by chance`, over 1,000 shuffles of the labels, and the share of them that is `as large`;
    of C3's units, the counts of the digits among the nine images, `seen`, and how many test images of each digit the network
    loses without the unit, `lost`, of how many, `size`.
    """
    with torch.enable_grad():
        net = train_relu_lenet(digits, seed, num_epochs=num_epochs)
    X, y, result = digits.X_train[:images], digits.y_train[:images], dict[str, Any]()
    for which, each in {"trained": net, "untrained": LeNet("relu", "max", seed=seed)}.items():
        maps, result[which] = each.maps(X), dict[str, Any]()
        for layer in LAYERS:
            values = maps[layer].view(len(X), maps[layer].shape[1], *(maps[layer].shape[2:] or (1, 1)))
            image = strongest(values)[0][values.amax((0, 2, 3)) > 0]
            value, null = purity(y[image]).mean(), shuffled_purity(image, y, seed=seed)
            row = {"purity": value, "by chance": null.mean(), "as large": (null >= value - 1e-6).float().mean()}
            result[which][layer] = {name: round(number.item(), 4) for name, number in row.items()}
    size = digits.y_test.bincount(minlength=10)
    whole = by_class(net, digits.X_test, digits.y_test)
    left = torch.stack([by_class(net, digits.X_test, digits.y_test, unit) for unit in range(16)])
    seen = F.one_hot(y[strongest(net.maps(X)["C3"])[0]], 10).sum(1)
    counts = {"seen": seen.tolist(), "lost": ((whole - left) * size).round().int().tolist(), "size": size.tolist()}
    return {"accuracy": evaluate(net, digits.X_test, digits.y_test).accuracy, **counts, **result}


@named(data="mnist", seeds=5)
def features_by_chance(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Purity of a layer's units after shuffles of the labels, and what each map of C3 costs each digit."""
    return compare({"lenet": {}}, seeds, data, run=of_seed, keep=keep)
