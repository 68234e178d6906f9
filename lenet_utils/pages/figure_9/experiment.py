"""Figure 9 of LeCun et al. 1998 run again: the classifiers of its time with scikit-learn, the networks with ours.

The paper's test errors are in `THEN`, in per cent, from the figure (p. 12 of the preprint). Not run again: tangent distance,
the two support vector machines with distorted or virtual examples, and what was run on deslanted pictures.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.multiclass import OneVsOneClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, PolynomialFeatures
from sklearn.svm import SVC
from torch import nn

from lenet_utils.data import Digits, normalised, pad
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.nets.lenet import MLP
from lenet_utils.nets.papers import LeNet1, LeNet4, Paper
from lenet_utils.pages.since_1998.experiment import modern
from lenet_utils.training.augment import DISTORTIONS_1998
from lenet_utils.training.fit import Augment, evaluate, fit

Images = Callable[[torch.Tensor], torch.Tensor]

THEN = {
    "linear": 12.0, "pairwise linear": 7.6, "3 neighbours": 5.0, "40 PCA + quadratic": 3.3, "1000 RBF + linear": 3.6,
    "SVM poly 4": 1.1, "300": 4.7, "1000": 4.5, "300-100": 3.05, "500-150": 2.95,
    "LeNet-1": 1.7, "LeNet-4": 1.1, "LeNet-5": 0.95, "boosted LeNet-4": 0.7,
}  # fmt: skip


class Centres:
    """The features of an RBF network: nearness to 100 centres a class, found by k-means, as `(N, 1000)`."""

    def __init__(self, number: int = 100, seed: int = 0) -> None:
        self.number, self.seed = number, seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        each = [MiniBatchKMeans(self.number, random_state=self.seed, n_init=1).fit(X[y == k]) for k in np.unique(y)]
        self.centres = np.concatenate([clusters.cluster_centers_ for clusters in each])
        near = ((X[:1000, None] - self.centres[None, ::10]) ** 2).sum(2).min(1)
        self.gamma = 1 / near.mean()
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        return rbf_kernel(X, self.centres, gamma=self.gamma)


def pca_and_quadratic() -> Pipeline:
    return make_pipeline(PCA(40, random_state=0), PolynomialFeatures(2), RidgeClassifier(1.0))


CLASSICAL = {
    "linear": lambda: RidgeClassifier(1.0),
    "pairwise linear": lambda: OneVsOneClassifier(RidgeClassifier(1.0)),
    "3 neighbours": lambda: KNeighborsClassifier(3, algorithm="brute"),
    "40 PCA + quadratic": pca_and_quadratic,
    "SVM poly 4": lambda: SVC(kernel="poly", degree=4, gamma=1 / 50, coef0=1, C=10, cache_size=1000),
}

DENSE = {"300": (300,), "1000": (1000,), "300-100": (300, 100), "500-150": (500, 150)}
RECIPE: dict[str, Any] = {"optimizer": "adamw", "lr": 0.005, "schedule": "one-cycle", "batch_size": 128, "progress": False}


def classified(digits: Digits, seed: int, *, model: str, num_epochs: int = 10) -> dict[str, float]:
    """`error` of `model`, a name in `THEN`, on the test digits, with the `seconds` of training and the `answer_seconds` for
    the test set: seconds of the processor, which other work on the machine does not change much.
    """
    digits = normalised(digits, "1998")
    start = time.process_time()
    answer = _fitted(model, digits, seed, num_epochs)
    between = time.process_time()
    error = float((answer(digits.X_test) != digits.y_test).double().mean())
    return {"error": error, "seconds": between - start, "answer_seconds": time.process_time() - between}


def _fitted(model: str, digits: Digits, seed: int, num_epochs: int) -> Images:
    """A function from images `(N, 1, 28, 28)` to answers `(N,)`."""
    if model in DENSE:
        net = MLP(DENSE[model], "scaled_tanh", init="1998", seed=seed)
        fit(net, digits.X_train, digits.y_train, num_epochs=num_epochs, seed=seed, **RECIPE | {"lr": 0.001})
        return lambda X: evaluate(net, X, torch.zeros(len(X), dtype=torch.int64)).predictions
    if model.endswith(("LeNet-1", "LeNet-4")):
        return _network(model, digits, seed, num_epochs)
    X, y = digits.X_train.flatten(1).numpy(), digits.y_train.numpy()
    if model == "1000 RBF + linear":
        centres = Centres(seed=seed).fit(X, y)
        found = make_pipeline(FunctionTransformer(centres.transform), RidgeClassifier(0.01)).fit(X, y)
    else:
        found = CLASSICAL[model]().fit(X, y)
    return lambda X: torch.from_numpy(found.predict(X.flatten(1).numpy()))


class Sharp(nn.Module):
    """A network of the papers whose squashed outputs are four times as far apart, for the softmax."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return 4 * self.net(X)


