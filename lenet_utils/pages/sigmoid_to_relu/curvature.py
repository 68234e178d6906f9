"""How curved the loss is: the largest eigenvalue of its Hessian, by power iteration on Hessian-vector products.

Along a direction of curvature above `2 / lr`, a step of gradient descent at rate `lr` ends further from the bottom than it began.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from lenet_utils.errors import as_whole

Times = Callable[[torch.Tensor], torch.Tensor]  # a matrix as the function that multiplies it by a vector


def hessian_product(loss: torch.Tensor, weights: Iterable[torch.Tensor]) -> Times:
    """The function that multiplies the Hessian of the scalar `loss` in the tensors `weights` by a flat vector `(n,)`."""
    weights = list(weights)
    slope = _flat(torch.autograd.grad(loss, weights, create_graph=True, materialize_grads=True))  # (n,)

    def times(vector: torch.Tensor) -> torch.Tensor:
        return _flat(torch.autograd.grad(slope, weights, vector, retain_graph=True, materialize_grads=True))

    return times


def power_iteration(
    times: Times, start: torch.Tensor, tolerance: float = 0.05, most: int = 100
) -> tuple[torch.Tensor, torch.Tensor]:
    """The eigenvector of length 1 whose eigenvalue is largest in size, and what the symmetric map `times` makes of it.

    The dot product of the two is the eigenvalue, with its sign. It stops when the two point the same or the opposite way
    up to `tolerance`, which leaves an error of about its square in the value, or after `most` products.
    """
    most = as_whole(most=most)
    vector = start / start.norm()
    for _ in range(most):
        product = times(vector)
        size = product.norm()
        if (product - (vector @ product) * vector).norm() <= tolerance * size:
            break
        last, vector = vector, product / size
    else:
        vector = last  # the one that `product` belongs to
    return vector, product


def largest_eigenvalue(
    loss: torch.Tensor, weights: Iterable[torch.Tensor], start: torch.Tensor | None = None, tolerance: float = 0.05,
    most: int = 100,
) -> tuple[float, torch.Tensor]:  # fmt: skip
    """The largest eigenvalue of the Hessian of `loss` in `weights`, not the largest in size, and its vector `(n,)`.

    `start` is a vector to begin with, such as that of a step before; without it, a random one. `most` products are made
    at first, and if these find a negative value, five times as many.
    """
    weights = list(weights)
    times = hessian_product(loss, weights)
    if start is None:
        generator = torch.Generator().manual_seed(0)
        start = torch.randn(sum(weight.numel() for weight in weights), generator=generator).to(loss)
    vector, product = power_iteration(times, start, tolerance, most)
    value, size = (vector @ product).item(), product.norm().item()
    if value < (1 - tolerance) * size:  # it found a negative one, or lies between two of equal size: lift all above zero
        vector, product = power_iteration(lambda v: times(v) + 1.1 * size * v, start, tolerance, 5 * most)  # lifted, it is slow
        value = (vector @ product).item() - 1.1 * size
    return value, vector


def sharpness(net: nn.Module, X: torch.Tensor, y: torch.Tensor, **settings: Any) -> tuple[float, torch.Tensor]:
    """The largest eigenvalue of the Hessian of the mean cross-entropy of `net` on images `X` `(N, C, H, W)` with labels `y`.

    `settings` are those of `largest_eigenvalue`. Returns the value and the vector `(n,)`, in the order of `net.parameters()`.
    """
    return largest_eigenvalue(F.cross_entropy(net(X), y), net.parameters(), **settings)


def _flat(tensors: Iterable[torch.Tensor]) -> torch.Tensor:
    return torch.cat([tensor.reshape(-1) for tensor in tensors])
