"""`check("page/name", answer)` says whether an answer is right, or the likely reason why it is wrong; `hint` helps.

The exercises of a page are in its `exercises.py`, the kinds of answers in `kinds`, and what the reader is told in the
`words.json` of the page: a text for the right answer, one for each likely mistake, and the hints in their order.
"""

import importlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch

from lenet_utils.exercises.kinds import Exercise, Wrong, short
from lenet_utils.exercises.timeout import TooLong, run_within
from lenet_utils.words import say, says

PAGES = Path(__file__).parent.parent / "pages"


@dataclass(frozen=True)
class Verdict:
    """What a check says; `right` is None while the question is unanswered."""

    right: bool | None
    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass
class _Course:
    """How far the reader is with one exercise."""

    tries: int = 0
    hints: int = 0
    right: bool = False


_courses: defaultdict[str, _Course] = defaultdict(_Course)


def check(name: str, answer: object) -> Verdict:
    """The `Verdict` on `answer` to the exercise `name`; `KeyError` lists the names if there is none of that name."""
    with torch.random.fork_rng(devices=[]):  # whatever the answer draws, the reader's next random number is the same
        verdict = _verdict(name, find(name), answer)
    if verdict.right is not None:
        course = _courses[name]
        course.tries += 1
        course.right |= verdict.right
    return verdict


def _verdict(name: str, exercise: Exercise, answer: object) -> Verdict:
    if answer is ...:
        return Verdict(None, say("exercises/unanswered", name=name))
    if not exercise.fits(answer):
        return Verdict(False, say("exercises/wrong-kind", expected=say(f"exercises/{exercise.kind}"), got=short(answer)))
    try:
        wrong: Wrong | None = run_within(exercise.seconds, lambda: exercise.judge(answer))
    except TooLong:
        return Verdict(False, say("exercises/too-long", seconds=exercise.seconds))
    except (Exception, SystemExit) as error:  # the reader's code may raise anything, and exit()
        return Verdict(False, say("exercises/raised", error=f"{type(error).__name__}: {error}"))
    if wrong is None:
        return Verdict(True, say("exercises/right", why=say(f"{name}.right")))
    if wrong.reason is None:
        return Verdict(False, say("exercises/wrong-unknown", got=wrong.shown, name=name))
    return Verdict(False, say("exercises/wrong", why=say(f"{name}.{wrong.reason}", **wrong.values)))


def hint(name: str) -> None:
    """The next hint to the exercise `name`, one further a call."""
    find(name)
    course = _courses[name]
    course.hints += 1
    key = f"{name}.hint-{course.hints}"
    print(say(key) if says(key) else say("exercises/hints-over"))


def progress() -> pd.DataFrame:
    """The exercises of this session that were answered or hinted at: a table with whether they are right, tries and hints."""
    rows = [(name, "✓" if c.right else "·", c.tries, c.hints) for name, c in _courses.items()]
    names = [say(f"exercises/progress-{column}") for column in ("exercise", "right", "tries", "hints")]
    return pd.DataFrame(rows, columns=names).set_index(names[0])


def find(name: str) -> Exercise:
    """The exercise `page/name`; of all pages only that one is imported."""
    page, _, exercise = str(name).partition("/")
    if page not in pages():
        raise KeyError(f"No exercise is called {name!r}. Pages with exercises: {', '.join(pages())}.")
    known = exercises_of(page)
    if exercise not in known:
        raise KeyError(f"No exercise is called {name!r}. Known: {', '.join(f'{page}/{other}' for other in known)}.")
    return known[exercise]


def exercises_of(page: str) -> dict[str, Exercise]:
    """The exercises of a page by their names without the page's."""
    return importlib.import_module(f"lenet_utils.pages.{page}.exercises").EXERCISES


def pages() -> list[str]:
    """The pages that have exercises."""
    return sorted(path.parent.name for path in PAGES.glob("*/exercises.py"))
