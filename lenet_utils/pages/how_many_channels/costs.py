"""What each size costs, as a table of the page `how_many_channels`."""

from collections.abc import Callable, Sequence

import pandas as pd

from lenet_utils.nets.lenet import LeNet, count_params

Size = tuple[int, int]  # maps of C1 and of C3


def table(sizes: Sequence[Size], seconds: Callable[[Size], float], rounds: int = 2) -> pd.DataFrame:
    """Parameters, multiply-adds and the training time in units of 6/16, a row a size.

    The time is the best of several `rounds` of `seconds(size)`.
    """
    names = [f"{a}/{b}" for a, b in sizes]
    best = pd.DataFrame([[seconds(size) for size in sizes] for _ in range(rounds)], columns=names).min()
    nets = [LeNet(channels=size) for size in sizes]
    columns = {"parameters": [count_params(net) for net in nets], "multiply-adds": [net.table.macs for net in nets]}
    costs = pd.DataFrame(columns, index=names)
    costs["times the seconds"] = (best / best["6/16"]).round(1)
    return costs.rename_axis("maps", axis="columns")
