"""The fast check: formatting, lint, layers, types, and the tests that need neither a built page nor a browser.

`python -m book.tools.check` runs everything, the quickest first, and stops at the end with what failed.
"""

import os
import subprocess
import sys
import time

from book.tools.paths import ROOT

PYTHON = [sys.executable, "-m"]
# Without the plugin that tries tests again: its workers ask the first process before each test, which takes longer than most.
SHARE = ["-n", "auto", "--dist", "worksteal", "-p", "no:rerunfailures"]
STEPS = {
    "formatting": [*PYTHON, "ruff", "format", "--check", "."],
    "lint": [*PYTHON, "ruff", "check", "."],
    "layers": [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    "types": [*PYTHON, "mypy"],
    "tests": [*PYTHON, "pytest", "-q", *SHARE, "-m", "not (pages or browser or slow)", "tests"],
}


def main() -> None:
    """Run every step and exit with the names of those that failed."""
    failed = []
    for name, command in STEPS.items():
        start = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"})
        print(f"{name}: {'failed' if done.returncode else 'passed'} in {time.perf_counter() - start:.0f} s", flush=True)
        failed += [name] * bool(done.returncode)
    if failed:
        sys.exit(f"make check failed: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
