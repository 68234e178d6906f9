"""Every notebook as Colab runs it: alone in an empty folder, without the book's package, beside packages that must not change.

Colab is a virtual environment here, with links to what Colab installs beforehand, and the repository is a local one.
"""

import importlib.metadata
import json
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from book.tools import address
from book_files import ROOT, copy_repository, each_notebook, read
from lenet_utils import __version__

URL = "https://github.com/example/lenet"
PREINSTALLED = [
    *("torch", "torchvision", "numpy", "scikit-learn", "pandas", "matplotlib", "mlxtend", "tqdm"),
    *("ipywidgets", "ipykernel", "pip", "setuptools", "wheel"),
]
# Colab may lack these; pip finds them in a folder here, since the index is out of reach.
FETCHED = ["anywidget", "captum", "psygnal", "seglearn"]
LIST = "import importlib.metadata as m, json; print(json.dumps(sorted((d.name, d.version) for d in m.distributions())))"
WHERE = "import lenet_utils; print(lenet_utils.__file__)"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A git repository of the book as it is now, with the address under which Colab would find it."""
    book = copy_repository(tmp_path_factory.mktemp("published"))
    subprocess.run([sys.executable, "-m", "book.tools.address", URL], cwd=book, check=True)
    git = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "The book"]):
        subprocess.run([*git, *command], cwd=book, check=True)
    return book


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """A folder with wheels of `FETCHED`, made of what is installed."""
    folder = tmp_path_factory.mktemp("index")
    for distribution in map(importlib.metadata.distribution, FETCHED):
        tag = re.search(r"^Tag: (.+)$", distribution.read_text("WHEEL"), re.M)[1]
        own = [file for file in distribution.files if file.parts[0] not in {"..", "__pycache__"} and file.suffix != ".pyc"]
        with zipfile.ZipFile(folder / f"{distribution.name}-{distribution.version}-{tag}.whl", "w") as wheel:
            for file in own:
                if file.name not in {"RECORD", "INSTALLER", "REQUESTED"}:
                    wheel.write(file.locate(), file.as_posix())
            record = next(file for file in own if file.name == "RECORD")
            wheel.writestr(record.as_posix(), "".join(f"{name},,\n" for name in [*wheel.namelist(), record.as_posix()]))
    return folder


@pytest.fixture
def colab(tmp_path, published, index, monkeypatch):
    """The Python of a machine like Colab's, which Jupyter starts as the kernel "colab"; the current folder is empty."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    venv.create(tmp_path / "venv", symlinks=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    site_packages = Path(run(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))
    for name in closure(PREINSTALLED):
        link(importlib.metadata.distribution(name), site_packages)
    kernel = tmp_path / "jupyter" / "kernels" / "colab" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    command = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(json.dumps({"argv": command, "display_name": "Colab", "language": "python"}))
    variables = {
        "JUPYTER_PATH": str(tmp_path / "jupyter"),
        "PYTHONNOUSERSITE": "1",
        "OMP_NUM_THREADS": "1",  # beside other tests, more threads only wait for each other
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(index),
        "PIP_NO_BUILD_ISOLATION": "false",  # the value pip gives to its option build-isolation
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{published.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": URL,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return python


def run(python, source):
    """What `source` prints in that Python, or what it reports if it fails."""
    result = subprocess.run([python, "-c", source], capture_output=True, text=True)
    return (result.stderr if result.returncode else result.stdout).strip()


def closure(names):
    """Those distributions, what they need, what that needs, and so on."""
    found, waiting = {}, [Requirement(name) for name in names]
    while waiting:
        requirement = waiting.pop()
        known = found.setdefault(canonicalize_name(requirement.name), set())
        extras = requirement.extras | {""}
        if not extras <= known:
            known |= extras
            needed = map(Requirement, importlib.metadata.requires(requirement.name) or [])
            waiting += [n for n in needed if not n.marker or any(n.marker.evaluate({"extra": extra}) for extra in extras)]
    return found


def link(distribution, site_packages):
    """Make a distribution importable from `site_packages` by links to its topmost files and folders."""
    for name in {file.parts[0] for file in distribution.files} - {"..", "__pycache__"}:
        if not (site_packages / name).exists():
            (site_packages / name).symlink_to(distribution.locate_file(name))


@each_notebook
def test_notebook_runs(path, colab, published, tmp_path):
    assert run(colab, "import lenet_utils").endswith("No module named 'lenet_utils'")
    before = json.loads(run(colab, LIST))
    notebook = read(published / path.relative_to(ROOT))
    NotebookClient(notebook, kernel_name="colab", timeout=300, resources={"metadata": {"path": str(Path.cwd())}}).execute()
    assert Path(run(colab, WHERE)).is_relative_to(tmp_path / "venv")
    fetched = [[name, importlib.metadata.version(name)] for name in FETCHED]
    assert json.loads(run(colab, LIST)) == sorted([*before, *fetched, ["lenet-utils", __version__]])


def test_no_address(colab):
    """A copy that was never published says so, and what to do instead."""
    message = run(colab, address.setup_source(""))
    assert "RuntimeError: This copy of the book names no address to fetch lenet_utils from." in message
    assert message.endswith("pip install .")


def test_nothing_is_installed_where_the_package_is(monkeypatch):
    """With neither pip's index nor git in reach the cell succeeds, since it has nothing to do."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert run(sys.executable, address.setup_source(URL)) == ""
