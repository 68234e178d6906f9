"""What the page prints of a network, and the images that it reads."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F

from lenet_utils import experiments
from lenet_utils.experiments.comparison import Comparison
from lenet_utils.experiments.results import unpack_images
from lenet_utils.nets.papers import Paper
from lenet_utils.pages.differences.experiment import by_the_rule
from lenet_utils.pages.net_1989 import levenberg
from lenet_utils.pages.net_1989.stacked import Stack


def count(net: Paper) -> pd.DataFrame:
    """Units, connections and weights of `net`: a row for the image, one for each layer, and their sum."""
    rows = {"image": (net.size**2, 0, 0), **net.count()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["units", "connections", "weights"])
    return pd.concat([table, table.sum().to_frame("sum").T])


def count_together(families: Sequence[tuple[Comparison, str]]) -> list[list[str]]:
    """The variants of each comparison whose value differs from that of its first one by the book's rule for all of them."""
    keys = [(k, name) for k, (comparison, _) in enumerate(families) for name in comparison.variants[1:]]
    rows = [np.subtract(each.values(name, value), each.values(each.variants[0], value))
            for each, value in families for name in each.variants[1:]]  # fmt: skip
    found = [key for key, row in zip(keys, by_the_rule(rows), strict=True) if row[3]]
    return [[name for k, name in found if k == family] for family in range(len(families))]


def zip_code(number: int) -> torch.Tensor:
    """One of the zip code digits that come with the book, `(16, 16)`, from -1 for paper to 1 for ink."""
    return unpack_images(experiments.load("zip_codes"))[number] / 127.5 - 1


def as_zip_codes(X: torch.Tensor) -> torch.Tensor:
    """MNIST images `(N, 1, 28, 28)` from 0 to 1 as `(N, 1, 16, 16)` from -1 to 1."""
    return F.interpolate(X, size=16, mode="area") * 2 - 1


def rates_by_layer(
    net: Paper, X: torch.Tensor, y: torch.Tensor, loss: levenberg.Loss, eta: float, mu: float, sample: int = 500
) -> dict[str, torch.Tensor]:
    """The rates eta / (mu + h) of the kernels (w) and biases (b) of every layer, with h from the first `sample` images."""
    stack, some = Stack([net]), torch.arange(sample)[:, None]
    rates = levenberg.rates(stack, X, y, loss, some, eta, mu)
    return dict(zip([f"{name} {part}" for name in stack.names for part in "wb"], rates, strict=True))


def all_rates(net: Paper, X: torch.Tensor, y: torch.Tensor, loss: levenberg.Loss, eta: float, mu: float) -> torch.Tensor:
    """The rates of all weights of `net` that exist, in one row, see `rates_by_layer`."""
    rates = torch.cat([each.flatten() for each in rates_by_layer(net, X, y, loss, eta, mu).values()])
    return rates[rates > 0]
