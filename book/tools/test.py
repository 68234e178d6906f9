"""Every test that `make check` leaves out: nbval over all notebooks, the built pages, the panels in two browsers, the slow ones.

`python -m book.tools.test [ARGUMENT ...]` hands its arguments to pytest. The twenty slowest are listed at the end. The pages are
built on one core while the first notebooks are tested; a test that opens a page waits until they are there.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from book.tools import assets, execution, site
from book.tools.build import one_build, plain_errors
from book.tools.paths import ROOT, notebooks

CORES = os.cpu_count() or 1
MARKS = "notebook or pages or browser or slow"
# A machine that stood still for some minutes is no fault of the book's.
AGAIN = ["--reruns=1", "--only-rerun=Timeout", "--only-rerun=DeadKernel"]


def main(arguments: list[str]) -> int:
    """Execute what must be executed, then build the pages and test side by side; the status is that of the tests."""
    os.chdir(ROOT)
    with plain_errors():
        with one_build():
            assets.write()
            execution.execute(notebooks())
            with testing(arguments) as tests:
                site.build_book()
        return tests.wait()


@contextmanager
def testing(arguments: list[str]) -> Iterator[subprocess.Popen]:
    """pytest at work; it ends if what is done beside it fails.

    The notebooks come first, since their cells stay together on one worker; a free worker takes whatever is next.
    """
    share = ["-n", f"{CORES + 1}", "--dist", "loadgroup", "--nbval-lax", "-m", MARKS]
    command = [sys.executable, "-m", "pytest", "-q", *share, *AGAIN, *(arguments or ["chapters", "tests"])]
    # One worker more than cores, since they wait for kernels and browsers; no threads and no processes of joblib's beside them.
    alone = {"OMP_NUM_THREADS": "1", "LOKY_MAX_CPU_COUNT": "1"}
    tests = subprocess.Popen(command, cwd=ROOT, env=os.environ | alone)
    try:
        yield tests
    except BaseException:
        tests.terminate()
        tests.wait()
        raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
