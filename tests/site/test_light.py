"""The step that makes the built pages light: what it changes, what it leaves, and what of the theme it relies on."""

import importlib.metadata
import json
import re

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from book.tools import light
from book.tools.light import head, icons
from book.tools.light.page import Page
from book.tools.mathml import mathml
from book.tools.serve import POLICY
from book_files import HTML, ROOT, require_pages

# What is replaced in the pages of these versions: look at every page again before another one.
THEME = {"sphinx-book-theme": "1.3.0", "pydata-sphinx-theme": "0.17.1", "sphinx": "7.4.7"}
REPLACED = """
the style sheets: one, without rules that nothing uses
documentation_options, doctools, sphinx_highlight, clipboard, copybutton, bootstrap, both theme scripts: one, with book.js
the script that sets data-theme and data-mode in the head: mode.js, which also knows the system's colours
fontawesome.js: its outlines stand in the pages
searchtools, language_data, searchindex: on the page of the search alone
the focus of the search page, window.print() of the download button, the label of the search button
"""
PAGE = """<html data-theme="auto"><head><title>A page</title><link rel="stylesheet" href="_static/a.css">
<script>inline()</script></head><body><main><article><h1>A page#</h1><p>{text}</p>
<p style="color: red; ">Red.</p><p style="color: red">Red too.</p><style>.x {{ top: 0 }}</style>
<div class="cell_output"><img src="_images/a.png" style="width: 70px; height: 20px;" alt="A"></div>
<button onclick="window.print()">Print</button></article></main>
<script type="application/vnd.jupyter.widget-state+json">{{"state": 1}}</script></body></html>"""


@pytest.fixture
def page(tmp_path):
    """A page in a folder with a picture; nothing of the theme."""
    (tmp_path / "_images").mkdir()
    Image.new("RGB", (140, 40), "white").save(tmp_path / "_images" / "a.png")
    path = tmp_path / "a.html"
    path.write_text(PAGE.format(text="One sentence. " + "Words " * 40 + "end."), encoding="utf-8")
    return Page(path, tmp_path)


def test_the_theme_is_the_one_that_was_looked_at():
    found = {name: importlib.metadata.version(name) for name in THEME}
    assert found == THEME, f"Look at every page, then change THEME; of the old versions these parts were replaced: {REPLACED}"


def test_styles_become_classes_and_widgets_go(page):
    rules = page.lighten(page.path.parent)
    red = page.soup.find(string="Red.").parent["class"]
    assert red == page.soup.find(string="Red too.").parent["class"]
    assert rules == {".x { top: 0 }", f".{red}{{color: red}}"}
    written = page.path.read_text()
    assert not re.search(r"style=|<style|onclick|vnd\.jupyter", written)


def test_a_picture_has_a_size_and_the_same_pixels(page):
    page.lighten(page.path.parent)
    image = page.soup.img
    assert (image["width"], image["height"], image["loading"], image["alt"]) == ("70", "20", "lazy", "A")
    stored = Image.open(page.path.parent / image["src"])
    assert stored.format == "WEBP" and stored.size == (140, 40)
    assert stored.convert("RGB").getcolors() == [(140 * 40, (255, 255, 255))]


def test_a_description_is_of_whole_sentences_and_not_too_long(page):
    assert head.described(page) == "One sentence."


def test_an_old_address_needs_no_script_of_its_own(tmp_path):
    path = tmp_path / "sub" / "old.html"
    path.parent.mkdir()
    path.write_text('<html><head><script>var target = "../new.html";if (x) {}</script></head></html>')
    old = Page(path, tmp_path)
    assert not old.whole and old.soup.script.attrs == {"src": "../_static/redirect.js", "data-target": "../new.html"}


def test_an_icon_that_the_theme_lacks_is_named(tmp_path):
    (tmp_path / "icons.js").write_text('({"sun":[512,512,[],"f185","M1 2z"],moon:[384,512,[1,"x"],"f186","M3 4z"]})')
    assert icons.outline(tmp_path / "icons.js", "sun") == (512, 512, "M1 2z")
    assert icons.outline(tmp_path / "icons.js", "moon") == (384, 512, "M3 4z")
    with pytest.raises(LookupError, match="Expected an icon called 'star' in icons.js"):
        icons.outline(tmp_path / "icons.js", "star")


