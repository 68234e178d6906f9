"""How upright the digits of each collection stand, and which of the public zip codes the paper of 1990 printed."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lenet_utils import data as datasets
from lenet_utils.data import DataError
from lenet_utils.experiments.registry import named

FIRST = 1757  # the first test digit, counted from 0, that Figure 2 of LeCun et al. 1990 shows


@named(data="usps", seeds=1)
def printed_1990(data: str, seeds: Sequence[int], keep: Path | None) -> dict[str, Any]:
    """The slant of zip codes and MNIST, and the 250 digits of Figure 2 of 1990 held against the public file."""
    zips, mnist, figure = datasets.load(data), datasets.load("mnist"), figure_2()
    collections = {"zip codes": zips.X_test[:, 0], "Figure 2": figure.float(), "MNIST": mnist.X_test[:, 0]}
    pixels = [fewest_differences(*pair) for pair in zip(zips.X_test[FIRST : FIRST + len(figure), 0], figure, strict=True)]
    return {
        "slants": {name: [round(f(slants(X)).item(), 4) for f in (torch.mean, torch.std)] for name, X in collections.items()},
        "digits": len(figure),
        "different": [[FIRST + i, count] for i, count in enumerate(pixels) if count],
    }


def figure_2() -> torch.Tensor:
    """The 250 digits of Figure 2 of 1990, which is printed as squares: boolean `(250, 16, 16)`, true for ink."""
    return torch.from_numpy(np.load(file_of("figure2_1990.npy")))


def file_of(name: str) -> Path:
    """The path of a file of digits from elsewhere, in the folder `LENET_DIGITS`; `DataError` if it is not there."""
    path = Path(os.environ.get("LENET_DIGITS", "~/.cache/lenet/digits")).expanduser() / name
    if not path.is_file():
        raise DataError(f"{path} is not there. Name the folder that holds {name} in LENET_DIGITS.")
    return path


def slants(images: torch.Tensor) -> torch.Tensor:
    """How far each image `(N, H, W)` leans, in columns a row: its mixed second moment over the vertical one, `(N,)`."""
    ink = images.double() / images.double().sum((1, 2), keepdim=True)
    rows, columns = (torch.arange(side, dtype=torch.float64) for side in images.shape[1:])
    down = rows[:, None] - (ink * rows[:, None]).sum((1, 2), keepdim=True)
    right = columns - (ink * columns).sum((1, 2), keepdim=True)
    return (ink * down * right).sum((1, 2)) / (ink * down**2).sum((1, 2))


def fewest_differences(image: torch.Tensor, figure: torch.Tensor) -> int:
    """In how many pixels `image` `(H, W)` and the black and white `figure` differ, at the best threshold."""
    return min(int(((image > level) != figure).sum()) for level in image.unique())
