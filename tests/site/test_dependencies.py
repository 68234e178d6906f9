"""The key of an executed notebook: complete, by what notebooks really opened, and no wider than it must be."""

import re
from modulefinder import ModuleFinder

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from book.tools import dependencies, execution
from book_files import NOTEBOOKS, ROOT, code_cells, copy_repository, each_notebook

FILES = {
    "requirements.txt": "torch\n",
    "constraints.txt": "six\n",
    "lenet_utils/__init__.py": "",
    "lenet_utils/data.py": "from lenet_utils.errors import expect\n",
    "lenet_utils/errors.py": "import torch\n",
    "lenet_utils/unused.py": "",
    "lenet_utils/nets/__init__.py": "",
    "lenet_utils/nets/lenet.py": "def late():\n    from lenet_utils import shapes\n",
    "lenet_utils/shapes.py": 'TABLE = "table.txt"\n',
    "lenet_utils/table.txt": "1 2 3",
    "lenet_utils/lab/words.json": "{}",
    "lenet_utils/pages/__init__.py": "",
    "lenet_utils/pages/one/__init__.py": "",
    "lenet_utils/pages/one/exercises.py": "from lenet_utils.nets import lenet\n",
    "lenet_utils/pages/one/words.json": "{}",
    "lenet_utils/pages/one/ladder.json": "{}",
    "lenet_utils/pages/one/other.json": "{}",
}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small repository, and a function that gives the dependencies of a notebook with these cells."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(dependencies, "ROOT", tmp_path)

    def write(*sources, tags=()):
        cells = [nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)}) for source in sources]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "some.ipynb")
        return tmp_path / "some.ipynb"

    return write


def names(paths, root):
    return {path.relative_to(root).as_posix() for path in paths}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import torch", set()),
        ("from lenet_utils import data", {"data.py", "errors.py"}),
        ("say('lab/draw')", {"lab/words.json"}),
        ("say(f'lab/{name}')", {"lab/words.json"}),
        ("import lenet_utils.data as d", {"data.py", "errors.py"}),
        ("%matplotlib inline\nfrom lenet_utils.errors import expect", {"errors.py"}),
        ("from lenet_utils.nets.lenet import late", {"nets/__init__.py", "nets/lenet.py", "shapes.py", "table.txt"}),
        ('load("ladder")', {"pages/one/ladder.json"}),
        (
            'check("one/first", ...)',
            {
                *("pages/__init__.py", "pages/one/__init__.py", "pages/one/exercises.py"),
                *("nets/__init__.py", "nets/lenet.py", "shapes.py", "table.txt"),
            },
        ),
    ],
)
def test_hand_examples(small, tmp_path, source, expected):
    expected = {f"lenet_utils/{name}" for name in expected}
    found = names(dependencies.files(small(source)), tmp_path)
    assert found - {"lenet_utils/__init__.py"} == expected


@pytest.mark.parametrize("changed", ["lenet_utils/shapes.py", "lenet_utils/table.txt", "requirements.txt", "constraints.txt"])
def test_key_changes(small, tmp_path, changed):
    notebook = small("from lenet_utils.nets import lenet")
    before = dependencies.key(notebook)
    (tmp_path / changed).write_text("# changed\n")
    assert dependencies.key(notebook) != before


@pytest.mark.parametrize(
    "changed", ["lenet_utils/unused.py", "lenet_utils/pages/one/words.json", "lenet_utils/pages/one/other.json", "README.md"]
)
def test_key_stays(small, tmp_path, changed):
    notebook = small('load("ladder"); check("one/first", ...)')
    before = dependencies.key(notebook)
    (tmp_path / changed).write_text("{}  # changed\n")
    assert dependencies.key(notebook) == before


def test_key_is_of_the_code_and_of_tags_that_change_its_run(small):
    before = dependencies.key(small("1 / 0"))
    assert dependencies.key(small("1 / 1")) != before
    assert dependencies.key(small("1 / 0", tags=["raises-exception"])) != before
    assert dependencies.key(small("1 / 0", tags=["hide-input"])) == before


@pytest.mark.pages
@each_notebook
def test_what_a_notebook_opened_is_in_its_key(path):
    """An audit hook listed every file of the repository that was opened while the notebook ran for its page."""
    assert execution.stored(path).exists(), "make book is due"
    unknown = execution.opened(path) - dependencies.files(path) - {path}
    assert not names(unknown, ROOT)


@pytest.mark.pages
@each_notebook
def test_the_hook_lists_what_is_known_to_be_opened(path):
    assert ROOT / "lenet_utils" / "__init__.py" in execution.opened(path)


@pytest.mark.parametrize("name", ["lenet_utils/pages/time_series/words.json", "book/data/claims.yaml", "book/static/book.css"])
def test_words_claims_and_styles_execute_nothing(tmp_path, monkeypatch, name):
    monkeypatch.setattr(dependencies, "ROOT", copy_repository(tmp_path))
    copies = [tmp_path / path.relative_to(ROOT) for path in NOTEBOOKS]
    before = [dependencies.key(path) for path in copies]
    assert (tmp_path / name).exists()
    (tmp_path / name).write_text("{}")
    assert [dependencies.key(path) for path in copies] == before


def users(root, folder, module):
    """The names of the notebooks that import `module`, found by `modulefinder` in their code and in their exercises."""
    python = TransformerManager().transform_cell
    found = set()
    for path in NOTEBOOKS:
        cells = "\n".join(python(cell.source) for cell in code_cells(path))
        exercises = {f"import lenet_utils.pages.{page}.exercises\n" for page in re.findall(r'^check\("(\w+)/', cells, re.M)}
        script = folder / f"{path.stem}_cells.py"
        script.write_text("".join(exercises) + cells)
        finder = ModuleFinder(path=[str(root)])
        finder.run_script(str(script))
        if module in finder.modules:
            found.add(path.stem)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "module", ["lenet_utils.nets.shapes", "lenet_utils.pages.net_1989.levenberg", "lenet_utils.figures.explorer"]
)
def test_a_module_executes_exactly_its_users(tmp_path, monkeypatch, module):
    root = copy_repository(tmp_path / "copy")
    monkeypatch.setattr(dependencies, "ROOT", root)
    copies = [root / path.relative_to(ROOT) for path in NOTEBOOKS]
    before = {path.stem: dependencies.key(path) for path in copies}
    source = (root / module.replace(".", "/")).with_suffix(".py")
    source.write_text(source.read_text() + "\n# changed\n")
    changed = {path.stem for path in copies if dependencies.key(path) != before[path.stem]}
    assert changed == users(root, tmp_path, module) and changed
