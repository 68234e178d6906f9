"""Show build/html on localhost and open a browser at it: `python -m book.tools.serve [PORT]`.

The pages come packed, as a static host sends them, and under the strict policy that they were made for.
"""

import functools
import gzip
import http.server
import io
import sys
import webbrowser
from pathlib import Path
from typing import BinaryIO

from book.tools.paths import BUILD

# Nothing but what the pages need: their own files, WebAssembly, and workers from the text of the lab's script.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PACKED = {".html", ".css", ".js", ".svg", ".json", ".xml", ".txt", ".ipynb"}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, texts packed by gzip where the browser can unpack it, under `POLICY`."""

    def send_head(self) -> BinaryIO | None:
        path = Path(self.translate_path(self.path))
        if path.suffix not in PACKED or not path.is_file() or "gzip" not in self.headers.get("Accept-Encoding", ""):
            return super().send_head()
        packed = _packed(path, path.stat().st_mtime_ns)
        self.send_response(200)
        self.send_header("Content-Type", f"{self.guess_type(path)}; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        return io.BytesIO(packed)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@functools.lru_cache(256)
def _packed(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes())


def server_at(port: str, folder: Path) -> http.server.ThreadingHTTPServer:
    """A server of `folder`; ends the program with a sentence if there can be none at `port`."""
    if not (port.isdecimal() and 0 < int(port) < 65536):
        sys.exit(f"Expected a port from 1 to 65535, got {port!r}. For example: PORT=8001")
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), functools.partial(Handler, directory=folder))
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
