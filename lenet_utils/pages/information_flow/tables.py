"""The numbers of the page `information_flow`, from stored runs and from networks."""

from collections.abc import Sequence

import pandas as pd
import torch

from lenet_utils.data import Digits
from lenet_utils.experiments import Comparison
from lenet_utils.nets.lenet import LeNet
from lenet_utils.training.fit import evaluate


def by_layer(runs: Comparison, kind: str) -> pd.DataFrame:
    """What a reader reads of the test digits from 0 to 1: a row a network of `kind`, a column a layer."""
    return pd.DataFrame(runs.values(kind, "layers"))


def losses(net: LeNet, changed: Sequence[LeNet], digits: Digits) -> str:
    """Points of test accuracy that each `changed` network is worse than `net`, the largest first."""
    test = digits.X_test, digits.y_test
    whole = evaluate(net, *test).accuracy
    points = [100 * (whole - evaluate(each, *test).accuracy) for each in changed]
    return " ".join(f"{loss:.1f}" for loss in sorted(points, reverse=True))


def points_lost(runs: Comparison) -> dict[tuple[str, str], torch.Tensor]:
    """Points of accuracy that `silenced` networks lose without each map, `(networks, maps)`, by layer and way (zero, mean)."""
    whole = torch.tensor(runs.values("lenet"))[:, None]
    shares = {way: runs.values("lenet", way) for way in ("zero", "mean")}
    return {
        (layer, way): 100 * (whole - torch.tensor([run[layer] for run in shares[way]]))
        for layer in ("C1", "C3")
        for way in shares
    }


def points_missing(runs: Comparison, layer: str) -> list[float]:
    """Points that each network stays behind one with all maps, after as much training without the map of `layer`."""
    pairs = zip(runs.values("lenet", "longer"), runs.values("lenet", "relearned"), strict=True)
    return [100 * (longer[layer] - relearned[layer]) for longer, relearned in pairs]
