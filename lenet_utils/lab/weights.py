"""Weights that travel between PyTorch and the lab in the page, in the form of safetensors.

    net = LeNet(seed=1)
    save(net, "mine.safetensors")  # for the page
    other.load_state_dict(load("from_the_page.safetensors"))

The file is one of safetensors, whose header also holds the options of the network; `lab/src/engine/weights.js` reads and
writes the same.
"""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes

from lenet_utils.errors import expect_one_of
from lenet_utils.nets.lenet import ACTIVATIONS, POOLS, LeNet

VERSION = "1"
LAB_ACTIVATIONS = ("sigmoid", "tanh", "relu")


class WeightsError(ValueError):
    """A file of weights is cut short, damaged or of another version; the message says which and what to do."""


def save(net: LeNet, path: str | Path, half: bool = False) -> None:
    """Write the weights of a `LeNet` and its options to `path`, with 16 bits a number if `half`.

    `ValueError` for a network that the page cannot hold: not for 28x28 pixels and ten classes, or with another activation.
    """
    Path(path).write_bytes(packed(net, half))


def packed(net: LeNet, half: bool = False) -> bytes:
    """The bytes of the file that `save` writes."""
    dtype = torch.float16 if half else torch.float32
    tensors = {name: tensor.detach().cpu().to(dtype).contiguous() for name, tensor in net.state_dict().items()}
    return to_bytes(tensors, {"lenet": VERSION, "options": json.dumps(options(net))})


def load(path: str | Path) -> dict[str, torch.Tensor]:
    """The `state_dict` of a file that the page or `save` wrote, in float32; `WeightsError` for a damaged one."""
    arguments, tensors = _read(path)
    shapes = _shapes(arguments)
    if unknown := tensors.keys() - shapes.keys():
        raise WeightsError(f"{path} holds {', '.join(sorted(unknown))}, which the network of its options lacks. {_AGAIN}")
    for name, shape in shapes.items():
        got = tuple(tensors[name].shape) if name in tensors else None
        if got != shape:
            raise WeightsError(f"{name} expects the shape {shape}, got {got}. {_AGAIN}")
        if not tensors[name].is_floating_point():
            raise WeightsError(f"{name} expects floating-point numbers, got {tensors[name].dtype}. {_AGAIN}")
    return {name: tensors[name].float() for name in shapes}


def load_net(path: str | Path) -> LeNet:
    """The `LeNet` of a file: its options and its weights."""
    net = LeNet(**_read(path)[0], seed=0)
    net.load_state_dict(load(path))
    return net


def options(net: LeNet) -> dict[str, Any]:
    """The arguments that make a `LeNet` like `net`, except for its initial weights."""
    if not isinstance(net, LeNet):
        raise TypeError(f"save expected a LeNet, got {type(net).__name__}.")
    table, C1 = net.table, net.C1
    sizes = (table["input"].channels, table["input"].size, table["OUT"].channels)
    if sizes != (1, 28, 10):
        raise ValueError("The page's LeNet takes 1 channel of 28x28 pixels and has 10 classes, got {}, {} and {}.".format(*sizes))
    activation = next(name for name, kind in ACTIVATIONS.items() if type(net.act) is kind)
    expect_one_of("activation of the page", activation, LAB_ACTIVATIONS)
    return {
        "activation": activation,
        "pool": next(name for name, kind in POOLS.items() if type(net.pool) is kind),
        "channels": [table["C1"].channels, table["C3"].channels],
        "kernel_size": C1.kernel_size[0],
        "padding": C1.padding[0],
        "hidden": [table["F5"].channels, table["F6"].channels],
    }


_AGAIN = "Download or save it again."


def _read(path: str | Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """The options of the network that matter to its weights, and the tensors of the file."""
    try:
        with safe_open(Path(path), "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, a file is no dictionary
    except SafetensorError as error:
        size = Path(path).stat().st_size
        raise WeightsError(f"{path} is no weights file or cut short, at {size:,} bytes ({error}). {_AGAIN}") from None
    if metadata.get("lenet") != VERSION:
        raise WeightsError(f"{path} has version {metadata.get('lenet')}, expected {VERSION}. Save it again with this version.")
    return _arguments(metadata), tensors


def _arguments(metadata: dict[str, str]) -> dict[str, Any]:
    try:
        given = json.loads(metadata["options"])
        return {name: given[name] for name in ("activation", "pool", "channels", "kernel_size", "padding", "hidden")}
    except (ValueError, KeyError) as error:
        raise WeightsError(f"The header lacks the options of the network ({error}). {_AGAIN}") from None


def _shapes(arguments: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):  # shapes without numbers
        return {name: tuple(tensor.shape) for name, tensor in LeNet(**arguments, init="pytorch").state_dict().items()}
