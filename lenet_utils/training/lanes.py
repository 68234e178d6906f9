"""The two blocks of a LeNet by compiled code, many images in the lanes of a vector, for `fit(..., engine="lanes")`.

`lanes.c` says how. The dense layers, the loss and the optimizer stay PyTorch's.
"""

import ctypes
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn
from torch.autograd.function import once_differentiable

from lenet_utils.nets.lenet import LeNet, expect_images
from lenet_utils.training.compiled import CompilerError, library

SOURCE = Path(__file__).with_name("lanes.c")
# SCALE, SLOPE and SHIFT of SCALE * sigmoid(SLOPE * x) - SHIFT
SIGMOIDS = {"sigmoid": (1, 1, 0), "tanh": (2, 2, 1), "scaled_tanh": (2 * 1.7159, 4 / 3, 1.7159)}


def engine(net: nn.Module) -> Callable[[torch.Tensor], torch.Tensor]:
    """A function from images `(N, C, H, W)` to the logits of `net`, for training; see `lanes.c`.

    `ValueError` unless `net` is a `LeNet` with its two blocks as built, float32, on the CPU. Without a compiler it warns and
    returns `net` itself.
    """
    options = [f"-D{name}={value}" for name, value in _constants(net).items()]
    try:
        return _Engine(cast(LeNet, net), library(SOURCE, *options))
    except CompilerError as error:
        warnings.warn(f"{error}; engine='lanes' needs one, so PyTorch trains, as with engine='torch'.", stacklevel=3)
        return net


def _constants(net: Any) -> dict[str, Any]:
    """The sizes of `net`, its pooling and its activation under their names in `lanes.c`."""
    own = isinstance(net, LeNet) and type(net).forward is LeNet.forward and type(net).maps is LeNet.maps
    hooks = any(layer._forward_hooks or layer._forward_pre_hooks for layer in net.modules())
    kinds = {(weight.dtype, weight.device.type) for weight in net.parameters()}
    if not own or _blocks(net) != _blocks(LeNet(**net.settings, seed=0)) or hooks or kinds != {(torch.float32, "cpu")}:
        raise ValueError("engine='lanes' expects a LeNet, its two blocks as built, float32, CPU, no hooks; use engine='torch'.")
    sizes, (C1, C3), activation = net.settings, net.settings["channels"], net.settings["activation"]
    scale, slope, shift = SIGMOIDS.get(activation, (1, 1, 0))
    return {
        "IN": sizes["in_channels"], "SIDE": sizes["in_size"], "PAD": sizes["padding"], "KERNEL": sizes["kernel_size"],
        "C1": C1, "C3": C3, "MAXIMUM": int(sizes["pool"] == "max"), "ACTIVATION": int(activation != "relu"),
        "SCALE": f"{scale:.9f}f", "SLOPE": f"{slope:.9f}f", "SHIFT": f"{shift:.9f}f",
    }  # fmt: skip


def _blocks(net: LeNet) -> str:
    return str([net.C1, net.C3, net.act, net.pool])


class _Engine:
    """The logits of `net`, with the blocks computed by `code`."""

    def __init__(self, net: LeNet, code: ctypes.CDLL) -> None:
        self.net, self.code = net, code
        sizes = (ctypes.c_int * 4)()
        code.sizes(sizes)
        self.lanes, self.kept, self.sums, self.room = sizes
        self.spare: dict[tuple[int, ...], torch.Tensor] = {}  # given back by a backward pass: fresh memory costs time

    def __call__(self, X: torch.Tensor) -> torch.Tensor:
        expect_images(self.net, "C1", X)
        weights = [weight.contiguous() for conv in (self.net.C1, self.net.C3) for weight in conv.parameters()]
        return self.net.dense(_Blocks.apply(self, X.contiguous(), *weights))

    def take(self, *shape: int) -> torch.Tensor:
        """Room for vectors `shape`, its values anything."""
        return self.spare.pop(shape) if shape in self.spare else torch.empty(*shape, self.lanes)


class _Blocks(torch.autograd.Function):
    """S4 as `(N, values)` from images and the weights and biases of C1 and C3."""

    @staticmethod
    def forward(ctx: Any, engine: _Engine, X: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        S4, keep = torch.empty(len(X), engine.net.table["S4"].values), engine.take(-(-len(X) // engine.lanes), engine.kept)
        engine.code.forward(_at(X), len(X), torch.get_num_threads(), *map(_at, weights), _at(keep), _at(S4))
        ctx.engine, ctx.keep, ctx.weights = engine, keep, weights
        return S4

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, back: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        engine, threads, back, keep = ctx.engine, torch.get_num_threads(), back.contiguous(), ctx.keep
        if keep is None:
            raise RuntimeError("engine='lanes' goes backward once for each time forward; use engine='torch' to do it twice.")
        rooms, ctx.keep = engine.take(threads, engine.room), None
        engine.code.backward(_at(back), len(back), threads, _at(ctx.weights[2]), _at(keep), _at(rooms))
        flat = rooms[:, : engine.sums].sum((0, 2))
        engine.spare = {tuple(room.shape[:2]): room for room in (keep, rooms)}
        parts = flat.split([weight.numel() for weight in ctx.weights])
        return None, None, *(part.view_as(weight) for part, weight in zip(parts, ctx.weights, strict=True))


def _at(values: torch.Tensor) -> ctypes.c_void_p:
    return ctypes.c_void_p(values.data_ptr())
