"""The exercises: `check("notebook/name", answer)` says right, or what is wrong and the likely reason; `hint` helps on.

What they ask for is in `questions`, the kinds of answers in `answers`, and what the reader is told in `words`:
`NAME.right`, a reason for each likely mistake, and the hints `NAME.hint-1`, ...
"""

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from lenet_utils.answers import Choice, Function, Judged, Number, Table, short, unseen_accuracy
from lenet_utils.limited import TooLong, within
from lenet_utils.words import say, says

__all__ = [
    "Choice", "Function", "Judged", "Number", "Table", "Verdict", "check", "hint", "progress", "short", "unseen_accuracy",
]  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What a check says; `right` is None while the question is unanswered."""

    right: bool | None
    text: str

    def __repr__(self):
        return self.text


@dataclass
class _Course:
    """How far the reader is with one exercise."""

    tries: int = 0
    hints: int = 0
    right: bool = False


_courses = defaultdict(_Course)


def check(name, answer):
    """The `Verdict` on `answer` to the exercise `name`; `KeyError` lists the names if there is none of that name."""
    verdict = _verdict(name, _find(name), answer)
    if verdict.right is not None:
        course = _courses[name]
        course.tries += 1
        course.right |= verdict.right
    return verdict


def _verdict(name, exercise, answer):
    if answer is ...:
        return Verdict(None, say("unanswered", name=name))
    if not exercise.fits(answer):
        return Verdict(False, say("wrong-kind", expected=say(exercise.kind), got=short(answer)))
    try:
        wrong = within(exercise.seconds, lambda: exercise.judge(answer))
    except TooLong:
        return Verdict(False, say("too-long", seconds=exercise.seconds))
    except (Exception, SystemExit) as error:  # the reader's code may raise anything, and exit()
        return Verdict(False, say("raised", error=f"{type(error).__name__}: {error}"))
    if wrong is None:
        return Verdict(True, say("right", why=say(f"{name}.right")))
    if wrong.reason is None:
        return Verdict(False, say("wrong-unknown", got=wrong.shown, name=name))
    return Verdict(False, say("wrong", why=say(f"{name}.{wrong.reason}", **wrong.values)))


def hint(name):
    """The next hint to the exercise `name`, one further a call."""
    _find(name)
    course = _courses[name]
    course.hints += 1
    key = f"{name}.hint-{course.hints}"
    print(say(key) if says(key) else say("hints-over"))


def progress():
    """The exercises of this session that were answered or hinted at: a table with whether they are right, tries and hints."""
    rows = [(name, "✓" if c.right else "·", c.tries, c.hints) for name, c in _courses.items()]
    names = [say(f"progress-{column}") for column in ("exercise", "right", "tries", "hints")]
    return pd.DataFrame(rows, columns=names).set_index(names[0])


def _find(name):
    from lenet_utils.questions import EXERCISES

    if name not in EXERCISES:
        raise KeyError(f"No exercise is called {name!r}. Known: {', '.join(EXERCISES)}.")
    return EXERCISES[name]
