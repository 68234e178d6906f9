"""The network of 1989 on the zip codes it was made for, trained as its paper says.

What the paper leaves open is chosen on pictures held back from the training set; the test set is looked at once.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mode
from typing import Any

import torch

from lenet_utils import data as datasets
from lenet_utils.data import Digits
from lenet_utils.experiments.comparison import Comparison
from lenet_utils.experiments.registry import named
from lenet_utils.experiments.results import pack_images
from lenet_utils.experiments.runs import validation_split
from lenet_utils.nets.papers import EIGHT_OF_TWELVE, Net1989
from lenet_utils.pages.net_1989 import levenberg
from lenet_utils.pages.net_1989.groups import in_groups, pattern_order, rescale, train_group, without_columns

PASSES_1989 = 23
# H1 and H2 read three pixels of their border: two before the image, above and to the left, and one after it. Around an image that
# is reversed along these axes it is one before and two after; its kernels are reversed, too, and begin as any others.
BORDERS: dict[str, list[int]] = {"2 before": [], "1 above": [-2], "1 left": [-1], "1 before": [-2, -1]}
LINKS: dict[str, Sequence[Iterable[int]]] = {
    "blocks": EIGHT_OF_TWELVE,
    "ring": [[(k + i) % 12 for i in range(8)] for k in range(12)],
    "all": [range(12)] * 12,
}


def zip_nets(
    digits: Digits, seed: int, *, nets: int, eta: float, mu: float, target: float = 1.0, links: str = "blocks",
    order: str = "file", init: str = "2.4/n", border: str = "2 before", hold_back: int = 0, mix: bool = False,
    num_passes: int = PASSES_1989,
) -> dict[str, Any]:  # fmt: skip
    """`nets` networks of 1989 with the seeds from `seed` on: lists with one entry a network, see `measure`.

    `eta` and `mu` of the Newton step; outputs aim at plus and minus `target`; `links` of H2, a name in `LINKS`; `order` of the
    patterns, `file` or `random`; `init`, a name in `groups.BOUNDS`; `border`, a name in `BORDERS`; `hold_back` pictures to
    choose by; `mix` the digits of both sets first.
    """
    digits = mixed(digits, seed) if mix else digits
    digits = validation_split(digits, hold_back) if hold_back else digits
    X, X_test = ((2 * images - 1).flip(BORDERS[border]) for images in (digits.X_train, digits.X_test))
    stack = [rescale(Net1989(seed=seed + i, table=LINKS[links]), init) for i in range(nets)]
    orders = torch.stack([pattern_order(order, len(X), seed + i) for i in range(nets)])
    loss = levenberg.Squares(target * (2 * torch.eye(10) - 1))
    return train_group(stack, X, digits.y_train, X_test, digits.y_test, loss, [eta] * num_passes, mu=mu, orders=orders, seed=seed)


def mixed(digits: Digits, seed: int) -> Digits:
    """The digits of both sets shuffled and divided again, into sets as large as before."""
    X, y = torch.cat([digits.X_train, digits.X_test]), torch.cat([digits.y_train, digits.y_test])
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed))
    train, test = order[: len(digits.y_train)], order[len(digits.y_train) :]
    return dataclasses.replace(digits, X_train=X[train], y_train=y[train], X_test=X[test], y_test=y[test])


# What the paper leaves open, with the values taken; the others are looked at one at a time.
TAKEN_1989: dict[str, Any] = {"eta": 0.001, "mu": 0.3}
OTHERS_1989: dict[str, dict[str, Any]] = {
    "taken": {},
    "eta / 2": {"eta": 0.0005},
    "eta x 2": {"eta": 0.002},
    "mu / 3": {"mu": 0.1},
    "mu x 3": {"mu": 1.0},
    "no Newton step": {"eta": 1e4, "mu": 1e6},  # one rate for all, 0.01: the curvature drowns in mu
    "targets 0.8": {"target": 0.8},
    "targets 1.6": {"target": 1.6},
    "within 1/root": {"init": "1/root"},
    "within 2.4/root": {"init": "2.4/root"},
    "links in a ring": {"links": "ring"},
    "all links": {"links": "all"},
    "random order": {"order": "random"},
}
GROUP = 8


@named(data="usps", seeds=4)
def choices_1989(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """What the paper of 1989 leaves open, chosen by 1,291 zip codes held back from the training set."""
    variants = {name: TAKEN_1989 | {"hold_back": 1291} | other for name, other in OTHERS_1989.items()}
    return without_columns(in_groups(variants, seeds, data, zip_nets, keep, GROUP), "wrong", "answers")


@named(data="usps", seeds=16)
def net_1989(data: str, seeds: Sequence[int], keep: Path | None) -> dict[str, Any]:
    """The network of 1989 on the zip codes of its paper, 23 passes, and the test digits that most of its runs get wrong."""
    comparison = in_groups({"1989": TAKEN_1989}, seeds, data, zip_nets, keep, GROUP)
    digits = datasets.load(data, download=False)
    return {"runs": without_columns(comparison, "answers").runs.to_dict("records")} | missed_by_most(comparison, digits)


@named(data="usps", seeds=16)
def mixed_1989(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The network of 1989 on zip codes drawn at random from both sets, for a training set and a test set as large as before."""
    return without_columns(
        in_groups({"mixed": TAKEN_1989 | {"mix": True}}, seeds, data, zip_nets, keep, GROUP), "wrong", "answers"
    )


