"""One address in book/data/address.txt, and every file that repeats it."""

import json
import subprocess
import sys

import pytest
import yaml

from book.tools import address
from book_files import NOTEBOOKS, ROOT, copy_repository

CURRENT = (ROOT / "book" / "data" / "address.txt").read_text(encoding="utf-8").strip()
GITHUB = "https://github.com/acme/lenet"


@pytest.fixture
def book(tmp_path):
    return copy_repository(tmp_path / "book")


def set_address(book, url, *site):
    command = [sys.executable, "-m", "book.tools.address", url, *site]
    return subprocess.run(command, cwd=book, capture_output=True, text=True, encoding="utf-8")


def contents(book):
    return {path.relative_to(book): path.read_bytes() for path in book.rglob("*") if path.is_file()}


def setup_cells(book):
    for path in (book / "chapters").rglob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        yield "".join(next(cell["source"] for cell in cells if cell["cell_type"] == "code"))


def test_files_agree_with_the_address():
    for path, text in address.rewritten(CURRENT).items():
        assert path.read_bytes() == text.encode(), path


def test_every_notebook_is_among_the_files():
    assert set(NOTEBOOKS) <= set(address.rewritten(CURRENT))


def test_set_to_github(book):
    before = contents(book)
    result = set_address(book, GITHUB)
    assert result.returncode == 0 and GITHUB in result.stdout
    assert (book / "book" / "data" / "address.txt").read_text() == GITHUB + "\n"
    config = yaml.safe_load((book / "_config.yml").read_text(encoding="utf-8"))
    assert config["repository"] == {"url": GITHUB, "branch": "main", "path_to_book": ""}
    assert config["launch_buttons"] == {"colab_url": "https://colab.research.google.com"}
    assert yaml.safe_load((book / "CITATION.cff").read_text(encoding="utf-8"))["repository-code"] == GITHUB
    assert f"\n    git clone {GITHUB} lenet\n" in (book / "README.md").read_text(encoding="utf-8")
    cells = list(setup_cells(book))
    assert len(cells) == len(NOTEBOOKS) and all(f'ADDRESS = "{GITHUB}"\n' in cell for cell in cells)
    changed = {path for path, content in contents(book).items() if content != before[path]}
    assert changed <= {path.relative_to(ROOT) for path in [*address.rewritten(""), address.SITE_FILE]}
    assert (book / "book" / "data" / "site.txt").read_text() == "https://acme.github.io/lenet/\n"


def test_the_pages_may_be_elsewhere(book):
    assert set_address(book, GITHUB, "http://books.example.org/le-net").returncode == 0
    site = book / "book" / "data" / "site.txt"
    assert site.read_text() == "http://books.example.org/le-net/\n"
    result = set_address(book, GITHUB, "books of mine")
    assert result.returncode == 1 and "Expected a site such as https://OWNER.github.io/REPO/" in result.stderr
    assert site.read_text() == "http://books.example.org/le-net/\n"
    set_address(book, "https://gitlab.com/acme/lenet")
    assert site.read_text() == ""


@pytest.mark.parametrize("url", [GITHUB, "https://codeberg.org/acme/courses/lenet"])
def test_taking_it_back_restores_every_byte(book, url):
    with (book / "CITATION.cff").open("a") as file:
        file.write("# what follows the marks\n")
    before = contents(book)
    set_address(book, url)
    assert contents(book) != before
    result = set_address(book, CURRENT)
    assert result.returncode == 0
    assert contents(book) == before


def test_setting_it_twice_changes_nothing_more(book):
    set_address(book, GITHUB + ".git")
    once = contents(book)
    set_address(book, GITHUB)
    assert contents(book) == once


@pytest.mark.parametrize(
    "url",
    [
        "acme/lenet",
        "http://github.com/acme/lenet",
        "https://github.com",
        "https://github.com/acme",
        "https://github.com/acme/lenet/tree/main",
        'https://github.com/acme/"; import os',
        "git@github.com:acme/lenet.git",
    ],
)
def test_bad_address(book, url):
    before = contents(book)
    result = set_address(book, url)
    assert result.returncode == 1
    assert f"Expected an address such as https://github.com/OWNER/REPO, got {url!r}." in result.stderr
    assert contents(book) == before


def test_no_colab_button_elsewhere(book):
    """The theme knows only some hosts, so for another one the book is configured as without an address."""
    set_address(book, "")
    without = (book / "_config.yml").read_bytes()
    url = "https://codeberg.org/acme/lenet"
    assert set_address(book, url).returncode == 0
    assert (book / "_config.yml").read_bytes() == without
    assert not {"repository", "launch_buttons"} & set(yaml.safe_load(without))
    assert all(f'ADDRESS = "{url}"\n' in cell for cell in setup_cells(book))
