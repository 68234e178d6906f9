"""Show build/html on localhost and open a browser at it: `python -m book.tools.serve [PORT]`."""

import functools
import http.server
import sys
import webbrowser
from pathlib import Path

from book.tools.paths import BUILD


def server_at(port: str, folder: Path) -> http.server.ThreadingHTTPServer:
    """A server of `folder`; ends the program with a sentence if there can be none at `port`."""
    if not (port.isdecimal() and 0 < int(port) < 65536):
        sys.exit(f"Expected a port from 1 to 65535, got {port!r}. For example: PORT=8001")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), handler)
    except OSError as error:
        sys.exit(f"Port {port} cannot be used ({error.strerror}). Take another, such as PORT=8001")


def show(server: http.server.ThreadingHTTPServer, page: str = "") -> None:
    """Open a browser at the page and serve until Ctrl+C."""
    port = server.server_address[1]
    address = f"http://localhost:{port}/{page}"
    print(f"The book is at {address} until you press Ctrl+C.", flush=True)
    webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    show(server_at(sys.argv[1] if len(sys.argv) > 1 else "8000", BUILD / "html"))
