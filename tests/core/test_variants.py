"""Exercises with other numbers: right by an oracle that knows nothing of the book, the same everywhere, and never twice."""

import itertools
import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from book_files import EXERCISES
from lenet_utils.exercises import check as checker
from lenet_utils.exercises.check import another, check, pages, variants_of
from lenet_utils.exercises.kinds import Number
from lenet_utils.exercises.values import equal
from lenet_utils.exercises.variants import DOZEN, Variant
from lenet_utils.words import of_variant, say, says, words

VARIANTS = {f"{page}/{name}": variant for page in pages() for name, variant in variants_of(page).items()}
SEEDS = range(1, DOZEN + 1)
each = pytest.mark.parametrize("name", VARIANTS)


def lenet(c1=6, c3=16, padding=2, classes=10, then=()):
    """LeNet of plain torch layers up to the pooling of C3, or with the layers `then`."""
    blocks = [nn.Conv2d(1, c1, 5, padding=padding), nn.AvgPool2d(2), nn.Conv2d(c1, c3, 5), nn.AvgPool2d(2), nn.Flatten()]
    return nn.Sequential(*blocks, *then)


def dense(c3=16, classes=10):
    return [nn.Linear(c3 * 25, 120), nn.Linear(120, 84), nn.Linear(84, classes)]


def size(*layers):
    """All numbers of the layers."""
    return sum(parameter.numel() for layer in layers for parameter in layer.parameters())


def shape(layers, *before):
    return tuple(layers(torch.zeros(before)).shape)


def macs(layer, *before):
    """Multiply-adds of a convolution, counted one by one: its weights are 1 and so is every pixel."""
    for parameter in layer.parameters():
        nn.init.constant_(parameter, 0.0 if parameter.dim() == 1 else 1.0)
    return int(layer(torch.ones(1, *before)).double().sum())


