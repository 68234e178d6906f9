"""What is drawn and printed on the page `max_or_average` alone."""

from collections.abc import Iterable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.figures import plots
from lenet_utils.pages.differences.experiment import by_the_rule, said
from lenet_utils.pages.max_or_average.experiment import KEEPS, rebuilt

Verdict = tuple[float, float, float, bool]  # mean, both ends of the interval, and whether it counts
Decoded = Mapping[str, Mapping[str, float]]  # the share recovered, by layer and way


def four_ways(one: torch.Tensor) -> plt.Figure:
    """A map `(H, W)` of values from 0 and what each of `KEEPS` leaves of it, on one scale.

    The maximum with its position is shown at the size of the map.
    """
    kept = {way: keep(one[None, None])[0] for way, keep in KEEPS.items()}
    kept["max + position"] = F.pixel_shuffle(kept["max + position"], 2)
    fig, axes = plots.figure(1.9, columns=5)
    limits = (0, float(one.max()))
    plots.image(one, axes[0], plots.CONVOLUTION, limits, title="the map")
    for ax, (way, values) in zip(axes[1:], kept.items(), strict=True):
        plots.image(values[0], ax, plots.POOLING, limits, title=way)
    return fig


def reconstructions(train: torch.Tensor, test: torch.Tensor, digit: int) -> plt.Figure:
    """One map `(N, 1, H, W)` of the test image `digit` as a decoder rebuilds it from each way, all on one scale."""
    fig, axes = plots.figure(2.1, columns=4)
    limits = (0, float(test[digit].max()))
    for ax, (way, keep) in zip(axes, KEEPS.items(), strict=True):
        again = rebuilt(keep, train, test)[digit, 0]
        plots.image(again, ax, plots.CONVOLUTION, limits, title=way)
    return fig


def lost(decoded: Sequence[Decoded]) -> pd.DataFrame:
    """The share that decoders miss, in percent, mean over the networks: a row a layer, a column a way."""
    return 100 * (1 - sum(pd.DataFrame(run) for run in decoded) / len(decoded)).T


def gaps(decoded: Sequence[Decoded]) -> dict[tuple[str, str], Verdict]:
    """Points that a decoder recovers more from the average, and from the maximum with its position, than from the maximum."""
    points = _points(decoded)
    return dict(zip(points, by_the_rule(points.values()), strict=True))


def _points(decoded: Sequence[Decoded]) -> dict[tuple[str, str], list[float]]:
    """The differences of `gaps` in percentage points, a value per network."""
    pairs = [(layer, way) for way in ("avg", "max + position") for layer in ("C1", "C3")]
    return {(f"{layer} {way}", "max"): [100 * (run[layer][way] - run[layer]["max"]) for run in decoded] for layer, way in pairs}


def all_verdicts(
    linear: Sequence[Decoded], hidden: Sequence[Decoded], *networks: tuple[Comparison, Iterable[tuple[str, str]]]
) -> list[Verdict]:
    """All fifteen comparisons of the page, judged together.

    One of the `linear` decoders, in C1; four of those with a `hidden` layer; then the accuracies of pairs of networks.
    """
    points = [_points(linear)["C1 avg", "max"], *_points(hidden).values()]
    points += [
        (100 * np.subtract(runs.values(one), runs.values(other))).tolist() for runs, pairs in networks for one, other in pairs
    ]
    return by_the_rule(points)


def in_lines(gains: Mapping[tuple[str, str], Verdict]) -> str:
    """A line a pair: by how many points the first is over the second, and the verdict."""
    return "\n".join(f"{f'{one} over {other}':26} {said(verdict)}" for (one, other), verdict in gains.items())
