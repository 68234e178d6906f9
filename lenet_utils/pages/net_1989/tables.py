"""What the page prints of a network, and the images that it reads."""

import pandas as pd
import torch
import torch.nn.functional as F

from lenet_utils import experiments
from lenet_utils.experiments.results import unpack_images
from lenet_utils.nets.papers import Paper
from lenet_utils.pages.net_1989 import levenberg
from lenet_utils.pages.net_1989.stacked import Stack


def count(net: Paper) -> pd.DataFrame:
    """Units, connections and weights of `net`: a row for the image, one for each layer, and their sum."""
    rows = {"image": (net.size**2, 0, 0), **net.count()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["units", "connections", "weights"])
    return pd.concat([table, table.sum().to_frame("sum").T])


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
