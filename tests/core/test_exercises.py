"""What `check` and `hint` say: to the right answer, to every likely mistake, and to anything else."""

import contextlib
import dataclasses
import re
import time
from collections import defaultdict
from functools import cache

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from book_files import EXERCISES
from lenet_utils import words
from lenet_utils.exercises import check as checker
from lenet_utils.exercises import kinds
from lenet_utils.exercises.check import check, hint, progress, variants_of
from lenet_utils.exercises.kinds import Choice, Function, Judged, Number, Table, unseen_accuracy
from lenet_utils.nets.lenet import LeNet
from lenet_utils.words import say, says

FUNCTIONS = [name for name, exercise in EXERCISES.items() if isinstance(exercise, Function)]
SHAPES = [name for name, exercise in EXERCISES.items() if exercise.kind == "a-shape"]
NUMBERS = [name for name, exercise in EXERCISES.items() if exercise.kind == "a-number" and isinstance(exercise, Number)]
CHOICES = [name for name, exercise in EXERCISES.items() if isinstance(exercise, Choice)]
TABLES = [name for name, exercise in EXERCISES.items() if isinstance(exercise, Table)]
JUDGED = [name for name, exercise in EXERCISES.items() if isinstance(exercise, Judged)]
UNRELATED = [None, "text", b"14", [{"a": 1}], (torch.zeros(2), 12, 12), object(), {14}, {"nothing": "to do"}, True]

each = pytest.mark.parametrize("name", EXERCISES)
each_function = pytest.mark.parametrize("name", FUNCTIONS)


@cache
def right_answer(name):
    exercise = EXERCISES[name]
    return exercise.solution() if isinstance(exercise, Judged) else exercise.expected


@cache
def mistakes(name):
    """Every likely mistake with the reason that is to be said."""
    exercise = EXERCISES[name]
    return [(reason, wrong() if isinstance(exercise, Judged) else wrong) for reason, wrong in exercise.mistakes.items()]


def hint_keys(name):
    """The hints in `words` from the first to the last before a gap."""
    keys = [f"{name}.hint-{number}" for number in range(1, 100)]
    return keys[: next(place for place, key in enumerate(keys) if not says(key))]


def text_of(key):
    """The text of `key`, its places not filled in."""
    place, _, name = key.partition("/")
    return words.words(place)[name]


def says_the_reason(text, name, reason):
    """Whether `text` is what `words` says for `reason`, with anything at its places."""
    if "/" in reason:
        return text == say(reason)
    pattern = re.sub(r"\\\{.*?\\\}", ".+", re.escape(text_of(f"{name}.{reason}")))
    return re.fullmatch("Not yet\\. " + pattern, text) is not None


@pytest.fixture(autouse=True)
def nothing_done(monkeypatch):
    monkeypatch.setattr(checker, "_courses", defaultdict(checker._Course))


@each
def test_right(name):
    verdict = check(name, right_answer(name))
    assert verdict.right is True, verdict
    assert repr(verdict) == "Right. " + say(f"{name}.right")


@each
def test_likely_mistakes(name):
    """Three at least, and each gets its own reason rather than that of another one."""
    assert len(mistakes(name)) >= 3
    for reason, mistake in mistakes(name):
        verdict = check(name, mistake)
        assert verdict.right is False
        assert says_the_reason(repr(verdict), name, reason), (reason, verdict)


@each
def test_unanswered(name):
    verdict = check(name, ...)
    assert verdict.right is None
    assert verdict.text.startswith("Not answered yet") and f'hint("{name}")' in verdict.text


@each
@pytest.mark.parametrize("answer", UNRELATED, ids=lambda answer: type(answer).__name__)
def test_unrelated_objects(name, answer):
    verdict = check(name, answer)
    assert verdict.right is False
    kind = "a-lenet" if getattr(EXERCISES[name], "type", None) is LeNet else EXERCISES[name].kind
    assert verdict.text.startswith(f"Expected {say(f'exercises/{kind}')}, got ")


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


@pytest.mark.parametrize("name", CHOICES)
def test_letters_as_readers_write_them(name):
    assert check(name, f" {EXERCISES[name].expected.upper()} ").right is True
    assert check(name, "z").text.startswith("Expected ")


