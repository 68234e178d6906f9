"""Weights that travel between PyTorch and the lab in the page, in the form of safetensors.

    net = LeNet(seed=1)
    save(net, "mine.safetensors")  # for the page; normalise="pytorch" if its digits were standardised
    other.load_state_dict(load("from_the_page.safetensors"))

The file is one of safetensors, whose header also holds the options of the network and the scale of its pixels;
`lab/src/engine/weights.js` reads and writes the same.
"""

import copy
import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import nn

from lenet_utils.data import NORMALISATIONS
from lenet_utils.errors import expect_one_of
from lenet_utils.nets.lenet import ACTIVATIONS, POOLS, LeNet

VERSION = "1"
LAB_ACTIVATIONS = ("sigmoid", "tanh", "relu")
OPTIONS = ("activation", "pool", "channels", "kernel_size", "padding", "hidden")


class WeightsError(ValueError):
    """A file of weights is cut short, damaged or of another kind; the message says which and what to do."""


def save(net: LeNet, path: str | Path, half: bool = False, normalise: str = "note") -> None:
    """Write the weights of a `LeNet` and its options to `path`, with 16 bits a number if `half`.

    `normalise` is the scale of the pixels that it was trained on, as in `data.load`. `ValueError`, and no file, for a network
    that the page cannot hold or that would give other answers after loading, or with weights that are not numbers.
    """
    Path(path).write_bytes(packed(net, half, normalise))


def packed(net: LeNet, half: bool = False, normalise: str = "note") -> bytes:
    """The bytes of the file that `save` writes."""
    expect_one_of("normalisation", normalise, NORMALISATIONS)
    arguments = options(net)
    plain = _plain(net, LeNet(**arguments, seed=0).eval())
    dtype = torch.float16 if half else torch.float32
    tensors = {name: tensor.detach().to(dtype).contiguous() for name, tensor in plain.state_dict().items()}
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            remedy = "Save it without half=True." if plain.state_dict()[name].isfinite().all() else "The network diverged."
            raise ValueError(f"{name} has weights that are not finite numbers. {remedy} Nothing was written.")
    return to_bytes(tensors, {"lenet": VERSION, "options": json.dumps(arguments), "normalise": normalise})


@torch.no_grad()
def _plain(net: LeNet, other: LeNet) -> LeNet:
    """A copy of `net` in float32; `ValueError` unless `other`, with its weights, gives the same in every layer."""
    weights, known = net.state_dict(), {name: tensor.shape for name, tensor in other.state_dict().items()}
    if unlike := {name for name in weights.keys() | known.keys() if known.get(name) != getattr(weights.get(name), "shape", 0)}:
        raise ValueError(f"The page holds a plain LeNet; this one differs in {', '.join(sorted(unlike))}. Nothing was written.")
    plain = copy.deepcopy(net).cpu().float().eval()
    finite = copy.deepcopy(plain)
    for parameter in finite.parameters():
        parameter.nan_to_num_(0, 0, 0)
    other.load_state_dict(finite.state_dict())
    if not _alike(finite, other):
        raise ValueError(
            "The page holds a plain LeNet, with padding by zeros and pooling of 2x2; this one computes something else. "
            "Nothing was written."
        )
    return plain


