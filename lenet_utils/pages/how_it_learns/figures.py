"""The figures of the page `how_it_learns`: small matrices and a loss."""

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


def loss_curve(losses: Sequence[float], mean_of: int) -> None:
    """The training loss, each point the mean of so many steps; what is left over at the end is not drawn."""
    number = len(losses) // mean_of
    means = np.array(losses[: number * mean_of]).reshape(number, mean_of).mean(1)
    _, ax = plots.figure(2.2)
    ax.plot(mean_of * np.arange(number) + mean_of // 2, means, color=plots.INK)
    ax.set(xlabel="step", ylabel="loss in nats", ylim=(0, None))
