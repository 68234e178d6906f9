"""What the outputs of a notebook depend on, read from its text and from the modules that it imports.

These are the code of its cells, the modules of this repository that it imports, followed through their imports,
the result and data files that these name, the pinned versions and the Python.
"""

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

from book.tools.paths import ROOT
from lenet_utils.words import CORE

PACKAGE = "lenet_utils"
RUN_TAGS = {"raises-exception", "skip-execution"}  # those that change how a cell is run
PINS = ("requirements.txt", "constraints.txt")
WORDS = "words.json"  # those of a page are read when its exercise is answered, which no stored output shows


def key(notebook: Path) -> str:
    """A digest that changes with whatever the outputs of `notebook` depend on."""
    total = hashlib.sha256(sys.version.encode())
    for cell in _code_cells(notebook):
        tags = sorted(RUN_TAGS.intersection(cell["metadata"].get("tags", [])))
        total.update(json.dumps(["".join(cell["source"]), tags]).encode())
    for path in [*sorted(files(notebook)), *(ROOT / name for name in PINS)]:
        total.update(f"{path.relative_to(ROOT)}\0{_digest(path, path.stat().st_mtime_ns)}".encode())
    return total.hexdigest()[:16]


def files(notebook: Path) -> set[Path]:
    """The files of the repository that `notebook` imports or reads, itself left out."""
    return closure(_of_notebook(notebook, notebook.stat().st_mtime_ns))


def closure(start: Iterable[Path]) -> set[Path]:
    """`start` with all that its modules import or read, that these import or read, and so on."""
    found: set[Path] = set()
    waiting = list(start)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            if path.suffix == ".py":
                waiting += _of_module(path, path.stat().st_mtime_ns)
    return found


def _code_cells(notebook: Path) -> list[dict]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


@cache
def _of_notebook(path: Path, changed: int) -> frozenset[Path]:
    python = TransformerManager().transform_cell
    source = "\n".join(python("".join(cell["source"])) for cell in _code_cells(path))
    return frozenset(_direct(ast.parse(source), path))


@cache
def _of_module(path: Path, changed: int) -> frozenset[Path]:
    return frozenset(_direct(ast.parse(path.read_text(encoding="utf-8")), path))


def _direct(tree: ast.AST, module: Path) -> Iterator[Path]:
    """What one module, or the code of a notebook, imports from the package and reads of its files."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _named(node.value, module.parent)
            continue
        else:
            continue
        for name in names:
            yield from _modules(name)


def _modules(name: str) -> Iterator[Path]:
    """The files that importing `package.module` or `package.module.name` runs: the packages on the way, then the module."""
    if name.split(".")[0] != PACKAGE:
        return
    path = ROOT
    for part in name.split("."):
        path /= part
        yield from (file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file())


def _named(text: str, folder: Path) -> Iterator[Path]:
    """The files that a string names: a result, an exercise as `page/name`, words of the core as `place/`, a file beside it."""
    if not text.isprintable() or len(text) > 100:
        return
    yield from _results(ROOT / PACKAGE).get(text, ())
    page, slash, exercise = text.partition("/")
    if slash and page in CORE and (file := ROOT / PACKAGE / page / WORDS).is_file():
        yield file
    if exercise and (file := ROOT / PACKAGE / "pages" / page / "exercises.py").is_file():
        yield from _modules(f"{PACKAGE}.pages.{page}.exercises")
    if text not in {"", ".", ".."} and "/" not in text and (file := folder / text).is_file():
        yield file


@cache
def _results(package: Path) -> dict[str, list[Path]]:
    """Every committed result by its name."""
    found: dict[str, list[Path]] = {}
    for path in package.rglob("*.json"):
        if path.name != WORDS:
            found.setdefault(path.stem, []).append(path)
    return found


@cache
def _digest(path: Path, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
