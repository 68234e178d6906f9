"""Right values in any container are right; wrong ones are told how; and whatever an answer does, `check` gives a verdict."""

import copy
import fractions
import random
import threading

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from book_files import EXERCISES
from lenet_utils.exercises.check import check
from lenet_utils.exercises.kinds import Choice, Function, Judged, Number, Table, letter
from lenet_utils.exercises.values import equal, numbers
from lenet_utils.nets.lenet import LeNet
from lenet_utils.words import say

RIGHT = {name: exercise.expected for name, exercise in EXERCISES.items() if isinstance(exercise, Number | Table)}
FUNCTIONS = {name: exercise for name, exercise in EXERCISES.items() if isinstance(exercise, Function)}
TENSORS = [name for name, exercise in EXERCISES.items() if isinstance(exercise, Judged) and exercise.kind == "a-tensor"]

ONE_NUMBER = {
    "float": float,
    "numpy scalar": np.float64,
    "array without axes": np.array,
    "array of one": lambda value: np.array([value]),
    "array of one row and column": lambda value: np.array([[value]]),
    "tensor without axes": lambda value: torch.tensor(value, dtype=torch.float64),
    "tensor of one": lambda value: torch.tensor([value], dtype=torch.float64),
    "tensor with a gradient": lambda value: torch.tensor(float(value), dtype=torch.float64, requires_grad=True),
    "list of one": lambda value: [value],
    "fraction": fractions.Fraction,
    "column": lambda value: pd.Series([value]),
}
A_SHAPE = {
    "list": list,
    "torch.Size": torch.Size,
    "array": np.array,
    "array of bytes": lambda value: np.array(value, dtype=np.uint8),
    "row": lambda value: np.array([value]),
    "tensor": torch.tensor,
    "floats": lambda value: tuple(map(float, value)),
    "numpy scalars": lambda value: tuple(map(np.int64, value)),
    "tensors": lambda value: tuple(map(torch.tensor, value)),
}


def converted(value, numbers_as, tensors_as):
    """`value` with every tensor in it, and every number that is the whole of it, in another container."""
    if isinstance(value, torch.Tensor):
        return tensors_as(value)
    return numbers_as(value) if not isinstance(value, tuple) else value


RESULTS = {
    "arrays": lambda value: converted(value, np.array, lambda tensor: tensor.detach().numpy()),
    "float64": lambda value: converted(value, np.float64, lambda tensor: tensor.double()),
    "lists": lambda value: list(value) if isinstance(value, tuple) else converted(value, float, lambda tensor: tensor.tolist()),
    "with gradients": lambda value: converted(value, float, lambda tensor: tensor.double().requires_grad_()),
}


@pytest.mark.parametrize("container", ONE_NUMBER)
@pytest.mark.parametrize("name", [name for name, value in RIGHT.items() if isinstance(value, int | float)])
def test_a_number_in_any_container(name, container):
    assert check(name, ONE_NUMBER[container](RIGHT[name])).right is True
    verdict = check(name, ONE_NUMBER[container](RIGHT[name] + 1234.5))
    assert verdict.right is False and verdict.text.startswith("Not yet")


@pytest.mark.parametrize("container", A_SHAPE)
@pytest.mark.parametrize("name", [name for name, value in RIGHT.items() if isinstance(value, tuple)])
def test_a_shape_in_any_container(name, container):
    assert check(name, A_SHAPE[container](RIGHT[name])).right is True
    assert check(name, A_SHAPE[container](tuple(side + 1 for side in RIGHT[name]))).text.startswith("Not yet")


@pytest.mark.parametrize("container", ONE_NUMBER)
@pytest.mark.parametrize("name", [name for name, value in RIGHT.items() if isinstance(value, dict)])
def test_a_table_of_any_numbers(name, container):
    answer = {key: ONE_NUMBER[container](value) for key, value in RIGHT[name].items()}
    assert check(name, answer).right is True
    assert check(name, answer | {next(iter(answer)): 3}).right is False


