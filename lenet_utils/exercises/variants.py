"""A printed exercise with other numbers, as many as a reader wants: drawn by a seed, the same on every machine.

What is said is in the `words.json` of the page with that of the exercise: the question under `another`, with a place for each
value, and under `another-right` and `another-REASON` what the printed sentences, where there is none, cannot say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any

from lenet_utils.errors import as_whole
from lenet_utils.exercises.kinds import Number
from lenet_utils.exercises.values import equal

DOZEN = 12  # seeds that give different answers, and that a page knows
Value = float | tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Variant:
    """For each place of the question the values to draw from, those of the `printed` exercise, and what follows from them.

    `answer`, the `mistakes` by their reason, and `fits`, which refuses values that do not go together, get all values as
    attributes of one object.
    """

    printed: Mapping[str, Any]
    places: Mapping[str, Sequence[Any]]
    answer: Callable[[Any], Value]
    mistakes: Mapping[str, Callable[[Any], Value]]
    fits: Callable[[Any], bool] = lambda v: True
    tolerance: float = 1e-6

    def drawn(self, name: str, seed: int) -> tuple[dict[str, Any], Number]:
        """The values of `seed`, from 1 on, and the `answer`, and their exercise; no two of a dozen, nor the printed one, have
        the same answer.
        """
        dozen, place = divmod(as_whole(seed=seed) - 1, DOZEN)
        values, exercise = _drawn(self, name, dozen)[place]
        return values | {"answer": exercise.expected}, exercise

    def _draw(self, random: Random, answers: list[Value]) -> SimpleNamespace:
        """Values that fit, with none of the `answers` unless a thousand draws give nothing else."""
        drawn = (SimpleNamespace(**{place: random.choice(known) for place, known in self.places.items()}) for _ in count())
        fitting = (values for values in drawn if self.fits(values))
        return next(values for tries, values in enumerate(fitting) if tries >= 1000 or self.answer(values) not in answers)

    def exercise(self, values: Mapping[str, Any]) -> Number:
        """The exercise with these values, without the mistakes that are right or another mistake for them."""
        right, wrong = self.answer(v := SimpleNamespace(**values)), dict[str, Value]()
        for reason, mistake in self.mistakes.items():
            if not any(equal(mistake(v), other, self.tolerance) for other in (right, *wrong.values())):
                wrong[reason] = mistake(v)
        return Number(right, wrong, self.tolerance)


@cache
def _drawn(variant: Variant, name: str, dozen: int) -> list[tuple[dict[str, Any], Number]]:
    """The values of a dozen seeds, from `dozen * DOZEN + 1` on, with their exercises."""
    answers, found = [variant.answer(SimpleNamespace(**variant.printed))], []
    for seed in range(dozen * DOZEN + 1, (dozen + 1) * DOZEN + 1):
        values = variant._draw(Random(f"{name}/{seed}"), answers)
        answers.append(variant.answer(values))
        found.append((vars(values), variant.exercise(vars(values))))
    return found
