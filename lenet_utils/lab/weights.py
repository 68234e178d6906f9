"""Weights that travel between PyTorch and the lab in the page, in the form of safetensors.

    net = LeNet(seed=1)
    save(net, "mine.safetensors")  # for the page
    other.load_state_dict(load("from_the_page.safetensors"))

The file is a header length (8 bytes, little-endian), a JSON header with every tensor's dtype, shape and place and with
the options of the network, and the numbers; `lab/src/engine/weights.js` reads and writes the same.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch

from lenet_utils.errors import expect_one_of
from lenet_utils.nets.lenet import ACTIVATIONS, POOLS, LeNet

VERSION = "1"
DTYPES = {"F32": "<f4", "F16": "<f2"}
LAB_ACTIVATIONS = ("sigmoid", "tanh", "relu")


class WeightsError(ValueError):
    """A file of weights is cut short, damaged or of another version; the message says which and what to do."""


def save(net, path, half=False):
    """Write the weights of a `LeNet` and its options to `path`, with 16 bits a number if `half`.

    `ValueError` for a network that the page cannot hold: not for 28x28 pixels and ten classes, or with another activation.
    """
    Path(path).write_bytes(packed(net, half))


def packed(net, half=False):
    """The bytes of the file that `save` writes."""
    dtype = "F16" if half else "F32"
    header: dict[str, dict] = {"__metadata__": {"lenet": VERSION, "options": json.dumps(options(net))}}
    parts, at = [], 0
    for name, tensor in net.state_dict().items():
        parts.append(tensor.detach().cpu().contiguous().numpy().astype(DTYPES[dtype]).tobytes())
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [at, at + len(parts[-1])]}
        at += len(parts[-1])
    text = json.dumps(header).encode()
    text = text.ljust(-(-len(text) // 8) * 8)  # so that the numbers begin at a multiple of eight
    return len(text).to_bytes(8, "little") + text + b"".join(parts)


def load(path):
    """The `state_dict` of a file that the page or `save` wrote, in float32; `WeightsError` for a damaged one."""
    header, numbers = _read(path)
    state, at = {}, 0
    for name, shape in _shapes(_metadata(header)).items():
        state[name], at = _tensor(name, shape, header.get(name, {}), numbers, at)
    if at != len(numbers):
        raise WeightsError(f"{path} expects {at:,} bytes of weights, got {len(numbers):,}. {_AGAIN}")
    return state


def load_net(path):
    """The `LeNet` of a file: its options and its weights."""
    net = LeNet(**_metadata(_read(path)[0]), seed=0)
    net.load_state_dict(load(path))
    return net


def options(net):
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


def _read(path):
    """The JSON header and the bytes behind it."""
    content = Path(path).read_bytes()
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or 8 + length > len(content):
        raise WeightsError(f"{path} ends inside its header, after {len(content):,} bytes. {_AGAIN}")
    try:
        header = json.loads(content[8 : 8 + length])
    except ValueError:
        raise WeightsError(f"{path} is no weights file: its header is not JSON. {_AGAIN}") from None
    version = header.get("__metadata__", {}).get("lenet")
    if version != VERSION:
        raise WeightsError(f"{path} has version {version}, expected {VERSION}. Save it again with this version.")
    return header, content[8 + length :]


def _metadata(header):
    """The options that matter to the weights; how they began does not."""
    try:
        given = json.loads(header["__metadata__"]["options"])
        return {name: given[name] for name in ("activation", "pool", "channels", "kernel_size", "padding", "hidden")}
    except (ValueError, KeyError) as error:
        raise WeightsError(f"The header lacks the options of the network ({error}). {_AGAIN}") from None


def _shapes(arguments):
    with torch.device("meta"):  # shapes without numbers
        return {name: tuple(tensor.shape) for name, tensor in LeNet(**arguments, init="pytorch").state_dict().items()}


def _tensor(name, shape, entry, numbers, at):
    """The tensor that begins at byte `at` of `numbers`, and where it ends."""
    got, dtype = entry.get("shape"), entry.get("dtype")
    if got != list(shape):
        raise WeightsError(f"{name} expects the shape {shape}, got {got and tuple(got)}. {_AGAIN}")
    expect_one_of("dtype", dtype, DTYPES)
    end = at + math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize
    if entry.get("data_offsets") != [at, end]:
        raise WeightsError(f"{name} expects bytes {at:,} to {end:,}, got {entry.get('data_offsets')}. {_AGAIN}")
    if end > len(numbers):
        raise WeightsError(f"The file ends inside {name}: {end:,} bytes of weights expected, {len(numbers):,} there. {_AGAIN}")
    values = np.frombuffer(numbers[at:end], DTYPES[dtype]).astype(np.float32)
    return torch.from_numpy(values).view(shape), end
