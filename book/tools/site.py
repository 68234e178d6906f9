"""The pages, by Jupyter Book: all of them into build/html, or one to look at into build/page."""

import hashlib
import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from book.tools import dependencies, execution
from book.tools.light import lighten
from book.tools.paths import BUILD, ROOT, STATIC, notebooks

HTML = BUILD / "html"
WORK = BUILD / "site"  # what Sphinx remembers between builds, and the pages while they are built
SITE = ROOT / "book" / "data" / "site.txt"  # where the pages will be published, if that is known
CONFIG, TOC = ROOT / "_config.yml", ROOT / "_toc.yml"


def toc_pages() -> list[Path]:
    """The files of the pages that _toc.yml names, in its order."""
    return [_file(name) for name in _names(yaml.safe_load(TOC.read_text(encoding="utf-8")))]


def find_page(name: str) -> Path:
    """The page of that name, such as `time_series` or `01_history/index`; `SystemExit` names the pages if there is none."""
    pages = {page.relative_to(ROOT).with_suffix("").as_posix(): page for page in toc_pages()}
    found = [page for path, page in pages.items() if f"/{path}".endswith(f"/{name.removesuffix('.ipynb').removesuffix('.md')}")]
    if len(found) != 1:
        raise SystemExit(f"{'No' if not found else 'More than one'} page is called {name!r}. Pages: {', '.join(pages)}.")
    return found[0]


def build_book() -> Path:
    """All pages into build/html, whose old ones stay until nothing was wrong; returns the first page."""
    first = HTML / "index.html"
    inputs = _inputs()
    stamp = BUILD / "html.json"
    if first.exists() and stamp.exists() and json.loads(stamp.read_text()) == inputs:
        print("Nothing has changed since the pages were built.")
        return first
    _forget_what_changed()
    stamp.unlink(missing_ok=True)
    if _sphinx(WORK, TOC, strict=True):
        sys.exit("The book did not build; what is wrong stands above. The pages of the last build are still there.")
    _publish(WORK / "written", HTML)
    stamp.write_text(json.dumps(inputs))
    return first


def build_page(page: Path) -> Path:
    """`page` alone, for the author to look at: links to other pages lead nowhere; returns its HTML file."""
    name = page.relative_to(ROOT).with_suffix("").as_posix()
    folder = BUILD / "page" / name.replace("/", "-")
    folder.mkdir(parents=True, exist_ok=True)
    toc = folder / "toc.yml"
    toc.write_text(yaml.safe_dump({"format": "jb-book", "root": name}), encoding="utf-8")
    (folder / "doctrees" / f"{name}.doctree").unlink(missing_ok=True)
    if _sphinx(folder, toc, strict=False):
        sys.exit(f"The page {name} did not build; what is wrong stands above.")
    _publish(folder / "written", folder / "html")
    return folder / "html" / f"{name}.html"


def _sphinx(folder: Path, toc: Path, strict: bool) -> bool:
    """Whether Sphinx fails to build the pages of `toc`; `strict` takes warnings for errors and writes every page anew."""
    from jupyter_book.sphinx import build_sphinx

    overrides = {"external_toc_path": toc.as_posix(), "latex_individualpages": False, "nitpicky": strict}
    if not strict:
        overrides |= {"suppress_warnings": ["myst.xref_missing", "bibtex.missing_field", "ref.*"]}
    result = build_sphinx(
        ROOT, folder / "written", noconfig=True, path_config=CONFIG, confoverrides=overrides, doctreedir=folder / "doctrees",
        force_all=strict, warningiserror=strict,
    )  # fmt: skip
    return bool(result)


def _publish(source: Path, target: Path) -> None:
    """A light copy of `source` in the place of `target`, which is whole at every moment but the one between two renamings."""
    fresh, old = target.with_name("html.fresh"), target.with_name("html.old")
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, fresh, ignore=shutil.ignore_patterns(".buildinfo"))
    lighten(fresh, SITE.read_text(encoding="utf-8").strip())
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _forget_what_changed() -> None:
    """Let Sphinx read a page again if its outputs changed, and everything if what builds the pages did."""
    tools = _digest([CONFIG, *(ROOT / name for name in dependencies.PINS), *(ROOT / "book" / "tools").rglob("*.py")])
    stamp = WORK / "read.json"
    before = json.loads(stamp.read_text(encoding="utf-8")) if stamp.exists() else {}
    if before.pop("tools", None) != tools:
        shutil.rmtree(WORK, ignore_errors=True)
    now = {path.relative_to(ROOT).as_posix(): execution.stored(path).name for path in notebooks()}
    for name, outputs in now.items():
        if before.get(name) != outputs:
            (WORK / "doctrees" / name).with_suffix(".doctree").unlink(missing_ok=True)
    WORK.mkdir(parents=True, exist_ok=True)
    stamp.write_text(json.dumps({"tools": tools, **now}), encoding="utf-8")


def _inputs() -> dict[str, str]:
    """A digest of everything that the pages are made of."""
    sources = [
        path for folder in ("book", "chapters") for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts
    ]  # fmt: skip
    pins = [ROOT / name for name in dependencies.PINS]
    outputs = [execution.stored(path).name for path in notebooks()]
    static = [path for path in sorted(STATIC.rglob("*")) if path.is_file()]
    return {
        "sources": _digest([CONFIG, TOC, *pins, *sources]),
        "outputs": hashlib.sha256("\n".join(outputs).encode()).hexdigest(),
        "static": _digest(static),
    }


def _names(entry: dict | list) -> list[str]:
    if isinstance(entry, list):
        return [name for part in entry for name in _names(part)]
    here = [entry[key] for key in ("root", "file") if key in entry]
    return here + [name for key in ("parts", "chapters", "sections") for name in _names(entry.get(key, []))]


def _file(name: str) -> Path:
    return next((path for ending in (".ipynb", ".md") if (path := ROOT / f"{name}{ending}").exists()), ROOT / f"{name}.md")


def _digest(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.relative_to(ROOT).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return total.hexdigest()
