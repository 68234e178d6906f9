"""Loss and gradients of a LeNet by compiled code, many images in the lanes of a vector, for `fit(..., engine="lanes")`.

`lanes.c` says how. The optimizer stays PyTorch's, and so do the gradients of the dense layers' weights, one product each.
"""

import ctypes
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn

from lenet_utils.nets.lenet import LeNet, expect_images, expect_labels
from lenet_utils.training.compiled import CompilerError, library

SOURCE = Path(__file__).with_name("lanes.c")
# SCALE, SLOPE and SHIFT of SCALE * sigmoid(SLOPE * x) - SHIFT
SIGMOIDS = {"sigmoid": (1, 1, 0), "tanh": (2, 2, 1), "scaled_tanh": (2 * 1.7159, 4 / 3, 1.7159)}


def engine(net: nn.Module) -> Callable[[torch.Tensor, torch.Tensor], float] | None:
    """A function of images `(N, C, H, W)` and labels `(N,)` that gives the mean cross-entropy and leaves its gradients in `net`.

    `ValueError` unless `net` is a `LeNet` with its layers as built, float32, on the CPU. Without a compiler it warns and
    returns nothing.
    """
    options = [f"-D{name}={value}" for name, value in _constants(net).items()]
    try:
        return _Engine(cast(LeNet, net), library(SOURCE, *options))
    except CompilerError as error:
        warnings.warn(f"{error}; engine='lanes' needs one, so PyTorch trains, as with engine='torch'.", stacklevel=3)
        return None


def _constants(net: Any) -> dict[str, Any]:
    """The sizes of `net`, its pooling and its activation under their names in `lanes.c`."""
    own = isinstance(net, LeNet) and all(getattr(type(net), part) is vars(LeNet)[part] for part in ("forward", "maps", "dense"))
    hooks = any(found for layer in net.modules() for name, found in vars(layer).items() if "ward_" in name and "hooks" in name)
    kinds = {(weight.dtype, weight.device.type, bool(weight._post_accumulate_grad_hooks)) for weight in net.parameters()}
    if not own or str(net) != str(LeNet(**net.settings, seed=0)) or hooks or kinds != {(torch.float32, "cpu", False)}:
        raise ValueError("engine='lanes' expects a LeNet, its layers as built, float32, CPU, no hooks; use engine='torch'.")
    sizes, activation, layers = net.settings, net.settings["activation"], ("C1", "C3", "F5", "F6", "OUT")
    scale, slope, shift = SIGMOIDS.get(activation, (1, 1, 0))
    return {row.name: row.channels for row in net.table if row.name in layers} | {
        "IN": sizes["in_channels"], "SIDE": sizes["in_size"], "PAD": sizes["padding"], "KERNEL": sizes["kernel_size"],
        "MAXIMUM": int(sizes["pool"] == "max"), "ACTIVATION": int(activation != "relu"),
        "SCALE": f"{scale:.9f}f", "SLOPE": f"{slope:.9f}f", "SHIFT": f"{shift:.9f}f",
    }  # fmt: skip


class _Engine:
    """Loss and gradients of `net`, computed by `code`."""

    def __init__(self, net: LeNet, code: ctypes.CDLL) -> None:
        self.net, self.code, self.weights = net, code, list(net.parameters())
        sizes = (ctypes.c_int * 4)()
        code.sizes(sizes)
        self.lanes, self.room, self.sums, self.row = sizes
        self.totals, self.dense = torch.empty(self.sums), [torch.empty_like(weight) for weight in self.weights[4::2]]
        self.rooms, self.rows = torch.empty(0), torch.empty(0)

    def __call__(self, X: torch.Tensor, y: torch.Tensor) -> float:
        expect_images(self.net, "C1", X)
        expect_labels(len(self.weights[-1]), y)
        X, y, threads, weights = X.contiguous(), y.contiguous(), torch.get_num_threads(), [w.contiguous() for w in self.weights]
        rooms, rows = self.rooms.resize_(threads * self.room), self.rows.resize_(len(X), self.row)
        places = (ctypes.c_void_p * len(weights))(*(weight.data_ptr() for weight in weights))
        self.code.gradients(_at(X), _at(y), len(X), threads, places, *map(_at, (rooms, rows, self.totals)))
        units = [weight.shape[1] for weight in weights[4::2]]  # what the dense layers read
        *inputs, d5, d6, d7 = rows.split([*units, *units[1:], len(weights[-1])], 1)
        for grad, x, d in zip(self.dense, inputs, (d5, d6, d7), strict=True):
            torch.mm(d.t(), x, out=grad)
        others = [self.weights[0], self.weights[2], *self.weights[1::2]]
        *sums, loss = self.totals.split([*(weight.numel() for weight in others), 1])
        for weight, grad in zip([*self.weights[4::2], *others], [*self.dense, *sums], strict=True):
            kept = grad.view_as(weight)
            for hook in (weight._backward_hooks or {}).values() if weight.requires_grad else ():  # as autograd calls them
                kept = kept if (changed := hook(kept)) is None else changed
            weight.grad = kept if weight.requires_grad else None
        return loss.item() / len(X)


def _at(values: torch.Tensor) -> ctypes.c_void_p:
    return ctypes.c_void_p(values.data_ptr())
