"""Fill .venv with what requirements.txt pins: `python -m book.tools.install`, by any Python that the book supports.

uv installs, in a fraction of pip's time; where it fails, pip does. TORCH_INDEX in the environment names another index
for PyTorch's wheels. Needs only the standard library.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
SUPPORTED = ((3, 11), (3, 13))
INPUTS = ("requirements.txt", "constraints.txt", "pyproject.toml")


def main() -> None:
    expect_python()
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    if not (by_uv() or by_pip()):
        sys.exit(
            "\nNeither uv nor pip could install what requirements.txt names; their reasons stand above. "
            "The first installation needs the network and about 7 GB of disk. Run the same command again to go on."
        )
    shutil.rmtree(VENV / "uv-cache", ignore_errors=True)
    (VENV / "installed").touch()


def expect_python() -> None:
    """Stop on a Python that the pinned packages do not support, or that cannot make environments."""
    version = sys.version_info[:2]
    if not SUPPORTED[0] <= version <= SUPPORTED[1]:
        sys.exit(
            f"The book needs Python 3.11, 3.12 or 3.13; {sys.executable} is {sys.version.split()[0]}. "
            "Name another one: make book PYTHON=python3.12"
        )
    if importlib.util.find_spec("ensurepip") is None:
        name = ".".join(map(str, version))
        sys.exit(f"This Python comes without its venv module. On Debian: apt install python{name}-venv")


def by_uv() -> bool:
    """Whether uv installed everything. Its cache lies in the environment, so that files are linked and not copied."""
    pinned = re.search(r"^uv==\S+", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    if pinned is None or not _run("pip", "install", "--disable-pip-version-check", "-q", pinned[0]):
        return False
    # Where Python may not write .pyc files, only the installer can; without them torch takes seconds to import.
    options = ["--python", str(PYTHON), "--cache-dir", str(VENV / "uv-cache"), "--compile-bytecode"]
    # Like pip, take the version that is asked for from whichever index has it.
    index = [*_torch_index(), "--index-strategy", "unsafe-best-match"] if _torch_index() else []
    return _run("uv", "pip", "install", *options, *index, "-r", "requirements.txt") and _run(
        "uv", "pip", "install", *options, "--no-deps", "--editable", "."
    )


def by_pip() -> bool:
    print("uv did not install the packages, so pip does; that takes some minutes longer.", flush=True)
    pip = ["pip", "install", "--disable-pip-version-check"]
    return _run(*pip, *_torch_index(), "-r", "requirements.txt") and _run(*pip, "--no-deps", "--editable", ".")


def _torch_index() -> list[str]:
    index = os.environ.get("TORCH_INDEX")
    return ["--extra-index-url", index] if index else []


def _run(module: str, *arguments: str) -> bool:
    return subprocess.run([str(PYTHON), "-m", module, *arguments], cwd=ROOT).returncode == 0


if __name__ == "__main__":
    main()
