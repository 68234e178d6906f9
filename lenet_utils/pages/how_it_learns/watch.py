"""A training that is watched: its losses, and the kernels of C1 on the way."""

from collections.abc import Collection, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lenet_utils.data import Digits
from lenet_utils.nets.lenet import LeNet


def watched(net: LeNet, digits: Digits, steps: Collection[int], lr: float) -> tuple[list[float], dict[int, Tensor]]:
    """Train `net` on 64 digits per step by plain gradient descent, up to the last of `steps`.

    Returns the loss of every step, and the kernels `(6, 5, 5)` of C1 before each of `steps`.
    """
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    generator = torch.Generator().manual_seed(0)
    losses, kernels = [], {}
    for step in range(max(steps) + 1):
        if step in steps:
            kernels[step] = net.C1.weight.detach().clone()[:, 0]
        batch = torch.randint(len(digits.y_train), (64,), generator=generator)
        loss = F.cross_entropy(net(digits.X_train[batch]), digits.y_train[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, kernels


def largest_difference(net: nn.Module, gradients: Mapping[str, Tensor]) -> float:
    """The largest difference between `gradients` and autograd's, relative to the largest gradient in the same tensor."""
    pairs = [(gradients[name], weight.grad) for name, weight in net.named_parameters() if weight.grad is not None]
    return max(((ours - theirs).abs().max() / theirs.abs().max()).item() for ours, theirs in pairs)
