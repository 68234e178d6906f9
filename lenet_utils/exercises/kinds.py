"""The kinds of answers that an exercise can ask for, and how each is judged against the right one and the likely mistakes.

`kind` is the key of its name in `words`; `fits(answer)` says whether an answer is of that kind; `judge(answer)` returns None
for a right answer and a `Wrong` for another, within `seconds`. `mistakes` maps a reason in `words` to the wrong answer
that it is for. The reader's code gets copies only, so that nothing it does reaches the exercise.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, NamedTuple

import pandas as pd
import torch
from torch import nn

from lenet_utils import data
from lenet_utils.training.fit import evaluate

# says: exercises/a-number, exercises/a-shape, exercises/a-choice, exercises/a-function, exercises/a-network
# says: exercises/a-tensor, exercises/a-table

SECONDS = 10  # that an answer which is run may take


class Wrong(NamedTuple):
    """Why an answer is wrong: the `reason` in `words` with the `values` of its places, or None and what was `shown` instead."""

    reason: str | None
    shown: str = ""
    values: dict[str, Any] = {}


@dataclass(frozen=True)
class Number:
    """A number within `tolerance`, or a shape as a tuple."""

    expected: float | tuple[int, ...]
    mistakes: Mapping[str, float | tuple[int, ...]] = field(default_factory=dict)
    tolerance: float = 1e-6
    seconds = SECONDS

    @property
    def kind(self) -> str:
        return "a-shape" if isinstance(self.expected, tuple) else "a-number"

    def fits(self, answer: object) -> bool:
        if isinstance(self.expected, tuple):
            return isinstance(answer, tuple | list) and all(map(is_number, answer))
        return is_number(answer)

    def judge(self, answer: Any) -> Wrong | None:
        answer = tuple(answer) if isinstance(answer, list) else answer
        return _among(self, answer, lambda a, b: equal(a, b, self.tolerance))


@dataclass(frozen=True)
class Choice:
    """One letter of those that the box lists; every wrong letter is the reason for itself."""

    expected: str
    others: tuple[str, ...]

    kind = "a-choice"
    seconds = SECONDS

    @property
    def mistakes(self) -> dict[str, str]:
        return {letter: letter for letter in self.others}

    def fits(self, answer: object) -> bool:
        return isinstance(answer, str) and answer.strip().lower() in (self.expected, *self.others)

    def judge(self, answer: Any) -> Wrong | None:
        return _among(self, answer.strip().lower(), str.__eq__)


@dataclass(frozen=True)
class Table:
    """A number for each name, as a dictionary or a pandas `Series`."""

    expected: dict[str, float]
    mistakes: Mapping[str, dict[str, float]] = field(default_factory=dict)
    tolerance: float = 1e-6

    kind = "a-table"
    seconds = SECONDS

    def fits(self, answer: object) -> bool:
        return isinstance(answer, dict | pd.Series) and all(map(is_number, dict(answer).values()))

    def judge(self, answer: Any) -> Wrong | None:
        return _among(self, dict(answer), self._same)

    def _same(self, one: dict[str, Any], other: dict[str, float]) -> bool:
        return one.keys() == other.keys() and all(equal(one[name], other[name], self.tolerance) for name in one)


@dataclass(frozen=True)
class Function:
    """A function that must do what `expected` does for every tuple of arguments in `cases`."""

    expected: Callable[..., Any]
    cases: tuple[tuple[Any, ...], ...]
    mistakes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    seconds: float = SECONDS

    kind = "a-function"

    def fits(self, answer: object) -> bool:
        return callable(answer)

    def judge(self, answer: Any) -> Wrong | None:
        results = self._results(answer)
        if all(map(equal, results, self._results(self.expected))):
            return None
        reasons = (name for name, mistake in self.mistakes.items() if all(map(equal, results, self._results(mistake))))
        return Wrong(next(reasons, None), short(results[0]))

    def _results(self, function: Callable[..., Any]) -> list[Any]:
        return [function(*copy.deepcopy(case)) for case in self.cases]


@dataclass(frozen=True)
class Judged:
    """Something of a `type` that must meet `demands`, from the first to the last; the name of one that is not met is the reason.

    A demand is a function of the answer that gives True, or False, or a dictionary of values for the places in what is said,
    which means no as well. `solution()` makes a right answer; `mistakes` maps a demand to a function that makes an answer
    which meets all demands before that one.
    """

    kind: str
    type: type | tuple[type, ...]
    demands: Mapping[str, Callable[[Any], bool | dict[str, Any]]]
    solution: Callable[[], Any]
    mistakes: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    seconds: float = SECONDS

    def fits(self, answer: object) -> bool:
        return isinstance(answer, self.type) and not isinstance(answer, type)

    def judge(self, answer: Any) -> Wrong | None:
        for name, demand in self.demands.items():
            met = demand(answer)
            if met is not True:
                return Wrong(name, values=met or {})
        return None


Exercise = Number | Choice | Table | Function | Judged


def _among(exercise: Number | Choice | Table, answer: Any, same: Callable[[Any, Any], bool]) -> Wrong | None:
    """None if `answer` is the one expected, else the likely mistake that it is the `same` as, or none of them."""
    if same(answer, exercise.expected):
        return None
    return Wrong(next((reason for reason, wrong in exercise.mistakes.items() if same(answer, wrong)), None), short(answer))


def is_number(value: object) -> bool:
    """Whether `value` is one real number: of Python, of numpy, or a tensor with one element; not a truth value."""
    if isinstance(value, torch.Tensor):
        return value.numel() == 1 and not value.is_complex() and value.dtype != torch.bool
    return isinstance(value, Real) and not isinstance(value, bool)


def equal(result: Any, right: torch.Tensor | tuple[Any, ...] | float, tolerance: float = 1e-6) -> bool:
    """Whether two tensors agree to 1e-5, two tuples exactly, or two numbers within `tolerance`."""
    if isinstance(right, torch.Tensor):
        same_kind = isinstance(result, torch.Tensor) and result.shape == right.shape
        return same_kind and torch.allclose(result.detach().float(), right.detach().float(), atol=1e-5)
    if isinstance(right, tuple):
        return isinstance(result, tuple) and result == right
    return is_number(result) and abs(float(result) - right) < tolerance


def short(value: object) -> str:
    """A few words for `value`, to be shown to the reader."""
    if isinstance(value, torch.Tensor):
        text = f"a tensor of shape {tuple(value.shape)}"
    else:
        text = type(value).__name__ if isinstance(value, nn.Module) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    """Normal numbers, the same every time, as arguments to try a function with."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def unseen_accuracy(net: nn.Module) -> float:
    """Share right of a classifier `(N, 1, 28, 28)` to `(N, 10)` on the 1,000 test digits of mnist-5k, pixels from 0 to 1."""
    digits = data.load()
    shape = tuple(net(digits.X_test[:2].clone()).shape)
    if shape != (2, 10):
        raise ValueError(f"For two pictures the network gives {shape}; expected (2, 10), a number for each digit.")
    return evaluate(net, digits.X_test, digits.y_test).accuracy


def accuracy_of(least: float, measure: Callable[[Any], float] = unseen_accuracy) -> Callable[[Any], bool | dict[str, float]]:
    """The demand that `measure(net)`, a share right, is at least `least`; if not, it is the `accuracy` that is told."""

    def demand(net: nn.Module) -> bool | dict[str, float]:
        accuracy = measure(net)
        return accuracy >= least or {"accuracy": accuracy}

    return demand
