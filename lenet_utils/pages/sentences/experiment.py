"""The sentences of the summary, each as an experiment: structure, position, and the way into class space."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.data import Digits
from lenet_utils.errors import expect_one_of
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import RECIPE, fit_by_recipe, train_relu_lenet
from lenet_utils.nets.lenet import MLP, SAME_WEIGHTS, LeNet, seeded
from lenet_utils.training.features import features
from lenet_utils.training.fit import SCHEDULES, evaluate, fit

DIRECTIONS = {"right": (1, 0), "left": (-1, 0), "down": (0, 1), "up": (0, -1)}
SHIFTS = range(7)  # pixels
WAYS = ("max", "avg", "stride", "none")
LAYERS = ("input", "C1", "S2", "C3", "S4", "F5", "F6", "OUT")


class Subsampled(LeNet):
    """A `LeNet` that halves its maps as `by` says: `max` or `avg` pooling, a `stride` of 2 in the convolutions, or `none`."""

    def __init__(self, by: str = "max", **settings: Any) -> None:
        expect_one_of("way to halve a map", by, WAYS)
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
    """`accuracy` after training on digits as they are or with permuted pixels.

    `model`: `lenet`; `frozen`, a LeNet whose convolutions keep their initial weights; `mlp`, dense layers of as many weights.
    """
    X, X_test = (permuted(X) if permute else X for X in (digits.X_train, digits.X_test))
    net = MLP(SAME_WEIGHTS, "relu", seed=seed) if model == "mlp" else LeNet("relu", "max", seed=seed)
    if model == "frozen":
        net.C1.requires_grad_(False)
        net.C3.requires_grad_(False)
    fit(net, X, digits.y_train, seed=seed, progress=False, **RECIPE | {"num_epochs": num_epochs})
    return {"accuracy": evaluate(net, X_test, digits.y_test).accuracy}


def on_shifts(digits: Digits, seed: int, *, by: str, num_epochs: int = 3) -> dict[str, Any]:
    """`accuracies` on test digits moved by each of `SHIFTS` pixels, a list for each of `DIRECTIONS`; trained on centred ones.

    `accuracy` is that on digits that were not moved, `params` the number of weights.
    """
    net = fit_by_recipe(Subsampled(by, activation="relu", seed=seed), digits, seed, num_epochs=num_epochs)
    centred = evaluate(net, digits.X_test, digits.y_test).accuracy
    accuracies = {
        name: [centred] + [_moved_accuracy(net, digits, right * by, down * by) for by in SHIFTS[1:]]
        for name, (right, down) in DIRECTIONS.items()
    }
    return {"accuracy": centred, "accuracies": accuracies, "params": sum(p.numel() for p in net.parameters())}


def _moved_accuracy(net: nn.Module, digits: Digits, right: int, down: int) -> float:
    return evaluate(net, shifted(digits.X_test, right, down, digits.background), digits.y_test).accuracy


def over_directions(comparison: Comparison, by: str) -> torch.Tensor:
    """The accuracies of `on_shifts`, averaged over the four directions: `(seeds, shifts)`."""
    runs = comparison.values(by, "accuracies")
    return torch.tensor([[run[name] for name in DIRECTIONS] for run in runs], dtype=torch.float64).mean(1)


PAIRS = (("max", "avg"), ("max", "none"), ("avg", "none"), ("stride", "none"), ("max", "stride"), ("avg", "stride"))


def lost_less(comparison: Comparison, shifts: Sequence[int] = (1, 4)) -> dict[tuple[str, str, int], torch.Tensor]:
    """How much less accuracy one network of each of `PAIRS` loses than the other when digits move by each of `shifts` pixels.

    For a pair and a shift a value for each seed, a share and not in per cent.
    """
    curves = {by: over_directions(comparison, by) for by in WAYS}
    lost = {by: curve[:, :1] - curve for by, curve in curves.items()}
    return {(a, b, by): lost[b][:, by] - lost[a][:, by] for a, b in PAIRS for by in shifts}


def on_probes(digits: Digits, seed: int, *, trained: bool = True, num_epochs: int = 3) -> dict[str, Any]:
    """`layers`: the test accuracy of a linear classifier that reads what each layer outputs, fitted to all training digits.

    `accuracy` is that of F6, the last layer before the answer.
    """
    net = train_relu_lenet(digits, seed, num_epochs=num_epochs) if trained else LeNet("relu", "max", seed=seed)
    readers = fit_readers(net, digits, seed)
    scores = {layer: read(net, reader, digits, layer) for layer, reader in readers.items()}
    return {"accuracy": scores["F6"], "layers": scores}


def linear_reader(values: int) -> nn.Module:
    """A linear classifier of ten classes for so many `values`."""
    return nn.Linear(values, 10)


def fit_readers(
    net: LeNet, digits: Digits, seed: int = 0, num_epochs: int = 5, lr: float = 0.005,
    reader_of: Callable[[int], nn.Module] = linear_reader,
) -> dict[str, nn.Module]:  # fmt: skip
    """A classifier for each of `LAYERS`, all fitted in the same passes over the training digits; `net` stays as it is.

    `reader_of` makes one for a number of values; it is linear unless another is given. What a layer outputs is divided by
    its root mean square first, so that one rate serves all.
    """
    some = outputs(net, digits.X_train[:1000])
    scales = {layer: values.square().mean().sqrt() for layer, values in some.items()}
    with seeded(seed):
        readers = {layer: reader_of(values.shape[1]) for layer, values in some.items()}
    opt = torch.optim.AdamW([weight for reader in readers.values() for weight in reader.parameters()], lr=lr)
    chance = torch.Generator().manual_seed(seed)
    batches = [batch for _ in range(num_epochs) for batch in torch.randperm(len(digits.y_train), generator=chance).split(256)]
    for step, batch in enumerate(batches):
        opt.param_groups[0]["lr"] = lr * SCHEDULES["one-cycle"]((step + 0.5) / len(batches))
        values, labels = outputs(net, digits.X_train[batch]), digits.y_train[batch]
        loss = torch.stack([F.cross_entropy(readers[layer](values[layer] / scales[layer]), labels) for layer in LAYERS]).sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
    for layer, reader in readers.items():
        first = next(part for part in reader.modules() if isinstance(part, nn.Linear))
        first.weight.data /= scales[layer]
    return readers


@torch.no_grad()
def outputs(net: LeNet, X: torch.Tensor) -> dict[str, torch.Tensor]:
    """What each of `LAYERS` outputs for images `X`, as `(N, values)`."""
    return {layer: values.flatten(1) for layer, values in {"input": X, **net.eval().maps(X)}.items()}


@torch.no_grad()
def read(net: LeNet, reader: nn.Module, digits: Digits, layer: str) -> float:
    """The share of the test digits that `reader` names from what `layer` of `net` outputs."""
    guesses = [reader(features(net, X, layer)).argmax(1) for X in digits.X_test.split(1000)]
    return (torch.cat(guesses) == digits.y_test).double().mean().item()


@named(data="mnist", seeds=10)
def structure(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """LeNet, LeNet with frozen convolutions, and an MLP of as many weights, on digits and on digits with permuted pixels."""
    models = ("lenet", "frozen", "mlp")
    variants = {f"{m}{' permuted' * p}": {"model": m, "permute": p} for m in models for p in (False, True)}
    return compare(variants, seeds, data, run=on_order, keep=keep)


@named(data="mnist", seeds=10)
def position(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Accuracy on digits moved in four directions, with max pooling, average pooling, stride and no subsampling."""
    return compare({by: {"by": by} for by in WAYS}, seeds, data, run=on_shifts, keep=keep)


@named(data="mnist", seeds=10)
def class_space(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """What a linear classifier reads after every layer of a trained and of an untrained LeNet, all digits used."""
    return compare({"trained": {}, "untrained": {"trained": False}}, seeds, data, run=on_probes, keep=keep)
