"""What the page needs to check exercises itself: the answers, which cost an import of the page's module, and the words.

`python -m book.tools.page_exercises FOLDER PAGE ...` writes the answers of these pages to FOLDER/PAGE.json.
"""

import json
import sys
from pathlib import Path

from lenet_utils.words import say, says, words

GENERAL = ("right", "wrong", "a-number", "a-shape", "a-choice")


def table(answers: dict[str, dict]) -> dict:
    """The words of the page and, for every exercise, what is needed to check its answer and to help."""
    general = {key: text for key, text in words("exercises").items() if key in GENERAL or key.startswith("page-")}
    return {"words": general, "exercises": {name: _with_words(name, answer) for name, answer in answers.items()}}


def script(answers: dict[str, dict]) -> str:
    """The table as a script, which also works in a page opened as a file."""
    return f"globalThis.lenetExercises = {json.dumps(table(answers), ensure_ascii=False)};\n"


def answers_of(page: str) -> dict[str, dict]:
    """By the name of the exercise: its kind and, unless the answer is code, the right answer and the likely mistakes."""
    from lenet_utils.exercises.check import exercises_of

    return {f"{page}/{name}": _answer(exercise) for name, exercise in exercises_of(page).items()}


def _answer(exercise: object) -> dict:
    from lenet_utils.exercises.kinds import Choice, Number

    if not isinstance(exercise, Number | Choice):
        return {"kind": "code"}
    mistakes = [[wrong, reason] for reason, wrong in exercise.mistakes.items()]
    known = {"kind": exercise.kind, "expected": exercise.expected, "mistakes": mistakes}
    if isinstance(exercise, Choice):
        return known | {"letters": sorted([exercise.expected, *exercise.others])}
    return known | {"tolerance": exercise.tolerance}


def _with_words(name: str, answer: dict) -> dict:
    hints = [say(f"{name}.hint-{number}") for number in range(1, 10) if says(f"{name}.hint-{number}")]
    if answer["kind"] == "code":
        return answer | {"hints": hints}
    mistakes = [[wrong, say(f"{name}.{reason}")] for wrong, reason in answer["mistakes"]]
    return answer | {"mistakes": mistakes, "right": say(f"{name}.right"), "hints": hints}


def main(folder: str, *pages: str) -> None:
    for page in pages:
        (Path(folder) / f"{page}.json").write_text(json.dumps(answers_of(page)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
