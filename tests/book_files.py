"""The notebooks, pages and files of the book, for the tests that go through all of them."""

import dataclasses
import functools
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
import yaml
from filelock import FileLock

from lenet_utils.exercises.check import exercises_of, pages

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "build" / "html"
NOTEBOOKS = sorted(path for path in (ROOT / "chapters").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)

EXERCISES = {f"{page}/{name}": exercise for page in pages() for name, exercise in exercises_of(page).items()}
# Those whose answers are trained, or looked at for seconds.
SLOW_EXERCISES = {
    *("as_wide_as_possible/cheap", "good_accuracy/few_weights"),
    *("little_data/fifty", "mlp_or_cnn/order"),
    *("one_to_six/frozen", "one_to_six/upright", "see_features/frozen", "see_features/please", "see_weights/prune"),
    *("sigmoid_to_relu/swap", "structured_data/parity", "tabular_time_series/line", "time_series/anywhere"),
    *("what_channels_add/frozen",),
}
assert set(EXERCISES) >= SLOW_EXERCISES

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def first(digits, number, test=None):
    """The first `number` training digits, and as many test digits unless `test` says how many."""
    numbers = {"X_train": number, "y_train": number, "X_test": test or number, "y_test": test or number}
    return dataclasses.replace(digits, **{name: getattr(digits, name)[:number] for name, number in numbers.items()})


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


def toc_files():
    """Every page that _toc.yml names, in its order and without the ending of its file."""

    def files(entry):
        if isinstance(entry, list):
            return [name for part in entry for name in files(part)]
        here = [entry[key] for key in ("root", "file") if key in entry]
        return here + [name for key in ("parts", "chapters", "sections") for name in files(entry.get(key, []))]

    return files(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))


def copy_repository(target):
    """What git keeps or would keep of the work tree, copied to the folder `target`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in names:
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


@functools.cache
def require_pages():
    """Wait for the pages if they are being built, as `make test` does beside the first notebooks."""
    with FileLock(ROOT / "build" / "lock"):
        pass
    if not (HTML / "index.html").exists():
        pytest.fail("There are no pages in build/html: run make book first.", pytrace=False)
