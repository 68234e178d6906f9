"""Whatever is given to `check`: a verdict, the same twice, right only if the plain value is right, and nothing left behind."""

import fractions
import random
import re
import sys
import threading

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from book_files import EXERCISES, SLOW_EXERCISES
from fuzzing import inputs
from lenet_utils.exercises.check import check
from lenet_utils.exercises.kinds import Choice, Function, Number

pytestmark = pytest.mark.fuzz

QUICK = {name: exercise for name, exercise in EXERCISES.items() if name not in SLOW_EXERCISES}
NUMBERS = {name: exercise for name, exercise in QUICK.items() if exercise.kind == "a-number"}
SHAPES = {name: exercise for name, exercise in QUICK.items() if exercise.kind == "a-shape"}
FUNCTIONS = {name: exercise for name, exercise in QUICK.items() if isinstance(exercise, Function)}

ANYTHING = st.floats() | st.integers() | st.integers(-(10**400), 10**400) | st.sampled_from([0.0, -0.0, 1e308, 5e-324])
AROUND_ONE = [
    np.float64, np.array, fractions.Fraction, lambda v: [v], lambda v: (v,), lambda v: np.array([[v]]), lambda v: [[v]],
    lambda v: torch.tensor(v, dtype=torch.float64), lambda v: torch.tensor([[[v]]], dtype=torch.float64), pd.Series,
    lambda v: torch.tensor(float(v), dtype=torch.float64, requires_grad=True) * 1,
    lambda v: nn.Parameter(torch.tensor(v).double()),
    lambda v: torch.tensor(v, dtype=torch.float64).to_sparse() if v else torch.tensor(v).double(), lambda v: np.longdouble(v),
    lambda v: np.array([v], dtype=">f8"), lambda v: np.ma.masked_array([v]), lambda v: pd.Series([v], index=["a"]),
    lambda v: pd.DataFrame([[v]]), lambda v: np.array(v, dtype=object),
]  # fmt: skip
AROUND_MANY = [
    list, tuple, np.array, torch.Size, lambda v: torch.tensor(v).double(), lambda v: np.array([v]), pd.Series, pd.Index,
    lambda v: tuple(map(np.int64, v)), lambda v: [torch.tensor(n) for n in v], lambda v: np.array(v, dtype=">i4"),
    lambda v: np.array(v, dtype=np.float16), lambda v: torch.tensor(v, dtype=torch.int32), lambda v: np.array(v, dtype=object),
    lambda v: iter(v), lambda v: range(v[0], v[0] + len(v)) if v == tuple(range(v[0], v[0] + len(v))) else v,
]  # fmt: skip


def plain(text):
    """Without the places of objects in memory."""
    return re.sub(r"0x[0-9a-f]+", "0x", text)


def state():
    """What chance draws next, in a word for each of its sources."""
    numpy, generator = np.random.get_state()[1].tobytes(), torch.get_rng_state().numpy().tobytes()
    return hash(random.getstate()), hash(numpy), hash(generator), torch.get_default_dtype()


def judged(name, answer):
    """The verdict, which is the same twice, and leaves nothing behind."""
    before, threads = state(), set(threading.enumerate())
    first, second = check(name, answer), check(name, answer)
    assert [first.right, plain(first.text)] == [second.right, plain(second.text)]
    assert state() == before
    assert threads.issuperset(threading.enumerate())  # the stopped work of an earlier test may end meanwhile
    assert first.right in (True, False) and first.text and "\x00" not in first.text[:50]
    return first


def is_right(exercise, value):
    """The oracle: of the plain value."""
    if isinstance(exercise.expected, tuple):
        return tuple(value) == exercise.expected
    return abs(value - exercise.expected) < exercise.tolerance


def asked_for_another_kind(verdict):
    return verdict.text.startswith("Expected ")


@st.composite
def a_value(draw, exercise):
    near = [exercise.expected, *exercise.mistakes.values()]
    return draw(st.sampled_from(near) | st.sampled_from(near).map(lambda v: v + 1) | st.floats(-1e9, 1e9))


@inputs(0.3)
@given(st.data())
def test_a_number_in_a_container_is_judged_as_the_number(data):
    name = data.draw(st.sampled_from(sorted(NUMBERS)))
    value = data.draw(a_value(NUMBERS[name]))
    around = data.draw(st.sampled_from(AROUND_ONE))
    verdict = judged(name, around(value))
    right = is_right(NUMBERS[name], value)
    assert verdict.right is right or (right and asked_for_another_kind(verdict)), (name, around(value), verdict)
    if not right and not asked_for_another_kind(verdict):
        assert verdict.text.startswith("Not yet")


