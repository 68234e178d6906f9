"""How long the book takes whoever builds or changes it, from the clone to the last test.

`python -m benchmarks.build_time` measures this commit in a clone and saves benchmarks/results/build_time.json;
`--against COMMIT` measures an older one in the same sitting, as far as it knows the commands, and saves the ratios; without it
those of the last such sitting stay.
`--only STEP ...` measures some steps anew and keeps the others. The machine must do nothing else.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.results import FOLDER, save

ROOT = Path(__file__).resolve().parent.parent
PAGE = "time_series"
NOTEBOOK = f"chapters/05_questions/{PAGE}.ipynb"
MAKE = ["make", "-s"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.build_time")
    parser.add_argument("--against", metavar="COMMIT")
    parser.add_argument("--only", nargs="+", metavar="STEP", choices=STEPS)
    options = parser.parse_args()
    stored = _stored()
    measured, notebooks = measure("HEAD", options.only or list(STEPS))
    seconds = {step: value for step, value in stored["seconds"].items() if options.only and step in STEPS} | measured
    then, ratios, against = stored["before"], stored["ratios"], stored["against"]  # ratios are of the sitting that measured both
    if options.against:
        then = measure(options.against, [step for step in options.only or STEPS if step in OLD_STEPS])[0]
        ratios, against = {step: round(then[step] / measured[step], 2) for step in measured if step in then}, options.against
    path = save("build_time", seconds=seconds, before=then, ratios=ratios, against=against, seconds_per_notebook=notebooks)
    print(path)


def measure(commit: str, steps: list[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds of every step, in a clone of `commit` that the steps before have prepared, and of every notebook.

    What a step changes in a file is taken back after it.
    """
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(book)], check=True)
        subprocess.run(["git", "checkout", "-q", commit], cwd=book, check=True)
        found: dict[str, float] = {}
        for step in STEPS:
            if step in steps or step in needed(steps):
                seconds = STEPS[step](book)
                subprocess.run(["git", "checkout", "-q", "."], cwd=book, check=True)
                print(f"{commit[:12]:12} {step:32} {seconds:8.1f} s", flush=True)
                found |= {step: round(seconds, 1)} if step in steps else {}
        return found, _notebook_seconds(book)


def run(book: Path, *command: str) -> float:
    """Seconds of a command that must succeed; the end of what it printed if it does not."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=book, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-8000:]}")
    return time.perf_counter() - start


def needed(steps: list[str]) -> tuple[str, ...]:
    """What must go before `steps`: nothing is looked at that is not built."""
    return ("installation", "everything executed, pages built") if set(LOOKS) & set(steps) else ("installation",)


def prose(book: Path) -> float:
    _replace(book / NOTEBOOK, "\\n", " \\n")
    return _look(book)


def a_hint(book: Path) -> float:
    words = next(path for path in book.rglob(f"*{PAGE}*/words.json") if "build" not in path.parts)
    _replace(words, '"hints": [', '"hints":  [')
    return _look(book)


def everything(book: Path) -> float:
    for folder in ("notebooks", "executed", "site", "html", "made"):
        subprocess.run(["rm", "-rf", str(book / "build" / folder)], check=True)
    return run(book, *MAKE, "book")


def _look(book: Path) -> float:
    """What an author does to look at the page."""
    known = "page:" in (book / "Makefile").read_text(encoding="utf-8")
    return run(book, *MAKE, *(["page", f"P={PAGE}"] if known else ["book"]))


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, path
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


STEPS: dict[str, Callable[[Path], float]] = {
    "installation": lambda book: run(book, *MAKE, ".venv/installed"),
    "make check": lambda book: run(book, *MAKE, "check"),
    "make test, everything executed": lambda book: run(book, *MAKE, "test"),
    "everything executed, pages built": everything,
    "nothing changed": lambda book: run(book, *MAKE, "book"),
    "prose of one page, to look at it": prose,
    "a hint, to look at it": a_hint,
}
LOOKS = ("nothing changed", "prose of one page, to look at it", "a hint, to look at it")
OLD_STEPS = [step for step in STEPS if step not in {"make check", "a hint, to look at it"}]


def _stored() -> dict:
    return json.loads((FOLDER / "build_time.json").read_text(encoding="utf-8"))


def _notebook_seconds(book: Path) -> dict[str, float]:
    """What the last execution of each notebook took; nothing in a commit that does not write it down."""
    written = sorted((book / "build" / "notebooks").glob("*.json"), key=lambda path: path.stat().st_mtime)
    return {path.name.split(".")[0]: json.loads(path.read_text(encoding="utf-8"))["seconds"] for path in written}


if __name__ == "__main__":
    sys.exit(main())
