"""The exercises of the page `how_it_learns` against answers that its readers are likely to write."""

import pytest
import torch
import torch.nn.functional as F

from lenet_utils.exercises.check import check


def step_with(one_hot):
    """A step of softmax regression by hand, with `one_hot(y, W)` for the labels."""

    def answer(W, X, y, lr):
        return W - lr * X.T @ ((X @ W).softmax(1) - one_hot(y, W)) / len(X)

    return answer


def step_backward(W, X, y, lr):
    W.requires_grad_()
    F.cross_entropy(X @ W, y).backward()
    return W - lr * W.grad


def kernel_backward(X, delta):
    kernel = torch.zeros([side - other + 1 for side, other in zip(X.shape, delta.shape, strict=True)], requires_grad=True)
    (gradient,) = torch.autograd.grad(F.conv2d(X[None, None], kernel[None, None])[0, 0], kernel, delta)
    return gradient


def map_of(X):
    """The map that a kernel `(h, w)` makes of the image `X`."""
    return lambda kernel: F.conv2d(X[None, None], kernel[None, None])[0, 0]


def no_kernel(X, delta):
    return torch.zeros([side - other + 1 for side, other in zip(X.shape, delta.shape, strict=True)])


def kernel_vjp(X, delta):
    return torch.func.vjp(map_of(X), no_kernel(X, delta))[1](delta)[0]


def kernel_func_grad(X, delta):
    return torch.func.grad(lambda kernel: (map_of(X)(kernel) * delta).sum())(no_kernel(X, delta))


def kernel_jacobian(X, delta):
    return torch.einsum("ij,ijhw->hw", delta, torch.func.jacrev(map_of(X))(no_kernel(X, delta)))


def kernel_functional(X, delta):
    return torch.autograd.functional.vjp(map_of(X), no_kernel(X, delta), delta)[1]


def kernel_outside_inference(X, delta):
    with torch.inference_mode(False):
        return kernel_backward(X.clone(), delta.clone())


def step_func_grad(W, X, y, lr):
    return W - lr * torch.func.grad(lambda weights: F.cross_entropy(X @ weights, y))(W)


def kernel_module(X, delta):
    conv = torch.nn.Conv2d(1, 1, delta.shape, bias=False)
    conv.weight = torch.nn.Parameter(delta[None, None], requires_grad=False)
    return conv(X[None, None])[0, 0]


def kernel_loop(X, delta):
    kernel = torch.zeros([side - other + 1 for side, other in zip(X.shape, delta.shape, strict=True)])
    for (i, j), error in zip(((i, j) for i in range(len(delta)) for j in range(delta.shape[1])), delta.flatten(), strict=True):
        kernel += error * X[i : i + kernel.shape[0], j : j + kernel.shape[1]]
    return kernel


def test_the_number_of_classes_is_not_that_of_the_labels():
    assert check("how_it_learns/step", step_with(lambda y, W: F.one_hot(y, W.shape[1]))).right is True
    assert check("how_it_learns/step", step_with(lambda y, W: torch.eye(W.shape[1])[y])).right is True
    assert check("how_it_learns/step", step_with(lambda y, W: F.one_hot(y))).text.startswith("Your code raised RuntimeError")


BY_AUTOGRAD = [
    ("step", step_backward),
    ("step", step_func_grad),
    ("kernel", kernel_backward),
    ("kernel", kernel_vjp),
    ("kernel", kernel_func_grad),
    ("kernel", kernel_jacobian),
    ("kernel", kernel_functional),
    ("kernel", kernel_outside_inference),
]


@pytest.mark.parametrize("name, answer", BY_AUTOGRAD)
def test_autograd_is_no_answer(name, answer):
    verdict = check(f"how_it_learns/{name}", answer)
    assert verdict.right is False and "autograd computed them" in verdict.text


@pytest.mark.parametrize("answer", [kernel_loop, kernel_module])
def test_a_sum_by_hand_is_right(answer):
    assert check("how_it_learns/kernel", answer).right is True
