"""Tell the book where it is published: `make address URL=https://github.com/OWNER/REPO`, or `URL=` to take it back.

book/data/address.txt is the one place that holds the address. The setup cells of the notebooks, the Colab button,
the citation and the README are rewritten from it. book/data/site.txt holds where the pages can be read: `SITE=...`, or, for a
repository on GitHub, its own pages there. From it the pages get canonical addresses, cards and a map of the site.
"""

import json
import re
import sys
from pathlib import Path

from book.tools.paths import ROOT, notebooks

SETUP = """\
# Colab lacks the book's package, so it is fetched there. Elsewhere nothing happens.
import importlib.util
import subprocess
import sys

ADDRESS = "{address}"
if importlib.util.find_spec("lenet_utils") is None:
    if not ADDRESS:
        raise RuntimeError(
            "This copy of the book names no address to fetch lenet_utils from. "
            'Run this in the folder of the book instead: pip install ".[notebooks]"'
        )
    package = f"lenet-utils[notebooks] @ git+{{ADDRESS}}"
    command = [sys.executable, "-m", "pip", "install", "-q", package]
    subprocess.run(command, check=True)
    importlib.invalidate_caches()"""

# Only for GitHub: Colab opens nothing else, and the theme stops the build at hosts it does not know.
CONFIG = """\
repository:
  url: {address}
  branch: main
  path_to_book: ""
launch_buttons:
  colab_url: https://colab.research.google.com
"""
# On GitHub an owner and a repository; elsewhere the path may be longer.
URL = r"https://(github\.com/[\w.-]+/[\w.-]+|(?!github\.com/)[\w.-]+(/[\w.~-]+)+)"
SITE = r"https?://[\w.-]+(:\d+)?(/[\w.~%-]+)*/?"
SITE_FILE = ROOT / "book" / "data" / "site.txt"
BEGIN, END = "# begin address (make address)\n", "# end address\n"
WHEN_NONE = "the address of this repository"


def main(address: str, site: str = "") -> None:
    if address and not re.fullmatch(URL, address):
        sys.exit(f"Expected an address such as https://github.com/OWNER/REPO, got {address!r}. Nothing was changed.")
    if site and not re.fullmatch(SITE, site):
        sys.exit(f"Expected a site such as https://OWNER.github.io/REPO/, got {site!r}. Nothing was changed.")
    address = address.removesuffix(".git")
    for path, text in rewritten(address).items():
        path.write_text(text, encoding="utf-8")
    place = site or pages_of(address)
    SITE_FILE.write_text(f"{place.rstrip('/')}/\n" if place else "", encoding="utf-8")
    print(f"The book's address is {address}." if address else "The book has no address now; no button is shown.")


def pages_of(address: str) -> str:
    """Where GitHub shows the pages of the repository at `address`; nothing for another host."""
    found = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)", address)
    return f"https://{found[1].lower()}.github.io/{found[2]}/" if found else ""


def rewritten(address: str) -> dict[Path, str]:
    """What every file that depends on `address` holds: a dictionary from path to text."""
    config = CONFIG.format(address=address) if address.startswith("https://github.com/") else ""
    citation = f"repository-code: {address}\n" if address else ""
    return {
        ROOT / "book" / "data" / "address.txt": address + "\n" if address else "",
        ROOT / "_config.yml": _between_marks(ROOT / "_config.yml", config),
        ROOT / "CITATION.cff": _between_marks(ROOT / "CITATION.cff", citation),
        ROOT / "README.md": _clone_line(ROOT / "README.md", address or WHEN_NONE),
        **{path: _with_setup(path, address) for path in notebooks()},
    }


def setup_source(address: str) -> str:
    return SETUP.format(address=address)


def _between_marks(path: Path, text: str) -> str:
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + text + END + rest.partition(END)[2]


def _clone_line(path: Path, address: str) -> str:
    return re.sub(r"(?m)^(    git clone ).*$", lambda line: f"{line[1]}{address} lenet", path.read_text(encoding="utf-8"))


def _with_setup(path: Path, address: str) -> str:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    _, last, imports = "".join(first["source"]).partition(SETUP.rpartition("\n")[2] + "\n")
    first["source"] = (setup_source(address) + "\n" + imports if last else setup_source(address)).splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main(*(sys.argv[1:] or [""]))