@pytest.mark.parametrize("container", RESULTS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_returns_in_any_container(name, container):
    solution = FUNCTIONS[name].expected
    verdict = check(name, lambda *given: RESULTS[container](solution(*given)))
    assert verdict.right is True, verdict


@pytest.mark.parametrize("container", RESULTS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_likely_mistake_in_any_container_gets_its_reason(name, container):
    for mistake in FUNCTIONS[name].mistakes.values():
        plain, other = check(name, mistake), check(name, lambda *given, f=mistake: RESULTS[container](f(*given)))
        assert plain.text == other.text and plain.right is other.right is False


@pytest.mark.parametrize("name", TENSORS)
def test_a_tensor_in_any_container(name):
    answer = EXERCISES[name].solution()
    for other in (answer.numpy(), answer.tolist(), answer.double(), answer.numpy().astype("float64")):
        assert check(name, other).right is True, type(other)


def made_up(*results):
    """An exercise whose function returns these results, one a case."""
    return Function(lambda number: results[number], tuple((number,) for number in range(len(results))))


@pytest.mark.parametrize(
    "right, result, said",
    [
        (torch.zeros(2, 3), torch.ones(3, 2), "got a tensor of shape (3, 2); expected a tensor of shape (2, 3)"),
        (torch.zeros(2, 3), torch.zeros(6), "got a tensor of shape (6,); expected a tensor of shape (2, 3)"),
        (torch.zeros(2, 3), None, "got None; expected a tensor of shape (2, 3)"),
        (torch.zeros(2, 3), torch.zeros(2, 3).bool(), "got a tensor of shape (2, 3) and type torch.bool; expected a tensor"),
        (torch.zeros(2, 3), torch.tensor([[0, 0, 0.25], [0, 0, 0]]), "got a tensor of shape (2, 3). Its form is right, but its"),
        (torch.zeros(2, 3), torch.tensor([[0, 0, 0.25], [0, 0, 0]]), "off by up to 0.25."),
        (
            torch.zeros(2, 3),
            np.ones((2, 3)),
            "got an array of shape (2, 3). Its form is right, but its numbers are off",
        ),
        (torch.zeros(()), torch.tensor(15.0), "got 15.0."),
        (3, torch.tensor([4]), "got [4]."),
        (3, torch.zeros(2), "got [0.0, 0.0]; expected a number"),
        ((3, 4), (3, 4, 5), "got (3, 4, 5); expected a tuple of 2"),
        ((3, 4), np.array([3, 5]), "got [3, 5]. Its form is right, but its numbers are off by up to 1."),
        ((("C1", 3),), (("C1", 4),), "got (('C1', 4),)."),
    ],
)
def test_a_wrong_result_is_told_how_it_differs(right, result, said):
    wrong = made_up(right).judge(lambda number: result)
    assert said in say(wrong.reason, name="x/y", **wrong.values)


def test_the_difference_told_is_that_of_the_first_case_that_is_wrong():
    wrong = made_up(torch.zeros(2), torch.zeros(5)).judge(lambda number: [torch.zeros(2), torch.full((5,), 0.5)][number])
    assert wrong.values == {"got": "a tensor of shape (5,)", "difference": 0.5}


@pytest.mark.parametrize("text", ["c", " C ", "c)", "(c)", "C.", "'c'", "ｃ）", "C:", '"c"', "[c]"])
def test_a_letter_as_readers_write_it(text):
    name = next(name for name, exercise in EXERCISES.items() if isinstance(exercise, Choice) and exercise.expected == "c")
    assert letter(text) == "c" and check(name, text).right is True


@pytest.mark.parametrize("text", ["", ")", "cc", "c or b", "3"])
def test_what_is_no_letter(text):
    name = next(name for name, exercise in EXERCISES.items() if isinstance(exercise, Choice))
    assert check(name, text).text.startswith("Expected one of the letters")


def test_numbers_of_everything_else():
    ragged, endless = [[1, 2], [3]], []
    endless.append(endless)
    others = ["1", True, None, {1}, {"a": 1}, 1j, np.array("a"), np.array(["a"]), np.array([None]), np.array(True), ragged]
    others += [torch.tensor(1j), torch.tensor([True]), object(), [1, "2"], range(3), b"3", np.array([1j])]
    assert [numbers(other) for other in others] == [None] * len(others)
    with pytest.raises(RecursionError):
        numbers(endless)


def test_numbers_too_large_or_none_at_all():
    assert numbers(10**400).item() == float("inf") and numbers(-(10**400)).item() == float("-inf")
    assert numbers(()).shape == numbers([]).shape == (0,)
    assert not equal(float("nan"), float("nan")) and not equal(10**400, 3.0)


# Answers that would harm the checker, or the session it runs in.


class Hostile:
    """Whatever one asks it, it raises."""

    def __getattribute__(self, name):
        raise RuntimeError(f"no {name}")

    def __repr__(self):
        raise RuntimeError("not told")

    __len__ = __iter__ = __float__ = __call__ = __array__ = __repr__

    def __eq__(self, other):
        raise RuntimeError("not compared")

    def __hash__(self):
        raise RuntimeError("not hashed")


class Unprintable(Exception):
    def __str__(self):
        raise ValueError("not this one either")


class Ends(BaseException):
    pass


def raises(error):
    def function(*given):
        raise error

    return function


def answers():
    endless = []
    endless.append(endless)
    yield from (Hostile(), endless, {"conv1": endless}, [Hostile()], torch.zeros(3, device="meta"))
    yield from (torch.eye(3).to_sparse(), torch.zeros(0), np.zeros((3, 0)), float("nan"), 10**400, "c" * 100_000, type, nn.Linear)
    yield from (
        raises(Unprintable()),
        raises(Ends("now")),
        raises(GeneratorExit()),
        raises(SystemExit(3)),
        raises(StopIteration()),
    )
    yield from (lambda *given: Hostile(), lambda *given: endless, lambda *given: (part for part in given))
    yield from (nn.Identity(), nn.Sequential(), nn.ParameterList(), pd.DataFrame({"a": [1]}), pd.Series(["a"]), slice(None))


@pytest.mark.parametrize("name", ["convolution/side", "walkthrough/larger", "differences/sentence", "memorise_or_derive/library"])
@pytest.mark.parametrize("number", range(len(list(answers()))))
def test_every_answer_gets_the_same_verdict_twice(name, number):
    answer = list(answers())[number]
    threads, chance, dtype = set(threading.enumerate()), torch.get_rng_state(), torch.get_default_dtype()
    first, second = check(name, answer), check(name, answer)
    assert first.right is second.right is False and first.text == second.text
    assert threads.issuperset(threading.enumerate())  # the stopped work of an earlier test may end meanwhile
    assert torch.get_default_dtype() == dtype
    assert torch.equal(torch.get_rng_state(), chance)


@pytest.mark.parametrize("name", ["convolution/shift", "view_or_reshape/fewest", "mlp_or_cnn/order", "see_weights/order"])
@pytest.mark.parametrize("number", range(len(list(answers()))))
def test_every_answer_of_code_gets_the_same_verdict_twice(name, number):
    first, second = (check(name, list(answers())[number]) for _ in range(2))
    assert first.right is second.right is False and first.text.split(" at 0x")[0] == second.text.split(" at 0x")[0]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_harms_its_arguments_does_not_harm_the_checker(name):
    solution = FUNCTIONS[name].expected

    def harms(*given):
        result = copy.deepcopy(solution(*given))
        for argument in given:
            if isinstance(argument, list):
                argument.clear()
            if isinstance(argument, torch.Tensor):
                argument.resize_(0)
        torch.manual_seed(random.randrange(10**6))
        return result

    chance = torch.get_rng_state()
    assert check(name, harms).right is check(name, harms).right is check(name, solution).right is True
    assert torch.equal(torch.get_rng_state(), chance)


class Remembers(LeNet):
    """Keeps what it has seen, counts its calls and changes its weights whenever it is asked."""

    def forward(self, X):
        result = super().forward(X)
        self.seen, self.all_seen, self.calls = result, [result], getattr(self, "calls", 0) + 1
        self.OUT.weight.data += 1
        return result


def test_a_network_that_changes_when_asked_is_judged_as_it_was():
    net = Remembers("relu", "max", seed=0)
    net(torch.rand(2, 1, 28, 28))
    before = {name: value.clone() for name, value in net.state_dict().items()}
    assert check("what_channels_add/frozen", net).text == check("what_channels_add/frozen", net).text
    assert net.calls == 1 and all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_a_network_in_another_type_is_judged_and_stays_so(dtype):
    net = EXERCISES["what_channels_add/two"].solution().to(dtype).train()
    assert check("what_channels_add/two", net).right is True
    assert net.C1.weight.dtype == dtype and net.training


def test_a_session_in_float64_is_checked_in_float32_and_stays_in_float64(request):
    net = EXERCISES["see_weights/order"].solution()
    request.getfixturevalue("double_precision")
    assert check("see_weights/order", net).right is True
    assert check("training/entropy", lambda p: torch.set_default_dtype(torch.float32)).right is False
    assert torch.get_default_dtype() == torch.float64
