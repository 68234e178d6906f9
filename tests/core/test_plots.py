"""Figures: what is drawn is what was given, and the palette can be read by everybody."""

import itertools

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb

from lenet_utils.figures import plots
from lenet_utils.nets.lenet import LeNet
from lenet_utils.pages.network import to_scale

matplotlib.use("agg")
plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture
def ax():
    plots.use_style()
    figure, ax = plots.figure()
    yield ax
    plt.close(figure)


def luminance(colour):
    """Relative luminance as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def seen_with(colour, matrix):
    """A colour as a dichromat sees it: the transform of Viénot, Brettel and Mollon 1999 in linear RGB."""
    linear = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)])
    return np.array(matrix) @ linear


PROTANOPE = [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]
DEUTERANOPE = [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]


def test_every_layer_colour_and_text_has_a_contrast_of_4_5_on_paper():
    for colour in {*plots.LAYERS.values(), plots.INK, plots.MUTED}:
        assert contrast(colour, plots.PAPER) >= 4.5, colour


@pytest.mark.parametrize("matrix", [PROTANOPE, DEUTERANOPE], ids=["protanope", "deuteranope"])
def test_blue_and_orange_the_signs_of_weights_stay_apart_for_the_colour_blind(matrix):
    one, other = (seen_with(colour, matrix) for colour in (plots.CONVOLUTION, plots.DENSE))
    assert np.abs(one - other).max() > 0.2


def test_kinds_of_layers_have_different_colours():
    colours = [plots.CONVOLUTION, plots.POOLING, plots.DENSE, plots.OUTPUT]
    for one, other in itertools.combinations(colours, 2):
        assert np.abs(np.subtract(to_rgb(one), to_rgb(other))).max() > 0.2


def test_image_shows_the_picture_from_paper_to_ink(ax):
    picture = torch.tensor([[0.0, 1], [0.5, 0]])
    plots.image(picture, ax)
    (drawn,) = ax.images
    assert np.array_equal(drawn.get_array(), picture.numpy())
    assert matplotlib.colors.to_hex(drawn.cmap(0.0)) == plots.PAPER
    assert matplotlib.colors.to_hex(drawn.cmap(1.0)) == plots.INK


def test_the_ends_of_the_scale_can_be_given(ax):
    plots.image(torch.tensor([[0.0, 1]]), ax, limits=(-1, 2))
    plots.weights(torch.tensor([[0.0, 1]]), ax, limit=5)
    assert [drawn.get_clim() for drawn in ax.images] == [(-1, 2), (-5, 5)]


@pytest.mark.parametrize("largest", [-3.0, 3.0])
def test_weights_are_centred_on_zero_orange_below_and_blue_above(ax, largest):
    plots.weights(torch.tensor([[-1.0, largest, 1.0]]), ax)
    (drawn,) = ax.images
    assert drawn.get_clim() == (-3, 3)
    ends = [matplotlib.colors.to_hex(drawn.cmap(place)) for place in (0.0, 0.5, 1.0)]
    assert ends == [plots.DENSE, plots.PAPER, plots.CONVOLUTION]
    assert to_rgb(drawn.cmap(drawn.norm(0.0))) == to_rgb(plots.PAPER)


def test_weights_of_zero_draw_an_empty_sheet(ax):
    plots.weights(torch.zeros(3, 3), ax)
    low, high = ax.images[0].get_clim()
    assert low < 0 < high


def test_numbers_writes_every_value_in_its_cell(ax):
    plots.numbers(torch.tensor([[1.0, -2.0], [0.25, 0.0]]), ax, window=(0, 1, 1))
    written = {t.get_position(): t.get_text() for t in ax.texts}
    assert written == {(0, 0): "1", (1, 0): "−2", (0, 1): "0.25", (1, 1): "0"}
    (window,) = ax.patches
    assert (window.get_xy(), window.get_width()) == ((0.5, -0.5), 1)


def test_strip_puts_pictures_side_by_side_on_one_scale(ax):
    maps = torch.randn(6, 4, 5)
    plots.strip(maps, ax, columns=3)
    assert all(np.array_equal(drawn.get_array(), picture) for drawn, picture in zip(ax.images, maps.numpy(), strict=True))
    assert {drawn.get_clim() for drawn in ax.images} == {(maps.min().item(), maps.max().item())}
    lefts, rights, bottoms, tops = zip(*(drawn.get_extent() for drawn in ax.images), strict=True)
    assert lefts == (0, 6, 12) * 2 and rights == (5, 11, 17) * 2
    assert tops == (0,) * 3 + (5,) * 3 and bottoms == (4,) * 3 + (9,) * 3
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    assert left < 0 and right > 17 and low > 9 and high < 0 and not any(frame.get_fill() for frame in ax.patches)


def test_a_title_stands_in_the_middle_above_its_picture_and_below_the_one_before(ax):
    plots.strip(torch.randn(6, 4, 5), ax, columns=3, titles="abcdef")
    assert [text.get_text() for text in ax.texts] == list("abcdef")
    assert [text.get_position()[0] for text in ax.texts] == [2.5, 8.5, 14.5] * 2
    (*_, bottom, top), (*_, below) = ax.images[0].get_extent(), ax.images[3].get_extent()
    first, second = (ax.texts[i].get_position()[1] for i in (0, 3))
    assert ax.get_ylim()[1] < first < top and bottom < second < below
    assert ax.images[3].get_extent()[3] == 7  # a title takes the room of two gaps


def test_answer_shows_the_softmax_of_the_logits(ax):
    logits = torch.randn(10, generator=torch.Generator().manual_seed(0))
    plots.answer(logits, ax, label=3)
    heights = [bar.get_height() for bar in ax.patches]
    assert np.allclose(heights, logits.softmax(0).numpy(), atol=1e-6)
    ringed = [text.get_text() for text in ax.get_xticklabels() if text.get_bbox_patch()]
    assert ax.get_ylim() == (0, 1) and ringed == ["3"]


def test_network_draws_every_map_and_marks_the_answer(ax):
    net, picture = LeNet(seed=0), torch.rand(1, 28, 28)
    to_scale.draw(net, picture, ax)
    assert len(ax.images) == 1 + 6 + 6 + 16 + 16 + 3  # the picture, the maps, and the columns F5, F6, OUT
    bold = [text.get_text() for text in ax.texts if text.get_weight() == "bold" and text.get_text().isdigit()]
    assert bold == [str(net(picture[None]).argmax().item())]


def test_network_draws_windows_as_large_as_the_kernels(ax):
    to_scale.draw(LeNet(seed=0), torch.rand(1, 28, 28), ax, labels=False)
    sides = [patch.get_width() for patch in ax.patches if patch.get_edgecolor() != matplotlib.colors.to_rgba(plots.HAIRLINE)]
    assert sides == [5, 1, 2, 1] + 6 * [5, 1] + [2, 1]  # C3 reads all six maps of S2


def test_every_figure_is_as_wide_as_the_text():
    figure, axes = plots.figure(3.0, columns=2)
    assert figure.get_size_inches().tolist() == [plots.WIDTH, 3.0] and len(axes) == 2
    plt.close(figure)


def test_a_line_stands_over_its_readings_and_the_smallest_penalties_are_ringed():
    """A window of 32 pixels that moves by 4 over 52 sees six places; its middles are at 16, 20, ..., 36."""
    penalties = torch.full((10, 6), 50.0)
    penalties[7, 1] = penalties[2, 5] = 1.0
    penalties[:, 3] = 40.0
    penalties[4, 3] = 30.0
    fig, ax = plt.subplots()
    plots.reading(torch.rand(32, 52), penalties, ax)
    rings = {(float(x), float(y)) for x, y in zip(*ax.lines[0].get_data(), strict=True)}
    assert {(20.0, 34 + 30.0), (36.0, 34 + 10.0)} == rings  # the one at place 3 lies within two of both
    left, right, bottom, top = ax.images[-1].get_extent()
    assert (left, right, top, bottom) == (14, 14 + 24, 34, 34 + 40)
    plt.close(fig)
