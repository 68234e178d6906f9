"""The exercises: `check("notebook/name", answer)` says right, or what is wrong and the likely reason; `hint` helps on.

What the reader is told is in `words`: `NAME.right`, a reason for each likely mistake, and the hints `NAME.hint-1`, ...
"""

from collections import Counter
from dataclasses import dataclass, field
from numbers import Real

import torch

from lenet_utils.words import say, says

_hints_given = Counter()


@dataclass(frozen=True)
class Verdict:
    """What a check says; `right` is None while the question is unanswered."""

    right: bool | None
    text: str

    def __repr__(self):
        return self.text


@dataclass(frozen=True)
class Number:
    """A number within `tolerance`, or a shape as a tuple; `mistakes` maps likely wrong answers to their reasons in `words`."""

    expected: float | tuple
    mistakes: dict = field(default_factory=dict)
    tolerance: float = 1e-6

    def kind(self):
        return "a-shape" if isinstance(self.expected, tuple) else "a-number"

    def fits(self, answer):
        if isinstance(self.expected, tuple):
            return isinstance(answer, tuple | list) and all(map(_is_number, answer))
        return _is_number(answer)

    def try_out(self, answer):
        return tuple(answer) if isinstance(answer, list) else answer

    def is_right(self, result):
        return _equal(result, self.expected, self.tolerance)

    def reasons(self, result):
        return (reason for value, reason in self.mistakes.items() if _equal(result, value, self.tolerance))


@dataclass(frozen=True)
class Function:
    """A function that must do what `solution` does for every tuple of arguments in `cases`; `mistakes` are likely wrong ones."""

    solution: callable
    cases: tuple
    mistakes: dict = field(default_factory=dict)

    def kind(self):
        return "a-function"

    def fits(self, answer):
        return callable(answer)

    def try_out(self, answer):
        return [answer(*_copied(case)) for case in self.cases]

    def is_right(self, results):
        return all(map(_equal, results, self.try_out(self.solution)))

    def reasons(self, results):
        return (reason for mistake, reason in self.mistakes.items() if all(map(_equal, results, self.try_out(mistake))))


def check(name, answer):
    """The `Verdict` on `answer` to the exercise `name`; `KeyError` lists the names if there is none of that name."""
    exercise = _find(name)
    if answer is ...:
        return Verdict(None, say("unanswered"))
    if not exercise.fits(answer):
        return Verdict(False, say("wrong-kind", expected=say(exercise.kind()), got=_short(answer)))
    try:
        result = exercise.try_out(answer)
    except Exception as error:  # the reader's code may raise anything
        return Verdict(False, say("raised", error=f"{type(error).__name__}: {error}"))
    if exercise.is_right(result):
        return Verdict(True, say("right", why=say(f"{name}.right")))
    reason = next(exercise.reasons(result), None)
    shown = _short(result[0] if isinstance(exercise, Function) else result)
    return Verdict(False, say("wrong", why=say(f"{name}.{reason}")) if reason else say("wrong-unknown", got=shown))


def hint(name):
    """The next hint to the exercise `name`, one further a call."""
    _find(name)
    _hints_given[name] += 1
    key = f"{name}.hint-{_hints_given[name]}"
    print(say(key) if says(key) else say("hints-over"))


def _find(name):
    from lenet_utils.questions import EXERCISES

    if name not in EXERCISES:
        raise KeyError(f"No exercise is called {name!r}. Known: {', '.join(EXERCISES)}.")
    return EXERCISES[name]


def _is_number(value):
    if isinstance(value, torch.Tensor):
        return value.numel() == 1 and not value.is_complex() and value.dtype != torch.bool
    return isinstance(value, Real) and not isinstance(value, bool)


def _copied(case):
    return [value.clone() if isinstance(value, torch.Tensor) else value for value in case]


def _equal(result, right, tolerance=1e-6):
    if isinstance(right, torch.Tensor):
        same_kind = isinstance(result, torch.Tensor) and result.shape == right.shape
        return same_kind and torch.allclose(result.detach().float(), right.detach().float(), atol=1e-5)
    if isinstance(right, tuple):
        return isinstance(result, tuple) and result == right
    return _is_number(result) and abs(float(result) - right) < tolerance


def _short(value):
    text = f"a tensor of shape {tuple(value.shape)}" if isinstance(value, torch.Tensor) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
