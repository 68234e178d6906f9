"""Four kernels drawn by hand."""

import torch

KERNELS = {
    "blur": torch.ones(3, 3) / 9,
    "vertical edges": torch.tensor([[-1.0, 0, 1]] * 3),
    "horizontal edges": torch.tensor([[-1.0, 0, 1]] * 3).T,
    "outline": torch.tensor([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
}
