"""The sentences of the summary, each as an experiment: structure, position, and the way into class space."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.errors import expect_one_of
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import RECIPE, fit_by_recipe, train_relu_lenet
from lenet_utils.nets.lenet import MLP, SAME_WEIGHTS, LeNet, seeded
from lenet_utils.training.fit import evaluate, fit
from lenet_utils.training.probe import probe

SHIFTS = range(-6, 7)
LAYERS = ("input", "C1", "S2", "C3", "S4", "F5", "F6", "OUT")


class Subsampled(LeNet):
    """A `LeNet` that halves its maps as `by` says: `max` or `avg` pooling, a `stride` of 2 in the convolutions, or `none`."""

    def __init__(self, by: str = "max", **settings: Any) -> None:
        expect_one_of("way to halve a map", by, ("max", "avg", "stride", "none"))
        super().__init__(pool=by if by in ("max", "avg") else "max", **settings)
        if by in ("stride", "none"):
            self.pool = nn.Identity()
        if by == "stride":
            self.C1.stride = self.C3.stride = (2, 2)
        if by == "none":
            with seeded(settings.get("seed")):
                self.F5 = nn.Linear(16 * 24 * 24, 120)
            nn.init.xavier_uniform_(self.F5.weight, generator=torch.Generator().manual_seed(settings.get("seed") or 0))


def permuted(X: torch.Tensor, seed: int = 0) -> torch.Tensor:
    """Images `(N, C, H, W)` with their pixels in another order, the same for all."""
    order = torch.randperm(X[0, 0].numel(), generator=torch.Generator().manual_seed(seed))
    return X.flatten(2)[:, :, order].view_as(X)


def shifted(X: torch.Tensor, right: int, down: int = 0, background: float = 0.0) -> torch.Tensor:
    """Images `(N, C, H, W)` moved by whole pixels; `background` comes in at the edge."""
    moved = torch.full_like(X, background)
    height, width = X.shape[-2:]
    to = slice(max(down, 0), height + min(down, 0)), slice(max(right, 0), width + min(right, 0))
    off = slice(max(-down, 0), height + min(-down, 0)), slice(max(-right, 0), width + min(-right, 0))
    moved[..., to[0], to[1]] = X[..., off[0], off[1]]
    return moved


def on_order(digits: Digits, seed: int, *, model: str, permute: bool = False, num_epochs: int = 3) -> dict[str, float]:
    """`accuracy` of a LeNet or an MLP of as many weights, on digits as they are or with permuted pixels."""
    X, X_test = (permuted(X) if permute else X for X in (digits.X_train, digits.X_test))
    net = LeNet("relu", "max", seed=seed) if model == "lenet" else MLP(SAME_WEIGHTS, "relu", seed=seed)
    fit(net, X, digits.y_train, seed=seed, progress=False, **RECIPE | {"num_epochs": num_epochs})
    return {"accuracy": evaluate(net, X_test, digits.y_test).accuracy}


def on_shifts(digits: Digits, seed: int, *, by: str, num_epochs: int = 3) -> dict[str, Any]:
    """`accuracies` on test digits moved to the right by each of `SHIFTS` pixels, after training on centred ones; `params`."""
    net = fit_by_recipe(Subsampled(by, activation="relu", seed=seed), digits, seed, num_epochs=num_epochs)
    moved = (shifted(digits.X_test, right) for right in SHIFTS)
    accuracies = [evaluate(net, X, digits.y_test).accuracy for X in moved]
    return {
        "accuracy": accuracies[len(accuracies) // 2],
        "accuracies": accuracies,
        "params": sum(p.numel() for p in net.parameters()),
    }


def on_probes(digits: Digits, seed: int, *, trained: bool = True, num_epochs: int = 3, images: int = 2000) -> dict[str, Any]:
    """`layers`: accuracy of logistic regression on what each layer gives, fitted to `images` training digits.

    It is tested on as many test digits; `accuracy` is that of F6, the last layer before the answer.
    """
    net = train_relu_lenet(digits, seed, num_epochs=num_epochs) if trained else LeNet("relu", "max", seed=seed)
    scores = {layer: probe(net, digits, layer, images) for layer in LAYERS}
    return {"accuracy": scores["F6"], "layers": scores}


@named(data="mnist", seeds=5)
def structure(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """LeNet and an MLP of as many weights, on digits and on digits with permuted pixels."""
    variants = {f"{m}{' permuted' * p}": {"model": m, "permute": p} for m in ("lenet", "mlp") for p in (False, True)}
    return compare(variants, seeds, data, run=on_order, keep=keep)


@named(data="mnist", seeds=5)
def position(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Accuracy on shifted digits with maximum, average, stride and no subsampling."""
    return compare({by: {"by": by} for by in ("max", "avg", "stride", "none")}, seeds, data, run=on_shifts, keep=keep)


@named(data="mnist", seeds=5)
def class_space(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Linear probes after every layer of a trained and of an untrained LeNet."""
    return compare({"trained": {}, "untrained": {"trained": False}}, seeds, data, run=on_probes, keep=keep)