@pytest.mark.parametrize("name", TABLES)
def test_other_tables(name):
    right = EXERCISES[name].expected
    assert check(name, pd.Series(right)).right is True
    assert check(name, dict(reversed(right.items()))).right is True
    first = next(iter(right))
    for wrong in ({}, {k: v for k, v in right.items() if k != first}, right | {"more": 1}, right | {first: right[first] + 1e5}):
        verdict = check(name, wrong)
        assert verdict.right is False
        assert verdict.text.startswith("Not yet")


@each_function
def test_functions_that_raise(name):
    def divides(*arguments):
        raise ZeroDivisionError("by {nothing}")

    verdict = check(name, divides)
    assert verdict.right is False
    assert verdict.text == "Your code raised ZeroDivisionError: by {nothing}"
    assert check(name, lambda: 1).text.startswith("Your code raised TypeError: ")


@each_function
def test_functions_that_return_something_else(name):
    solution = EXERCISES[name].expected
    results = [None, "text", 0.123, np.zeros(3), torch.zeros(1), (torch.zeros(1),), {}]
    functions = [lambda *arguments, result=result: result for result in results]
    for function in functions:
        verdict = check(name, function)
        assert verdict.right is False
        assert verdict.text.startswith("Not yet: got ")
    first = kinds.Function._results(EXERCISES[name], solution)[0]
    if isinstance(first, torch.Tensor) and first.dim():
        for function in (lambda *given: solution(*given) + 0.01, lambda *given: solution(*given)[None]):
            assert check(name, function).text.startswith("Not yet: got ")


@each_function
def test_functions_with_gradients_or_side_effects(name):
    """What a function does to its arguments reaches neither the solution nor the next check."""
    solution = EXERCISES[name].expected

    def spoils(*arguments):
        result = solution(*arguments)
        if isinstance(result, torch.Tensor) and result.is_floating_point():
            result = result.double().requires_grad_()
        for argument in arguments:
            if isinstance(argument, torch.Tensor):
                argument.zero_()
        return result

    assert check(name, spoils).right is True
    assert check(name, solution).right is True


def judged(**changes):
    plain = {"kind": "a-network", "type": nn.Module, "demands": {}, "solution": nn.Identity, "seconds": 0.2}
    return Judged(**plain | changes)


@pytest.fixture
def one(monkeypatch):
    """Puts one exercise in place of all others, named "made/up"."""

    texts, words_of = {}, words.words

    def put(exercise, **said):
        monkeypatch.setattr(checker, "pages", lambda: ["made"])
        monkeypatch.setattr(checker, "exercises_of", {"made": {"up": exercise}}.get)
        monkeypatch.setattr(words, "words", lambda place: texts if place == "made" else words_of(place))
        texts.update({f"up.{key}": text for key, text in said.items()})

    return put


def test_demands_in_their_order_and_with_their_values(one):
    demands = {
        "first": lambda net: hasattr(net, "weight"),
        "second": lambda net: net.in_features == 2 or {"got": net.in_features},
    }
    one(judged(demands=demands), first="No weight.", second="{got} numbers go in.", right="So it is.")
    assert check("made/up", nn.ReLU()).text == "Not yet. No weight."
    assert check("made/up", nn.Linear(3, 1)).text == "Not yet. 3 numbers go in."
    assert check("made/up", nn.Linear(2, 1)).text == "Right. So it is."


def test_a_class_is_not_a_network(one):
    one(judged())
    assert check("made/up", nn.ReLU).text.startswith("Expected a network")


def test_another_network_is_not_told_that_it_is_none(one):
    """Where the answer has to be a LeNet, because its layers are looked at by name."""
    one(judged(type=LeNet, seconds=10), right="A LeNet.")
    text = "Expected a network made with LeNet(...), got Sequential. Give it as in the cell: answer = ..."
    assert check("made/up", nn.Sequential(nn.Flatten())).text == text
    assert check("made/up", LeNet()).right is True
    one(judged())
    assert check("made/up", 5).text.startswith("Expected a network, a torch.nn.Module, got 5.")


@pytest.mark.parametrize("ending", [SystemExit, KeyboardInterrupt, RecursionError])
def test_code_that_wants_to_end_the_program_is_reported(one, ending):
    def ends():
        raise ending("now")

    one(Function(lambda: 1, ((),)))
    text = check("made/up", ends).text
    assert text.startswith("Your code raised ") and ending.__name__ in text


