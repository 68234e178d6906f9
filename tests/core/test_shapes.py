"""The arithmetic of layers against PyTorch and against the table of LeCun et al. 1998, pp. 7-9 of the preprint."""

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import cast

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from lenet_utils.nets.shapes import LENET5, NOTE, Conv, Dense, Pool, ShapeError, output_size, walk

kernels = st.integers(1, 5)
convs = st.builds(Conv, st.just("C"), st.integers(1, 4), kernels, st.integers(1, 3), st.integers(0, 2), bias=st.booleans())
pools = st.builds(Pool, st.just("S"), kernels, st.none() | st.integers(1, 3))
denses = st.builds(Dense, st.just("F"), st.integers(1, 9), bias=st.booleans())


def in_torch(layers, table):
    """The same network made of PyTorch's modules."""
    net = nn.Sequential()
    for layer, before in zip(layers, table, strict=False):
        if isinstance(layer, Conv):
            net.append(nn.Conv2d(before.channels, layer.channels, layer.kernel, layer.stride, layer.padding, bias=layer.bias))
        elif isinstance(layer, Pool):
            net.append(nn.AvgPool2d(layer.kernel, layer.stride, layer.padding))
        else:
            net.append(nn.Sequential(nn.Flatten(), nn.Linear(before.values, layer.units, bias=layer.bias)))
    return net


def walked(layers, channels, size):
    try:
        return walk(layers, channels, size)
    except ShapeError:
        assume(False)


@given(n=st.integers(1, 20), kernel=st.integers(1, 8), stride=st.integers(1, 4), padding=st.integers(0, 4), pool=st.booleans())
def test_output_size_is_that_of_torch_also_where_torch_refuses(n, kernel, stride, padding, pool):
    assume(not pool or 2 * padding <= kernel)
    X, weights = torch.zeros(1, 1, n, n), torch.zeros(1, 1, kernel, kernel)
    try:
        side = (F.max_pool2d(X, kernel, stride, padding) if pool else F.conv2d(X, weights, None, stride, padding)).shape[-1]
    except RuntimeError:
        with pytest.raises(ShapeError):
            output_size(n, kernel, stride, padding)
    else:
        assert output_size(n, kernel, stride, padding) == side


@given(st.lists(convs | pools, min_size=1, max_size=3), st.lists(denses, max_size=2), st.integers(1, 3), st.integers(1, 16))
def test_maps_weights_and_multiply_adds_are_those_of_torch(layers, dense, channels, size):
    table = walked(layers + dense, channels, size)
    X = torch.zeros(1, channels, size, size)
    for module, layer, row in zip(in_torch(layers + dense, table), layers + dense, table[1:], strict=True):
        with FlopCounterMode(display=False) as counter:
            X = module(X)
        assert X.numel() == row.values and X.shape[1] == row.channels
        assert row.params == sum(p.numel() for p in module.parameters())
        assert row.macs == counter.get_total_flops() // 2
        if not isinstance(layer, Pool):
            assert row.connections == row.macs + (X.numel() if layer.bias else 0)


@given(pools, st.integers(1, 3), st.integers(5, 16))
def test_a_pooling_connects_every_pixel_of_every_window(layer, channels, size):
    windows = F.unfold(torch.zeros(1, channels, size, size), layer.kernel, stride=layer.stride or layer.kernel)
    assert walked([layer], channels, size)["S"].connections == windows.numel()


def seen_by(net, X, unit):
    """First and last row of pixels on which unit `(unit, unit)` of the last layer depends."""
    value = net(X)[0, 0, unit, unit] if net(X).dim() == 4 else net(X)[0, 0]
    rows = torch.autograd.grad(value, X)[0].abs().sum((0, 1, 3)).nonzero()
    return rows.min().item(), rows.max().item()


def positive(net):
    for weight in net.parameters():
        nn.init.uniform_(weight, 0.5, 1)
    return net.double()


unpadded = st.lists(st.builds(Conv, st.just("C"), st.integers(1, 2), kernels, st.integers(1, 3)) | pools, min_size=1, max_size=3)


@given(unpadded)
def test_receptive_field_and_step_are_those_of_the_gradient(layers):
    table = walked(layers, 1, 64)
    assume(table[-1].size > 1)
    net, X = positive(in_torch(layers, table)), torch.zeros(1, 1, 64, 64, dtype=torch.double, requires_grad=True)
    (first, last), (next_first, _) = seen_by(net, X, 0), seen_by(net, X, 1)
    assert (last - first + 1, next_first - first) == (table[-1].field, table[-1].jump)


@given(unpadded, st.integers(5, 24))
def test_a_dense_layer_sees_what_the_gradient_reaches(layers, size):
    """Not always the whole image: a stride can leave pixels at the end."""
    layers = [*layers, Dense("F", 1)]
    table = walked(layers, 1, size)
    first, last = seen_by(positive(in_torch(layers, table)), torch.zeros(1, 1, size, size).double().requires_grad_(), 0)
    assert last - first + 1 == table["F"].field


