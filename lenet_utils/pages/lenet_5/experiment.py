"""LeNet-5 of 1998 on MNIST, trained as its paper says.

What the paper leaves open is chosen on pictures held back from the training set; the test set is looked at once.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from lenet_utils.data import Digits, normalised, pad
from lenet_utils.experiments.comparison import Comparison
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.runs import validation_split
from lenet_utils.nets.bitmaps import BITMAPS
from lenet_utils.nets.papers import LeNet5
from lenet_utils.pages.net_1989 import levenberg
from lenet_utils.pages.net_1989.groups import in_groups, pattern_order, rescale, train_group, without_columns
from lenet_utils.training.augment import DISTORTIONS_1998


def lenet_5(
    digits: Digits, seed: int, *, nets: int, eta: float = 1.0, mu: float = levenberg.MU_1998, j: float | None = None,
    init: str = "2.4/n", distort: bool = False, hold_back: int = 0, pictures: int | None = None, num_passes: int = 20,
) -> dict[str, Any]:  # fmt: skip
    """`nets` LeNet-5 with the seeds from `seed` on: lists with one entry a network, see `measure`.

    `eta` times the rates of 1998; `mu`; `j` of equation 9, or none for equation 8; `init`, a name in `groups.BOUNDS`. With
    `distort` nine pictures of ten are distorted, anew in every pass. `pictures` to train on instead of all; of fewer than 20
    passes each takes the rate of its place in the schedule.
    """
    digits = normalised(validation_split(digits, hold_back) if hold_back else digits, "1998")
    X, X_test = (pad(images, 32, digits.background) for images in (digits.X_train[:pictures], digits.X_test))
    y = digits.y_train[:pictures]
    stack = [rescale(LeNet5(seed=seed + i), init) for i in range(nets)]
    loss: levenberg.Loss = levenberg.Squares(BITMAPS) if j is None else levenberg.Competition(BITMAPS, j)
    orders = torch.stack([pattern_order("random", len(X), seed + i) for i in range(nets)])
    images: torch.Tensor | Callable[[int], torch.Tensor] = Distorted(X, seed) if distort else X
    etas = [eta * levenberg.ETAS_1998[i * 20 // num_passes] for i in range(num_passes)]
    return train_group(stack, images, y, X_test, digits.y_test, loss, etas, train=X, mu=mu, orders=orders, seed=seed)


class Distorted:
    """The images of a pass by its number: one in ten of `X` as it is, nine distorted by `DISTORTIONS_1998`."""

    def __init__(self, X: torch.Tensor, seed: int, share: float = 0.9) -> None:
        self.X, self.seed, self.share = X, seed, share

    def __call__(self, number: int) -> torch.Tensor:
        chance = torch.Generator().manual_seed(1000 * self.seed + number)
        chosen = (torch.rand(len(self.X), generator=chance) < self.share).nonzero().flatten()
        images = self.X.clone()
        for part in chosen.split(5000):
            images[part] = DISTORTIONS_1998(self.X[part], chance)
        return images


# A fifth of the printed rates, as the authors' own program for LeNet-5 has them (see `groups.BOUNDS`); equation 9, j = 10.
TAKEN_1998: dict[str, Any] = {"eta": 0.2, "mu": 0.02, "j": 10.0, "init": "1/root"}
OTHERS_1998: dict[str, dict[str, Any]] = {
    "taken": {},
    "as printed": {"eta": 1.0, "j": None, "init": "2.4/n"},
    "eta / 2": {"eta": 0.1},
    "eta x 2": {"eta": 0.4},
    "mu x 5": {"mu": 0.1},
    "equation 8": {"j": None},
    "equation 9, j 1": {"j": 1.0},
    "equation 9, no j": {"j": float("inf")},
    "within 2.4/n": {"init": "2.4/n"},
}


@named(data="mnist", seeds=2)
def choices_1998(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """What the paper of 1998 leaves open, on 10,000 digits for ten passes, chosen by 10,000 held back from the training set."""
    short = {"hold_back": 10_000, "pictures": 10_000, "num_passes": 10}
    variants = {name: TAKEN_1998 | short | other for name, other in OTHERS_1998.items()}
    return without_columns(in_groups(variants, seeds, data, lenet_5, keep, 2), "wrong", "answers", "rejects")


@named(data="mnist", seeds=10)
def lenet5(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """LeNet-5 of 1998, twenty passes over MNIST one digit at a time."""
    return without_columns(in_groups({"1998": TAKEN_1998}, seeds, data, lenet_5, keep, 5), "answers", "rejects")


@named(data="mnist", seeds=10)
def lenet5_distorted(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """LeNet-5 of 1998 with nine of ten digits distorted."""
    variants = {"distorted": TAKEN_1998 | {"distort": True}}
    return without_columns(in_groups(variants, seeds, data, lenet_5, keep, 5), "answers", "rejects")
