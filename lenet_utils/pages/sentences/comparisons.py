"""Every comparison of the page `sentences`, judged together by the book's rule."""

import numpy as np

from lenet_utils.experiments.comparison import Comparison
from lenet_utils.pages.differences.experiment import by_the_rule
from lenet_utils.pages.sentences.experiment import LAYERS, lost_less

ACCURACIES = {f"{net} loses": (net, f"{net} permuted") for net in ("lenet", "frozen", "mlp")} | {
    f"{one} - {other}": (one, other)
    for one, other in (
        ("lenet", "frozen"), ("frozen", "mlp"), ("lenet", "mlp"),
        ("lenet permuted", "mlp permuted"), ("frozen permuted", "mlp permuted"),
    )
}  # fmt: skip
# `own` is the network's own output layer, a linear classifier of F6 that was trained together with the layers before it.
READERS = {"S4 - F6": ("S4", "F6"), "F6 - C3": ("F6", "C3"), "F6 - own": ("F6", "own"), "own - C3": ("own", "C3")}


def verdicts(structure: Comparison, position: Comparison, probes: Comparison) -> dict[str, tuple[float, float, float, bool]]:
    """Differences in percentage points: of accuracies, of what shifts cost, and of the errors of linear readers.

    For each its mean over the seeds, the ends of the 95 % interval, and whether it counts after Holm's correction for all.
    """
    values = {name: np.subtract(structure.values(one), structure.values(other)) for name, (one, other) in ACCURACIES.items()}
    moved = {f"{one} - {other}, {by} px": np.asarray(each) for (one, other, by), each in lost_less(position).items()}
    runs = [[1 - run[layer] for layer in LAYERS] for run in probes.values("trained", "layers")]
    error = dict(zip(LAYERS, np.array(runs).T, strict=True))
    error["own"] = 1 - np.array(structure.values("lenet"))  # the same networks: same recipe, same seeds
    read = {name: error[one] - error[other] for name, (one, other) in READERS.items()}
    points = {name: 100 * each for name, each in (values | moved | read).items()}
    return dict(zip(points, by_the_rule(points.values()), strict=True))
