"""The kinds of answers that an exercise can ask for, and how each is judged against the right one and the likely mistakes.

`kind` is the key of its name in `words`; `fits(answer)` says whether an answer is of that kind; `judge(answer)` returns None
for a right answer and a `Wrong` for another, within `seconds`. `mistakes` maps a reason in `words` to the wrong answer
that it is for. The reader's code gets copies only, so that nothing it does reaches the exercise.
"""

import copy
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd
import torch
from torch import nn

from lenet_utils import data
from lenet_utils.exercises.process import Convolutions, on_no_test_digit
from lenet_utils.exercises.values import equal, form, in_form_of, numbers, short, slip
from lenet_utils.training.fit import evaluate

# says: exercises/a-number, exercises/a-shape, exercises/a-choice, exercises/a-function, exercises/a-network
# says: exercises/a-tensor, exercises/a-table, exercises/wrong-value, exercises/wrong-form, exercises/wrong-by

SECONDS = 10  # that an answer which is run may take


class Wrong(NamedTuple):
    """Why an answer is wrong: a `reason` of the exercise in `words` or a key `exercises/...`, with the `values` of its places."""

    reason: str
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
        given = numbers(answer)
        if given is None:
            return False
        return given.dim() > 0 and given.squeeze().dim() < 2 if self.kind == "a-shape" else given.numel() == 1

    def judge(self, answer: Any) -> Wrong | None:
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
        return isinstance(answer, str) and letter(answer) in (self.expected, *self.others)

    def judge(self, answer: Any) -> Wrong | None:
        return _among(self, letter(answer), str.__eq__)


@dataclass(frozen=True)
class Table:
    """A number for each name, as a dictionary or a pandas `Series`."""

    expected: dict[str, float]
    mistakes: Mapping[str, dict[str, float]] = field(default_factory=dict)
    tolerance: float = 1e-6

    kind = "a-table"
    seconds = SECONDS

    def fits(self, answer: object) -> bool:
        if not isinstance(answer, dict | pd.Series):
            return False
        parts = map(numbers, dict(answer).values())
        return all(part is not None and part.numel() == 1 for part in parts)

    def judge(self, answer: Any) -> Wrong | None:
        return _among(self, dict(answer), self._same)

    def _same(self, one: dict[str, Any], other: dict[str, float]) -> bool:
        return one.keys() == other.keys() and all(equal(one[name], other[name], self.tolerance) for name in one)


@dataclass(frozen=True)
class Function:
    """A function that must do what `expected` does for every tuple of arguments in `cases`.

    It may call no convolution of `without` axes, such as 4 for `conv2d`; the reason for that is `forbidden`.
    """

    expected: Callable[..., Any]
    cases: tuple[tuple[Any, ...], ...]
    mistakes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    seconds: float = SECONDS
    without: tuple[int, ...] = ()

    kind = "a-function"

    def fits(self, answer: object) -> bool:
        return callable(answer)

    def judge(self, answer: Any) -> Wrong | None:
        with Convolutions() if self.without else nullcontext() as called:
            results = self._results(answer)
        pairs = list(zip(results, self._results(self.expected), strict=True))
        off = [pair for pair in pairs if not equal(*pair)]
        if not off:
            return Wrong("forbidden") if called and called.axes & set(self.without) else None
        reasons = (name for name, mistake in self.mistakes.items() if all(map(equal, results, self._results(mistake))))
        return Wrong(reason) if (reason := next(reasons, None)) else _unlike(pairs, *off[0])

    def _results(self, function: Callable[..., Any]) -> list[Any]:
        return [function(*copy.deepcopy(case)) for case in self.cases]


@dataclass(frozen=True)
class Judged:
    """Something of a `type` that must meet `demands`, from the first to the last; the name of one that is not met is the reason.

    A demand is a function of a copy of the answer, on the CPU in float32, that gives True, or False, or a dictionary of values
    for the places in what is said, which means no as well. A network that `fit` trained on test digits is never right.
    `solution()` makes a right answer; `mistakes` maps a demand to one that makes an answer which meets all demands before it.
    """

    kind: str
    type: type | tuple[type, ...]
    demands: Mapping[str, Callable[[Any], bool | dict[str, Any]]]
    solution: Callable[[], Any]
    mistakes: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    seconds: float = SECONDS

    def fits(self, answer: object) -> bool:
        if self.kind == "a-tensor":
            return numbers(answer) is not None
        return isinstance(answer, self.type) and not isinstance(answer, type)

    def judge(self, answer: Any) -> Wrong | None:
        for name, demand in self.demands.items():
            met = demand(_plain(answer))
            if met is not True:
                return Wrong(name, met or {})
        if isinstance(answer, nn.Module) and (met := on_no_test_digit(answer)) is not True:
            return Wrong("exercises/test-digits", met or {})
        return None


Exercise = Number | Choice | Table | Function | Judged


def letter(text: str) -> str:
    """The letter that a reader means by "c", "C)", "(c)" or the like."""
    return unicodedata.normalize("NFKC", text).strip(" .:()[]'\"\t\n").lower()


def _plain(answer: Any) -> Any:
    """A copy of a network or of the numbers of a tensor, in float32 on the CPU; of numbers that are whole, in int64."""
    if isinstance(answer, nn.Module):
        return _copied(answer).to("cpu").float()
    values = numbers(answer)
    if values is None:
        return copy.deepcopy(answer)
    whole = isinstance(answer, torch.Tensor) and not answer.is_floating_point()
    return values.long() if whole else values.float()


def _copied(net: nn.Module) -> nn.Module:
    """A deep copy; of what `net` keeps of a forward pass, which torch does not copy, the numbers."""
    kept = [value for module in net.modules() for value in vars(module).values()]
    kept += [part for value in kept if isinstance(value, list | dict) for part in _parts(value)]
    passed = {id(value): value.detach().clone() for value in kept if isinstance(value, torch.Tensor) and not value.is_leaf}
    return copy.deepcopy(net, passed)


def _parts(value: list[Any] | dict[Any, Any]) -> list[Any]:
    return list(value.values() if isinstance(value, dict) else value)


def _among(exercise: Number | Choice | Table, answer: Any, same: Callable[[Any, Any], bool]) -> Wrong | None:
    """None if `answer` is the one expected, else the likely mistake that it is the `same` as, or none of them."""
    if same(answer, exercise.expected):
        return None
    reasons = (reason for reason, wrong in exercise.mistakes.items() if same(answer, wrong))
    if reason := next(reasons, None) or slip([(answer, exercise.expected)]):
        return Wrong(reason)
    return Wrong("exercises/wrong-value", {"got": short(answer)})


def _unlike(pairs: list[tuple[Any, Any]], result: object, right: Any) -> Wrong:
    """The slip in all `pairs` of results and what is right, or how one `result` differs: in its form, or by how much at most."""
    if reason := slip(pairs):
        return Wrong(reason, {"got": type(result).__name__})
    given, expected = in_form_of(result, right), numbers(right)
    if expected is None or (given is not None and expected.dim() == given.dim() == 0):
        return Wrong("exercises/wrong-value", {"got": short(result)})
    if given is None or given.shape != expected.shape:
        return Wrong("exercises/wrong-form", {"got": short(result), "expected": form(right)})
    return Wrong("exercises/wrong-by", {"got": short(result), "difference": (given - expected).abs().max().item()})


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
