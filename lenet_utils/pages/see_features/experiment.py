"""What a network seems to have learned, in pictures, and measurements that ask whether the pictures may be believed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import train_relu_lenet
from lenet_utils.nets.lenet import LeNet
from lenet_utils.training.fit import evaluate

TILE = 4  # pixels; 49 tiles cover a digit
HIDDEN = range(11)  # tiles
PRICE = 0.1  # of a pixel of ink


def strongest(maps: torch.Tensor, count: int = 9) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Where each of C maps is largest: images, rows and columns, each `(C, count)`, from `(N, C, H, W)`; one place an image."""
    peak, place = maps.flatten(2).max(2)  # (N, C)
    image = peak.topk(count, dim=0).indices.T
    place = place.T.gather(1, image)
    return image, place // maps.shape[3], place % maps.shape[3]


def patches(net: LeNet, X: torch.Tensor, found: tuple[torch.Tensor, ...], layer: str) -> torch.Tensor:
    """The pixels that the units `found` by `strongest` in a convolution see: `(C, count, field, field)`."""
    row, padding = net.table[layer], int(net.C1.padding[0])
    windows = F.pad(X[:, 0], [padding] * 4).unfold(1, row.field, row.jump).unfold(2, row.field, row.jump)
    return windows[found]


def alike(cut: torch.Tensor) -> torch.Tensor:
    """The mean correlation between the patches `(C, count, field, field)` of a unit: `(C,)`."""
    values = cut.flatten(2)
    values = values - values.mean(2, keepdim=True)
    values = values / values.norm(dim=2, keepdim=True).clamp(min=1e-9)
    count = cut.shape[1]
    return ((values @ values.transpose(1, 2)).sum((1, 2)) - count) / (count * (count - 1))


def purity(labels: torch.Tensor) -> torch.Tensor:
    """The share of the most frequent digit among the `labels` `(units, count)` of each unit: `(units,)`."""
    counts = F.one_hot(labels, 10).sum(1)
    return counts.max(1).values / labels.shape[1]


def ascend(
    score: Callable[[torch.Tensor], torch.Tensor], start: torch.Tensor, steps: int = 200, lr: float = 0.05
) -> torch.Tensor:
    """Pictures like `start` `(N, 1, H, W)`, changed step by step so that `score(pictures)` `(N,)` grows; pixels stay 0 to 1."""
    X = start.clone().requires_grad_()
    opt = torch.optim.Adam([X], lr=lr)
    for _ in range(steps):
        (grad,) = torch.autograd.grad(-score(X).sum(), X)
        X.grad = grad
        opt.step()
        with torch.no_grad():
            X.clamp_(0, 1)
    return X.detach()


def pleasing(net: nn.Module, seed: int = 0, price: float = 0.0) -> torch.Tensor:
    """Ten pictures `(10, 1, 28, 28)`, made by ascent from grey noise, each to please one output; a pixel of ink costs `price`."""
    chance, digit = torch.Generator().manual_seed(seed), torch.arange(10)
    start = (0.5 + 0.1 * torch.randn(10, 1, 28, 28, generator=chance)).clamp(0, 1)
    return ascend(lambda X: net(X)[digit, digit] - price * X.sum((1, 2, 3)), start)


def tiles(X: torch.Tensor, side: int = TILE) -> torch.Tensor:
    """Masks `(49, 1, H, W)`, each true on one square of `side` pixels; together they cover a picture."""
    height, width = X.shape[-2:]
    rows, columns = height // side, width // side
    number = torch.arange(rows * columns).view(rows, columns)
    number = number.repeat_interleave(side, 0).repeat_interleave(side, 1)
    return (number == torch.arange(rows * columns).view(-1, 1, 1))[:, None]


