"""What the page needs to check exercises itself: the answers, which cost an import of the page's module, and the words.

`python -m book.tools.page_exercises FOLDER PAGE ...` writes the answers of these pages to FOLDER/PAGE.json.
"""

import json
import sys
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from lenet_utils.words import of_variant, say, says, words

if TYPE_CHECKING:
    from lenet_utils.exercises.variants import Variant

GENERAL = ("right", "wrong", "a-number", "a-shape", "a-choice", "in-percent")


def table(answers: dict[str, dict]) -> dict:
    """The words of the page and, for every exercise, what is needed to check its answer and to help."""
    general = {key: text for key, text in words("exercises").items() if key in GENERAL or key.startswith("page-")}
    return {"words": general, "exercises": {name: _with_words(name, answer) for name, answer in answers.items()}}


def script(answers: dict[str, dict]) -> str:
    """The table as a script, which also works in a page opened as a file."""
    return f"globalThis.lenetExercises = {json.dumps(table(answers), ensure_ascii=False)};\n"


def answers_of(page: str) -> dict[str, dict]:
    """By the name of the exercise: its kind and, unless the answer is code, the right answer and the likely mistakes."""
    from lenet_utils.exercises.check import exercises_of, variants_of

    variants = {name: _drawn(f"{page}/{name}", variant) for name, variant in variants_of(page).items()}
    return {f"{page}/{name}": _answer(exercise) | variants.get(name, {}) for name, exercise in exercises_of(page).items()}


def _answer(exercise: object) -> dict:
    from lenet_utils.exercises.kinds import Choice, Number

    if not isinstance(exercise, Number | Choice):
        return {"kind": "code"}
    mistakes = [[wrong, reason] for reason, wrong in exercise.mistakes.items()]
    known = {"kind": exercise.kind, "expected": exercise.expected, "mistakes": mistakes}
    if isinstance(exercise, Choice):
        return known | {"letters": sorted([exercise.expected, *exercise.others])}
    return known | {"tolerance": exercise.tolerance}


def _drawn(name: str, variant: "Variant") -> dict:
    """The same for each seed of a dozen, and the values that its texts tell."""
    from lenet_utils.exercises.variants import DOZEN

    drawn = (variant.drawn(name, seed) for seed in range(1, DOZEN + 1))
    return {"seeds": [{"values": values} | _answer(exercise) for values, exercise in drawn]}


def _with_words(name: str, answer: dict) -> dict:
    hints = [say(f"{name}.hint-{number}") for number in range(1, 10) if says(f"{name}.hint-{number}")]
    if answer["kind"] == "code":
        return answer | {"hints": hints}
    mistakes = [[wrong, say(f"{name}.{reason}")] for wrong, reason in answer["mistakes"]]
    told = {"mistakes": mistakes, "right": say(f"{name}.right"), "hints": hints}
    return {part: known for part, known in (answer | told).items() if part != "seeds"} | _variants(name, answer.get("seeds"))


def _variants(name: str, seeds: list[dict] | None) -> dict:
    """The texts with their places, once, and for each seed the answers and what stands at the places."""
    if not seeds:
        return {}
    reasons = sorted({reason for each in seeds for _, reason in each["mistakes"]})
    texts = {reason: _text(of_variant(name, reason)) for reason in ("right", *reasons)} | {"another": _text(f"{name}.another")}
    drawn = [
        {part: each[part] for part in ("expected", "mistakes")} | {"places": _places(texts, each["values"])} for each in seeds
    ]
    return {"variants": {"texts": texts, "tolerance": seeds[0]["tolerance"], "seeds": drawn}}


def _text(name: str) -> str:
    """The text of a key, its places not filled in."""
    place, _, said = name.partition("/")
    return words(place)[said]


def _places(texts: dict[str, str], values: dict) -> dict[str, str]:
    """What stands at each place of the texts, by the name and the format that are there."""
    shown = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    places = [(name, spec) for text in texts.values() for _, name, spec, _ in Formatter().parse(text) if name]
    return {f"{name}:{spec}" if spec else name: format(shown[name], spec or "") for name, spec in places}


def main(folder: str, *pages: str) -> None:
    for page in pages:
        (Path(folder) / f"{page}.json").write_text(json.dumps(answers_of(page)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
