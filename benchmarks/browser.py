"""A browser and a server on this machine, for what is measured and tested in pages."""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from book.tools.serve import Handler

CHROMIUM = (
    os.environ.get("CHROMIUM", ""),
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# The same without windows, which costs a quarter less, where it is.
HEADLESS = (CHROMIUM[0], "chromium-headless-shell", *CHROMIUM[1:])

FIREFOX = (
    os.environ.get("FIREFOX", ""),
    "firefox-esr",
    "firefox",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
)


def program(names: tuple[str, ...] = CHROMIUM) -> str | None:
    """Where Chromium is, or Firefox, or None. CHROMIUM and FIREFOX in the environment name one that is not found."""
    return next(filter(None, map(shutil.which, names)), None)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


class Strict(Quiet, Handler):
    """As `make serve` shows the book: packed, and under its policy."""


@contextmanager
def serve(folder: str | Path, handler: type[http.server.SimpleHTTPRequestHandler] = Quiet) -> Iterator[str]:
    """The address of a server that shows `folder`."""
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=folder))
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()