@torch.no_grad()
def occlusion(net: nn.Module, X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """By how much the score of its own digit falls when a tile of the picture is blank: `(N, tiles)`."""
    masks = tiles(X)
    hidden = torch.stack([net(X.masked_fill(mask, 0)) for mask in masks], dim=1)  # (N, 49, 10)
    return (net(X)[:, None] - hidden)[torch.arange(len(X)), :, y]


def ink(X: torch.Tensor, side: int = TILE) -> torch.Tensor:
    """The mean of the pixels of each tile: `(N, tiles)`."""
    return F.avg_pool2d(X, side).flatten(1)


@torch.no_grad()
def after_hiding(
    net: nn.Module, X: torch.Tensor, y: torch.Tensor, order: torch.Tensor, counts: Iterable[int] = HIDDEN
) -> list[float]:
    """Shares right when the first 0, 1, 2, ... tiles in `order` `(N, tiles)` of each picture are blank."""
    masks, found = tiles(X)[:, 0], []
    for count in counts:
        hide = masks[order[:, :count]].any(1)[:, None]  # (N, 1, H, W)
        found.append((net(X.masked_fill(hide, 0)).argmax(1) == y).double().mean().item())
    return found


@torch.no_grad()
def by_class(net: LeNet, X: torch.Tensor, y: torch.Tensor, without: int | None = None) -> torch.Tensor:
    """The share right of each digit, `(10,)`, when the map `without` of C3 is silent."""

    def silence(layer: nn.Module, given: Any, maps: torch.Tensor) -> torch.Tensor:
        maps[:, without] = 0
        return maps

    hook = net.C3.register_forward_hook(silence) if without is not None else None
    guess = evaluate(net, X, y).predictions
    if hook:
        hook.remove()
    return torch.stack([(guess[y == digit] == digit).double().mean() for digit in range(10)])


def look(digits: Digits, seed: int, num_epochs: int = 3, images: int = 4000, tested: int = 500) -> dict[str, Any]:
    """Everything this module measures on the network of `seed`, beside the same network fresh and others of another seed.

    `accuracy`; of the nine images that excite a unit most among `images`, `purity` of a layer's units and how `alike` the
    patches are; of occlusion maps of `tested` digits, the correlation with `ink`, and the accuracies after hiding tiles in the
    order of `hidden`; the share of ten ascended pictures that the other network `recognised`; `agree`, the share of C3's units
    whose nine images are mostly of the digit that suffers most without the unit.
    """
    net, other = (train_relu_lenet(digits, start, num_epochs=num_epochs) for start in (seed, seed + 1000))
    fresh, judges = LeNet("relu", "max", seed=seed), {"trained": other, "untrained": net}
    nets, X, y = {"trained": net, "untrained": fresh}, digits.X_train[:images], digits.y_train[:images]
    found: dict[str, Any] = {"accuracy": evaluate(net, digits.X_test, digits.y_test).accuracy, "agree": agree(net, digits, X, y)}
    for which, each in nets.items():
        found |= {f"{name} {which}": value for name, value in of_pictures(each, X, y).items()}
        found[f"recognised {which}"] = {f"{price:g}": recognised(each, judges[which], seed, price) for price in (0.0, PRICE)}
    return found | of_occlusion({**nets, "other": other}, digits.X_test[:tested], digits.y_test[:tested], seed)


@torch.no_grad()
def of_pictures(net: LeNet, X: torch.Tensor, y: torch.Tensor) -> dict[str, dict[str, float]]:
    """`purity` of the layers and how `alike` the patches of the convolutions are; units that are never active do not count."""
    maps = net.maps(X)
    found: dict[str, dict[str, float]] = {"purity": {}, "alike": {}}
    for layer in ("C1", "C3", "F5", "F6"):
        values = maps[layer].view(len(X), maps[layer].shape[1], *(maps[layer].shape[2:] or (1, 1)))
        place = strongest(values)
        active = values.amax((0, 2, 3)) > 0
        found["purity"][layer] = purity(y[place[0]])[active].mean().item()
        if layer.startswith("C"):
            found["alike"][layer] = alike(patches(net, X, place, layer))[active].mean().item()
    return found


def recognised(net: nn.Module, judge: nn.Module, seed: int, price: float) -> float:
    """The share of the ten pictures that please `net` most which `judge` takes for the same digit."""
    return (judge(pleasing(net, seed, price)).argmax(1) == torch.arange(10)).double().mean().item()


@torch.no_grad()
def agree(net: LeNet, digits: Digits, X: torch.Tensor, y: torch.Tensor) -> float:
    """The share of C3's units whose nine images are mostly of the digit that loses most when the unit is silent."""
    image = strongest(net.maps(X)["C3"])[0]
    seen = F.one_hot(y[image], 10).sum(1).argmax(1)
    whole = by_class(net, digits.X_test, digits.y_test)
    lost = torch.stack([whole - by_class(net, digits.X_test, digits.y_test, unit) for unit in range(len(image))])
    return (seen == lost.argmax(1)).double().mean().item()


def of_occlusion(nets: Mapping[str, nn.Module], X: torch.Tensor, y: torch.Tensor, seed: int) -> dict[str, Any]:
    """`ink`, the mean correlation of each network's map with the ink, and `hidden`, what hiding tiles does to the trained one."""
    maps = {which: occlusion(net, X, y) for which, net in nets.items()}
    chance = torch.Generator().manual_seed(seed)
    orders = {**maps, "ink": ink(X), "random": torch.rand(ink(X).shape, generator=chance)}
    hidden = {which: after_hiding(nets["trained"], X, y, order.argsort(1, descending=True)) for which, order in orders.items()}
    return {"ink": {which: correlation(values.abs(), ink(X)) for which, values in maps.items()}, "hidden": hidden}


def correlation(first: torch.Tensor, second: torch.Tensor) -> float:
    """The mean over the rows of their correlation, rows without any change left out."""
    first, second = (values - values.mean(1, keepdim=True) for values in (first, second))
    size = first.norm(dim=1) * second.norm(dim=1)
    return ((first * second).sum(1) / size)[size > 0].mean().item()


def mean_of(runs: pd.DataFrame, column: str) -> dict[str, Any]:
    """The mean over the seeds of each entry, a number or a list of them, of the dictionaries in `column` of the table `runs`."""
    rows = runs[column].tolist()
    return {key: np.round(np.mean([row[key] for row in rows], axis=0), 4).tolist() for key in rows[0]}


@named(data="mnist", seeds=5)
def features(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Pictures of what a network learned beside those of an untrained one: patches, ascent, occlusion, and what they foretell."""
    return compare({"lenet": {}}, seeds, data, run=look, keep=keep)