def field(*layers):
    """Pixels in a row that one middle output depends on, by the gradient."""
    image = torch.zeros(1, 1, 120, 120, requires_grad=True)
    result = nn.Sequential(*layers)(image)
    result[0, 0, result.shape[2] // 2, result.shape[3] // 2].backward()
    return int((image.grad[0, 0] != 0).any(0).sum())


def conv(kernel):
    """A convolution of one map with weights of 1."""
    layer = nn.Conv2d(1, 1, kernel)
    nn.init.ones_(layer.weight)
    return layer


def descend(v, steps=2):
    w = torch.tensor(float(v.start), dtype=torch.float64, requires_grad=True)
    for _ in range(steps):
        (slope,) = torch.autograd.grad(v.a * w**2 / 2, w)
        w = (w - v.rate * slope).detach().requires_grad_()
    return w.item()


def wilson(v):
    return stats.binomtest(v.right, 10_000).proportion_ci(method="wilson").high


def as_scaled(v):
    """The box of a digit by a search: the largest with its sides in the ratio, 20 at most."""
    scale = 20 / max(v.height, v.width)
    return tuple(min(range(1, 21), key=lambda side: abs(side - scale * length)) for length in (v.height, v.width))


def net_1989(v):
    """12 maps of 8 x 8, each of 5x5 weights; 12 of 4 x 4 that see 8 maps each; two dense layers."""
    return 12 * (25 + 1) + 12 * (8 * 25 + 1) + size(nn.Linear(192, v.units), nn.Linear(v.units, 10))


def pooled(v):
    window = torch.tensor([[[[v.a, v.b], [v.c, v.d]]]], dtype=torch.float64)
    return (v.coefficient * nn.functional.avg_pool2d(window, 2) + v.bias).item()


def speed(v):
    """Milliseconds of one machine by those of two, from a simulation in hundredths."""
    alone, each, message = 100 * v.compute, 100 * v.compute // 2, 100 * v.message
    return sum(1 for _ in range(alone)) / (sum(1 for _ in range(each)) + message)


def half_width(v):
    runs = np.array([v.a, v.b, v.c, v.d])
    low, high = stats.t.interval(0.95, 3, loc=runs.mean(), scale=stats.sem(runs))
    return (high - low) / 2


ORACLES = {
    "as_wide_as_possible/half": lambda v: macs(nn.Conv2d(1, v.c1, 5), 1, 32, 32) + macs(nn.Conv2d(v.c1, v.c3, 5), v.c1, 14, 14),
    "atlas/trainings": lambda v: len(list(itertools.product(range(512), range(v.axis), range(v.seeds)))),
    "beyond_one_machine/gain": speed,
    "channel_connections/groups": lambda v: size(nn.Conv2d(v.inputs, v.maps, v.kernel, groups=v.groups)),
    "conv2d_conv3d/pooled": lambda v: shape(nn.MaxPool3d(2), v.clips, v.channels, v.frames, v.side, v.side),
    "convolution/side": lambda v: shape(nn.Conv2d(1, 1, v.kernel, v.stride, v.padding), 1, 1, v.n, v.n)[-1],
    "cost/field": lambda v: field(conv(v.kernel), nn.AvgPool2d(2), conv(v.kernel), nn.AvgPool2d(2), conv(v.last)),
    "cost/wide": lambda v: size(nn.Conv2d(v.c1, v.c3, 5)),
    "differences/half": half_width,
    "digits/box": as_scaled,
    "figure_9/pairs": lambda v: len(list(itertools.combinations(range(v.classes), 2))),
    "figure_9/products": lambda v: v.n + len(list(itertools.combinations_with_replacement(range(v.n), 2))),
    "how_many_channels/weights": lambda v: size(lenet(v.c1, v.c3, then=dense(v.c3))),
    "language_and_bias/units": lambda v: (
        size(nn.Conv2d(1, v.maps, v.kernel, bias=False)) + math.prod(shape(nn.Conv2d(1, v.maps, v.kernel), 1, 1, v.n, v.n))
    ),
    "line_of_digits/places": lambda v: sum(1 for left in range(0, v.width, 4) if left + 32 <= v.width),
    "lenet_5/distance": lambda v: (
        (torch.ones(84) - torch.ones(84).index_fill(0, torch.arange(v.pixels), -1)).square().sum().item()
    ),
    "mistakes/wilson": wilson,
    "net_1989/biases": net_1989,
    "network/table": lambda v: size(lenet(then=dense())) - sum(25 for _ in range(v.links, 96)),
    "recall/signs": lambda v: size(lenet(then=dense(classes=v.classes))),
    "recall/small": lambda v: shape(lenet(), 1, 1, v.n, v.n)[-1],
    "see_weights/chance": lambda v: stats.hypergeom(96, 60, v.drawn).mean(),
    "sigmoid_to_relu/steps": descend,
    "since_1998/links": lambda v: size(nn.Conv2d(v.s2, v.c3, v.kernel)),
    "squash_and_pool/coefficient": pooled,
    "time_series/columns": lambda v: size(nn.Conv1d(v.channels, v.maps, v.kernel)),
    "training/letters": lambda v: nn.functional.cross_entropy(torch.zeros(1, v.classes).double(), torch.tensor([0])).item(),
    "two_cores/useful": lambda v: nn.functional.pad(torch.ones(v.maps), (0, -v.maps % v.lanes)).mean().item(),
    "two_cores/diet": lambda v: size(
        nn.Conv2d(1, v.a, 5), nn.Conv2d(v.a, v.b, 5), nn.Linear(shape(lenet(v.a, v.b, 0), 1, 1, 28, 28)[-1], 10)
    ),
    "walkthrough/larger": lambda v: shape(lenet(6, v.maps, v.padding)[:3], 1, 1, v.n, v.n)[1:],
    "walkthrough/flat": lambda v: shape(lenet(6, v.maps, v.padding), 1, 1, v.n, v.n)[-1],
    "zip_codes_to_cheques/presentation": lambda v: sum(86_400 for _ in range(v.days)) / len(range(v.passes * 7_291)),
    "zip_codes_to_cheques/ceiling": lambda v: 1 / (v.connections * 80e-9),  # 80 ns a multiply-add
}


def test_there_are_many_over_many_pages():
    assert set(VARIANTS) == set(ORACLES)
    assert len(VARIANTS) >= 25 and len({name.partition("/")[0] for name in VARIANTS}) >= 20


@each
def test_answers_are_those_of_the_oracle(name):
    for seed in SEEDS:
        values, exercise = VARIANTS[name].drawn(name, seed)
        oracle = ORACLES[name](SimpleNamespace(**values))
        assert equal(exercise.expected, oracle, max(1e-6, exercise.tolerance / 10)), (values, oracle)


@each
def test_the_printed_exercise_is_one_of_them(name):
    variant, printed = VARIANTS[name], EXERCISES[name]
    exercise = variant.exercise(variant.printed)
    assert equal(exercise.expected, printed.expected, printed.tolerance)
    assert set(variant.mistakes) <= set(printed.mistakes)
    for reason, wrong in exercise.mistakes.items():
        assert equal(wrong, printed.mistakes[reason], printed.tolerance), reason


@each
def test_what_is_said_to_each_answer(name):
    """Right to what is right, and the reason to each likely mistake."""
    for seed in (1, 7, DOZEN):
        values, exercise = VARIANTS[name].drawn(name, seed)
        verdict = check(name, exercise.expected, seed=seed)
        assert verdict.right is True and verdict.text == "Right. " + say(of_variant(name, "right"), **values)
        for reason, wrong in exercise.mistakes.items():
            verdict = check(name, wrong, seed=seed)
            assert verdict.right is False and verdict.text == "Not yet. " + say(of_variant(name, reason), **values)
        assert check(name, ..., seed=seed).right is None
        assert check(name, "nothing", seed=seed).text.startswith("Expected a")


@each
def test_mistakes_are_wrong(name):
    """None is the right answer, each can be told from the others, and no seed is without two."""
    for seed in SEEDS:
        values, exercise = VARIANTS[name].drawn(name, seed)
        assert len(exercise.mistakes) >= 2, values
        for one, other in itertools.combinations([exercise.expected, *exercise.mistakes.values()], 2):
            assert not equal(one, other, exercise.tolerance), values


@each
def test_none_is_like_another(name):
    drawn = [VARIANTS[name].drawn(name, seed) for seed in SEEDS]
    answers = [EXERCISES[name].expected, *(exercise.expected for _, exercise in drawn)]
    assert len(set(answers)) == DOZEN + 1
    assert len({say(f"{name}.another", **values) for values, _ in drawn}) == DOZEN
    assert all(VARIANTS[name].fits(SimpleNamespace(**values)) for values, _ in drawn)


@each
def test_every_value_is_told(name):
    """The question says all that the answer needs, and only numbers and words, which a page can store."""
    question = words(name.partition("/")[0])[f"{name.partition('/')[2]}.another"]
    assert set(re.findall(r"\{(\w+)", question)) == set(VARIANTS[name].places) == set(VARIANTS[name].printed)
    assert all(
        isinstance(value, int | float | str)
        for value in VARIANTS[name].drawn(name, 1)[0].values()
        if not isinstance(value, tuple)
    )


@each
def test_printed_sentences_are_said_only_without_numbers(name):
    for reason in ("right", *VARIANTS[name].mistakes):
        if not says(f"{name}.another-{reason}"):
            assert not re.search(r"\d|−", say(f"{name}.{reason}")), reason


def test_the_same_on_every_machine():
    assert VARIANTS["convolution/side"].drawn("convolution/side", 3)[0] == {
        **{"n": 22, "kernel": 9, "padding": 3, "stride": 3},
        "answer": 7,
    }
    assert VARIANTS["training/letters"].drawn("training/letters", 1_000)[0] == {"classes": 84, "answer": math.log(84)}


@pytest.mark.parametrize("call", [another, lambda name: check(name, 1, seed=2)])
def test_the_next_random_number_is_the_same(call):
    torch.manual_seed(0)
    call("recall/small")
    assert torch.rand(1) == torch.rand(1, generator=torch.Generator().manual_seed(0))


PLAIN = Variant(
    printed={"n": 3},
    places={"n": range(100)},
    answer=lambda v: v.n + 1,
    mistakes={"same": lambda v: v.n, "double": lambda v: 2 * v.n, "twice": lambda v: v.n + v.n},
    fits=lambda v: v.n < 20,
)


def test_mistakes_that_are_right_or_another_mistake_are_left_out():
    assert PLAIN.exercise({"n": 5}).mistakes == {"same": 5, "double": 10}
    assert PLAIN.exercise({"n": 1}).mistakes == {"same": 1}


def test_values_fit_and_answers_differ_where_there_are_enough():
    dozens = [[PLAIN.drawn("a/b", seed)[0]["n"] for seed in range(first, first + DOZEN)] for first in (1, 13, 121)]
    for numbers in dozens:
        assert len({*numbers, 3}) == DOZEN + 1 and max(numbers) < 20
    assert dozens[0] != dozens[1] != dozens[2]
    few = Variant({"n": 3}, {"n": (3, 4)}, PLAIN.answer, PLAIN.mistakes)
    assert {few.drawn("a/b", seed)[0]["n"] for seed in SEEDS} == {3, 4}


@pytest.mark.parametrize("seed", [-1, 0, "3", 2.0, True, [1]])
@pytest.mark.parametrize("call", [another, lambda name, seed: check(name, 14, seed=seed)])
def test_bad_seeds(call, seed):
    with pytest.raises(ValueError, match=re.escape(f"seed expects a whole number of at least 1, got {seed!r}.")):
        call("convolution/side", seed)


def test_exercises_without_variants():
    for call in (another, lambda name: check(name, 14, seed=1)):
        with pytest.raises(KeyError, match=r"'convolution/shift' has no variants\. .*: side\."):
            call("convolution/shift")
        with pytest.raises(KeyError, match="No exercise is called 'convolution/sides'"):
            call("convolution/sides")
        with pytest.raises(KeyError, match=r"has no variants\. .*: none\."):
            call("good_accuracy/mcnemar")


def test_another_prints_the_question_and_how_to_check_it(capsys):
    another("convolution/side", seed=np.int64(3))
    values, _ = VARIANTS["convolution/side"].drawn("convolution/side", 3)
    question, how = capsys.readouterr().out.splitlines()
    assert question == say("convolution/side.another", **values)
    assert 'check("convolution/side", answer, seed=3)' in how


def test_progress_keeps_them_apart(monkeypatch):
    monkeypatch.setattr(checker, "_courses", checker.defaultdict(checker._Course))
    right = VARIANTS["convolution/side"].drawn("convolution/side", 2)[1].expected
    check("convolution/side", right, seed=2)
    check("convolution/side", -1)
    assert checker.progress().iloc[:, 0].to_dict() == {"convolution/side, seed 2": "✓", "convolution/side": "·"}


def test_a_variant_is_of_a_number_or_a_shape():
    assert all(isinstance(EXERCISES[name], Number) for name in VARIANTS)
