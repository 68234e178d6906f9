"""Explorers follow their controls, explain what cannot be, and leave a picture in the page."""

import base64
import io

import matplotlib
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from lenet_utils.figures import explorers, plots

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
    assert line(convolution).endswith(f"+ 1 = <b>{side}</b>")
    assert ("⌊" in line(convolution)) == ((28 + 2 * padding - size) % stride > 0)


def test_every_control_changes_the_picture(convolution):
    changes = dict(digit=5, kernel="blur", size=5, padding=0, stride=2, pooling="max 2×2")
    for name, value in changes.items():
        before = picture(convolution)
        set_to(convolution, **{name: value})
        assert picture(convolution) != before, name


@pytest.mark.parametrize("pooling, pool", [("–", None), ("average 2×2", F.avg_pool2d), ("max 2×2", F.max_pool2d)])
@pytest.mark.parametrize("size, padding, stride", [(3, 2, 1), (5, 0, 2)])
def test_the_panels_are_what_torch_computes(digits, monkeypatch, pooling, pool, size, padding, stride):
    shown = []
    monkeypatch.setattr(explorers, "_panels", lambda panels, side: shown.append((panels, side)))
    explorer = explorers.convolution(digits.X_test)
    set_to(explorer, digit=5, kernel="outline", size=size, padding=padding, stride=stride, pooling=pooling)
    X, kernel = digits.X_test[5:6], explorers.resized(explorers.KERNELS["outline"], size)
    maps = F.conv2d(X, kernel[None, None], padding=padding, stride=stride)
    expected = [F.pad(X, (padding,) * 4)[0, 0], kernel, maps[0, 0]] + ([pool(maps, 2)[0, 0]] if pool else [])
    panels, side = shown[-1]
    assert side == size and all(torch.equal(*pair) for pair in zip((p for p, _ in panels), expected, strict=True))
    if pool:
        assert line(explorer).endswith(f"= <b>{expected[-1].shape[-1]}</b>")


@pytest.fixture
def figures(monkeypatch):
    """The figures that explorers draw, in place of their pictures."""
    drawn = []
    monkeypatch.setattr(explorers, "_png", lambda figure: drawn.append(figure) or b"")
    yield drawn
    for figure in drawn:
        plots.plt.close(figure)


def test_the_window_in_the_picture_is_as_large_as_the_kernel(digits, figures):
    set_to(explorers.convolution(digits.X_test), size=7, pooling="–")
    (window,) = (patch for patch in figures[-1].axes[0].patches)
    assert (window.get_xy(), window.get_width(), window.get_height()) == ((-0.5, -0.5), 7, 7)


def test_kernels_do_what_their_names_say():
    """Blur leaves an even picture alone; edges and outline see nothing there, and each kind of edge only its own."""
    even, step = torch.ones(1, 1, 5, 5), torch.tensor([0.0, 0, 0, 1, 1]).expand(1, 1, 5, 5)
    seen = {
        name: [F.conv2d(X, kernel[None, None]).abs().max().item() for X in (even, step, step.mT)]
        for name, kernel in explorers.KERNELS.items()
    }
    assert seen["blur"] == pytest.approx([1, 2 / 3, 2 / 3])
    assert (seen["│ edges"], seen["─ edges"], seen["outline"]) == ([0, 3, 0], [0, 0, 3], [0, 3, 3])


def test_no_figure_is_left_open_and_the_picture_says_its_settings(convolution):
    before = plots.plt.get_fignums()
    set_to(convolution, digit=4, size=5)
    assert plots.plt.get_fignums() == before
    alternative = page(convolution).partition('alt="')[2].partition('"')[0]
    assert all(f"{c.description} " in alternative for c in convolution._controls.values()) and "average 2×2" in alternative


def test_no_digit_can_be_chosen_that_is_not_there(digits):
    assert explorers.convolution(digits.X_test[:3])._controls["digit"].max == 2


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
            assert stretched.abs().sum() == pytest.approx(kernel.abs().sum().item(), rel=1e-5)


def test_kernels_of_ones_own_can_be_explored(digits):
    explorer = explorers.convolution(digits.X_test, {"mine": torch.eye(5)})
    set_to(explorer, kernel="mine", size=5)
    assert len(picture(explorer)) > 1000