@pytest.mark.parametrize("name, size", [("NOTE", 28), ("LENET5", 32)])
def test_receptive_fields_of_the_two_networks_in_the_middle_of_the_image(name, size):
    layers = {"NOTE": NOTE, "LENET5": LENET5}[name]
    table = walk(layers, size=size)
    X = torch.zeros(1, 1, size, size, dtype=torch.double, requires_grad=True)
    for depth, row in enumerate(table[1:], 1):
        first, last = seen_by(positive(in_torch(layers[:depth], table)), X, row.size // 2)
        assert last - first + 1 == row.field, row.name


PAPER = {
    "C1": ("6@28x28", 156, 122_304),
    "S2": ("6@14x14", 12, 5_880),
    "C3": ("16@10x10", 1_516, 151_600),
    "S4": ("16@5x5", 32, 2_000),
    "C5": ("120", 48_120, 48_120),
    "F6": ("84", 10_164, 10_164),
    "OUT": ("10", 0, 840),
}


@pytest.mark.parametrize("name", PAPER)
def test_lenet5_row_by_row_as_in_the_paper(name):
    row = walk(LENET5, size=32)[name]
    assert (row.output, row.params, row.connections) == PAPER[name]


def test_totals_of_lenet5_are_those_of_page_7():
    table = walk(LENET5, size=32)
    assert (table.params, table.connections) == (60_000, 340_908)


def test_totals_of_the_note():
    table = walk(NOTE)
    assert (table.params, table.macs) == (61_706, 416_520)


@pytest.mark.parametrize(
    "layers, message",
    [
        ([Conv("C1", 6, 29)], "C1: a 29x29 kernel does not fit into 28x28 pixels with padding 0."),
        ([Conv("C1", 6, 5), Pool("S2", 25)], "S2: a 25x25 kernel does not fit into 24x24 pixels"),
        ([Conv("C1", 6, 0)], "C1: kernel expects a whole number of at least 1, got 0."),
        ([Conv("C1", 6, cast(int, 2.5))], "C1: kernel expects a whole number of at least 1, got 2.5."),
        ([Conv("C1", 6, True)], "C1: kernel expects a whole number of at least 1, got True."),
        ([Conv("C1", 6, 5, stride=-1)], "C1: stride expects a whole number of at least 1, got -1."),
        ([Conv("C1", 6, 5, padding=-1)], "C1: padding expects a whole number of at least 0, got -1."),
        ([Conv("C1", 0, 5)], "C1: channels expects a whole number of at least 1, got 0."),
        ([Conv("C3", 16, 5, links=0)], "C3: links expects a whole number of at least 1, got 0."),
        ([Pool("S2", 2, stride=0)], "S2: stride expects a whole number of at least 1, got 0."),
        ([Pool("S2", 2, padding=2)], "S2: padding expects at most half of the kernel (2), got 2."),
        ([Dense("F5", cast(int, "120"))], "F5: units expects a whole number of at least 1, got '120'."),
    ],
)
def test_a_layer_that_does_not_fit_is_named_with_what_was_expected_and_what_came(layers, message):
    with pytest.raises(ShapeError) as error:
        walk(layers)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("wrong", [{"channels": 0}, {"size": -28}, {"size": "28"}])
def test_an_impossible_image_is_refused(wrong):
    (name,) = wrong
    with pytest.raises(ShapeError, match=f"^{name} expects a whole number of at least 1"):
        walk(NOTE, **wrong)


def test_whole_numbers_of_numpy_are_welcome():
    assert output_size(np.int64(28), np.int32(5)) == 24


def test_rows_by_name_and_by_number():
    table = walk(NOTE)
    assert table["S4"] is table[4] and table["input"] is table[0]
    for name in ("C5", "C"):
        with pytest.raises(KeyError, match=f"No layer is called '{name}'. Layers: input, C1, S2, C3, S4, F5, F6, OUT."):
            table[name]


def test_text_has_a_line_a_layer_in_columns_and_the_totals():
    lines = str(walk(NOTE)).splitlines()
    assert [line.split()[0] for line in lines] == ["layer", "input", "C1", "S2", "C3", "S4", "F5", "F6", "OUT", "total"]
    assert lines[2].split() == ["C1", "6@28x28", "4,704", "156", "122,304", "117,600", "5", "1"]
    assert lines[-1].split() == ["total", "61,706", "429,342", "416,520"]
    for number in ("61,706", "416,520"):
        end = lines[-1].index(number) + len(number)
        assert all(line[end - 1] != " " and line[end : end + 1] in ("", " ") for line in lines)


class Cells(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.rows, self.cell = [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.cell = tag in ("th", "td")
        if tag == "tr":
            self.rows.append([])
        elif self.cell:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.cell = False

    def handle_data(self, text):
        assert self.cell
        self.rows[-1][-1] += text


def test_html_holds_the_cells_of_the_text_whatever_the_names():
    table = walk([Conv("<C1>", 6, 5), Dense("F&", 10)])
    assert Cells(table._repr_html_()).rows == [list(table.HEADER), *map(list, table.cells())]


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.int64])
def test_numbers_of_numpy_neither_overflow_nor_differ(kind):
    layers = [Conv("C1", 100, 5, 1, 2), Pool("S2", 2), Conv("C3", 120, 5), Dense("F", 127)]
    numpys = [replace(layer, **{n: kind(v) for n, v in vars(layer).items() if type(v) is int}) for layer in layers]
    assert walk(numpys, kind(3), kind(28)) == walk(layers, 3, 28)
    assert type(walk(numpys).params) is int and json.dumps([vars(row) for row in walk(numpys, kind(3))])
    assert output_size(kind(100), kind(5), kind(1), kind(100)) == 296
