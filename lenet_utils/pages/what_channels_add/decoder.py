"""A linear decoder that computes the pixels back from maps of S2."""

from collections.abc import Mapping

import pandas as pd
import torch

from lenet_utils.data import Digits
from lenet_utils.nets.lenet import LeNet

FITTED = 2000  # training digits that the decoder is fitted to


@torch.no_grad()
def share_recovered(net: LeNet, maps: int, digits: Digits) -> float:
    """Share of the pixels' variation of the test digits that a decoder recovers from the first `maps` maps of S2."""
    X, Y = digits.X_train[:FITTED], digits.X_test
    A, B = (net.maps(images)["S2"][:, :maps].flatten(1).double() for images in (X, Y))
    P, Q = (images.flatten(1).double() for images in (X, Y))
    penalty = A.var(0).mean() * 10 * torch.eye(A.shape[1])  # keeps the weights small
    A, B, P, Q = A - A.mean(0), B - A.mean(0), P - P.mean(0), Q - P.mean(0)
    weights = torch.linalg.solve(A.T @ A + penalty, A.T @ P)
    return 1 - ((B @ weights - Q).square().sum() / Q.square().sum()).item()


def recovered(nets: Mapping[str, LeNet], digits: Digits) -> pd.DataFrame:
    """`share_recovered` for each network, a row, from one map, from three and from six."""
    columns = {"1 map": 1, "3 maps": 3, "6 maps": 6}
    rows = {name: [share_recovered(net, maps, digits) for maps in columns.values()] for name, net in nets.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(columns))
