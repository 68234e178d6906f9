"""Explorers follow their controls, explain what cannot be, and leave a picture in the page."""

import base64
import io

import matplotlib
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from lenet_utils import explorers, plots, shapes
from lenet_utils.models import LeNet

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def style():
    plots.use_style()


@pytest.fixture
def convolution(digits):
    return explorers.convolution(digits.X_test)


def set_to(explorer, **values):
    for name, value in values.items():
        explorer._controls[name].value = value


def picture(explorer):
    return explorer._picture.value


def line(explorer):
    return explorer._line.value


def page(explorer):
    return explorer._repr_mimebundle_()["text/html"]


def test_the_page_gets_a_picture_and_the_notebook_a_widget(convolution):
    bundle = convolution._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    source = bundle["text/html"].partition("base64,")[2].partition('"')[0]
    width, height = Image.open(io.BytesIO(base64.b64decode(source))).size
    assert (width, height) == (2 * 100 * plots.WIDTH, 440)


@pytest.mark.parametrize(("size", "padding", "stride"), [(3, 1, 1), (5, 2, 1), (5, 0, 3), (7, 4, 4), (31, 4, 1)])
def test_the_line_says_the_size_that_torch_gives(convolution, size, padding, stride):
    set_to(convolution, size=size, padding=padding, stride=stride, pooling="–")
    side = F.conv2d(torch.zeros(1, 1, 28, 28), torch.zeros(1, 1, size, size), padding=padding, stride=stride).shape[-1]
    assert line(convolution).endswith(f"= <b>{side}</b>" if (28 + 2 * padding - size) % stride == 0 else f"+ 1 = <b>{side}</b>")


def test_every_control_changes_the_picture(convolution):
    changes = dict(digit=5, kernel="blur", size=5, padding=0, stride=2, pooling="max 2×2")
    for name, value in changes.items():
        before = picture(convolution)
        set_to(convolution, **{name: value})
        assert picture(convolution) != before, name


def test_a_kernel_larger_than_the_picture_is_explained(convolution):
    set_to(convolution, size=31, padding=0)
    assert "cannot exist" in line(convolution) and "31x31" in line(convolution) and "28x28" in line(convolution)
    assert convolution._picture.layout.display == "none" and "<img" not in page(convolution)
    set_to(convolution, size=3)
    assert "cannot exist" not in line(convolution) and convolution._picture.layout.display == ""


def test_a_stretched_kernel_keeps_its_strength():
    for kernel in explorers.KERNELS.values():
        for size in (1, 3, 5, 9):
            stretched = explorers.resized(kernel, size)
            assert stretched.shape == (size, size)
            if stretched.any():
                assert stretched.abs().sum() == pytest.approx(kernel.abs().sum().item(), rel=1e-5)


def test_the_network_has_the_weights_of_the_real_one():
    explorer = explorers.network()
    assert f"<b>{61_706:,}</b> weights" in line(explorer)
    set_to(explorer, kernel=3, padding=1, first=8, second=12, size=20)
    net = LeNet(kernel_size=3, padding=1, channels=(8, 12), in_size=20)
    assert f"<b>{net.table.params:,}</b> weights" in line(explorer) and f"{net.table.macs:,}" in line(explorer)


@pytest.mark.parametrize(("settings", "layer"), [(dict(size=8), "C3"), (dict(kernel=11, padding=0, size=8), "C1")])
def test_an_impossible_network_names_the_layer(settings, layer):
    explorer = explorers.network()
    set_to(explorer, **settings)
    assert "cannot exist" in line(explorer) and f"{layer}:" in line(explorer)


def test_kernels_of_ones_own_can_be_explored(digits):
    explorer = explorers.convolution(digits.X_test, {"mine": torch.eye(5)})
    set_to(explorer, kernel="mine", size=5)
    assert len(picture(explorer)) > 1000


def test_the_table_of_the_explorer_is_the_table_of_shapes():
    assert shapes.walk(shapes.NOTE)._repr_html_() in line(explorers.network())
