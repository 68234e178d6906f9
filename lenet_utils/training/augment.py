"""Pictures a little turned, stretched and moved at random, a new picture every time."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F


@dataclass(frozen=True)
class Affine:
    """Each image of a batch `(N, C, H, W)` gets its own rotation, size, slant and shift, drawn evenly between minus and plus.

    `degrees` of rotation, `scale` and `shear` as shares, `pixels` of shift; `background` fills what comes into view.
    Called with the images and a `torch.Generator`.
    """

    degrees: float = 10.0
    scale: float = 0.1
    shear: float = 0.1
    pixels: float = 2.0
    background: float = 0.0

    def __call__(self, X: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
        grid = F.affine_grid(self.matrices(X, generator), list(X.shape), align_corners=False)
        return F.grid_sample(X - self.background, grid, align_corners=False) + self.background

    def matrices(self, X: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
        """Where each output pixel reads, as `affine_grid` wants it: `(N, 2, 3)`, in half widths and half heights."""
        n, (height, width) = len(X), X.shape[-2:]

        def between(bound: float) -> torch.Tensor:
            return (2 * torch.rand(n, generator=generator) - 1) * bound

        turn, shear = between(self.degrees * math.pi / 180), between(self.shear)
        wide, high = 1 + between(self.scale), 1 + between(self.scale)
        right, down = between(2 * self.pixels / width), between(2 * self.pixels / height)
        rows = [wide * turn.cos(), shear - wide * turn.sin(), right], [high * turn.sin(), high * turn.cos(), down]
        return torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)


# Distortions in the manner of LeCun et al. 1998, for images of its normalisation.
DISTORTIONS_1998 = Affine(degrees=0.0, scale=0.15, shear=0.15, pixels=1.5, background=-0.1)
