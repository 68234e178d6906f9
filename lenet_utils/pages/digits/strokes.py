"""A digit drawn with straight strokes, and the box around the ink of any picture."""

from collections.abc import Sequence

import torch

Point = tuple[float, float]  # row and column


def drawn(lines: Sequence[tuple[Point, Point]], height: int = 90, width: int = 120, pen: float = 4) -> torch.Tensor:
    """A sheet `(height, width)`, 0 for paper and 1 for ink, with a stroke of `pen` pixels to either side of each line."""
    points = torch.cartesian_prod(torch.arange(height), torch.arange(width)).float()
    ink = torch.zeros(height * width)
    for start, end in torch.tensor(lines).float():
        along = end - start
        share = ((points - start) @ along / along.dot(along)).clamp(0, 1)  # of the way to the nearest point of the line
        distance = (points - start - share[:, None] * along).norm(dim=1)
        ink = torch.maximum(ink, (pen - distance).clamp(0, 1))
    return ink.view(height, width)


def box(picture: torch.Tensor) -> torch.Tensor:
    """First and last row, and first and last column, with ink in a picture `(H, W)`: float64 `(2, 2)`."""
    spans = ((picture > 0).any(axis).nonzero() for axis in (1, 0))
    return torch.tensor([[span.min(), span.max()] for span in spans]).double()
