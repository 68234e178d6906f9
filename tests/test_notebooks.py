"""What every notebook has in common, and that its solutions are right."""

import dis
import re
from collections import Counter
from types import CodeType

import matplotlib.pyplot as plt
import nbformat
import pytest

import address
from book_files import NOTEBOOKS, ROOT, code_cells, each_notebook, read, tags, toc_files
from lenet_utils.exercises import check
from lenet_utils.questions import EXERCISES

plt.switch_backend("Agg")
FOLDED = re.compile(r"<details>\n<summary>\n\n(.+?)\n\n</summary>\n\n(.+?)\n\n</details>", re.DOTALL)
OPENING = re.compile(r"^ *<(?:div|details|summary)\b.*>", re.MULTILINE)
DIRECTIVE = re.compile(r"^\s*(?:`{3,}|~{3,}|:{3,})\s*\{|^\s*:::|\{[A-Za-z][\w:.+-]*\}`", re.MULTILINE)
PICTURE = re.compile(r"plt\.show\(\)|plots\.figure\(|plt\.subplots\(")
CHECK = re.compile(r'^check\("([^"]+)"', re.MULTILINE)


def prose(path):
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def exercises(path):
    """Name, place among the cells, and the Markdown before and after, for each exercise of a notebook."""
    cells = read(path).cells
    sources = [cell.source for cell in cells] + [""]
    found = ((CHECK.search(cell.source), place) for place, cell in enumerate(cells) if cell.cell_type == "code")
    return [(match[1], place, sources[place - 1], sources[place + 1]) for match, place in found if match]


def test_there_are_notebooks():
    assert NOTEBOOKS


@each_notebook
def test_valid(path):
    nbformat.validate(read(path))


@each_notebook
def test_in_table_of_contents(path):
    assert str(path.relative_to(ROOT).with_suffix("")) in toc_files()


@each_notebook
def test_setup_cell(path):
    first = code_cells(path)[0]
    assert first.source == address.setup_source((ROOT / "book" / "address.txt").read_text().strip())
    assert {"hide-input", "setup"} <= set(tags(first))


@each_notebook
def test_cells_are_short(path):
    for cell in code_cells(path):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert 1 <= len(lines) <= (25 if "long" in tags(cell) else 15), cell.source


@each_notebook
def test_words_first(path):
    kinds = [cell.cell_type for cell in read(path).cells]
    assert "code code" not in " ".join(kinds) and kinds[0] == "markdown"


@each_notebook
def test_outputs(path):
    """Stored are the texts that nbval compares, and nothing else."""
    for cell in code_cells(path):
        assert (cell.execution_count is None) == (not cell.outputs)  # nbval takes a cell without a count for one never run
        assert bool(cell.outputs) == ("nbval-check-output" in tags(cell)), cell.source
        for output in cell.outputs:
            text = output.output_type == "stream" and output.name == "stdout"
            assert text or list(output.data) == ["text/plain"], cell.source


@each_notebook
def test_predictions(path):
    """Two Predict boxes at least, each with choices and a folded output to open."""
    cells = read(path).cells
    places = [place for place, cell in enumerate(cells) if '<div class="predict">' in cell.source]
    assert len(places) >= 2
    for place in places:
        boxes = re.findall(r'<div class="predict">\n\n\*\*Predict\.\*\* .+?\n\n((?:- .+\n)+)\n</div>', cells[place].source)
        assert len(boxes) == 1 and boxes[0].count("\n") >= 2, cells[place].source
        assert "hide-output" in tags(next(cell for cell in cells[place:] if cell.cell_type == "code")), cells[place].source


@each_notebook
def test_answer(path):
    assert prose(path).count('<div class="answer">\n\n**Answer.** ') == 1


@each_notebook
def test_exercises(path):
    """Two at least: a box, a cell that waits for an answer, a hint and a solution."""
    found = exercises(path)
    assert len(found) >= 2
    assert prose(path).count('<div class="tryit">') == len(found)
    for number, (name, place, before, after) in enumerate(found, start=1):
        assert name.startswith(f"{path.stem}/")
        assert before.count(f'<div class="tryit">\n\n**{number}.** ') == 1, name
        assert read(path).cells[place].source == f'answer = ...\ncheck("{name}", answer)'
        assert [title for title, _ in FOLDED.findall(after)] == ["Hint", "Solution"], name


def test_every_exercise_is_asked_once():
    asked = Counter(name for path in NOTEBOOKS for name, *_ in exercises(path))
    assert asked == Counter(list(EXERCISES))


@pytest.mark.parametrize(
    ("path", "name", "place", "after"),
    [pytest.param(path, name, place, after, id=name) for path in NOTEBOOKS for name, place, _, after in exercises(path)],
)
def test_solution_is_right(path, name, place, after, monkeypatch):
    monkeypatch.setattr(plt, "show", plt.close)
    solution = re.search(r"```python\n(.+?)```", dict(FOLDED.findall(after))["Solution"], re.DOTALL)[1]
    namespace = {}
    for source in [*what_it_needs(solution, read(path).cells[:place]), solution]:
        exec(source, namespace)
    assert check(name, namespace["answer"]).right is True


def what_it_needs(solution, cells):
    """The sources of the cells that define what `solution` uses, and what these use in turn."""
    sources, wanted = [], names(solution, "LOAD_NAME", "LOAD_GLOBAL")
    for cell in reversed(cells):
        if cell.cell_type == "code" and "raises-exception" not in tags(cell) and names(cell.source, "STORE_NAME") & wanted:
            sources.insert(0, cell.source)
            wanted |= names(cell.source, "LOAD_NAME", "LOAD_GLOBAL")
    return sources


def names(source, *operations):
    """The global names in the bytecode of `source` that stand in one of `operations`."""
    codes = [compile(source, "<cell>", "exec")]
    for code in codes:
        codes += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return {step.argval for code in codes for step in dis.get_instructions(code) if step.opname in operations}


@each_notebook
def test_markdown_shows_in_jupyterlab(path):
    """No directive or role of MyST, and an empty line after a tag, without which Markdown inside is not read."""
    text = prose(path)
    assert not DIRECTIVE.search(text), DIRECTIVE.search(text)
    for tag in OPENING.finditer(text):
        assert text[tag.end() :].startswith(("\n\n", "\n<summary>\n\n")), tag[0]


@each_notebook
def test_pictures_have_a_text(path):
    for cell in code_cells(path):
        if PICTURE.search(cell.source):
            assert "plt.show()" in cell.source
            assert len(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")) > 10, cell.source


@each_notebook
def test_imports_are_explicit(path):
    assert not [
        cell.source for cell in code_cells(path) if re.search(r"import\s+\*|importlib\.import_module|exec\(", cell.source)
    ]


@each_notebook
def test_length(path):
    text = re.sub(r"```.*?```|<[^>]+>|\$\$.*?\$\$", " ", prose(path), flags=re.DOTALL)
    assert 300 <= len(re.findall(r"[^\W\d][\w'’-]*", text)) <= 1_800
