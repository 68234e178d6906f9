"""Every word that explorers, panels in notebooks and checks say to the reader, in one table, so that a translation is one more.

`en.json` holds what the book says in general, `en/NOTEBOOK.json` what is said about the exercises of a notebook: a text
for each reason, and the hints in their order. A translation is a file and a folder of the same names beside them.
"""

import json
from pathlib import Path

LANGUAGE = "en"
FOLDER = Path(__file__).parent


def _table(language):
    table = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    for path in sorted((FOLDER / language).glob("*.json")):
        for exercise, texts in json.loads(path.read_text(encoding="utf-8")).items():
            table |= _of_exercise(f"{path.stem}/{exercise}", texts)
    return table


def _of_exercise(name, texts):
    hints = {f"{name}.hint-{number}": text for number, text in enumerate(texts["hints"], start=1)}
    return {f"{name}.{reason}": text for reason, text in texts.items() if reason != "hints"} | hints


WORDS = {LANGUAGE: _table(LANGUAGE)}


def says(key):
    """Whether there is a text of that name."""
    return key in WORDS[LANGUAGE]


def say(key, **values):
    """The text of `key` in the book's language, its `{places}` filled in."""
    return WORDS[LANGUAGE][key].format(**values)
