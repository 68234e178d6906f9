"""A linear decoder that computes the pixels back from maps of S2."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
import torch

from lenet_utils.data import Digits
from lenet_utils.nets.lenet import LeNet

FITTED = 2000  # training digits that the decoder is fitted to


def share_recovered(net: LeNet, maps: Sequence[int], digits: Digits) -> float:
    """Share of the pixels' variation of the test digits that a decoder recovers from these `maps` of S2."""
    (share,) = shares_recovered(net, [maps], digits)
    return share


@torch.no_grad()
def shares_recovered(net: LeNet, groups: Iterable[Sequence[int]], digits: Digits) -> list[float]:
    """`share_recovered` from each of several groups of maps; the maps are computed once."""
    X, Y = digits.X_train[:FITTED], digits.X_test
    seen, unseen = (net.pool(net.act(net.C1(images))) for images in (X, Y))
    return [_share(seen[:, list(group)], unseen[:, list(group)], X, Y) for group in groups]


def _share(maps: torch.Tensor, unseen: torch.Tensor, X: torch.Tensor, Y: torch.Tensor) -> float:
    """The share of `Y` that a decoder, fitted to compute `X` from `maps`, recovers from the `unseen` maps."""
    A, B, P, Q = (values.flatten(1).double() for values in (maps, unseen, X, Y))
    penalty = A.var(0).mean() * 10 * torch.eye(A.shape[1])  # keeps the weights small
    A, B, P, Q = A - A.mean(0), B - A.mean(0), P - P.mean(0), Q - P.mean(0)
    weights = torch.linalg.solve(A.T @ A + penalty, A.T @ P)
    return 1 - ((B @ weights - Q).square().sum() / Q.square().sum()).item()


def recovered(nets: Mapping[str, LeNet], digits: Digits) -> pd.DataFrame:
    """`share_recovered` for each network, a row, from its first map, from the first three and from all six."""
    columns = {"1 map": 1, "3 maps": 3, "6 maps": 6}
    rows = {name: shares_recovered(net, map(range, columns.values()), digits) for name, net in nets.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(columns))


def single_maps(nets: Iterable[LeNet], digits: Digits) -> list[float]:
    """`share_recovered` from each single map of each network."""
    return [share for net in nets for share in shares_recovered(net, [[one] for one in range(6)], digits)]
