"""Notebooks as Colab runs them: alone in an empty folder, without the book's package, beside packages that must not change.

Colab is a virtual environment here, with links to what Colab installs beforehand, and the repository is a local one.
"""

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from book.tools import address, execution
from book_files import NOTEBOOKS, ROOT, copy_repository, read
from lenet_utils import __version__

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("colab")]  # one environment, made once
URL = "https://github.com/example/lenet"
PREINSTALLED = [
    *("torch", "torchvision", "numpy", "scikit-learn", "pandas", "matplotlib", "mlxtend", "tqdm", "safetensors"),
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


@pytest.fixture(scope="module")
def environment(tmp_path_factory, published, index):
    """The variables under which a machine like Colab's installs: no index in reach, the book's repository a local one."""
    return os.environ | {
        "JUPYTER_PATH": str(tmp_path_factory.mktemp("jupyter")),
        "PYTHONPATH": "",
        "PYTHONNOUSERSITE": "1",
        "OMP_NUM_THREADS": "1",  # beside other tests, more threads only wait for each other
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(index),
        "PIP_NO_BUILD_ISOLATION": "false",  # the value pip gives to its option build-isolation
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{published.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": URL,
    }


@pytest.fixture(scope="module")
def colab(tmp_path_factory, environment):
    """The Python of a machine like Colab's, in which one notebook has run its setup cell; Jupyter knows it as "colab"."""
    folder = tmp_path_factory.mktemp("colab")
    venv.create(folder / "venv", symlinks=True)
    python = str(folder / "venv" / "bin" / "python")
    site_packages = Path(run(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))
    for name in closure(PREINSTALLED):
        link(importlib.metadata.distribution(name), site_packages)
    kernel = Path(environment["JUPYTER_PATH"]) / "kernels" / "colab" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    command = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(json.dumps({"argv": command, "display_name": "Colab", "language": "python"}))
    before = json.loads(run(python, LIST, environment))
    assert run(python, "import lenet_utils", environment).endswith("No module named 'lenet_utils'")
    assert run(python, address.setup_source(URL), environment) == ""
    assert Path(run(python, WHERE, environment)).is_relative_to(folder / "venv")
    fetched = [[name, importlib.metadata.version(name)] for name in FETCHED]
    assert json.loads(run(python, LIST, environment)) == sorted([*before, *fetched, ["lenet-utils", __version__]])
    return python


def run(python, source, environment=None):
    """What `source` prints in that Python, from an empty folder, or what it reports if it fails."""
    with TemporaryDirectory() as empty:
        result = subprocess.run([python, "-c", source], capture_output=True, text=True, cwd=empty, env=environment)
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


def imports(path):
    """The setup cell of a notebook, then every line of its other cells that imports something."""
    first, *others = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    code = map(ast.parse, map(without_magics, others))
    found = [node for tree in code for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join([first, *map(ast.unparse, found)])


def slowest():
    return max(NOTEBOOKS, key=execution.known_seconds)


def most_imports():
    return max(NOTEBOOKS, key=lambda path: len(re.findall(r"^(?:from|import) ", imports(path), re.M)))


def with_a_panel():
    return next(path for path in NOTEBOOKS if re.search(r"^lab\(", "\n".join(cell.source for cell in read(path).cells), re.M))


def test_every_notebook_imports_what_it_needs(colab, environment):
    """Setup and import cells, each notebook in a namespace of its own."""
    cells = {path.stem: imports(path) for path in NOTEBOOKS}
    program = f"for name, source in {cells!r}.items():\n    exec(compile(source, name, 'exec'), {{}})\nprint('all')"
    assert run(colab, program, environment).splitlines()[-1] == "all"


def without_magics(source):
    """A cell without the lines that only a kernel understands."""
    return "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))


@pytest.mark.parametrize("choose", [slowest, most_imports, with_a_panel], ids=lambda choose: choose.__name__)
def test_notebook_runs(choose, colab, environment, published, tmp_path, monkeypatch):
    """`make colab` runs the others, in Colab's own versions."""
    path = choose()
    monkeypatch.setenv("JUPYTER_PATH", environment["JUPYTER_PATH"])
    before = run(colab, LIST, environment)
    notebook = read(published / path.relative_to(ROOT))
    client = NotebookClient(notebook, kernel_name="colab", timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env=environment)
    assert run(colab, LIST, environment) == before


def test_no_address(tmp_path):
    """A copy that was never published says so, and what to do instead."""
    venv.create(tmp_path / "venv", symlinks=True)
    message = run(str(tmp_path / "venv" / "bin" / "python"), address.setup_source(""))
    assert "RuntimeError: This copy of the book names no address to fetch lenet_utils from." in message
    assert message.endswith('pip install ".[notebooks]"')


def test_nothing_is_installed_where_the_package_is(monkeypatch):
    """With neither pip's index nor git in reach the cell succeeds, since it has nothing to do."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert run(sys.executable, address.setup_source(URL)) == ""
