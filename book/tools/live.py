"""Build one page again whenever something is saved that it is made of: `python -m book.tools.live NAME [PORT]`."""

import subprocess
import sys
import threading
from pathlib import Path

from watchfiles import DefaultFilter, watch

from book.tools import serve, site
from book.tools.paths import BUILD, ROOT

FOLDERS = ("book", "chapters", "lenet_utils")


def main(name: str, port: str = "8000") -> None:
    page = site.find_page(name).relative_to(ROOT).with_suffix("").as_posix()
    server = serve.server_at(port, BUILD / "page" / page.replace("/", "-") / "html")
    build(name)
    threading.Thread(target=serve.show, args=(server, f"{page}.html"), daemon=True).start()
    for _ in watch(*(ROOT / folder for folder in FOLDERS), watch_filter=DefaultFilter(), raise_interrupt=False):
        build(name)
        print("Reload the page in the browser.", flush=True)


def build(name: str) -> None:
    """In a process of its own, which imports what was saved."""
    subprocess.run([sys.executable, "-m", "book.tools.build", name], cwd=Path(ROOT))


if __name__ == "__main__":
    main(*sys.argv[1:])