def shrunk(X: torch.Tensor, background: float) -> torch.Tensor:
    """28x28 images with the 20x20 of the digit brought to 16x16, in the middle of 28x28, as LeNet-1 saw them (1998, p. 13)."""
    small = F.interpolate(X[:, :, 4:24, 4:24], size=(16, 16), mode="area")
    return pad(small, 28, background)


def _network(model: str, digits: Digits, seed: int, num_epochs: int) -> Images:
    kind: Callable[..., Paper]
    seen: Images
    if model == "LeNet-1":
        kind, seen = LeNet1, lambda X: shrunk(X, digits.background)
    else:
        kind, seen = LeNet4, lambda X: pad(X, 32, digits.background)
    X, y = seen(digits.X_train), digits.y_train
    if model == "boosted LeNet-4":
        return boosted(kind, X, y, seed, num_epochs, seen)
    net = new_net(kind, seed, X, y, num_epochs)
    return lambda X: scores(net, seen(X)).argmax(1)


def new_net(
    kind: Callable[..., Paper], seed: int, X: torch.Tensor, y: torch.Tensor, num_epochs: int, augment: Augment | None = None
) -> Sharp:
    """A trained network of the papers."""
    net = Sharp(kind(seed=seed))
    fit(net, X, y, num_epochs=num_epochs, seed=seed, augment=augment, **RECIPE)
    return net


@torch.no_grad()
def scores(net: nn.Module, X: torch.Tensor) -> torch.Tensor:
    """What `net` gives, `(N, 10)`."""
    return torch.cat([net(batch) for batch in X.split(1000)])


def boosted(kind: Callable[..., Paper], X: torch.Tensor, y: torch.Tensor, seed: int, num_epochs: int, seen: Images) -> Images:
    """Three networks whose outputs are added (1998, pp. 13-14).

    The first learns from distorted pictures; the second from pictures half of which the first gets wrong; the third from
    those on which the two disagree.
    """
    chance = torch.Generator().manual_seed(seed)
    first = new_net(kind, seed, X, y, num_epochs, DISTORTIONS_1998)
    second = new_net(kind, seed + 100, *half_wrong(first, X, y, chance), num_epochs)
    third = new_net(kind, seed + 200, *disputed(first, second, X, y, chance), num_epochs)
    return lambda X: (scores(first, seen(X)) + scores(second, seen(X)) + scores(third, seen(X))).argmax(1)


def half_wrong(
    net: nn.Module, X: torch.Tensor, y: torch.Tensor, generator: torch.Generator, rounds: int = 20
) -> tuple[torch.Tensor, torch.Tensor]:
    """Distorted pictures that `net` gets wrong, and as many that it gets right, with their labels."""
    wrong, right = [], []
    for _ in range(rounds):
        moved = torch.cat([DISTORTIONS_1998(part, generator) for part in X.split(5000)])
        missed = scores(net, moved).argmax(1) != y
        hits = (~missed).nonzero().flatten()
        hits = hits[torch.randperm(len(hits), generator=generator)[: int(missed.sum())]]
        wrong.append((moved[missed], y[missed]))
        right.append((moved[hits], y[hits]))
    images, labels = zip(*wrong, *right, strict=True)
    return torch.cat(images), torch.cat(labels)


def disputed(
    first: nn.Module, second: nn.Module, X: torch.Tensor, y: torch.Tensor, generator: torch.Generator, rounds: int = 20
) -> tuple[torch.Tensor, torch.Tensor]:
    """Distorted pictures on which two networks disagree, with their labels."""
    found = []
    for _ in range(rounds):
        moved = torch.cat([DISTORTIONS_1998(part, generator) for part in X.split(5000)])
        differ = scores(first, moved).argmax(1) != scores(second, moved).argmax(1)
        found.append((moved[differ], y[differ]))
    images, labels = zip(*found, strict=True)
    return torch.cat(images), torch.cat(labels)


@named(data="mnist", seeds=3)
def figure_9(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The classifiers of Figure 9 of 1998, then and now: test errors and run times."""
    fixed = {name: {"model": name} for name in CLASSICAL}
    chancy = {name: {"model": name} for name in THEN if name not in CLASSICAL and name != "LeNet-5"}
    once = compare(fixed, [0], data, run=classified, keep=keep)
    often = compare(chancy, seeds, data, run=classified, keep=keep)
    return Comparison(_in_order(once, often))


def _in_order(*comparisons: Comparison) -> pd.DataFrame:
    rows = pd.concat([comparison.runs for comparison in comparisons])
    places = {name: place for place, name in enumerate(THEN)}
    return rows.sort_values(["variant", "seed"], key=lambda column: column.map(places) if column.name == "variant" else column)


@named(data="mnist", seeds=3)
def lenet_5_today(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """LeNet-5 by the recipe of the other networks of `figure_9`: with its own output layer, and with a linear one."""
    recipe = {name: value for name, value in RECIPE.items() if name != "progress"}
    return compare({output: {"output": output} | recipe for output in ("rbf", "linear")}, seeds, data, run=modern, keep=keep)
