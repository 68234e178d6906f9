"""The house as CONTRIBUTING draws it: a core that can be read in one listing, and one folder a page."""

import pytest

from book_files import NOTEBOOKS, ROOT

CORE = ROOT / "lenet_utils"
MODULES = sorted(path for path in CORE.rglob("*.py") if "pages" not in path.relative_to(CORE).parts)


def lines(path):
    return sum(bool(line.strip()) for line in path.read_text(encoding="utf-8").splitlines())


def test_the_core_is_small():
    entries = [path for path in CORE.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= 12
    assert sum(map(lines, MODULES)) <= 2800


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(CORE).as_posix())
def test_a_module_of_the_core_can_be_read_at_once(path):
    assert lines(path) <= 250


def test_a_folder_in_pages_has_the_name_of_its_page():
    names = {path.stem for path in [*NOTEBOOKS, *(ROOT / "book" / "pages").glob("*.md")]}
    folders = {path.name for path in (CORE / "pages").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= names
    assert {path.stem for path in NOTEBOOKS} <= folders
