"""The network of 1989 on the zip codes it was made for, and LeNet-5 of 1998 on MNIST, trained as their papers say.

What a paper leaves open is chosen on pictures held back from the training set; the test set is looked at once.
Networks are trained side by side: a run of `compare` is a group of them, and its seed the first of theirs.
"""

import base64
import dataclasses
import time
import zlib

import pandas as pd
import torch

from lenet_utils import levenberg
from lenet_utils.augment import Affine
from lenet_utils.codes import BITMAPS
from lenet_utils.data import normalised, pad
from lenet_utils.experiments.comparison import Comparison, compare
from lenet_utils.experiments.named import named
from lenet_utils.papers import EIGHT_OF_TWELVE, LeNet5, Maps, Net1989

PASSES_1989 = 23
LINKS = {
    "blocks": EIGHT_OF_TWELVE,
    "ring": [[(k + i) % 12 for i in range(8)] for k in range(12)],
    "all": [range(12)] * 12,
}


def held_back(digits, number, seed=0):
    """The digits with `number` training pictures, drawn at random, in the place of the test set."""
    order = torch.randperm(len(digits.y_train), generator=torch.Generator().manual_seed(seed))
    keep, out = order[number:].sort().values, order[:number]
    X, y = digits.X_train, digits.y_train
    return dataclasses.replace(digits, X_train=X[keep], y_train=y[keep], X_test=X[out], y_test=y[out])


def zip_nets(
    digits, seed, *, nets, eta, mu, target=1.0, links="blocks", order="file", init="fan-in", hold_back=0,
    num_passes=PASSES_1989, falls=False,
):  # fmt: skip
    """`nets` networks of 1989 with the seeds from `seed` on: lists with one entry a network, see `measured`.

    `eta` and `mu` of the Newton step; outputs aim at plus and minus `target`; `order` of the patterns, `file` or `random`;
    `init` within 2.4 / fan-in or its root, `sqrt`; `falls` lets eta fall evenly to a tenth; `hold_back` pictures to choose by.
    """
    digits = held_back(digits, hold_back) if hold_back else digits
    X, X_test = (2 * images - 1 for images in (digits.X_train, digits.X_test))
    stack = [Net1989(seed=seed + i, table=LINKS[links]) for i in range(nets)]
    if init == "sqrt":
        for net in stack:
            widen(net)
    orders = torch.stack([in_order(order, len(X), seed + i) for i in range(nets)])
    etas = [eta * 10 ** (-i / (num_passes - 1) if falls else 0) for i in range(num_passes)]
    loss = levenberg.Squares(target * (2 * torch.eye(10) - 1))
    return trained(stack, X, digits.y_train, X_test, digits.y_test, loss, etas, mu=mu, orders=orders, seed=seed)


def in_order(order, n, seed):
    """The numbers below `n` as they come (`file`) or shuffled by `seed` (`random`)."""
    return torch.arange(n) if order == "file" else torch.randperm(n, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def widen(net):
    """First weights within 2.4 / sqrt(fan-in) instead of 2.4 / fan-in."""
    for layer in net.layers.values():
        fan_in = layer.links[0].sum() * layer.kernel**2 if isinstance(layer, Maps) else layer.weight.shape[1]
        layer.weight *= fan_in**0.5
        layer.bias *= fan_in**0.5


def trained(nets, X, y, X_test, y_test, loss, etas, *, train=None, **options):
    """Train `nets` by `levenberg.passes`, `train` being the images to measure on if `X` is a function; see `measured`."""
    start, train = time.perf_counter(), X if train is None else train
    curve = [levenberg.errors(nets, X_test, y_test) for _ in levenberg.passes(nets, X, y, loss, etas, **options)]
    seconds = time.perf_counter() - start
    found = measured(nets, train, y, X_test, y_test)
    return found | {"curve": list(map(list, zip(*curve, strict=True))), "nets": len(nets), "group_seconds": seconds}


@torch.no_grad()
def measured(nets, X, y, X_test, y_test):
    """Lists with one entry a network: `error` and `train_error` as shares, the `rejects` for 1 % error, the `wrong` places."""
    scores = [torch.cat([net(images) for images in X_test.split(1000)]) for net in nets]
    return {
        "error": [(each.argmax(1) != y_test).double().mean().item() for each in scores],
        "train_error": levenberg.errors(nets, X, y),
        "rejects": [rejects(each, y_test) for each in scores],
        "wrong": [(each.argmax(1) != y_test).nonzero().flatten().tolist() for each in scores],
        "answers": [each.argmax(1)[each.argmax(1) != y_test].tolist() for each in scores],
    }


def rejects(scores, y, error=0.01):
    """The smallest share of patterns to turn away, those with the smallest gap between the two best of `scores` `(N, 10)`,
    so that at most `error` of the rest are wrong."""
    best = scores.topk(2).values
    order = (best[:, 1] - best[:, 0]).argsort()  # from the widest gap to the narrowest
    wrong = (scores.argmax(1) != y)[order].double().cumsum(0)
    kept = (wrong <= error * torch.arange(1, len(y) + 1)).nonzero().flatten()
    return 1 - (int(kept[-1]) + 1 if len(kept) else 0) / len(y)


def one_row_a_seed(groups):
    """The `Comparison` of single networks from one whose every run trained several side by side."""
    rows = []
    for group in groups.runs.to_dict("records"):
        columns = {name: values for name, values in group.items() if isinstance(values, list)}
        for place in range(group["nets"]):
            row = {"variant": group["variant"], "seed": group["seed"] + place} | {n: v[place] for n, v in columns.items()}
            rows.append(row | {"seconds": round(group["group_seconds"] / group["nets"], 1)})
    return Comparison(pd.DataFrame(rows))


DISTORT_1998 = Affine(degrees=0.0, scale=0.15, shear=0.15, pixels=1.5, background=-0.1)


def lenet_5(digits, seed, *, nets, j=None, distort=False, hold_back=0, num_passes=len(levenberg.ETAS_1998)):
    """`nets` LeNet-5 with the seeds from `seed` on: lists with one entry a network, see `measured`.

    `j` of equation 9, one for all or one a network, or none for equation 8. With `distort`, nine pictures of ten are
    distorted, anew in every pass.
    """
    digits = normalised(held_back(digits, hold_back) if hold_back else digits, "1998")
    X, X_test = (pad(images, 32, digits.background) for images in (digits.X_train, digits.X_test))
    stack = [LeNet5(seed=seed + i) for i in range(nets)]
    loss = levenberg.Squares(BITMAPS) if j is None else levenberg.Competition(BITMAPS, j)
    orders = torch.stack([in_order("random", len(X), seed + i) for i in range(nets)])
    images = Distorted(X, seed) if distort else X
    etas = levenberg.ETAS_1998[:num_passes]
    return trained(stack, images, digits.y_train, X_test, digits.y_test, loss, etas, train=X, orders=orders, seed=seed)


class Distorted:
    """The images of a pass by its number: one in ten of `X` as it is, nine distorted by `DISTORT_1998`."""

    def __init__(self, X, seed, share=0.9):
        self.X, self.seed, self.share = X, seed, share

    def __call__(self, number):
        chance = torch.Generator().manual_seed(1000 * self.seed + number)
        chosen = (torch.rand(len(self.X), generator=chance) < self.share).nonzero().flatten()
        images = self.X.clone()
        for part in chosen.split(5000):
            images[part] = DISTORT_1998(self.X[part], chance)
        return images
