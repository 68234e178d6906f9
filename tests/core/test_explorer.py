"""Explorers follow their controls, explain what cannot be, and leave a picture in the page."""

import base64
import io

import matplotlib
import pytest
from PIL import Image

from lenet_utils.figures import plots
from lenet_utils.figures.explorer import Explorer
from lenet_utils.nets.shapes import output_size

matplotlib.use("agg")
plt = matplotlib.pyplot


def squares(side, kernel, kind):
    """A figure with a title that says what it was drawn with."""
    fig, ax = plots.figure(2.2)
    ax.set_title(f"{kind} {output_size(side, kernel)}")
    return fig


@pytest.fixture
def explorer():
    plots.use_style()
    return Explorer(squares, side=(1, 9), kernel=(1, 7, 2), kind=["a < b", "other"])


def set_to(explorer, **values):
    for name, value in values.items():
        explorer._controls[name].value = value


def page(explorer):
    return explorer._repr_mimebundle_()["text/html"]


def test_the_page_gets_a_picture_and_the_notebook_a_widget(explorer):
    bundle = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    source = bundle["text/html"].partition("base64,")[2].partition('"')[0]
    assert Image.open(io.BytesIO(base64.b64decode(source))).size == (2 * 100 * plots.WIDTH, 440)


def test_every_control_changes_the_picture(explorer):
    for name, value in dict(side=8, kernel=5, kind="other").items():
        before = explorer._picture.value
        set_to(explorer, **{name: value})
        assert explorer._picture.value != before, name


def test_controls_are_those_of_interact(explorer):
    side, kernel, kind = explorer._controls.values()
    assert (side.min, side.max, kernel.step, kind.options) == (1, 9, 2, ("a < b", "other"))


def test_no_figure_is_left_open_and_the_picture_says_its_settings(explorer):
    before = plt.get_fignums()
    set_to(explorer, side=9)
    assert plt.get_fignums() == before
    assert 'alt="side 9, kernel 3, kind a &lt; b"' in page(explorer)


def test_what_is_impossible_is_explained_and_can_be_left(explorer):
    set_to(explorer, side=2, kernel=7)
    assert "impossible" in explorer._line.value and "7x7" in explorer._line.value and "2x2" in explorer._line.value
    assert explorer._picture.layout.display == "none" and "<img" not in page(explorer)
    set_to(explorer, kernel=1)
    assert explorer._line.value == "" and explorer._picture.layout.display == "" and "<img" in page(explorer)


def test_a_mistake_in_the_readers_code_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        Explorer(lambda n: 1 / 0, n=(0, 3))
