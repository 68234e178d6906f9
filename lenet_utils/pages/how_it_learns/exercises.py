"""The exercises of the page `how_it_learns`."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import forward_ad
from torch.overrides import TorchFunctionMode

from lenet_utils.exercises.kinds import Choice, Function, Wrong, normal


class Derivatives(TorchFunctionMode):
    """Notes while it is entered whether PyTorch took down a result to differentiate it, as `torch.func` does too."""

    def __init__(self) -> None:
        super().__init__()
        self.used = False

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **kwargs or {})
        for part in result if isinstance(result, list | tuple) else (result,):
            if isinstance(part, Tensor):
                self.used |= part.grad_fn is not None or forward_ad.unpack_dual(part).tangent is not None
        return result


class ByHand(Function):
    """A function that may not call autograd, which in inference mode raises or is wrong; the reason is `forbidden`.

    `torch.func` works in inference mode, so what it computes is watched.
    """

    def judge(self, answer: Any) -> Wrong | None:
        if wrong := super().judge(answer):
            return wrong
        try:
            with torch.inference_mode(), Derivatives() as derivatives:
                wrong = super().judge(answer)
        except RuntimeError:
            return Wrong("forbidden")
        return Wrong("forbidden") if wrong or derivatives.used else None


def kernel_gradient(X: Tensor, delta: Tensor) -> Tensor:
    """Gradient `(H - h + 1, W - w + 1)` of a kernel, from the image `(H, W)` and the gradient `(h, w)` at its map."""
    return F.conv2d(X[None, None], delta[None, None])[0, 0]


def logits_gradient(W: Tensor, X: Tensor, y: Tensor) -> Tensor:
    """Softmax minus one-hot `(N, classes)` for the logits `X @ W`."""
    return (X @ W).softmax(1) - F.one_hot(y, W.shape[1])


def kernel_by_autograd(X: Tensor, delta: Tensor) -> Tensor:
    kernel = torch.zeros(X.shape[0] - delta.shape[0] + 1, X.shape[1] - delta.shape[1] + 1, requires_grad=True)
    F.conv2d(X[None, None], kernel[None, None]).backward(delta[None, None])
    assert kernel.grad is not None
    return kernel.grad


def step_by_autograd(W: Tensor, X: Tensor, y: Tensor, lr: float) -> Tensor:
    W.requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(X @ W, y), W)
    return W.detach() - lr * gradient


# The second batch lacks the last class, so that the number of classes must come from W.
LABELS = torch.tensor([0, 2, 2, 1])
TWO_LABELS = torch.tensor([0, 1, 1, 0])
EXERCISES = {
    "kernel": ByHand(
        kernel_gradient,
        ((torch.arange(9.0).view(3, 3), torch.ones(2, 2)), (normal(6, 5), normal(4, 3, seed=1))),
        {
            "flipped": lambda X, delta: kernel_gradient(X, delta.flip(0, 1)),
            "transposed": lambda X, delta: kernel_gradient(X, delta).T,
            "mean": lambda X, delta: kernel_gradient(X, delta) / delta.numel(),
            "one-position": lambda X, delta: delta[0, 0] * X[: len(X) - len(delta) + 1, : X.shape[1] - delta.shape[1] + 1],
            "forbidden": kernel_by_autograd,
        },
    ),
    "step": ByHand(
        lambda W, X, y, lr: W - lr * X.T @ logits_gradient(W, X, y) / len(X),
        ((normal(5, 3), normal(4, 5, seed=1), LABELS, 0.5), (torch.zeros(2, 3), normal(4, 2, seed=2), TWO_LABELS, 0.1)),
        {
            "uphill": lambda W, X, y, lr: W + lr * X.T @ logits_gradient(W, X, y) / len(X),
            "sum": lambda W, X, y, lr: W - lr * X.T @ logits_gradient(W, X, y),
            "no-rate": lambda W, X, y, lr: W - X.T @ logits_gradient(W, X, y) / len(X),
            "no-softmax": lambda W, X, y, lr: W - lr * X.T @ (X @ W - F.one_hot(y, W.shape[1])) / len(X),
            "gradient": lambda W, X, y, lr: X.T @ logits_gradient(W, X, y) / len(X),
            "forbidden": step_by_autograd,
        },
    ),
    "forgotten": Choice("b", ("a", "c", "d")),
}
