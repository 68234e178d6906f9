"""Upright and lying strokes of digits, kernels made by hand for them, and how well a kernel tells the two apart."""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

LONG, THIN = 8, 4  # pixels: at least so long one way, at most so thick the other


def bank() -> torch.Tensor:
    """Six kernels made by hand, `(6, 1, 5, 5)`, sizes adding up to 1: for strokes │ ─ ╲ ╱, for outlines, and a blur."""
    upright = torch.tensor([[-1.0, 0, 2, 0, -1]] * 5)
    distance = (torch.arange(5) - torch.arange(5)[:, None]).abs()  # from the diagonal
    falling = torch.tensor([2.0, 0, -1, -1, -1])[distance]
    falling -= falling.mean()
    outline = -torch.ones(5, 5)
    outline[2, 2] = 24
    kernels = torch.stack([upright, upright.T, falling, falling.flip(1), outline, torch.ones(5, 5)])
    return (kernels / kernels.abs().sum((1, 2), keepdim=True))[:, None]


def runs(ink: torch.Tensor) -> torch.Tensor:
    """For every pixel of `ink` `(N, H, W)`, true or false, how many pixels of ink lie in a row with it from left to right."""
    return (_run_from_left(ink) + _run_from_left(ink.flip(2)).flip(2) - 1) * ink


def _run_from_left(ink: torch.Tensor) -> torch.Tensor:
    length, lengths = torch.zeros_like(ink[:, :, 0], dtype=torch.int64), []
    for column in ink.unbind(2):
        length = (length + 1) * column
        lengths.append(length)
    return torch.stack(lengths, 2)


def strokes(X: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The pixels of `X` `(N, 1, H, W)`, 0 to 1, in upright and in lying strokes: two masks `(N, H, W)`."""
    ink = X[:, 0] > 0.5
    across, down = runs(ink), runs(ink.transpose(1, 2)).transpose(1, 2)
    return (down >= LONG) & (across <= THIN) & ink, (across >= LONG) & (down <= THIN) & ink


def windows(X: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The 5x5 pixels around every pixel of upright and of lying strokes of `X` `(N, 1, H, W)`: two tensors `(n, 25)`."""
    patches = F.pad(X[:, 0], (2, 2, 2, 2)).unfold(1, 5, 1).unfold(2, 5, 1)  # a view, (N, H, W, 5, 5)
    return tuple(patches[mask].flatten(1) for mask in strokes(X))


def responses(kernel: torch.Tensor, seen: Iterable[torch.Tensor]) -> tuple[torch.Tensor, ...]:
    """What `kernel` `(5, 5)` gives for the two tensors of `windows`: two lists of numbers."""
    return tuple(patches @ kernel.detach().float().flatten() for patches in seen)


def score(kernel: torch.Tensor, seen: Iterable[torch.Tensor]) -> float:
    """How often `kernel` gives more at a pixel of an upright stroke than at one of a lying stroke; 0.5 is chance."""
    upright, lying = responses(kernel, seen)
    truth = torch.cat([torch.ones_like(upright), torch.zeros_like(lying)])
    return float(roc_auc_score(truth.numpy(), torch.cat([upright, lying]).numpy()))


def by_regression(X: torch.Tensor) -> torch.Tensor:
    """The kernel `(5, 5)` that a logistic regression chooses to tell upright from lying strokes of `X` `(N, 1, H, W)`."""
    upright, lying = windows(X)
    labels = torch.cat([torch.ones(len(upright)), torch.zeros(len(lying))])
    model = LogisticRegression().fit(torch.cat([upright, lying]), labels)
    return torch.tensor(model.coef_).view(5, 5)