@named(data="usps", seeds=16)
def borders_1989(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """The network of 1989 with its border divided otherwise between the sides of the image, on the zip codes of its paper."""
    variants = {name: TAKEN_1989 | {"border": name} for name in BORDERS}
    return without_columns(in_groups(variants, seeds, data, zip_nets, keep, GROUP), "wrong", "answers")


@named(data="usps", seeds=8)
def halves_1989(data: str, seeds: Sequence[int], keep: Path | None) -> Comparison:
    """What the paper of 1989 leaves open, by the errors on one half of the test digits and, to judge the choice, on the other."""
    variants = {name: TAKEN_1989 | other for name, other in OTHERS_1989.items()}
    comparison = in_groups(variants, seeds, data, zip_nets, keep, GROUP)
    count = len(datasets.load(data, download=False).y_test)
    first, other = zip(*(half_errors(wrong, count) for wrong in comparison.runs["wrong"]), strict=True)
    runs = comparison.runs[["variant", "seed", "seconds"]].copy()
    runs.insert(2, "error", first)
    runs.insert(3, "error_other", other)
    return Comparison(runs)


def half_errors(wrong: Sequence[int], count: int) -> tuple[float, float]:
    """The shares of error on each half of `count` digits, divided at random, from the places of the `wrong` answers."""
    first = torch.randperm(count, generator=torch.Generator().manual_seed(0))[: count // 2]
    in_first = int(torch.isin(torch.tensor(wrong), first).sum())
    return in_first / len(first), (len(wrong) - in_first) / (count - len(first))


def missed_by_most(comparison: Comparison, digits: Digits) -> dict[str, Any]:
    """The test digits that more than half of the networks get wrong.

    `missed`, a row `(place, label, most frequent wrong answer, networks that miss it)` a digit, the hardest first, and its
    `pictures`, as `pack_images` packs them.
    """
    answers: defaultdict[int, list[int]] = defaultdict(list)
    for _, run in comparison.runs.iterrows():
        for place, answer in zip(run["wrong"], run["answers"], strict=True):
            answers[place].append(answer)
    most = [place for place, given in answers.items() if 2 * len(given) > len(comparison.runs)]
    most.sort(key=lambda place: (-len(answers[place]), place))
    rows = [[place, int(digits.y_test[place]), mode(answers[place]), len(answers[place])] for place in most]
    return {"missed": rows, **pack_images(digits.X_test[most, 0])}