@inputs(0.2)
@given(st.data())
def test_a_shape_in_a_container_is_judged_as_the_shape(data):
    name = data.draw(st.sampled_from(sorted(SHAPES)))
    exercise = SHAPES[name]
    near = st.sampled_from([exercise.expected, *exercise.mistakes.values()])
    value = data.draw(near | near.map(lambda v: (*v, 1)) | st.lists(st.integers(0, 99), min_size=1, max_size=5).map(tuple))
    around = data.draw(st.sampled_from(AROUND_MANY))
    verdict = judged(name, around(value))
    right = is_right(exercise, value)
    assert verdict.right is right or (right and asked_for_another_kind(verdict)), (name, around(value), verdict)


class Hostile:
    """Raises whatever is asked of it."""

    def __init__(self, error):
        self.error = error

    def _raise(self, *given, **named):
        raise self.error("no")

    __eq__ = __hash__ = __repr__ = __str__ = __len__ = __iter__ = __float__ = __bool__ = __array__ = __index__ = _raise
    __call__ = __getitem__ = __lt__ = __abs__ = __sub__ = __mul__ = __contains__ = _raise


class Tensorish(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        raise RuntimeError("no")


class Broken(nn.Module):
    def forward(self, X):
        raise SystemExit(3)

    def state_dict(self, *given, **named):
        raise OSError("no")


def knot():
    """A list that holds itself."""
    tied = []
    tied.append(tied)
    return tied


def deep():
    nested = [1]
    for _ in range(2 * sys.getrecursionlimit()):
        nested = [nested]
    return nested


HOSTILE = [
    lambda: Hostile(ValueError), lambda: Hostile(KeyboardInterrupt), lambda: Hostile(SystemExit), lambda: Hostile(RecursionError),
    lambda: Hostile, knot, deep, lambda: torch.empty(0), lambda: torch.empty(3, device="meta"), lambda: torch.eye(2).to_sparse(),
    lambda: torch.ones(2, dtype=torch.complex64), lambda: torch.tensor(True), lambda: torch.full((3,), torch.nan),
    lambda: torch.empty(10**6, 0), lambda: torch.zeros(1).expand(10**9), lambda: torch.ones(2).as_subclass(Tensorish),
    lambda: torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.quint8), lambda: torch.nested.nested_tensor([torch.ones(2)]),
    lambda: np.array([1, "a"], dtype=object), lambda: np.array("14"), lambda: np.datetime64("1998"), lambda: np.zeros(0),
    lambda: np.zeros(3, dtype=[("a", int)]), lambda: np.broadcast_to(np.float64(1), (10**5, 10**5)), lambda: np.nan,
    lambda: np.float64("inf"), lambda: 10**5000, lambda: 1j, lambda: {1, 2}, lambda: {"a": Hostile(ValueError)}, lambda: {},
    lambda: (n for n in range(3)), lambda: iter(int, 1), lambda: pd.DataFrame(), lambda: pd.Series(dtype=object), lambda: print,
    lambda: lambda: 1, lambda: exit, lambda: nn.Linear(2, 2), lambda: nn.Module(), Broken, lambda: nn.Module,
    lambda: nn.LazyLinear(3), lambda: nn.Sequential(), lambda: nn.DataParallel(nn.Linear(1, 1)), lambda: torch.compile,
    lambda: b"14", lambda: bytearray(9), lambda: memoryview(b"abc"), lambda: object(), lambda: NotImplemented, lambda: type,
    lambda: sys, lambda: None, lambda: "", lambda: "{", lambda: "14{name}", lambda: "\x00", lambda: "9" * 10**5, lambda: "١٤",
]  # fmt: skip
MADE = st.sampled_from(HOSTILE)
PLAIN = st.recursive(
    st.none() | st.booleans() | ANYTHING | st.text() | st.binary() | st.complex_numbers(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part) | st.tuples(part, part),
    max_leaves=8,
).map(lambda value: lambda: value)


def is_plainly_right(exercise, answer):
    """Few of the hostile are right by chance: a number or a letter that happens to be the answer."""
    if isinstance(exercise, Choice):
        return isinstance(answer, str)
    return isinstance(exercise, Number) and isinstance(answer, int | float | list | tuple)


@inputs(0.3)
@given(st.sampled_from(sorted(QUICK)), MADE | PLAIN)
def test_hostile_answers_get_a_verdict(name, make):
    answer = make()
    verdict = judged(name, answer)
    assert verdict.right is False or is_plainly_right(QUICK[name], answer), (name, verdict)
    assert len(verdict.text) < 1000


@pytest.mark.slow
@inputs(0.2)
@given(st.sampled_from(sorted(FUNCTIONS)), MADE | PLAIN, st.booleans())
def test_functions_that_return_what_is_hostile_get_a_verdict(name, make, spoil):
    def answer(*given):
        for value in given if spoil else ():
            if isinstance(value, torch.Tensor) and value.is_floating_point():
                value.zero_()
            if isinstance(value, list):
                value.clear()
        return make()

    assert judged(name, answer).right is False
