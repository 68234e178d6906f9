"""The built pages hold what the notebooks promise."""

import functools
import re
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

from book_files import HTML, NOTEBOOKS, ROOT, code_cells, each_notebook, require_pages, tags, toc_files

pytestmark = pytest.mark.pages
REDIRECTS = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]["redirects"]
ADDRESS = (ROOT / "book" / "data" / "address.txt").read_text(encoding="utf-8").strip()
OTHER_HOST = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
LEFT_OVER = re.compile(r":::|```|\{[A-Za-z][\w:.+-]*\}|\*\*|</?(div|details|summary)\b")


def files(ending):
    require_pages()
    return sorted(file for file in HTML.rglob(f"*.{ending}") if not file.name.endswith("webpack-macros.html"))


@functools.cache
def soup(file):
    require_pages()
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def page(notebook):
    return soup((HTML / notebook.relative_to(ROOT)).with_suffix(".html"))


def cells_and_boxes(notebook):
    """Each code cell of a notebook, and the element that shows it with its output."""
    return zip(code_cells(notebook), page(notebook).select("div.cell"), strict=True)


def without_spaces(text):
    return "".join(text.split())


@pytest.mark.parametrize("name", toc_files())
def test_page_exists(name):
    title = soup(HTML / f"{name}.html").select_one("article h1").get_text()
    assert title.strip("# \n")


def test_top_leads_to_the_title_page():
    content = soup(HTML / "index.html").select_one('meta[http-equiv="Refresh"]')["content"]
    assert content == f"0; url={toc_files()[0]}.html"


@pytest.mark.parametrize(("old", "new"), REDIRECTS.items())
def test_an_old_address_leads_to_a_page(old, new):
    """With scripts and without; test_pages.py looks where the place in the page goes."""
    require_pages()
    written = soup(HTML / f"{old}.html")
    assert written.select_one("noscript meta")["content"] == f"0; url={new}" and written.script["data-target"] == new
    assert (HTML / old).parent.joinpath(new).is_file() and f"{old}" not in toc_files()


@each_notebook
def test_pages_are_of_these_notebooks(path):
    for cell, box in cells_and_boxes(path):
        assert box.select_one(".cell_input pre").get_text().strip() == cell.source.strip(), "make book is due"


@each_notebook
def test_pictures_are_there(path):
    for cell, box in cells_and_boxes(path):
        if "plt.show()" in cell.source:
            image = box.select_one(".cell_output img")
            assert image["alt"] == cell.metadata["mystnb"]["image"]["alt"]
            assert (HTML / path.relative_to(ROOT).parent / image["src"]).is_file()
        if re.search(r"^Explorer\(", cell.source, re.MULTILINE):
            assert box.select_one(".cell_output img")["alt"]


@each_notebook
def test_texts_are_there(path):
    """What the cells print and what is stored in the notebook, the errors that are shown on purpose, the open questions."""
    for cell, box in cells_and_boxes(path):
        output = "".join(part.get_text() for part in box.select(".cell_output"))
        if "nbval-check-output" in tags(cell):
            stored = "".join(out.get("text") or out.data["text/plain"] for out in cell.outputs)
            assert without_spaces(stored) in without_spaces(output)
        if re.search(r"^\s*print\(", cell.source, re.MULTILINE) and "def " not in cell.source:
            assert output.strip(), cell.source
        assert ("Traceback" in output) == ("raises-exception" in tags(cell)), output
        assert ("Not answered yet" in output) == bool(re.search(r"^check\(", cell.source, re.MULTILINE)), output


@each_notebook
def test_printed_lines_are_one_output(path):
    for cell, box in cells_and_boxes(path):
        assert not box.select(".output.stream + .output.stream"), cell.source


@each_notebook
def test_folded_outputs_hold_something(path):
    """A Predict box opens the next folded output, so there must be one."""
    for cell, box in cells_and_boxes(path):
        if "hide-output" in tags(cell):
            folded = box.select_one("details .cell_output")
            assert folded and (folded.get_text().strip() or folded.select("img")), cell.source


@pytest.mark.parametrize("name", toc_files())
def test_nothing_is_left_of_the_markup(name):
    article = soup(HTML / f"{name}.html").select_one("article")
    assert not article.select(".problematic, .system-message")
    verbatim = {id(element) for element in article.select("pre, code, script, .math")}
    for text in article.find_all(string=True):
        assert not LEFT_OVER.search(text) or any(id(parent) in verbatim for parent in text.parents), text


def test_no_path_of_this_machine():
    for file in files("html"):
        assert str(ROOT) not in file.read_text(encoding="utf-8"), file


def test_nothing_is_loaded_from_another_host():
    """Only the links that a reader may follow lead elsewhere."""
    for file in files("html"):
        for element in soup(file).select(":not(a)"):
            for name, value in element.attrs.items():
                assert name.startswith("xmlns") or not OTHER_HOST.match(str(value)), element
    for file in files("css"):
        assert not re.search(r"(@import\s+|url\()[\s'\"]*(https?:)?//", file.read_text(encoding="utf-8")), file


def test_links_within_the_book_lead_somewhere():
    for file in files("html"):
        for element in soup(file).select("[href], [src]"):
            link = urlsplit(element.get("href") or element.get("src"))
            if link.scheme or link.netloc:
                continue
            goal = file.parent / unquote(link.path) if link.path else file
            assert goal.is_file(), f"{file}: {element}"
            if link.fragment and goal.suffix == ".html":
                assert soup(goal).find(id=unquote(link.fragment)), f"{file}: {element}"


def test_colab_button_only_with_an_address():
    repository = ADDRESS.removeprefix("https://github.com/")
    expected = set()
    if repository != ADDRESS:
        places = (path.relative_to(ROOT).as_posix() for path in NOTEBOOKS)
        expected = {f"https://colab.research.google.com/github/{repository}/blob/main/{place}" for place in places}
    found = {link["href"] for file in files("html") for link in soup(file).select('a[href*="colab.research"]')}
    assert found == expected
