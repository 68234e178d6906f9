"""What the exercises of the pages need: `python book/exercises.py FILE` writes it as a script, which also works from disk."""

import json
import sys
from pathlib import Path

from lenet_utils.exercises.check import exercises_of, pages
from lenet_utils.exercises.kinds import Choice, Number
from lenet_utils.words import say, says, words

GENERAL = ("right", "wrong", "a-number", "a-shape", "a-choice")


def table():
    """The words of the page and, for every exercise, what is needed to check its answer and to help."""
    general = {key: text for key, text in words("exercises").items() if key in GENERAL or key.startswith("page-")}
    named = {f"{page}/{name}": exercise for page in pages() for name, exercise in exercises_of(page).items()}
    return {"words": general, "exercises": {name: entry(name, exercise) for name, exercise in named.items()}}


def entry(name, exercise):
    """One exercise; an answer that is code can only be checked in a notebook."""
    hints = [say(f"{name}.hint-{number}") for number in range(1, 10) if says(f"{name}.hint-{number}")]
    if not isinstance(exercise, Number | Choice):
        return {"kind": "code", "hints": hints}
    mistakes = [[wrong, say(f"{name}.{reason}")] for reason, wrong in exercise.mistakes.items()]
    found = {"kind": exercise.kind, "expected": exercise.expected, "mistakes": mistakes, "right": say(f"{name}.right")}
    if isinstance(exercise, Choice):
        return found | {"letters": sorted([exercise.expected, *exercise.others]), "hints": hints}
    return found | {"tolerance": exercise.tolerance, "hints": hints}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(f"globalThis.lenetExercises = {json.dumps(table(), ensure_ascii=False)};\n", encoding="utf-8")
