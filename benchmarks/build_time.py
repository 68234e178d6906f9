"""How long the book takes: all notebooks executed anew, and a rebuild with nothing changed.

`python -m benchmarks.build_time` prints seconds and saves benchmarks/results/build_time.json.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.results import save

ROOT = Path(__file__).resolve().parent.parent
EXECUTED = ROOT / "build" / "executed"


def main():
    build()  # so that neither run waits for an installation
    shutil.rmtree(EXECUTED)
    seconds = {"everything executed": build(), "nothing changed": build()}
    for what, duration in seconds.items():
        print(f"{what:20} {duration:6.1f} s")
    print(save("build_time", seconds=seconds, notebooks=len(list((ROOT / "chapters").rglob("*.ipynb")))))


def build():
    """Seconds of one `book/build.py`."""
    start = time.perf_counter()
    subprocess.run([sys.executable, ROOT / "book" / "build.py"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
