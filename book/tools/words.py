"""Every text that the book says outside its pages: found, held against what is said, and laid out for a translation.

`python -m book.tools.words` lists the keys that are said and missing, and those that nobody says.
`python -m book.tools.words de` prints, place by place, what the files words.de.json do not say yet.
"""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from book.tools.paths import ROOT
from lenet_utils.exercises.check import exercises_of, variants_of
from lenet_utils.words import CORE, PACKAGE

PANELS, SITE = "panels", "site"  # the two places outside the package
SCRIPTS, TOOLS = ROOT / "lab" / "src", ROOT / "book" / "tools"
PAGE_SCRIPTS = ROOT / "book" / "static"
ANYTHING = r"[\w.-]+"


def tables() -> dict[str, Path]:
    """The file of words of every place: the panels, the site, a folder of the core, a page."""
    outside = {PANELS: SCRIPTS / "words.json", SITE: ROOT / "book" / "data" / "words.json"}
    core = {place: PACKAGE / place / "words.json" for place in CORE}
    return outside | core | {path.parent.name: path for path in sorted(PACKAGE.glob("pages/*/words.json"))}


def say(key: str) -> str:
    """The text `site/NAME` of a page that the build makes."""
    place, _, name = key.partition("/")
    return texts(tables()[place])[name]


def texts(file: Path) -> dict[str, str]:
    """The texts of a file by key; those of an exercise are under `EXERCISE.REASON`, its hints are one text."""
    found: dict[str, str] = {}
    for key, said in json.loads(file.read_text(encoding="utf-8")).items():
        if isinstance(said, dict):
            found |= {f"{key}.{reason}": "\n".join(text) if isinstance(text, list) else text for reason, text in said.items()}
        else:
            found[key] = said
    return found


def differences(place: str) -> tuple[set[str], set[str]]:
    """The keys of a place that are said and missing, and those that are there and that nobody says."""
    there, said = set(texts(tables()[place])), _said(place)
    met = {wanted: {key for key in there if re.fullmatch(wanted, key)} for wanted in said}
    return {wanted for wanted, keys in met.items() if not keys}, there.difference(*met.values())


def _said(place: str) -> set[str]:
    """The keys that can be said of a place, as patterns."""
    if place == PANELS:
        return set(in_scripts(SCRIPTS.rglob("*.js")))
    if place in (SITE, *CORE):
        found = {key.partition("/")[2] for key in _in_python(_sources()) if key.startswith(f"{place}/")}
        return found.union(map(re.escape, _in_pages())) if place == "exercises" else found
    return set(_of_exercises(place))


def _in_pages() -> Iterator[str]:
    """The keys that the scripts of the pages look up."""
    for script in sorted(PAGE_SCRIPTS.glob("*.js")):
        yield from re.findall(r"words(?:\.|\[')([\w-]+)", script.read_text(encoding="utf-8"))


def _of_exercises(page: str) -> Iterator[str]:
    """That an answer is right, every reason why it is wrong, and the hints; the same of variants, and their questions."""
    for name, exercise in exercises_of(page).items():
        for reason in ("right", "hints", *exercise.mistakes, *getattr(exercise, "demands", ())):
            if "/" not in reason:
                yield re.escape(f"{name}.{reason}")
    for name, variant in variants_of(page).items():
        yield re.escape(f"{name}.another")
        for reason in ("right", *variant.mistakes):  # one of its own, or that of the exercise
            yield f"{re.escape(name)}\\.(another-)?{re.escape(reason)}"


def _sources() -> list[Path]:
    return [*PACKAGE.rglob("*.py"), *TOOLS.rglob("*.py")]


def _in_python(files: Iterable[Path]) -> Iterator[str]:
    """The keys in calls of `say`, and those in comments `says: PLACE/KEY, ...`, for calls with a variable alone."""
    for file in files:
        script = file.read_text(encoding="utf-8")
        for named in re.findall(r"# says: (.+)", script):
            yield from map(re.escape, named.split(", "))
        for node in ast.walk(ast.parse(script)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"say", "says"}:
                yield from _keys(node.args[0])


def _keys(key: ast.expr) -> Iterator[str]:
    if isinstance(key, ast.Constant):
        yield re.escape(str(key.value))
    elif isinstance(key, ast.IfExp):
        yield from (*_keys(key.body), *_keys(key.orelse))
    elif isinstance(key, ast.JoinedStr):
        pattern = "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ANYTHING for part in key.values)
        if not pattern.endswith(f"/{ANYTHING}"):
            yield pattern


def in_scripts(files: Iterable[Path]) -> Iterator[str]:
    """The keys in calls of `say`, and those that a comment `says: key, ...` names because a variable holds them."""
    for file in files:
        script = file.read_text(encoding="utf-8")
        for start in re.finditer(r"\bsay\(", script):
            first = _argument(script[start.end() :])
            yield from map(re.escape, re.findall(r"(?<!=== )'([\w.-]+)'", first))
            for pattern in re.findall(r"`([^`]+)`", first):
                yield ANYTHING.join(map(re.escape, re.split(r"\$\{[^}]*\}", pattern)))
        for named in re.findall(r"// says: (.+)", script):
            yield from map(re.escape, named.split(", "))


def _argument(rest: str) -> str:
    """The first argument of a call, given what follows its bracket."""
    depth = 0
    for at, letter in enumerate(rest):
        depth += (letter in "([{") - (letter in ")]}")
        if depth < 0 or (letter == "," and depth == 0):
            return rest[:at]
    return rest


def untranslated(language: str) -> dict[str, dict[str, str]]:
    """The English texts, place by place, that have no translation yet."""
    found = {}
    for place, file in tables().items():
        translation = file.with_name(f"words.{language}.json")
        done = texts(translation) if translation.exists() else {}
        if left := {key: text for key, text in texts(file).items() if key not in done}:
            found[place] = left
    return found


def main(language: str | None = None) -> None:
    """Print what is missing and unused, or what is not translated into `language`."""
    if language:
        print(json.dumps(untranslated(language), ensure_ascii=False, indent=2))
        return
    wrong = []
    for place, file in tables().items():
        for what, keys in zip(("missing", "unused"), differences(place), strict=True):
            wrong += [f"{file.relative_to(ROOT)}: {what} {key}" for key in sorted(keys)]
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{sum(len(texts(file)) for file in tables().values())} texts in {len(tables())} places, each said somewhere.")


if __name__ == "__main__":
    main(*sys.argv[1:2])
