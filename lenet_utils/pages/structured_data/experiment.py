"""The 84 numbers of F6 as a table: for readers that know nothing of pictures, for other digits, and for another network."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from scipy.optimize import linear_sum_assignment
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from lenet_utils import data as datasets
from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import RECIPE, fit_by_recipe, train_relu_lenet
from lenet_utils.nets.lenet import LeNet
from lenet_utils.training.features import features
from lenet_utils.training.fit import evaluate, fit

READERS: dict[str, Callable[[int], Any]] = {
    "logistic": lambda seed: LogisticRegression(max_iter=300),
    "3 neighbours": lambda seed: KNeighborsClassifier(3),
    "forest": lambda seed: RandomForestClassifier(100, random_state=seed),
}
LAYERS = ("input", "S4", "F6")
HALF = 5  # of the ten digits

Shares = dict[str, dict[str, dict[str, float]]]  # share right by layer, digits the readers saw, and reader


def read(
    table: torch.Tensor, y: torch.Tensor, test: torch.Tensor, y_test: torch.Tensor, seed: int = 0,
    readers: Iterable[str] = tuple(READERS),
) -> dict[str, float]:  # fmt: skip
    """Share of `test` `(M, columns)` that each of `readers` gets right, fitted to the `table` `(N, columns)` and labels `y`."""
    scale = table.abs().max()
    rows, new = (table / scale).numpy(), (test / scale).numpy()
    models = {name: READERS[name](seed).fit(rows, y.numpy()) for name in readers}
    return {name: float(model.score(new, y_test.numpy())) for name, model in models.items()}


def rotation(columns: int, seed: int = 0) -> torch.Tensor:
    """A random rotation of tables with so many columns, as a matrix to multiply them with; all distances stay."""
    noise = torch.randn(columns, columns, generator=torch.Generator().manual_seed(seed))
    return torch.linalg.qr(noise).Q


def on_tables(
    digits: Digits, seed: int, *, layer: str, trained: bool = True, rotate: bool = False, images: int = 10_000,
    num_epochs: int = 10,
) -> dict[str, float]:  # fmt: skip
    """What the readers make of a `layer`, or of the pixels for `input`; network and readers see the same `images` digits."""
    net = LeNet("relu", "max", seed=seed)
    if trained and layer != "input":
        fit_by_recipe(net, digits, seed, images, num_epochs=num_epochs)
    table, test = features(net, digits.X_train[:images], layer), features(net, digits.X_test, layer)
    if rotate:
        turn = rotation(table.shape[1], seed)
        table, test = table @ turn, test @ turn
    return read(table, digits.y_train[:images], test, digits.y_test, seed)


def brought(X: torch.Tensor, side: int = 20) -> torch.Tensor:
    """The zip codes `(N, 1, 16, 16)` in MNIST's frame: `side` x `side` pixels, in the middle of 28x28."""
    return datasets.pad(F.interpolate(X, size=side, mode="bilinear", align_corners=False), 28)


def on_zip_codes(
    digits: Digits, seed: int, *, trained: bool = True, num_epochs: int = 3, sizes: Iterable[int] = (100, 1000, 7291),
    zips: Digits | None = None,
) -> dict[str, Any]:  # fmt: skip
    """What readers make of the zip codes of 1989 as `layers` of a network give them that has seen MNIST alone.

    `layers` is `{layer: {digits the readers saw: {reader: share right}}}`, `mnist` the network's own accuracy there, and `own`
    its accuracy on the zip codes, `brought` into MNIST's frame or `stretched` to all of its pixels.
    """
    zips = zips or datasets.load("usps")
    net = train_relu_lenet(digits, seed, num_epochs=num_epochs) if trained else LeNet("relu", "max", seed=seed)
    new = brought(zips.X_train), zips.y_train, brought(zips.X_test), zips.y_test
    own = {"brought": brought(zips.X_test), "stretched": brought(zips.X_test, 28)}
    return {
        "mnist": evaluate(net, digits.X_test, digits.y_test).accuracy,
        "own": {way: evaluate(net, pictures, zips.y_test).accuracy for way, pictures in own.items()},
        "layers": _by_size(net, *new, seed, sizes, LAYERS if trained else LAYERS[1:]),
    }


def halves(digits: Digits) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]]:
    """The digits 0 to 4 and the digits 5 to 9, each as `(X_train, y_train, X_test, y_test)`."""
    low, low_test = digits.y_train < HALF, digits.y_test < HALF
    return [
        (digits.X_train[train], digits.y_train[train], digits.X_test[test], digits.y_test[test])
        for train, test in ((low, low_test), (~low, ~low_test))
    ]


