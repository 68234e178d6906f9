"""What the exercises of the pages need: `python -m book.tools.page_exercises FILE` writes it as a script."""

import json
import sys
from pathlib import Path

from lenet_utils.answers import Choice, Number
from lenet_utils.questions import EXERCISES
from lenet_utils.words import LANGUAGE, WORDS, says

GENERAL = ("right", "wrong", "a-number", "a-shape", "a-choice")


def table():
    """The words of the page and, for every exercise, what is needed to check its answer and to help."""
    general = WORDS[LANGUAGE]
    words = {key: text for key, text in general.items() if key in GENERAL or key.startswith("page-")}
    return {"words": words, "exercises": {name: entry(name, exercise) for name, exercise in EXERCISES.items()}}


def entry(name, exercise):
    """One exercise; an answer that is code can only be checked in a notebook."""
    words = WORDS[LANGUAGE]
    hints = [words[f"{name}.hint-{number}"] for number in range(1, 10) if says(f"{name}.hint-{number}")]
    if not isinstance(exercise, Number | Choice):
        return {"kind": "code", "hints": hints}
    mistakes = [[wrong, words[f"{name}.{reason}"]] for reason, wrong in exercise.mistakes.items()]
    found = {"kind": exercise.kind, "expected": exercise.expected, "mistakes": mistakes, "right": words[f"{name}.right"]}
    if isinstance(exercise, Choice):
        return found | {"letters": sorted([exercise.expected, *exercise.others]), "hints": hints}
    return found | {"tolerance": exercise.tolerance, "hints": hints}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(f"globalThis.lenetExercises = {json.dumps(table(), ensure_ascii=False)};\n", encoding="utf-8")