def _alike(net: LeNet, other: LeNet) -> bool:
    X = torch.randn(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    wanted = [*other.maps(X).values(), other(X)]
    try:
        given = [*net.maps(X).values(), net(X)]
    except Exception:  # with other parts it may not even run
        return False
    return all(a.shape == b.shape and torch.allclose(a, b, rtol=1e-4, atol=1e-5) for a, b in zip(given, wanted, strict=True))


def load(path: str | Path) -> dict[str, torch.Tensor]:
    """The `state_dict` of a file that the page or `save` wrote, in float32; `WeightsError` for a damaged one."""
    return _read(path)[1]


def load_net(path: str | Path) -> LeNet:
    """The `LeNet` of a file: its options and its weights."""
    arguments, tensors, _ = _read(path)
    net = LeNet(**arguments, seed=0)
    net.load_state_dict(tensors)
    return net


def normalisation(path: str | Path) -> str:
    """The scale of the pixels that the network of a file was trained on; of an old file, that of the page's networks."""
    return _read(path)[2]


def options(net: LeNet) -> dict[str, Any]:
    """The arguments that make a `LeNet` like `net`, except for its initial weights."""
    if not isinstance(net, LeNet):
        raise TypeError(f"save expected a LeNet, got {type(net).__name__}.")
    table, C1 = net.table, net.C1
    sizes = (table["input"].channels, table["input"].size, table["OUT"].channels)
    if sizes != (1, 28, 10):
        raise ValueError("The page's LeNet takes 1 channel of 28x28 pixels and has 10 classes, got {}, {} and {}.".format(*sizes))
    names = {kind: name for name, kind in [*ACTIVATIONS.items(), *POOLS.items(), ("avg", nn.AvgPool2d)]}
    activation, pool = (names.get(type(part), type(part).__name__) for part in (net.act, net.pool))
    expect_one_of("activation of the page", activation, LAB_ACTIVATIONS)
    expect_one_of("pooling of the page", pool, POOLS)
    return {
        "activation": activation,
        "pool": pool,
        "channels": [table["C1"].channels, table["C3"].channels],
        "kernel_size": int(C1.kernel_size[0]),
        "padding": int(C1.padding[0]),
        "hidden": [table["F5"].channels, table["F6"].channels],
    }


_AGAIN = "Download or save it again."


def _read(path: str | Path) -> tuple[dict[str, Any], dict[str, torch.Tensor], str]:
    """The options of the network that matter to its weights, the weights in float32, and the scale of its pixels."""
    try:
        with safe_open(Path(path), "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, a file is no dictionary
    except SafetensorError as error:
        raise WeightsError(_not_safetensors(Path(path), error)) from None
    if "lenet" not in metadata:
        raise WeightsError(
            f"{path} holds tensors without the options of a LeNet. Load them with safetensors.torch.load_file into a LeNet, "
            "and write that with lenet_utils.lab.weights.save(net, path)."
        )
    if metadata["lenet"] != VERSION:
        raise WeightsError(f"{path} has version {metadata['lenet']}, expected {VERSION}. Save it again with this version.")
    normalise = metadata.get("normalise", "pytorch")
    if normalise not in NORMALISATIONS:
        raise WeightsError(f"{path} names the scale {normalise!r}; known: {', '.join(NORMALISATIONS)}. {_AGAIN}")
    arguments, shapes = _arguments(metadata)
    if all(name.startswith("module.") for name in tensors):  # from DataParallel
        tensors = {name.removeprefix("module."): tensor for name, tensor in tensors.items()}
    return arguments, _fitting(path, shapes, tensors), normalise


def _not_safetensors(path: Path, error: Exception) -> str:
    with path.open("rb") as file:
        start = file.read(2)
    if start in (b"PK", b"\x80\x02"):
        return (
            f"{path} was written by torch.save. Load it in PyTorch, net.load_state_dict(torch.load(open({str(path)!r}, 'rb'))), "
            "and write the net with lenet_utils.lab.weights.save(net, path)."
        )
    return f"{path} is no weights file or cut short, at {path.stat().st_size:,} bytes ({error}). {_AGAIN}"


def _arguments(metadata: dict[str, str]) -> tuple[dict[str, Any], dict[str, torch.Size]]:
    """The options of the network, and the shapes of its weights."""
    try:
        given = json.loads(metadata["options"])
        arguments = {name: given[name] for name in OPTIONS}
        expect_one_of("activation", arguments["activation"], LAB_ACTIVATIONS)
        with torch.device("meta"):  # shapes without numbers, however large
            net = LeNet(**arguments, init="pytorch")
        return arguments, {name: tensor.shape for name, tensor in net.state_dict().items()}
    except KeyError as error:
        raise WeightsError(f"The header lacks the options of the network ({error}). {_AGAIN}") from None
    except (ValueError, TypeError, RuntimeError, OverflowError, MemoryError) as error:
        raise WeightsError(f"The options of the network in the header make no LeNet ({error}). {_AGAIN}") from None


def _fitting(path: str | Path, shapes: dict[str, torch.Size], tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    if unknown := tensors.keys() - shapes.keys():
        raise WeightsError(f"{path} holds {', '.join(sorted(unknown))}, which the network of its options lacks. {_AGAIN}")
    for name, shape in shapes.items():
        got = tuple(tensors[name].shape) if name in tensors else None
        if got != shape:
            raise WeightsError(f"{name} expects the shape {tuple(shape)}, got {got}. {_AGAIN}")
        if tensors[name].dtype not in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
            raise WeightsError(f"{name} expects floating-point numbers, got {tensors[name].dtype}. {_AGAIN}")
    return {name: tensors[name].float() for name in shapes}
