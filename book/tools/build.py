"""Execute what must be executed and build the pages into build/html: `python -m book.tools.build`.

With the name of a page, `python -m book.tools.build time_series`, only what is needed to look at that page.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from book.tools import assets, execution, site
from book.tools.paths import BUILD, ROOT, notebooks


def main(name: str | None = None) -> None:
    os.chdir(ROOT)
    with one_build(), plain_errors():
        page = site.find_page(name) if name else None
        due = [path for path in notebooks() if page is None or path == page]
        assets.write()
        execution.execute(due)
        index = site.build_page(page) if page else site.build_book()
    print(f"\nThe {'page' if page else 'book'} is at {index}\nIn a browser: {index.as_uri()}")


@contextmanager
def one_build() -> Iterator[None]:
    """One build at a time in a checkout; a second one says that it waits."""
    BUILD.mkdir(exist_ok=True)
    lock = FileLock(BUILD / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print("Another build is running in this folder; waiting until it is done.", flush=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def plain_errors() -> Iterator[None]:
    """A full disk and an interruption end with a sentence; the next build goes on where this one stopped."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. What is finished is kept; the next build goes on from there.")
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        sys.exit(f"The disk is full ({error.filename or BUILD}). Make room and build again; what is finished is kept.")


if __name__ == "__main__":
    main(*sys.argv[1:])
