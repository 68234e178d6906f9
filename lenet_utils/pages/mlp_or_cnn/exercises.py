"""The exercises of "MLP or CNN: try both, or derive the choice first?"."""

from functools import cache

import torch

from lenet_utils import data
from lenet_utils.exercises.kinds import Choice, Function, Judged, normal
from lenet_utils.experiments.runs import RECIPE
from lenet_utils.pages.mlp_or_cnn.experiment import new_net
from lenet_utils.pages.mlp_or_cnn.orders import ORDERS, rearranged
from lenet_utils.training.fit import evaluate, fit

PIXELS, DIGITS = 784, 1500


def as_dense(kernel: torch.Tensor, n: int) -> torch.Tensor:
    """The weights `(n - k + 1, n)` of the dense layer that does what a convolution with `kernel` `(k,)` does to `n` values."""
    weight = kernel.new_zeros(n - len(kernel) + 1, n)
    for place in range(len(weight)):
        weight[place, place : place + len(kernel)] = kernel
    return weight


def _around(kernel: torch.Tensor, n: int) -> torch.Tensor:
    row = torch.cat([kernel, kernel.new_zeros(n - len(kernel))])
    return torch.stack([row.roll(place) for place in range(n)])


def _padded(kernel: torch.Tensor, n: int) -> torch.Tensor:
    margin = len(kernel) // 2
    return as_dense(kernel, n + 2 * margin)[:, margin : margin + n]


def is_order(order: torch.Tensor) -> bool:
    return order.numel() == PIXELS and order.flatten().sort().values.tolist() == list(range(PIXELS))


def moves(order: torch.Tensor) -> bool | dict[str, int]:
    """Whether at least 700 of the 784 pixels come to another place, or how many do."""
    moved = int((order.flatten() != torch.arange(PIXELS)).sum())
    return True if moved >= 700 else {"moved": moved}


def another(order: torch.Tensor) -> bool:
    """Whether it is not the mirrored order, which the exercise leaves out."""
    return order.flatten().tolist() != ORDERS["mirrored"]().flatten().tolist()


def keeps_lenet(order: torch.Tensor) -> bool | dict[str, float]:
    """Whether LeNet reaches 86 % after training on 1,500 rearranged digits, or what it reaches."""
    accuracy = lenet_on(tuple(order.flatten().long().tolist()))
    return True if accuracy >= 0.86 else {"accuracy": accuracy}


@cache
def lenet_on(order: tuple[int, ...]) -> float:
    """Accuracy on rearranged test digits of a LeNet after six epochs on 1,500 training digits in the same `order`."""
    digits, net = data.load(), new_net("lenet", 0)
    X, X_test = (rearranged(X, torch.tensor(order)) for X in (digits.X_train[:DIGITS], digits.X_test))
    fit(net, X, digits.y_train[:DIGITS], progress=False, **RECIPE | {"num_epochs": 6})
    return evaluate(net, X_test, digits.y_test).accuracy


EXERCISES = {
    "columns": Choice("b", ("a", "c", "d")),
    "as_dense": Function(
        as_dense,
        cases=((normal(3), 6), (normal(2, seed=1), 2), (normal(5, seed=2), 7)),
        mistakes={
            "flipped": lambda kernel, n: as_dense(kernel.flip(0), n),
            "transposed": lambda kernel, n: as_dense(kernel, n).T,
            "around": _around,
            "padded": _padded,
        },
    ),
    "order": Judged(
        "a-tensor",
        torch.Tensor,
        demands={"not-an-order": is_order, "stays": moves, "mirrored": another, "breaks": keeps_lenet},
        solution=lambda: torch.arange(PIXELS).view(28, 28).rot90(),
        mistakes={
            "not-an-order": lambda: torch.randint(PIXELS, (PIXELS,), generator=torch.Generator().manual_seed(0)),
            "stays": lambda: torch.arange(PIXELS),
            "mirrored": lambda: ORDERS["mirrored"](),
            "breaks": lambda: ORDERS["all"](),
        },
        seconds=30,
    ),
}
