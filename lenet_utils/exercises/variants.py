"""A printed exercise with other numbers, as many as a reader wants: drawn by a seed, the same on every machine.

What is said is in the `words.json` of the page with that of the exercise: the question under `another`, with a place for each
value, and under `another-right` and `another-REASON` what the printed sentences, where there is none, cannot say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import Any

from lenet_utils.errors import as_whole
from lenet_utils.exercises.kinds import Number
from lenet_utils.exercises.values import equal

DOZEN = 12  # seeds that give different answers, and that a page knows
Value = float | tuple[int, ...]


@dataclass(frozen=True)
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
        seed = as_whole(seed=seed)
        answers, values = [self.answer(SimpleNamespace(**self.printed))], SimpleNamespace()
        for each in range(seed - (seed - 1) % DOZEN, seed + 1):
            values = self._draw(Random(f"{name}/{each}"), answers)
            answers.append(self.answer(values))
        exercise = self.exercise(vars(values))
        return vars(values) | {"answer": exercise.expected}, exercise

    def _draw(self, random: Random, answers: list[Value]) -> SimpleNamespace:
        """Values that fit, with none of the `answers` unless a thousand draws give nothing else."""
        tries = 0
        while True:
            values = SimpleNamespace(**{place: random.choice(known) for place, known in self.places.items()})
            tries += 1
            if self.fits(values) and (tries > 1000 or self.answer(values) not in answers):
                return values

    def exercise(self, values: Mapping[str, Any]) -> Number:
        """The exercise with these values, without the mistakes that are right or another mistake for them."""
        right, wrong = self.answer(v := SimpleNamespace(**values)), dict[str, Value]()
        for reason, mistake in self.mistakes.items():
            if not any(equal(mistake(v), other, self.tolerance) for other in (right, *wrong.values())):
                wrong[reason] = mistake(v)
        return Number(right, wrong, self.tolerance)