def endless():
    while True:
        pass


def slow():
    time.sleep(30)


@pytest.mark.parametrize("answer", [endless, slow])
def test_an_answer_that_does_not_end_is_stopped(one, answer):
    one(Function(lambda: 1, ((),), seconds=0.3), right="One.")
    start = time.monotonic()
    assert check("made/up", answer).text.startswith("Stopped after 0.3 seconds")
    assert time.monotonic() - start < 5
    assert check("made/up", lambda: 1).text == "Right. One."


def test_what_was_stopped_does_not_go_on(one):
    steps = []

    def counts():
        while True:
            steps.append(1)

    one(Function(lambda: 1, ((),), seconds=0.2))
    check("made/up", counts)
    time.sleep(0.2)
    seen = len(steps)
    time.sleep(0.2)
    assert len(steps) == seen


@pytest.mark.slow
def test_unseen_accuracy_is_that_of_the_test_digits(digits):
    class Knows(nn.Module):
        """Looks the digit up, and is wrong for every label from 5 on."""

        def forward(self, X):
            same = (X.flatten(1)[:, None] == digits.X_test.flatten(1)[None]).all(2).int().argmax(1)
            return nn.functional.one_hot(digits.y_test[same].clamp(max=4), 10).float()

    assert unseen_accuracy(Knows()) == pytest.approx(0.5)
    with pytest.raises(ValueError, match=r"gives \(2, 784\); expected \(2, 10\)"):
        unseen_accuracy(nn.Flatten())


@pytest.mark.parametrize("call", [lambda name: check(name, 1), hint])
def test_unknown_name(call):
    with pytest.raises(KeyError, match="convolution/sides") as error:
        call("convolution/sides")
    assert all(name in str(error.value) for name in EXERCISES if name.startswith("convolution/"))


@pytest.mark.parametrize("name", ["convolutions/side", "side", 5, ""])
def test_unknown_page(name):
    with pytest.raises(KeyError, match="No exercise is called .* Pages with exercises: .*convolution, ") as error:
        check(name, 1)
    assert all(name.partition("/")[0] in str(error.value) for name in EXERCISES)


@each
def test_hints_go_on_and_end(name, capsys):
    keys = hint_keys(name)
    assert keys
    for key in [*keys, "exercises/hints-over", "exercises/hints-over"]:
        hint(name)
        assert capsys.readouterr().out == say(key) + "\n"


def test_hints_of_one_exercise_do_not_use_up_those_of_another(capsys):
    first, second = list(EXERCISES)[:2]
    hint(first)
    hint(second)
    assert capsys.readouterr().out == say(f"{first}.hint-1") + "\n" + say(f"{second}.hint-1") + "\n"


def test_progress_counts_tries_and_hints():
    assert progress().empty
    check("convolution/side", ...)
    check("convolution/side", 11)
    check("convolution/side", 14)
    check("convolution/side", 12)
    check("cost/field", 3)
    hint("cost/field")
    table = progress()
    assert table.index.tolist() == ["convolution/side", "cost/field"]
    assert table.values.tolist() == [["✓", 3, 0], ["·", 1, 1]]


@each
def test_words_are_reachable(name):
    page, _, exercise = name.partition("/")
    said = {f"{page}/{key}" for key in words.words(page) if key.startswith(exercise + ".")}
    reasons = [*EXERCISES[name].mistakes, *getattr(EXERCISES[name], "demands", ())]
    reasons = [reason for reason in reasons if "/" not in reason]  # what any exercise may say
    assert said - of_variants(name) == {f"{name}.right", *(f"{name}.{reason}" for reason in reasons), *hint_keys(name)}


def of_variants(name):
    """What can be said of the exercise with other numbers alone."""
    page, _, exercise = name.partition("/")
    variant = variants_of(page).get(exercise)
    return {f"{name}.another", *(f"{name}.another-{reason}" for reason in ("right", *variant.mistakes))} if variant else set()


def test_words_belong_to_an_exercise():
    pages = [file.parent.name for file in checker.PAGES.glob("*/words.json")]
    assert {f"{page}/{key.rpartition('.')[0]}" for page in pages for key in words.words(page)} == set(EXERCISES)


# Mutants: a checker that is broken in any of these ways must be noticed by the answers above.


