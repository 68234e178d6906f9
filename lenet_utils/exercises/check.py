"""`check("page/name", answer)` says whether an answer is right, or the likely reason why it is wrong; `hint` helps.

`another("page/name", seed=3)` asks the same with other numbers, and `check("page/name", answer, seed=3)` judges that answer.

The exercises of a page are in its `exercises.py`, the kinds of answers in `kinds`, and what the reader is told in the
`words.json` of the page: a text for the right answer, one for each likely mistake, and the hints in their order.
"""

import importlib
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from lenet_utils.exercises.kinds import Exercise, Wrong
from lenet_utils.exercises.timeout import TooLong, run_within
from lenet_utils.exercises.values import short
from lenet_utils.exercises.variants import Variant
from lenet_utils.nets.lenet import LeNet
from lenet_utils.words import of_variant, say, says

# says: exercises/wrong-kind, exercises/a-lenet

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


def check(name: str, answer: object, seed: int | None = None) -> Verdict:
    """The `Verdict` on `answer` to the exercise `name`, or to what `another` asks with that `seed`.

    `KeyError` lists the names if there is none of that name.
    """
    values, exercise = ({}, find(name)) if seed is None else _drawn(name, seed)
    with _as_found():
        verdict = _verdict(name, exercise, answer, values)
    if verdict.right is not None:
        course = _courses[name if seed is None else f"{name}, seed {seed}"]
        course.tries += 1
        course.right |= verdict.right
    return verdict


@contextmanager
def _as_found() -> Iterator[None]:
    """Whatever an answer draws or sets, the reader's next random number and the type of new tensors are the same."""
    dtype = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        torch.set_default_dtype(dtype)


def another(name: str, seed: int = 1) -> None:
    """Print the exercise `name` with other numbers: for each `seed` from 1 on the same ones on every machine."""
    values, _ = _drawn(name, seed)
    print(say("exercises/another", question=say(f"{name}.another", **values), name=name, seed=seed))


@_as_found()  # a network may be made to count its weights
def _drawn(name: str, seed: int) -> tuple[dict[str, Any], Exercise]:
    find(name)
    page, _, exercise = name.partition("/")
    if exercise not in (known := variants_of(page)):
        raise KeyError(f"{name!r} has no variants. Exercises of this page that have: {', '.join(known) or 'none'}.")
    return known[exercise].drawn(name, seed)


def _verdict(name: str, exercise: Exercise, answer: object, values: dict[str, Any]) -> Verdict:
    if answer is ...:
        return Verdict(None, say("exercises/unanswered", name=name))
    try:
        wrong: Wrong | None = run_within(exercise.seconds, lambda: _judged(exercise, answer))
    except TooLong:
        return Verdict(False, say("exercises/too-long", seconds=exercise.seconds))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the reader's code may raise anything, and exit()
        return Verdict(False, say("exercises/raised", error=_told(error)))
    if wrong is None:
        return Verdict(True, say("exercises/right", why=_why(name, "right", values)))
    if "/" in wrong.reason:
        return Verdict(False, say(wrong.reason, **{"name": name} | wrong.values))
    return Verdict(False, say("exercises/wrong", why=_why(name, wrong.reason, values, **wrong.values)))


def _why(name: str, reason: str, values: dict[str, Any], /, **more: Any) -> str:
    return say(of_variant(name, reason) if values else f"{name}.{reason}", **values, **more)


def _judged(exercise: Exercise, answer: object) -> Wrong | None:
    """Where the reader's code can run, which an answer's own `__repr__` and `__len__` are too."""
    if exercise.fits(answer):
        return exercise.judge(answer)
    kind = "a-lenet" if getattr(exercise, "type", None) is LeNet else exercise.kind
    return Wrong("exercises/wrong-kind", {"expected": say(f"exercises/{kind}"), "got": short(answer)})


def _told(error: BaseException) -> str:
    try:
        return textwrap.shorten(f"{type(error).__name__}: {error}", 300)
    except Exception:  # an error that cannot even be printed
        return type(error).__name__


def hint(name: str) -> None:
    """The next hint to the exercise `name`, one further a call."""
    find(name)
    _courses[name].hints += 1
    key = f"{name}.hint-{_courses[name].hints}"
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
    if exercise not in (known := exercises_of(page)):
        raise KeyError(f"No exercise is called {name!r}. Known: {', '.join(f'{page}/{other}' for other in known)}.")
    return known[exercise]


def exercises_of(page: str) -> dict[str, Exercise]:
    """The exercises of a page by their names without the page's."""
    return importlib.import_module(f"lenet_utils.pages.{page}.exercises").EXERCISES


def variants_of(page: str) -> dict[str, Variant]:
    """The exercises of a page that can be drawn with other numbers."""
    return getattr(importlib.import_module(f"lenet_utils.pages.{page}.exercises"), "VARIANTS", {})


def pages() -> list[str]:
    """The pages that have exercises."""
    return sorted(path.parent.name for path in PAGES.glob("*/exercises.py"))
