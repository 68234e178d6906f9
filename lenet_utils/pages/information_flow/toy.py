"""A world of 512 images, small enough to count what a layer tells about an image in bits, exactly."""

from collections.abc import Callable

import torch

IMAGES = torch.cartesian_prod(*[torch.arange(2.0)] * 9).view(512, 1, 3, 3)  # all images of 3x3 pixels that are 0 or 1


def bits(values: torch.Tensor) -> float:
    """How many bits a layer's `values`, a row for each of `IMAGES`, tell about the image, if all images are equally likely.

    The image decides the values, so this is their entropy: 9 bits if all rows differ, 0 if all are the same.
    """
    counts = values.reshape(len(values), -1).unique(dim=0, return_counts=True)[1]
    shares = counts / counts.sum()
    return abs((shares * shares.log2()).sum().item())


def draw(maps: int, seed: int) -> torch.Tensor:
    """Random kernels `(maps, 1, 2, 2)` of whole numbers from -3 to 3, so that no sum is rounded."""
    return torch.randint(-3, 4, (maps, 1, 2, 2), generator=torch.Generator().manual_seed(seed)).float()


def mean_bits(block: Callable[[torch.Tensor], dict[str, torch.Tensor]], maps: int, draws: int = 100) -> dict[str, float]:
    """The bits left after each step of `block`, averaged over `draws` random kernels for so many `maps`."""
    blocks = [block(draw(maps, seed)) for seed in range(draws)]
    return {step: sum(bits(each[step]) for each in blocks) / draws for step in blocks[0]}
