"""What `check` and `hint` say: to the right answer, to every likely mistake, and to anything else."""

import re
from collections import Counter

import numpy as np
import pytest
import torch

from lenet_utils import exercises
from lenet_utils.exercises import Function, check, hint
from lenet_utils.questions import EXERCISES
from lenet_utils.words import LANGUAGE, WORDS, say

FUNCTIONS = [name for name, exercise in EXERCISES.items() if isinstance(exercise, Function)]
SHAPES = [name for name, exercise in EXERCISES.items() if exercise.kind() == "a-shape"]
NUMBERS = [name for name in EXERCISES if name not in FUNCTIONS + SHAPES]
UNRELATED = [None, "text", b"14", [{"a": 1}], (torch.zeros(2), 12, 12), object(), {14}, True]

each = pytest.mark.parametrize("name", EXERCISES)
each_function = pytest.mark.parametrize("name", FUNCTIONS)


def right_answer(name):
    exercise = EXERCISES[name]
    return exercise.solution if isinstance(exercise, Function) else exercise.expected


def hint_keys(name):
    """The hints in `words` from the first to the last before a gap."""
    keys = [f"{name}.hint-{number}" for number in range(1, 100)]
    return keys[: next(place for place, key in enumerate(keys) if key not in WORDS[LANGUAGE])]


@pytest.fixture(autouse=True)
def no_hint_given(monkeypatch):
    monkeypatch.setattr(exercises, "_hints_given", Counter())


@each
def test_right(name):
    verdict = check(name, right_answer(name))
    assert verdict.right is True
    assert repr(verdict) == "Right. " + say(f"{name}.right")


@each
def test_likely_mistakes(name):
    """Three at least, and each gets its own reason rather than that of another one."""
    mistakes = EXERCISES[name].mistakes
    assert len(set(mistakes.values())) == len(mistakes) >= 3
    for mistake, reason in mistakes.items():
        verdict = check(name, mistake)
        assert verdict.right is False
        assert repr(verdict) == "Not yet. " + say(f"{name}.{reason}")


@each
def test_unanswered(name):
    verdict = check(name, ...)
    assert verdict.right is None
    assert verdict.text.startswith("Not answered yet")


@each
@pytest.mark.parametrize("answer", UNRELATED, ids=lambda answer: type(answer).__name__)
def test_unrelated_objects(name, answer):
    verdict = check(name, answer)
    assert verdict.right is False
    assert verdict.text.startswith(f"Expected {say(EXERCISES[name].kind())}, got ")


@pytest.mark.parametrize("name", NUMBERS)
def test_other_numbers(name):
    right, tolerance = EXERCISES[name].expected, EXERCISES[name].tolerance
    for same in (float(right), right + 0.9 * tolerance, np.float64(right), torch.tensor(right, dtype=torch.float64)):
        assert check(name, same).right is True
    for wrong in (right + tolerance + 0.001, -right - 0.7, right + 1e6, float("nan"), float("inf")):
        verdict = check(name, wrong)
        assert verdict.right is False
        assert verdict.text.startswith(f"Not yet: got {wrong}.")


@pytest.mark.parametrize("name", SHAPES)
def test_other_shapes(name):
    right = EXERCISES[name].expected
    assert check(name, list(right)).right is True
    assert check(name, torch.Size(right)).right is True
    for wrong in ((), right[1:], right + (1,), tuple(side + 1 for side in right)):
        verdict = check(name, wrong)
        assert verdict.right is False
        assert verdict.text.startswith("Not yet")


@each_function
def test_functions_that_raise(name):
    def divides(*arguments):
        raise ZeroDivisionError("by {nothing}")

    verdict = check(name, divides)
    assert verdict.right is False
    assert verdict.text == "Your function raised ZeroDivisionError: by {nothing}"
    assert check(name, lambda: 1).text.startswith("Your function raised TypeError: ")


@each_function
def test_functions_that_return_something_else(name):
    solution = EXERCISES[name].solution
    results = [None, "text", 0, np.zeros(3), torch.zeros(1), (torch.zeros(1),), {}]
    functions = [lambda *arguments, result=result: result for result in results]
    functions += [lambda *arguments: solution(*arguments) + 0.01, lambda *arguments: solution(*arguments)[None]]
    for function in functions:
        verdict = check(name, function)
        assert verdict.right is False
        assert verdict.text.startswith("Not yet: got ")


@each_function
def test_functions_with_gradients_or_side_effects(name):
    """What a function does to its arguments reaches neither the solution nor the next check."""
    solution = EXERCISES[name].solution

    def spoils(*arguments):
        result = solution(*arguments).double().requires_grad_()
        for argument in arguments:
            if isinstance(argument, torch.Tensor):
                argument.zero_()
        return result

    assert check(name, spoils).right is True
    assert check(name, solution).right is True


@pytest.mark.parametrize("call", [lambda name: check(name, 1), hint])
def test_unknown_name(call):
    with pytest.raises(KeyError, match="convolution/sides") as error:
        call("convolution/sides")
    assert all(name in str(error.value) for name in EXERCISES)


@each
def test_hints_go_on_and_end(name, capsys):
    keys = hint_keys(name)
    assert keys
    for key in [*keys, "hints-over", "hints-over"]:
        hint(name)
        assert capsys.readouterr().out == say(key) + "\n"


def test_hints_of_one_exercise_do_not_use_up_those_of_another(capsys):
    first, second = list(EXERCISES)[:2]
    hint(first)
    hint(second)
    assert capsys.readouterr().out == say(f"{first}.hint-1") + "\n" + say(f"{second}.hint-1") + "\n"


@each
def test_words_are_reachable(name):
    said = {key for key in WORDS[LANGUAGE] if key.startswith(name + ".")}
    reasons = {f"{name}.{reason}" for reason in EXERCISES[name].mistakes.values()}
    assert said == {f"{name}.right", *reasons, *hint_keys(name)}


def test_words_belong_to_an_exercise():
    names = {key.rpartition(".")[0] for key in WORDS[LANGUAGE] if re.match(r"\w+/", key)}
    assert names == set(EXERCISES)
