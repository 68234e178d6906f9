"""Every test that `make check` leaves out: nbval over all notebooks, the built pages, the panels in two browsers, the slow ones.

`python -m book.tools.test [ARGUMENT ...]` hands its arguments to pytest. The twenty slowest are listed at the end.
"""

import os
import subprocess
import sys

from book.tools.paths import ROOT

MARKS = "notebook or pages or browser or slow"
# A machine that stood still for some minutes is no fault of the book's.
AGAIN = ["--reruns=1", "--only-rerun=Timeout", "--only-rerun=DeadKernel"]


def main(arguments: list[str]) -> int:
    """The notebooks first, since their cells stay together on one worker; a free worker takes whatever is next."""
    share = ["-n", "auto", "--dist", "loadgroup", "--nbval-lax", "-m", MARKS]
    command = [sys.executable, "-m", "pytest", "-q", *share, *AGAIN, *(arguments or ["chapters", "tests"])]
    # Each worker keeps a core busy: no threads and no processes of joblib's beside it.
    alone = {"OMP_NUM_THREADS": "1", "LOKY_MAX_CPU_COUNT": "1"}
    return subprocess.run(command, cwd=ROOT, env=os.environ | alone).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
