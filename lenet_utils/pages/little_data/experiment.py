"""Ways to learn from few labels: filters learned without labels or from other images, shifts, and plain training."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

from lenet_utils import data as datasets
from lenet_utils.errors import expect_one_of
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.registry import named
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.mlp_or_cnn.experiment import STEPS, draw, learn, new_net, possible
from lenet_utils.training.augment import Affine
from lenet_utils.training.features import features
from lenet_utils.training.fit import Augment, evaluate

FEW = (10, 50, 200, 1000, 5000)
PRETRAINING_STEPS = 900
SHIFTS = Affine(degrees=0.0, scale=0.0, shear=0.0, pixels=2.0)


# Without labels


def turned(X: torch.Tensor, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Images `(N, C, H, W)`, each turned by 0, 1, 2 or 3 quarters at random, and the quarters `(N,)`."""
    quarters = torch.randint(4, (len(X),), generator=torch.Generator().manual_seed(seed))
    ways = torch.stack([X.rot90(k, (2, 3)) for k in range(4)])
    return ways[quarters, torch.arange(len(X))], quarters


def from_rotations(X: torch.Tensor, seed: int = 0, steps: int = PRETRAINING_STEPS) -> LeNet:
    """A fresh LeNet whose C1 and C3 have learned to tell by how many quarters images `X` are turned; it sees no label."""
    teacher = LeNet("relu", "max", num_classes=4, seed=seed)
    learn(teacher, *turned(X, seed), seed, steps, least_epochs=1)
    return with_filters(teacher, seed)


def from_fashion(seed: int = 0, steps: int = PRETRAINING_STEPS) -> LeNet:
    """A fresh LeNet whose C1 and C3 have learned to tell the clothes of Fashion-MNIST."""
    clothes, teacher = datasets.load("fashion-mnist"), LeNet("relu", "max", seed=seed)
    learn(teacher, clothes.X_train, clothes.y_train, seed, steps, least_epochs=1)
    return with_filters(teacher, seed)


def with_filters(teacher: LeNet, seed: int = 0) -> LeNet:
    """A fresh LeNet with C1 and C3 of `teacher`; the dense layers are new."""
    net = LeNet("relu", "max", seed=seed)
    net.C1.load_state_dict(teacher.C1.state_dict())
    net.C3.load_state_dict(teacher.C3.state_dict())
    return net


# Ways to learn: each takes labelled images and gives a function from images to answers
Answer = Callable[[torch.Tensor], torch.Tensor]
Teach = Callable[[torch.Tensor, torch.Tensor], Answer]


def linear_on(seen: Callable[[torch.Tensor], torch.Tensor]) -> Teach:
    """Logistic regression on `seen(images)`, `(N, values)`, brought to at most 1."""

    def teach(X: torch.Tensor, y: torch.Tensor) -> Answer:
        scale = seen(X).abs().max()
        found = LogisticRegression(max_iter=300).fit((seen(X) / scale).numpy(), y.numpy())
        return lambda X: torch.from_numpy(found.predict((seen(X) / scale).numpy()))

    return teach


def filters_of(net: LeNet) -> Teach:
    """Logistic regression on what S4 of `net` gives; its filters stay as they are."""
    return linear_on(lambda X: features(net, X, "S4"))


def neighbour(X: torch.Tensor, y: torch.Tensor) -> Answer:
    """The label of the nearest picture."""
    found = KNeighborsClassifier(1, algorithm="brute").fit(X.flatten(1).numpy(), y.numpy())
    return lambda X: torch.from_numpy(found.predict(X.flatten(1).numpy()))


def all_layers(net: nn.Module, seed: int, steps: int, augment: Augment | None = None) -> Teach:
    """A network trained with all its layers, every time from the weights that `net` has now."""
    start = {name: value.clone() for name, value in net.state_dict().items()}

    def teach(X: torch.Tensor, y: torch.Tensor) -> Answer:
        net.load_state_dict(start)
        learn(net, X, y, seed, steps, augment=augment)
        return lambda X: evaluate(net, X, torch.zeros(len(X), dtype=torch.int64)).predictions

    return teach


# From all training pictures without labels, the seed and the steps, to a way to learn.
METHODS: dict[str, Callable[[torch.Tensor, int, int], Teach]] = {
    "linear": lambda X, seed, steps: linear_on(lambda X: X.flatten(1)),
    "1 neighbour": lambda X, seed, steps: neighbour,
    "mlp": lambda X, seed, steps: all_layers(new_net("mlp", seed), seed, steps),
    "lenet": lambda X, seed, steps: all_layers(new_net("lenet", seed), seed, steps),
    "lenet + shifts": lambda X, seed, steps: all_layers(new_net("lenet", seed), seed, steps, SHIFTS),
    "random filters": lambda X, seed, steps: filters_of(LeNet("relu", "max", seed=seed)),
    "rotation filters": lambda X, seed, steps: filters_of(from_rotations(X, seed)),
    "lenet from rotations": lambda X, seed, steps: all_layers(from_rotations(X, seed), seed, steps),
    "fashion filters": lambda X, seed, steps: filters_of(from_fashion(seed)),
    "lenet from fashion": lambda X, seed, steps: all_layers(from_fashion(seed), seed, steps),
}
WITH_FASHION = ("fashion filters", "lenet from fashion")


def from_few(
    digits: datasets.Digits, seed: int, *, method: str, sizes: Iterable[int] = FEW, steps: int = STEPS
) -> dict[str, Any]:
    """`accuracies` on the test digits of `method` after each of `sizes` digits of a draw; `accuracy` is the last."""
    expect_one_of("method", method, METHODS)
    teach = METHODS[method](digits.X_train, seed, steps)
    accuracies = []
    for n in possible(sizes, digits.y_train):
        some = draw(digits.y_train, n, seed)
        answer = teach(digits.X_train[some], digits.y_train[some])
        accuracies.append((answer(digits.X_test) == digits.y_test).double().mean().item())
    return {"accuracy": accuracies[-1], "accuracies": accuracies}


@named(data="mnist", seeds=20)
def little_data(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Eight ways to learn from 10 to 5,000 labelled digits."""
    return compare({name: {"method": name} for name in METHODS if name not in WITH_FASHION}, seeds, data, run=from_few, keep=keep)


@named(data="mnist", seeds=20)
def little_data_fashion(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """Filters learned on Fashion-MNIST, fixed and as a start, for the same draws as `little_data`."""
    return compare({name: {"method": name} for name in WITH_FASHION}, seeds, data, run=from_few, keep=keep)
