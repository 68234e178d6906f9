"""What a layer of a network outputs."""

import torch

from lenet_utils.nets.lenet import LeNet


@torch.no_grad()
def features(net: LeNet, X: torch.Tensor, layer: str) -> torch.Tensor:
    """What `layer` of `net` outputs for images `X`, or the pixels for `input`: `(N, values)`."""
    return X.flatten(1) if layer == "input" else net.eval().maps(X)[layer].flatten(1)