def test_a_formula_is_drawn_and_keeps_its_tex():
    drawn = BeautifulSoup(mathml(r"\frac{a}{b} < 1", "block"), "html.parser").math
    assert drawn["display"] == "block" and [part.text for part in drawn.semantics.mrow.mfrac.find_all("mi")] == ["a", "b"]
    assert drawn.semantics.annotation.text == r"\frac{a}{b} < 1"
    assert [child.name for child in drawn.semantics.children] == ["mrow", "annotation"]


def test_only_an_address_brings_cards_and_a_map_of_the_site(page):
    folder = page.path.parent
    (folder / "_static").mkdir()
    for name in ("site.css", "mode.js", "site.js"):
        (folder / "_static" / name).write_text(name)
    head.write(page, folder, "")
    head.write_sitemap(folder, [page], "")
    assert not page.soup.select('[property^="og:"], [rel="canonical"]') and not (folder / "sitemap.xml").exists()
    assert page.soup.select_one('meta[name="description"]')["content"] == "One sentence."
    head.write(page, folder, "https://a.org/lenet/")
    head.write_sitemap(folder, [page], "https://a.org/lenet/")
    card = {meta["property"]: meta["content"] for meta in page.soup.select('[property^="og:"]')}
    assert card["og:title"] == "A page" and card["og:url"] == "https://a.org/lenet/a.html"
    assert page.soup.select_one('[rel="canonical"]')["href"] == "https://a.org/lenet/a.html"
    assert "<loc>https://a.org/lenet/a.html</loc>" in (folder / "sitemap.xml").read_text()


@pytest.mark.pages
def test_every_page_has_the_scripts_that_it_needs_and_no_others():
    require_pages()
    for file in sorted(HTML.rglob("*.html")):
        soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        if soup.main is None:
            continue
        names = {script["src"].partition("?")[0].rpartition("/")[2] for script in soup.select("script")}
        asked = bool(soup.find(string="check")) or bool(soup.select(".lenet-progress"))
        expected = {"mode.js", "site.js"} | ({f"{file.stem}.js", "exercises.js"} if asked else set())
        expected |= {"lab.js"} if soup.find("lenet-lab") else set()
        expected |= {"search.js", "searchindex.js"} if file.stem == "search" else set()
        assert names == expected, file
        assert len(soup.select('link[rel="stylesheet"]')) == 1 and soup.select_one('meta[name="description"]')["content"]


@pytest.mark.pages
def test_nothing_stands_in_a_page_that_the_policy_forbids():
    require_pages()
    for file in sorted(HTML.rglob("*.html")):
        soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        handlers = [element for element in soup.find_all(True) if any(name.startswith("on") for name in element.attrs)]
        assert not soup.select("[style], style, script:not([src])") and not handlers, file


@pytest.mark.pages
def test_a_page_has_only_the_answers_of_its_own_exercises():
    require_pages()
    for file in sorted((HTML / "_static" / "exercises").glob("*.js")):
        table = json.loads(file.read_text(encoding="utf-8").partition("=")[2].rstrip().removesuffix(";"))
        assert {name.partition("/")[0] for name in table["exercises"]} <= {file.stem} and table["words"]


@pytest.mark.pages
def test_no_font_and_no_script_of_icons_is_left():
    require_pages()
    left = {path.name for path in (HTML / "_static").rglob("*") if path.suffix in {".woff2", ".ttf"} or "awesome" in path.name}
    assert left == set() and not (HTML / "_static" / "scripts").exists()
    assert set(light.SITE).isdisjoint(path.name for path in (HTML / "_static").glob("*.js"))


def test_the_readme_states_the_policy_that_the_tests_send():
    assert f"Content-Security-Policy: {POLICY}" in (ROOT / "README.md").read_text(encoding="utf-8")
