"""Show build/html on localhost and open a browser at it: `python book/serve.py [port]`."""

import functools
import http.server
import sys
import webbrowser
from pathlib import Path

HTML = Path(__file__).resolve().parent.parent / "build" / "html"


def main(port=8000):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=HTML)
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        sys.exit(f"Port {port} cannot be used ({error.strerror}). Take another: make serve PORT=8001")
    address = f"http://localhost:{port}/"
    print(f"The book is at {address} until you press Ctrl+C.")
    webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
