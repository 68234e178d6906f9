"""Show build/html on localhost and open a browser at it: `python -m book.tools.serve [PORT]`."""

import functools
import http.server
import sys
import webbrowser
from pathlib import Path

from book.tools.paths import BUILD


def main(port: str = "8000", folder: Path = BUILD / "html", page: str = "") -> None:
    if not (port.isdecimal() and 0 < int(port) < 65536):
        sys.exit(f"Expected a port from 1 to 65535, got {port!r}. For example: make serve PORT=8001")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), handler)
    except OSError as error:
        sys.exit(f"Port {port} cannot be used ({error.strerror}). Take another: make serve PORT=8001")
    address = f"http://localhost:{port}/{page}"
    print(f"The book is at {address} until you press Ctrl+C.", flush=True)
    webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "8000")
