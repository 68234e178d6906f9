"""Files of weights between PyTorch and the lab; tests/lab/test_lab_engine.py has the JavaScript side."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from lenet_utils.lab.weights import WeightsError, load, load_net, options, save
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
