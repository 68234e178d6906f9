"""A LeNet on a diet: its two blocks with few maps, and one dense layer instead of three."""

from collections.abc import Sequence

from torch import nn

from lenet_utils.nets.lenet import LeNet, seeded


def slim(channels: Sequence[int], kernel_size: int = 5, seed: int | None = None) -> LeNet:
    """A `LeNet` with ReLU, maximum and no padding, and the output layer right behind S4: `(N, 1, 28, 28)` to logits `(N, 10)`.

    F5 and F6 pass on what they get, and ReLU leaves S4 as it is.
    """
    net = LeNet("relu", "max", channels=channels, kernel_size=kernel_size, padding=0, init="he", seed=seed)
    for name in ("F5", "F6"):
        net.add_module(name, nn.Identity())
    with seeded(seed):
        net.OUT = nn.Linear(net.table["S4"].values, 10)
    return net