def heard(exercise, fed):
    """What `exercise` says to each answer: right, the reason, None for a mistake that it does not know, or an error."""
    found = []
    for answer in fed:
        try:
            wrong = exercise.judge(answer)
            known = wrong is not None and (wrong.reason in exercise.mistakes or "/" not in wrong.reason)
            found.append("right" if wrong is None else wrong.reason if known else None)
        except Exception as error:
            found.append(type(error))
    return found


def mutants(exercise):
    """Versions of `exercise` that are broken in one place each, by the name of what is broken."""
    change = dataclasses.replace
    if isinstance(exercise, Judged):
        for name in exercise.demands:
            yield f"without {name}", change(exercise, demands=exercise.demands | {name: lambda answer: True})
            yield f"never {name}", change(exercise, demands=exercise.demands | {name: lambda answer: False})
        return
    if isinstance(exercise, Choice):
        for letter in exercise.others:
            swapped = tuple(exercise.expected if other == letter else other for other in exercise.others)
            yield f"{letter} is right", Choice(letter, swapped)
        return
    if getattr(exercise, "without", None):
        yield "nothing is forbidden", change(exercise, without=())
    for reason, mistake in exercise.mistakes.items():
        if reason == "forbidden":  # gives what is right
            continue
        yield f"{reason} is right", change(exercise, expected=mistake)
        yield f"without {reason}", change(exercise, mistakes={k: v for k, v in exercise.mistakes.items() if k != reason})
    turned = [*list(exercise.mistakes.values())[1:], *list(exercise.mistakes.values())[:1]]
    yield "other reasons", change(exercise, mistakes=dict(zip(exercise.mistakes, turned, strict=True)))
    if not isinstance(exercise, Function):
        yield "no tolerance", change(exercise, tolerance=-1.0) if exercise.kind != "a-shape" else change(exercise, expected=())
    if isinstance(exercise, Number | Table) and exercise.kind != "a-shape":
        yield "any number", change(exercise, tolerance=1e30)


@each
def test_a_broken_checker_is_noticed(name):
    exercise = EXERCISES[name]
    fed = [right_answer(name), *(mistake for _, mistake in mistakes(name))]
    wanted = ["right", *(reason for reason, _ in mistakes(name))]
    assert heard(exercise, fed) == wanted
    unnoticed = [what for what, mutant in mutants(exercise) if heard(mutant, fed) == wanted]
    assert unnoticed == []


BROKEN = {
    "all is equal": (kinds, "equal", lambda *given: True),
    "nothing is equal": (kinds, "equal", lambda *given: False),
    "no reasons": (kinds, "_among", lambda exercise, answer, same: None),
    "arguments are not copied": (kinds.copy, "deepcopy", lambda case: case),
    "no time limit": (checker, "run_within", lambda seconds, call: call()),
    "no time at all": (checker, "run_within", lambda seconds, call: within_no_time()),
    "nothing fits": (Number, "fits", lambda exercise, answer: False),
    "all fits": (Number, "fits", lambda exercise, answer: True),
}


def within_no_time():
    raise checker.TooLong("at once")


def spoils(X):
    result = X + 1
    X.zero_()
    return result


def all_is_well(one):
    """Whether a few checks say what they should."""
    one(Number(3, {"two": 2}), right="r", two="t")
    said = [check("made/up", answer).text for answer in (3, 2, 5, "3")]
    one(Function(lambda X: X + 1, ((torch.ones(2),),) * 2, {"same": lambda X: X}, seconds=0.3), right="r", same="s")
    said += [check("made/up", answer).text for answer in (spoils, spoils, lambda X: X, lambda X: time.sleep(2))]
    starts = ["Right", "Not yet. t", "Not yet: got 5", "Expected", "Right", "Right", "Not yet. s", "Stopped"]
    return all(text.startswith(start) for text, start in zip(said, starts, strict=True))


def test_all_is_well(one):
    assert all_is_well(one)


@pytest.mark.slow
@pytest.mark.parametrize("what", BROKEN)
def test_broken_machinery_is_noticed(one, monkeypatch, what):
    monkeypatch.setattr(*BROKEN[what])
    with contextlib.suppress(KeyError):  # from `words`, asked for a reason that there is not
        assert not all_is_well(one)
