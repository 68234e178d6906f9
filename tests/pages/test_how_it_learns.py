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


def kernel_loop(X, delta):
    kernel = torch.zeros([side - other + 1 for side, other in zip(X.shape, delta.shape, strict=True)])
    for (i, j), error in zip(((i, j) for i in range(len(delta)) for j in range(delta.shape[1])), delta.flatten(), strict=True):
        kernel += error * X[i : i + kernel.shape[0], j : j + kernel.shape[1]]
    return kernel


def test_the_number_of_classes_is_not_that_of_the_labels():
    assert check("how_it_learns/step", step_with(lambda y, W: F.one_hot(y, W.shape[1]))).right is True
    assert check("how_it_learns/step", step_with(lambda y, W: torch.eye(W.shape[1])[y])).right is True
    assert check("how_it_learns/step", step_with(lambda y, W: F.one_hot(y))).text.startswith("Your code raised RuntimeError")


@pytest.mark.parametrize("name, answer", [("step", step_backward), ("kernel", kernel_backward)])
def test_autograd_is_no_answer(name, answer):
    verdict = check(f"how_it_learns/{name}", answer)
    assert verdict.right is False and "autograd computed them" in verdict.text


def test_a_loop_over_the_positions_is_right():
    assert check("how_it_learns/kernel", kernel_loop).right is True
