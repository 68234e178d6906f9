"""Where things are in the repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
STATIC = BUILD / "static"


def notebooks() -> list[Path]:
    """Every notebook of the book, sorted by its path."""
    return sorted(path for path in (ROOT / "chapters").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def find_notebook(name: str) -> Path:
    """The notebook called `name`; `SystemExit` with the names there are if none is."""
    found = {path.stem: path for path in notebooks()}
    if name not in found:
        raise SystemExit(f"No page is called {name!r}. Pages: {', '.join(found)}.")
    return found[name]