def on_new_digits(
    digits: Digits, seed: int, *, trained: bool = True, num_epochs: int = 3, sizes: Iterable[int] = (100, 1000, 10_000)
) -> dict[str, Any]:
    """What readers make of the digits 5 to 9 as a network gives them that has seen 0 to 4 alone: `mnist`, `layers` as above."""
    (X, y, X_test, y_test), new = halves(digits)
    net = LeNet("relu", "max", num_classes=HALF, seed=seed)
    if trained:
        fit(net, X, y, seed=seed, progress=False, **RECIPE | {"num_epochs": num_epochs})
    return {
        "mnist": evaluate(net, X_test, y_test).accuracy,
        "layers": _by_size(net, *new, seed, sizes, LAYERS if trained else LAYERS[1:]),
    }


def _by_size(
    net: LeNet, X: torch.Tensor, y: torch.Tensor, X_test: torch.Tensor, y_test: torch.Tensor, seed: int, sizes: Iterable[int],
    layers: Iterable[str],
) -> Shares:  # fmt: skip
    tables = {layer: (features(net, X, layer), features(net, X_test, layer)) for layer in layers}
    return {
        layer: {str(size): read(table[:size], y[:size], test, y_test, seed) for size in sizes}
        for layer, (table, test) in tables.items()
    }


def correlations(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    """The correlation of each column of `A` `(N, a)` with each of `B` `(N, b)`: `(a, b)`; 0 where a column is constant."""
    A, B = (table - table.mean(0) for table in (A, B))
    A, B = (table / table.norm(dim=0).clamp(min=1e-9) for table in (A, B))
    return A.T @ B


def pairs(sizes: torch.Tensor) -> torch.Tensor:
    """The one-to-one matching of rows and columns of `sizes` `(n, n)` with the largest sum: for each row its column `(n,)`."""
    return torch.as_tensor(linear_sum_assignment(-sizes.numpy())[1])


def on_axes(digits: Digits, seed: int, *, images: int = 10_000, num_epochs: int = 10, apart: int = 1000) -> dict[str, Any]:
    """The F6 of two networks that differ in their seeds alone, `apart` from each other.

    `same`, `best`, `matched`: mean size of the correlation of a column of one with the column of the other that has the same
    number, that correlates most, that is its partner in the best matching; `chance` is `best` with the pictures in disorder.
    `explained` is the share of the variance of one table that a linear map of the other gives. `read` are the shares right
    of a logistic regression fitted to one, on its `own` table, on the `other`, on the other with its columns `sorted` by the
    matching, and on the other `translated` by the map.
    """
    one, two = (train_relu_lenet(digits, start, images, num_epochs=num_epochs) for start in (seed, seed + apart))
    A, A_test, B, B_test = (features(net, X, "F6") for net in (one, two) for X in (digits.X_train[:images], digits.X_test))
    size = correlations(A, B).abs()
    disorder = torch.randperm(len(B), generator=torch.Generator().manual_seed(seed))
    partner = pairs(size)
    alive = size.amax(1) > 0
    translation = LinearRegression().fit(B.numpy(), A.numpy())
    found = torch.as_tensor(translation.predict(B_test.numpy()))
    tables = {"own": A_test, "other": B_test, "sorted": B_test[:, partner], "translated": found}
    reader = LogisticRegression(max_iter=300).fit((A / A.max()).numpy(), digits.y_train[:images].numpy())
    return {
        "same": size.diagonal()[alive].mean().item(), "best": size.amax(1)[alive].mean().item(),
        "matched": size[torch.arange(len(size)), partner][alive].mean().item(),
        "chance": correlations(A, B[disorder]).abs().amax(1)[alive].mean().item(),
        "explained": 1 - ((found - A_test).square().sum() / (A_test - A.mean(0)).square().sum()).item(),
        "read": {name: float(reader.score((table / A.max()).numpy(), digits.y_test.numpy())) for name, table in tables.items()},
    }  # fmt: skip


@named(data="mnist", seeds=5)
def tables(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Three readers of tables on pixels and on F6, each also rotated, and on the F6 of an untrained network."""
    variants: dict[str, dict[str, Any]] = {
        "pixels": {"layer": "input"}, "pixels rotated": {"layer": "input", "rotate": True},
        "F6": {"layer": "F6"}, "F6 rotated": {"layer": "F6", "rotate": True}, "F6 untrained": {"layer": "F6", "trained": False},
    }  # fmt: skip
    return compare(variants, seeds, data, run=on_tables, keep=keep)


@named(data="mnist", seeds=5)
def zip_codes_by_mnist(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The zip codes of 1989 read from the layers of a LeNet that was trained on MNIST alone, and of an untrained one."""
    return compare({"trained": {}, "untrained": {"trained": False}}, seeds, data, run=on_zip_codes, keep=keep)


@named(data="mnist", seeds=5)
def new_digits(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The digits 5 to 9 read from the layers of a LeNet that was trained on 0 to 4 alone, and of an untrained one."""
    return compare({"trained": {}, "untrained": {"trained": False}}, seeds, data, run=on_new_digits, keep=keep)


@named(data="mnist", seeds=5)
def axes(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The columns of F6 of one network against those of another that differs in its seed alone."""
    return compare({"two seeds": {}}, seeds, data, run=on_axes, keep=keep)
