"""A build executes what it must, keeps what it has, and says in a sentence why it stops; the old pages stay until then."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from bs4 import BeautifulSoup
from filelock import FileLock

from book.tools import site
from book_files import ROOT, copy_repository

pytestmark = pytest.mark.slow
EXECUTE_AND_BUILD = """
from book.tools import build, execution, paths, site
with build.one_build(), build.plain_errors():
    execution.execute(paths.notebooks())
    print(site.build_book())
"""
DISK_FULL = """
from pathlib import Path
def full(*arguments, **options):
    raise OSError(28, "No space left on device")
Path.write_text = full
"""


@pytest.fixture
def book(tmp_path):
    """A copy of the book with one page, `only`, which the test writes; old pages lie where a build may replace them."""
    copy_repository(tmp_path)
    shutil.rmtree(tmp_path / "chapters")
    (tmp_path / "chapters").mkdir()
    (tmp_path / "book" / "pages" / "index.md").write_text("# One page\n")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/pages/index\nchapters:\n  - file: chapters/only\n")
    config = tmp_path / "_config.yml"
    config.write_text(re.sub("(?m)^  timeout: .*", "  timeout: 4", config.read_text(encoding="utf-8")), encoding="utf-8")
    (tmp_path / "build" / "static").mkdir(parents=True)
    (tmp_path / "build" / "static" / "exercises.data.js").write_text('globalThis.lenetExercises = {"exercises": {}};')
    (tmp_path / "build" / "static" / "lab.js").write_text("")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "build" / "html").mkdir()
    (tmp_path / "build" / "html" / "old.html").write_text("old")
    return tmp_path


def write(book, *sources, words="Only one.", name="only"):
    cells = [nbformat.v4.new_markdown_cell(f"# Only\n\n{words}"), *map(nbformat.v4.new_code_cell, sources)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), book / "chapters" / f"{name}.ipynb")


def start(book, before=""):
    command = [sys.executable, "-c", before + EXECUTE_AND_BUILD]
    return subprocess.Popen(
        command, cwd=book, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def build(book, before=""):
    """The exit status of a build, and all that it says."""
    process = start(book, before)
    said = process.communicate(timeout=300)[0]
    return process.returncode, said


def output(book):
    page = (book / "build" / "html" / "chapters" / "only.html").read_text(encoding="utf-8")
    return BeautifulSoup(page, "html.parser").select_one(".cell_output").get_text().strip()


def test_new_pages_replace_the_old_and_nothing_is_done_twice(book):
    write(book, "print(6 * 7)")
    status, said = build(book)
    assert status == 0, said
    assert output(book) == "42" and "1 notebooks to execute" in said
    assert not (book / "build" / "html" / "old.html").exists()
    status, said = build(book)
    assert status == 0 and "Nothing has changed" in said and "to execute" not in said


def test_a_module_that_changes_shows_in_the_page(book):
    """Neither the text of the notebook nor that of the page changes, only what the module computes."""
    (book / "lenet_utils" / "number.py").write_text("NUMBER = 1\n")
    write(book, "from lenet_utils.number import NUMBER\nNUMBER")
    assert build(book)[0] == 0 and output(book) == "1"
    (book / "lenet_utils" / "number.py").write_text("NUMBER = 22\n")
    assert build(book)[0] == 0 and output(book) == "22"


def test_words_that_change_execute_nothing(book):
    write(book, "print(6 * 7)")
    assert build(book)[0] == 0
    write(book, "print(6 * 7)", words="Other words.")
    status, said = build(book)
    assert status == 0 and "to execute" not in said
    assert "Other words." in (book / "build" / "html" / "chapters" / "only.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("cell", "words", "reason"),
    [
        ("1 / 0", "Only.", "ZeroDivisionError"),
        ("import time; time.sleep(60)", "Only.", "CellTimeoutError"),
        ("1", "A [broken link](nowhere.ipynb).", "nowhere.ipynb"),
    ],
    ids=["error", "timeout", "link"],
)
def test_failing_page(book, cell, words, reason):
    write(book, cell, words=words)
    status, said = build(book)
    assert status and "chapters/only" in said and reason in said
    assert "book/tools" not in said, "the builder's own traceback"
    assert (book / "build" / "html" / "old.html").read_text() == "old"


def test_a_full_disk_is_said(book):
    write(book, "print(6 * 7)")
    status, said = build(book, DISK_FULL)
    assert status and "The disk is full" in said and "Traceback" not in said
    assert (book / "build" / "html" / "old.html").read_text() == "old"
    assert build(book)[0] == 0 and output(book) == "42"


def test_a_second_build_waits(book):
    write(book, "print(6 * 7)")
    (book / "build").mkdir(exist_ok=True)
    with FileLock(book / "build" / "lock"):
        second = start(book)
        assert "Another build is running" in second.stdout.readline()
        assert second.poll() is None
    assert second.wait(300) == 0 and output(book) == "42"


def test_a_build_that_was_killed_goes_on(book):
    """What was executed before is not executed again."""
    write(book, "print(6 * 7)")
    (book / "chapters" / "slow.ipynb").write_bytes((book / "chapters" / "only.ipynb").read_bytes())
    waits = f"import time, pathlib\nwhile not pathlib.Path({str(book / 'go')!r}).exists():\n    time.sleep(0.05)"
    write(book, waits, name="slow")
    (book / "_toc.yml").write_text((book / "_toc.yml").read_text() + "  - file: chapters/slow\n")
    first = start(book)
    executed = book / "build" / "notebooks"
    while not list(executed.glob("only.*.ipynb")):
        assert first.poll() is None
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not list(executed.glob("slow.*.ipynb")) and (book / "build" / "html" / "old.html").exists()
    (book / "go").touch()
    status, said = build(book)
    assert status == 0 and "1 notebooks to execute" in said and output(book) == "42"


def test_unknown_page():
    with pytest.raises(SystemExit, match="No page is called 'nowhere'. Pages: .*time_series"):
        site.find_page("nowhere")
    with pytest.raises(SystemExit, match="More than one page is called 'index'"):
        site.find_page("index")


def test_installing_without_a_network_says_what_is_missing(tmp_path):
    """uv and pip both fail, and the next try starts from what is there."""
    book = copy_repository(tmp_path)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null"}
    command = [sys.executable, "-m", "book.tools.install"]
    done = subprocess.run(command, cwd=book, env=environment, capture_output=True, text=True)
    assert done.returncode and "needs the network" in done.stderr and "Traceback" not in done.stderr
    assert (book / ".venv").exists() and not (book / ".venv" / "installed").exists()
