"""What every notebook has in common, and that its solutions are right."""

import dis
import re
from collections import Counter
from types import CodeType

import matplotlib.pyplot as plt
import nbformat
import pytest

from book.tools import address
from book_files import EXERCISES, NOTEBOOKS, ROOT, code_cells, each_notebook, read, tags, toc_files
from lenet_utils.exercises.check import check
from lenet_utils.exercises.kinds import Choice, Number
from lenet_utils.words import says

plt.switch_backend("Agg")
FOLDED = re.compile(r"<details>\n<summary>\n\n(.+?)\n\n</summary>\n\n(.+?)\n\n</details>", re.DOTALL)
OPENING = re.compile(r"^ *<(?:div|details|summary)\b.*>", re.MULTILINE)
DIRECTIVE = re.compile(r"^\s*(?:`{3,}|~{3,}|:{3,})\s*\{|^\s*:::|\{[A-Za-z][\w:.+-]*\}`", re.MULTILINE)
PICTURE = re.compile(r"plt\.show\(\)|plots\.figure\(|plt\.subplots\(")
CHECK = re.compile(r'^check\("([^"]+)"', re.MULTILINE)
ANSWER = re.compile(r'<div class="answer">\n\n\*\*Answer\.\*\* (.+?)\n\n</div>', re.DOTALL)
# The twenty questions and their places in the recording.
PLACES = {
    "time_series": "00:11", "information_flow": "01:09", "view_or_reshape": "02:56", "mlp_or_cnn": "04:19",
    "channel_connections": "05:43", "what_channels_add": "06:14", "how_many_channels": "07:37", "memorise_or_derive": "12:15",
    "max_or_average": "13:49", "language_and_bias": "14:32", "good_accuracy": "16:56", "one_to_six": "19:00",
    "tabular_time_series": "19:53", "conv2d_conv3d": "21:08", "sigmoid_to_relu": "22:28", "see_features": "23:30",
    "as_wide_as_possible": "26:05", "little_data": "26:41", "see_weights": "27:34", "structured_data": "28:20",
}  # fmt: skip
QUESTIONS = [path for path in NOTEBOOKS if path.parent.name == "05_questions"]
each_question = pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)


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
    setup, imports = address.setup_source((ROOT / "book" / "data" / "address.txt").read_text().strip()), first.source
    assert imports.startswith(f"{setup}\n\nimport") or imports.startswith(f"{setup}\n\nfrom")
    assert len(re.findall(r"^(?:import|from) ", imports.removeprefix(setup), re.M)) <= 20
    assert {"hide-input", "setup"} <= set(tags(first)) and first.metadata.jupyter.source_hidden  # closed in JupyterLab too
    assert first.metadata.mystnb.code_prompt_show == "Setup"


@each_notebook
def test_cells_are_short(path):
    for cell in code_cells(path)[1:]:
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert lines and len(lines) <= (25 if "long" in tags(cell) else 15), cell.source


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
        assert not (cell.outputs and PICTURE.search(cell.source)), cell.source  # nbval would compare the picture too
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
        folds = ["Solution"] if path in QUESTIONS else ["Hint", "Solution"]  # a question has its hints in hint() and the page
        assert [title for title, _ in FOLDED.findall(after)] == folds, name


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
        if PICTURE.search(cell.source) and "Explorer(" not in cell.source:  # an explorer writes its own text
            assert "plt.show()" in cell.source
            assert len(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")) > 10, cell.source


@each_notebook
def test_imports_are_explicit(path):
    assert not [
        cell.source for cell in code_cells(path) if re.search(r"import\s+\*|importlib\.import_module|exec\(", cell.source)
    ]


@each_notebook
def test_length(path):
    """500 to 1,200 words up to the exercises, without code, formulas, addresses and numbers."""
    body = prose(path).split("## Try it")[0]
    text = re.sub(r"```.*?```|<[^>]+>|\$\$.*?\$\$|\]\([^)]*\)", " ", body, flags=re.DOTALL)
    assert 500 <= len(re.findall(r"[^\W\d][\w'’-]*", text)) <= 1_200


def test_all_questions_are_here():
    assert {path.stem for path in QUESTIONS} >= set(PLACES)


@pytest.mark.parametrize("path", [path for path in QUESTIONS if path.stem in PLACES], ids=lambda path: path.stem)
def test_place_in_the_recording(path):
    assert f"*Asked in the recorded question session (QA P3), at {PLACES[path.stem]}.*" in read(path).cells[0].source


@each_question
def test_answer_can_be_said_aloud(path):
    """Three to six sentences, one a line."""
    lines = ANSWER.search(prose(path))[1].splitlines()
    assert 3 <= len(lines) <= 6 and all(re.search(r"[.?!:][)”*_]*$", line) for line in lines), lines


@each_question
def test_exercises_of_a_question(path):
    """At least one asks for code, and each has three hints."""
    names = [name for name, *_ in exercises(path)]
    assert not all(isinstance(EXERCISES[name], Number | Choice) for name in names)
    for name in names:
        assert [says(f"{name}.hint-{number}") for number in (1, 2, 3, 4)] == [True, True, True, False], name


@each_question
def test_links_before_and_after(path):
    last = read(path).cells[-1].source
    assert re.search(r"Before this: .*\]\(", last) and re.search(r"From here: .*\]\(", last), last


@each_notebook
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", prose(path)):
        assert (path.parent / target).resolve().exists(), target


@each_notebook
def test_cells_of_assertions_are_closed(path):
    """In the page and in JupyterLab, under the word Proof; and what is closed so asserts something."""
    for cell in code_cells(path)[1:]:
        only = all(line.startswith(("assert ", " ", ")", "]", "}")) for line in cell.source.splitlines())
        closed = cell.metadata.get("mystnb", {}).get("code_prompt_show") == "Proof"
        assert closed or not only, cell.source
        assert not closed or ("assert " in cell.source and "hide-input" in tags(cell) and cell.metadata.jupyter.source_hidden)
