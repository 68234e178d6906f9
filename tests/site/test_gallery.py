"""The authors' gallery shows every kind of figure that the package draws."""

import matplotlib.image
import pytest

from book.tools import gallery


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return gallery.write(tmp_path_factory.mktemp("gallery"))


def test_every_kind_of_figure_has_an_example():
    assert set(gallery.EXAMPLES) == gallery.kinds()


@pytest.mark.parametrize("name", gallery.EXAMPLES)
def test_an_example_is_drawn_and_shown_in_light_and_dark(name, page):
    picture = matplotlib.image.imread(page.parent / f"{name}.png")
    assert picture.shape[1] == 1400 and picture.std() > 0.01
    assert page.read_text(encoding="utf-8").count(f'src="{name}.png"') == 2
    assert "invert(1)" in gallery.dark_filter()
