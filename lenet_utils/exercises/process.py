"""How an answer came about: what a network was before `fit` trained it, on which images, and what a function calls."""

from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from lenet_utils import data
from lenet_utils.training.record import seen, trainings

# says: exercises/unseen-training, exercises/test-digits

WAS_TRAINED = "exercises/unseen-training"


def was_trained(net: nn.Module) -> bool:
    """Whether the network was trained by `fit`, which notes what the other demands look at."""
    return bool(trainings(net))


def on_no_test_digit(net: nn.Module) -> bool | dict[str, int]:
    """Whether no digit of the test set was among those that `fit` got."""
    used = int(seen(net, data.load().X_test).sum())
    return not used or {"used": used}


def held(net: nn.Module, name: str, part: Any = ...) -> bool:
    """Whether the weights `name` (or a `part` of them) were before every training what they are now."""
    now = net.state_dict()[name][part]
    return all(name in each.weights and torch.equal(each.weights[name][part].float().cpu(), now) for each in trainings(net))


class Convolutions(TorchDispatchMode):
    """Notes while it is entered how many axes the inputs of the convolutions have that are computed: 4 for `conv2d`."""

    def __init__(self) -> None:
        super().__init__()
        self.axes: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if "conv" in func.__name__:
            self.axes |= {argument.dim() for argument in args[:1] if isinstance(argument, torch.Tensor)}
        return func(*args, **kwargs or {})
