"""The losses of 1989 and 1998, and the passes of the stochastic diagonal Levenberg-Marquardt method.

LeCun et al. 1998, pp. 9-10 (losses and schedule), 41-42 (Appendix C, the method); page numbers of the preprint.
"""

from collections.abc import Callable, Iterator, Sequence

import torch

from lenet_utils.nets.papers import Paper
from lenet_utils.pages.net_1989.stacked import Stack
from lenet_utils.training.fit import evaluate
from lenet_utils.training.threads import one_thread

# One rate a pass: 20 passes (1998, p. 10). mu is 0.02, and the curvature comes from 500 patterns before each pass.
ETAS_1998 = [0.0005] * 2 + [0.0002] * 3 + [0.0001] * 3 + [0.00005] * 4 + [0.00001] * 8
MU_1998, SAMPLE_1998 = 0.02, 500
Rate = float | torch.Tensor  # a number, or one a network `(R,)`


class Squares:
    """The squared distance of the states `(R, units)` to the target of the label, `targets` `(classes, units)` (1998, eq. 8)."""

    def __init__(self, targets: torch.Tensor) -> None:
        self.targets = targets

    def slope(self, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The derivative by the states, `(R, units)`."""
        return 2 * (x - self.targets[labels])

    def curvature(self, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The second derivative by each state, `(R, units)`, at least 0."""
        return torch.full_like(x, 2.0)


class Competition:
    """The squared distance y to the code of the label plus log(e^-j + sum of e^-y over all codes) (1998, eq. 9).

    `j`, the penalty of the class "none of these", is a number or one a network `(R,)`; infinite, there is no such class.
    """

    def __init__(self, codes: torch.Tensor, j: Rate) -> None:
        self.codes, self.j = codes, torch.as_tensor(j, dtype=torch.float32)

    def slope(self, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        gaps, shares, _ = self._shares(x)
        return 2 * (x - self.codes[labels] - (shares * gaps).sum(1))

    def curvature(self, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        gaps, shares, rest = self._shares(x)
        spread = (shares * gaps.square()).sum(1) - (shares * gaps).sum(1).square()
        return 2 * rest + 4 * spread.clamp(min=0)

    def _shares(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Gaps to the codes `(R, classes, units)`, what e^-y is of the sum `(R, classes, 1)`, and what e^-j is `(R, 1)`."""
        gaps = x[:, None] - self.codes
        penalties = torch.cat([gaps.square().sum(2), self.j.expand(len(x))[:, None]], dim=1)
        shares = torch.softmax(-penalties, dim=1)
        return gaps, shares[:, :-1, None], shares[:, -1:]


Loss = Squares | Competition


def passes(
    nets: Sequence[Paper], X: torch.Tensor | Callable[[int], torch.Tensor], y: torch.Tensor, loss: Loss, etas: Sequence[Rate], *,
    mu: Rate = MU_1998, sample: int = SAMPLE_1998, orders: torch.Tensor | None = None, seed: int = 0,
) -> Iterator[int]:  # fmt: skip
    """Train `nets` in place side by side, one pattern at a time; yields the number of the pass after each of `len(etas)`.

    `X` images `(N, 1, H, W)`, or a function that gives those of a pass by its number; `y` labels `(N,)`. `orders` `(R, N)`
    are the patterns in the order in which each network sees them, in all passes the same; without it, at random by `seed`.
    Before each pass the rates are set to eta / (mu + h), with h from `sample` patterns. Each of `etas`, and `mu`, is a number
    or one a network `(R,)`.
    """
    stack, chance = Stack(nets), torch.Generator().manual_seed(seed)
    if orders is None:
        orders = torch.stack([torch.randperm(len(y), generator=chance) for _ in nets])
    for number, eta in enumerate(etas):
        images = X(number) if callable(X) else X
        some = torch.randint(len(y), (sample, len(nets)), generator=chance)
        one_pass(stack, images, y, loss, orders, rates(stack, images, y, loss, some, eta, mu))
        stack.unstack()
        yield number


@one_thread()
@torch.inference_mode()
def one_pass(stack: Stack, X: torch.Tensor, y: torch.Tensor, loss: Loss, orders: torch.Tensor, steps: list[torch.Tensor]) -> None:
    """One step a pattern, each weight by its own rate in `steps`."""
    for patterns in orders.T:
        states = stack.forward(X[patterns])
        stack.step(stack.backward(loss.slope(states, y[patterns])), steps)


@one_thread()
@torch.inference_mode()
def rates(stack: Stack, X: torch.Tensor, y: torch.Tensor, loss: Loss, some: torch.Tensor,
          eta: Rate, mu: Rate) -> list[torch.Tensor]:  # fmt: skip
    """eta / (mu + h) for every weight of every network, 0 for links that do not exist; `some` patterns `(sample, R)`."""
    sums = [torch.zeros_like(weight) for weight in stack.weights]
    for patterns in some:
        states = stack.forward(X[patterns])
        for total, h in zip(sums, stack.backward(loss.curvature(states, y[patterns]), power=2), strict=True):
            total += h
    pairs = zip(sums, stack.links(), strict=True)
    return [links * _by_net(eta, total) / (_by_net(mu, total) + total / len(some)) for total, links in pairs]


def _by_net(value: Rate, like: torch.Tensor) -> torch.Tensor:
    """A number, or one a network `(R,)`, in the shape that multiplies `like` `(R, ...)`."""
    return torch.as_tensor(value).view(-1, *[1] * (like.dim() - 1))


def errors(nets: Sequence[torch.nn.Module], X: torch.Tensor, y: torch.Tensor) -> list[float]:
    """The share of images `X` `(N, 1, H, W)` that each of `nets` gets wrong, as a list."""
    return [1 - evaluate(net, X, y).accuracy for net in nets]
