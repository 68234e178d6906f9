"""The map of the twenty questions and the page of their answers, from the notebooks themselves: `python -m book.tools.questions`.

It writes chapters/05_questions/index.md and answers.md, which nobody edits by hand.
"""

import re
from functools import cache
from html import escape
from typing import Any

import nbformat
import yaml

from book.tools.paths import ROOT
from book.tools.words import say

DATA = ROOT / "book" / "data" / "questions.yaml"
FOLDER = ROOT / "chapters" / "05_questions"
ANSWER = re.compile(r'<div class="answer">\n\n\*\*Answer\.\*\* (.+?)\n\n</div>', re.DOTALL)
STEP, ROW, RADIUS = 130, 62, 20  # of the map, in its own units

INDEX = """\
# Questions

Twenty questions from the recorded question session after a lecture on LeNet ("QA P3" on the pages).
Each is answered by an experiment.
Every page can be read alone.
It ends in an answer that one could say aloud, and its exercises tell you what is wrong with a wrong answer.
[All twenty answers](answers.md) stand together on two pages, to print.

## Which builds on which

An arrow leads from a question to one that builds on it; those on the left need none of the others.

<div class="question-map">

{map}

</div>

## All twenty

<div class="question-search" data-label="{search}">

{items}

</div>

The words are explained in the [glossary](../../book/pages/glossary.md).
What others say of LeNet, and whether it is true, stands in [who says so?](../../book/pages/claims.md).
Which settings train at all can be looked up in the [atlas](../06_papers/atlas.ipynb).
"""

ITEM = """\
<div class="question" id="question-{slug}" data-keywords="{keywords}">

{number}. [{title}]({slug}.ipynb)

{answer}

</div>
"""

ANSWERS = """\
# Twenty answers

The answer of every page of this chapter, word for word; the pages show the experiments behind them.

<div class="answers">

{answers}

</div>
"""


@cache
def questions() -> list[dict[str, Any]]:
    """The entries of questions.yaml with their numbers."""
    entries = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return [entry | {"number": number} for number, entry in enumerate(entries, start=1)]


@cache
def prose(slug: str) -> str:
    """The Markdown of a notebook."""
    cells = nbformat.read(FOLDER / f"{slug}.ipynb", as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def title(slug: str) -> str:
    return re.findall(r"\A# (.+)", prose(slug))[0]


def answer(slug: str) -> str:
    """The answer paragraph of a notebook, its sentences in one line and without links, which lead elsewhere from here."""
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", ANSWER.findall(prose(slug))[0]).replace("\n", " ")


@cache
def depth(slug: str) -> int:
    """How many questions lie one behind the other before this one."""
    builds = next(entry["builds"] for entry in questions() if entry["slug"] == slug)
    return 1 + max(map(depth, builds)) if builds else 0


def places() -> dict[str, tuple[float, float]]:
    """Where each question stands on the map, `slug` to `(x, y)`: a column a depth, near those that it builds on."""
    found: dict[str, tuple[float, float]] = {}
    for column in range(max(depth(entry["slug"]) for entry in questions()) + 1):
        here = [entry for entry in questions() if depth(entry["slug"]) == column]
        wish = {e["slug"]: sum(found[b][1] for b in e["builds"]) / max(len(e["builds"]), 1) for e in here}
        here.sort(key=lambda entry: (wish[entry["slug"]], entry["number"]))
        for row, entry in enumerate(here):
            found[entry["slug"]] = ((column + 0.5) * STEP, (row - (len(here) - 1) / 2) * ROW)
    top = min(y for _, y in found.values()) - ROW / 2
    return {slug: (x, y - top) for slug, (x, y) in found.items()}


def draw_map() -> str:
    """The map as SVG: numbered circles that are links, and arrows."""
    at = places()
    width, height = (max(side) + half for side, half in zip(zip(*at.values(), strict=True), (STEP / 2, ROW / 2), strict=True))
    arrows = [arrow(at[before], at[entry["slug"]]) for entry in questions() for before in entry["builds"]]
    nodes = [node(entry, *at[entry["slug"]]) for entry in questions()]
    head = '<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    head += '<path d="M0 0 8 4 0 8z"/></marker>'
    lines = [f'<svg viewBox="0 0 {width:g} {height:g}" role="group">', f"<defs>{head}</defs>", *arrows, *nodes, "</svg>"]
    return "\n".join(lines)


def arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    (x, y), (u, v) = (start[0] + RADIUS, start[1]), (end[0] - RADIUS - 2, end[1])
    bend = (u - x) / 2
    path = f"M{x:g} {y:g}C{x + bend:g} {y:g} {u - bend:g} {v:g} {u:g} {v:g}"
    return f'<path class="arrow" d="{path}" marker-end="url(#arrow)"/>'


def node(entry: dict[str, Any], x: float, y: float) -> str:
    name = escape(title(entry["slug"]), quote=True)
    circle = f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS}"/><text x="{x:g}" y="{y:g}" dy="0.35em">{entry["number"]}</text>'
    return f'<a href="{entry["slug"]}.html" data-slug="{entry["slug"]}"><title>{name}</title>{circle}</a>'


def index() -> str:
    items = [ITEM.format(**entry, title=title(entry["slug"]), answer=answer(entry["slug"])) for entry in questions()]
    return INDEX.format(search=say("site/search"), map=draw_map(), items="\n".join(items))


def answers() -> str:
    parts = [
        f"**{entry['number']}. [{title(entry['slug'])}]({entry['slug']}.ipynb)** {answer(entry['slug'])}" for entry in questions()
    ]
    return ANSWERS.format(answers="\n\n".join(parts))


if __name__ == "__main__":
    (FOLDER / "index.md").write_text(index(), encoding="utf-8")
    (FOLDER / "answers.md").write_text(answers(), encoding="utf-8")
