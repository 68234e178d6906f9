"""What is drawn and printed on the page `max_or_average` alone."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
import torch
import torch.nn.functional as F

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
    fig, axes = plots.figure(1.9, columns=4)
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
    pairs = [(layer, way) for way in ("avg", "max + position") for layer in ("C1", "C3")]
    points = ([100 * (run[layer][way] - run[layer]["max"]) for run in decoded] for layer, way in pairs)
    return {(f"{layer} {way}", "max"): verdict for (layer, way), verdict in zip(pairs, by_the_rule(points), strict=True)}


def in_lines(gains: Mapping[tuple[str, str], Verdict]) -> str:
    """A line a pair: by how many points the first is over the second, and the verdict."""
    return "\n".join(f"{f'{one} over {other}':26} {said(verdict)}" for (one, other), verdict in gains.items())
