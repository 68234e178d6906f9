"""Every text said to the reader, read from the `words.json` of the folder that says it.

A key is `PLACE/NAME`, where the place is one of `CORE` or a page. Of an exercise a page says `PAGE/EXERCISE.REASON`, and its
hints are `PAGE/EXERCISE.hint-1`, ...; what holds only with other numbers is `PAGE/EXERCISE.another-REASON`. A translation
is a file `words.LANGUAGE.json` beside each `words.json`.
"""

import json
from functools import cache
from pathlib import Path

LANGUAGE = "en"
PACKAGE = Path(__file__).parent
CORE = ("exercises", "figures", "lab")


@cache
def words(place: str) -> dict[str, str]:
    """The texts of a place by name, read when the place first speaks."""
    folder = PACKAGE / place if place in CORE else PACKAGE / "pages" / place
    file = folder / ("words.json" if LANGUAGE == "en" else f"words.{LANGUAGE}.json")
    texts = json.loads(file.read_text(encoding="utf-8"))
    if place in CORE:
        return texts
    return {key: text for exercise, said in texts.items() for key, text in _of_exercise(exercise, said).items()}


def _of_exercise(name: str, said: dict) -> dict[str, str]:
    hints = {f"{name}.hint-{number}": text for number, text in enumerate(said["hints"], start=1)}
    return {f"{name}.{reason}": text for reason, text in said.items() if reason != "hints"} | hints


def says(key: str) -> bool:
    """Whether there is a text of that key."""
    place, _, name = key.partition("/")
    return name in words(place)


def say(key: str, /, **values: object) -> str:
    """The text of `key` in the book's language, its `{places}` filled in."""
    place, _, name = key.partition("/")
    return words(place)[name].format(**values)


def of_variant(name: str, reason: str) -> str:
    """The key of what a variant of the exercise `name` says for `reason`: its own sentence, or that of the exercise."""
    key = f"{name}.another-{reason}"
    return key if says(key) else f"{name}.{reason}"
