"""How long the network of 1989 takes a pattern: one network in a plain loop, and networks side by side as one tensor program.

`python -m benchmarks.side_by_side` saves the result that the page `net_1989` shows.
The plain loop is what Karpathy's reproduction does: an `nn.Module`, `loss.backward()` and `torch.optim.SGD`, batches of one.
One thread. Every round runs all variants one after the other; what counts is the median of the ratios within a round.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import nn

from benchmarks.results import save
from lenet_utils.experiments import results
from lenet_utils.nets.papers import Net1989
from lenet_utils.pages.net_1989.levenberg import Squares, one_pass, rates
from lenet_utils.pages.net_1989.stacked import Stack

PATTERNS, PASSES = 7_291, 23
TARGETS = 2 * torch.eye(10) - 1


def main(rounds: int = 9, patterns: int = 1_000, sizes: Sequence[int] = (1, 8, 16)) -> None:
    torch.set_num_threads(1)
    X, y = torch.rand(patterns, 1, 16, 16) * 2 - 1, torch.randint(10, (patterns,))
    variants = {"plain loop": lambda: plain(X, y)} | {f"{n} side by side": lambda n=n: stacked(X, y, n) for n in sizes}
    seconds = measure(variants, rounds)
    values = summary(seconds, patterns)
    for name, row in values.items():
        print(f"{name:16} {row['ms_a_step']:6.3f} ms a step of one network, {row['ratio']:5.1f} x")
    whole = values[f"{sizes[-1]} side by side"]["ms_a_step"] / 1000 * sizes[-1] * PATTERNS * PASSES
    print(f"23 passes of {sizes[-1]} networks: {whole / 60:.1f} minutes on one thread")
    page = results.PAGES / "net_1989"
    print(save("side_by_side", page, rounds=rounds, patterns=patterns, variants=values, seconds_of_23_passes=whole))


def measure(variants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Seconds a network of every variant in every round, after a round that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(1 + rounds):
        for name, run in variants.items():
            seconds[name].append(run())
    return {name: values[1:] for name, values in seconds.items()}


def summary(seconds: Mapping[str, Sequence[float]], patterns: int) -> dict[str, dict[str, float]]:
    """Median milliseconds a step of one network, and the median ratio to the first variant of the round."""
    first = next(iter(seconds.values()))
    return {
        name: {
            "ms_a_step": 1000 * statistics.median(values) / patterns,
            "ratio": statistics.median(a / b for a, b in zip(first, values, strict=True)),
        }
        for name, values in seconds.items()
    }


def plain(X: torch.Tensor, y: torch.Tensor) -> float:
    """Seconds of a pass of one network."""
    net = Plain()
    opt = torch.optim.SGD(net.parameters(), lr=0.03)
    start = time.perf_counter()
    for image, label in zip(X.split(1), y, strict=True):
        loss = (net(image) - TARGETS[label]).square().mean()
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
    return time.perf_counter() - start


def stacked(X: torch.Tensor, y: torch.Tensor, nets: int) -> float:
    """Seconds of a pass of one of `nets` networks, the estimate of the rates not counted: it takes one of fifteen patterns."""
    stack, loss = Stack([Net1989(seed=seed) for seed in range(nets)]), Squares(TARGETS)
    steps = rates(stack, X, y, loss, torch.zeros(1, nets, dtype=torch.int64), 0.001, 0.1)
    orders = torch.arange(len(X)).expand(nets, -1)
    start = time.perf_counter()
    one_pass(stack, X, y, loss, orders, steps)
    return (time.perf_counter() - start) / nets


class Plain(nn.Module):
    """The network of 1989 with parameters and functions only: three convolutions for the three blocks of eight maps."""

    H1w: nn.Parameter
    H1b: nn.Parameter
    H2w: nn.Parameter
    H2b: nn.Parameter
    H3w: nn.Parameter
    H3b: nn.Parameter
    outw: nn.Parameter
    outb: nn.Parameter

    def __init__(self) -> None:
        super().__init__()
        shapes = {"H1w": (12, 1, 5, 5), "H1b": (12, 8, 8), "H2w": (12, 8, 5, 5), "H2b": (12, 4, 4)}
        shapes |= {"H3w": (192, 30), "H3b": (30,), "outw": (30, 10), "outb": (10,)}
        for name, shape in shapes.items():
            setattr(self, name, nn.Parameter(0.1 * torch.randn(shape)))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        X = F.pad(X, (2, 2, 2, 2), value=-1.0)
        X = torch.tanh(F.conv2d(X, self.H1w, stride=2) + self.H1b)  # (N, 12, 8, 8)
        X = F.pad(X, (2, 2, 2, 2), value=-1.0)
        blocks = X[:, :8], X[:, 4:], torch.cat([X[:, :4], X[:, 8:]], dim=1)
        X = torch.cat([F.conv2d(part, self.H2w[4 * i : 4 * i + 4], stride=2) for i, part in enumerate(blocks)], dim=1)
        X = torch.tanh(X + self.H2b).flatten(1)  # (N, 192)
        X = torch.tanh(X @ self.H3w + self.H3b)  # (N, 30)
        return torch.tanh(X @ self.outw + self.outb)  # (N, 10)


if __name__ == "__main__":
    main()
