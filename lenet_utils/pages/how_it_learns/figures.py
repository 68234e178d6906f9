"""The figures of the page `how_it_learns`: small matrices, kernels on their way, and a loss."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from lenet_utils.figures import plots


def matrices(named: Mapping[str, torch.Tensor], window: int = 0) -> None:
    """Matrices `(H, W)` side by side under their names, the first in ink; `window` outlines its upper left square."""
    _, axes = plots.figure(2.4, columns=len(named))
    for place, (ax, (name, matrix)) in enumerate(zip(axes, named.items(), strict=True)):
        outlined = (0, 0, window) if window and not place else None
        plots.numbers(matrix, ax, None if place else plots.INK, window=outlined, title=name)


def kernels_in_rows(kernels: Mapping[int, torch.Tensor]) -> None:
    """Kernels `(6, 5, 5)` in a row for each of some steps, all at one scale."""
    _, axes = plots.figure(3.6, rows=len(kernels), columns=6)
    limit = 1.2 * float(next(iter(kernels.values())).abs().max())
    for row, (step, six) in zip(axes, kernels.items(), strict=True):
        for ax, kernel in zip(row, six, strict=True):
            plots.weights(kernel, ax, limit=limit)
        row[0].set_title(f"step {step}", loc="left", fontsize=9)


def loss_curve(losses: Sequence[float], mean_of: int) -> None:
    """The training loss, each point the mean of so many steps; what is left over at the end is not drawn."""
    number = len(losses) // mean_of
    means = np.array(losses[: number * mean_of]).reshape(number, mean_of).mean(1)
    _, ax = plots.figure(2.2)
    ax.plot(mean_of * np.arange(number) + mean_of // 2, means, color=plots.INK)
    ax.set(xlabel="step", ylabel="loss in nats", ylim=(0, None))
