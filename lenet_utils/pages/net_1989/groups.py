"""Groups of networks trained side by side as their papers say, and what is measured of each.

A run of `compare` is a group, and its seed that of the first network.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.nets.papers import RBF, Full, Maps, Paper, Subsampling
from lenet_utils.pages.net_1989 import levenberg

# The bound of the initial weights by the number of inputs n: as both papers print it; as the authors' own program for LeNet-5
# has it (lenet5.lsh of Lush, "forget 1 2", in the repository of QMNIST); and as Karpathy took it.
BOUNDS = {"2.4/n": lambda n: 2.4 / n, "1/root": lambda n: n**-0.5, "2.4/root": lambda n: 2.4 * n**-0.5}


def pattern_order(order: str, n: int, seed: int) -> torch.Tensor:
    """The numbers below `n` as they come (`file`) or shuffled by `seed` (`random`)."""
    return torch.arange(n) if order == "file" else torch.randperm(n, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def rescale(net: Paper, init: str) -> Paper:
    """`net` with the same initial weights on another scale, one of `BOUNDS`; returns it."""
    for layer in (net[name] for name in net.layers):
        if not isinstance(layer, RBF):
            scale = BOUNDS[init](fan_in(layer)) / (2.4 / fan_in(layer))
            layer.weight *= scale
            layer.bias *= scale
    return net


def fan_in(layer: Maps | Subsampling | Full) -> int:
    """How many inputs a unit of `layer` has."""
    if isinstance(layer, Subsampling):
        return 4
    return int(layer.links[0].sum()) * layer.kernel**2 if isinstance(layer, Maps) else layer.weight.shape[1]


def train_group(
    nets: Sequence[Paper], X: torch.Tensor | Callable[[int], torch.Tensor], y: torch.Tensor, X_test: torch.Tensor,
    y_test: torch.Tensor, loss: levenberg.Loss, etas: Sequence[levenberg.Rate], *, train: torch.Tensor | None = None,
    **options: Any,
) -> dict[str, Any]:  # fmt: skip
    """Train `nets` by `levenberg.passes`, `train` being the images to measure on if `X` is a function; see `measure`."""
    start = time.perf_counter()
    images: Any = X if train is None else train
    curve = [levenberg.errors(nets, X_test, y_test) for _ in levenberg.passes(nets, X, y, loss, etas, **options)]
    seconds = time.perf_counter() - start
    measures = measure(nets, images, y, X_test, y_test)
    return measures | {"curve": list(map(list, zip(*curve, strict=True))), "nets": len(nets), "group_seconds": seconds}


@torch.no_grad()
def measure(
    nets: Sequence[Paper], X: torch.Tensor, y: torch.Tensor, X_test: torch.Tensor, y_test: torch.Tensor
) -> dict[str, Any]:
    """Lists with one entry a network: `error` and `train_error` as shares, the `rejects` for 1 % error, the `wrong` places."""
    scores = [torch.cat([net(images) for images in X_test.split(1000)]) for net in nets]
    return {
        "error": [(each.argmax(1) != y_test).double().mean().item() for each in scores],
        "train_error": levenberg.errors(nets, X, y),
        "rejects": [rejects(each, y_test) for each in scores],
        "wrong": [(each.argmax(1) != y_test).nonzero().flatten().tolist() for each in scores],
        "answers": [each.argmax(1)[each.argmax(1) != y_test].tolist() for each in scores],
    }


def rejects(scores: torch.Tensor, y: torch.Tensor, error: float = 0.01) -> float:
    """The smallest share of patterns to turn away, those with the smallest gap between the two best of `scores` `(N, 10)`,
    so that at most `error` of the rest are wrong."""
    best = scores.topk(2).values
    order = (best[:, 1] - best[:, 0]).argsort()  # from the widest gap to the narrowest
    wrong = (scores.argmax(1) != y)[order].double().cumsum(0)
    enough = (wrong <= error * torch.arange(1, len(y) + 1)).nonzero().flatten()
    return 1 - (int(enough[-1]) + 1 if len(enough) else 0) / len(y)


def one_row_per_seed(groups: Comparison) -> Comparison:
    """The `Comparison` of single networks from one whose every run trained several side by side."""
    rows = []
    for group in groups.runs.to_dict("records"):
        columns = {name: values for name, values in group.items() if isinstance(values, list)}
        for place in range(group["nets"]):
            row = {"variant": group["variant"], "seed": group["seed"] + place} | {n: v[place] for n, v in columns.items()}
            rows.append(row | {"seconds": round(group["group_seconds"] / group["nets"], 1)})
    return Comparison(pd.DataFrame(rows))


def in_groups(
    variants: Mapping[str, dict[str, Any]], seeds: Sequence[int], data: str, run: Callable[..., dict[str, Any]],
    keep: Path | None, size: int,
) -> Comparison:  # fmt: skip
    """The `Comparison` of single networks that `run` trains side by side, `size` at a time."""
    variants = {name: settings | {"nets": min(size, len(seeds))} for name, settings in variants.items()}
    return one_row_per_seed(compare(variants, list(seeds)[:: min(size, len(seeds))], data, run=run, keep=keep))


def without_columns(comparison: Comparison, *columns: str) -> Comparison:
    return Comparison(comparison.runs.drop(columns=list(columns)))
