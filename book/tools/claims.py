"""Write the page of claims from its data: `python -m book.tools.claims` makes claims.md from claims.yaml."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from myst_parser.mdit_to_docutils.base import default_slugify as anchor

from book.tools.paths import ROOT

PAGES = ROOT / "book" / "pages"
DATA, PAGE = ROOT / "book" / "data" / "claims.yaml", PAGES / "claims.md"
VERDICTS = ("confirmed", "contradicted", "imprecise", "open")
HEADING = re.compile(r"^#{1,3} +(.+?) *$", re.MULTILINE)

OPENING = """\
# Who says so?

Much is said of LeNet, by courses, by encyclopedias and by its own papers.
Here are {all} such statements.
Under each stands where it is said, then what we found, and last the sources and the place where this book shows it.

- **Confirmed**, {confirmed} of them: what we have read or run says the same.
- **Contradicted**, {contradicted}: it says otherwise.
- **Imprecise**, {imprecise}: the core is right, and something that matters is missing or wrong.
- **Open**, {open}: the sources disagree or are silent, or our own runs do not decide; each says which.

Page numbers are those of the [sources](sources.md), where every source stands with what we have read of it.

{groups}
"""

CLAIM = """\
### {title}

<div class="claim {verdict}">

*{claim}*
{found}

**{Verdict}.** {why}

{cited}

</div>
"""


def load() -> dict[str, list[dict[str, Any]]]:
    """The groups with their claims."""
    return yaml.safe_load(DATA.read_text(encoding="utf-8"))


def headings(page: Path) -> dict[str, str]:
    """The headings of a notebook or a Markdown file by their anchors; the first is its title."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return {anchor(heading): heading for heading in HEADING.findall(text)}


def link(target: str) -> str:
    """Markdown for a link from this folder, under the name of the heading or page that it leads to."""
    path, _, place = target.partition("#")
    found = headings(PAGES / path)
    return f"[{found[place] if place else next(iter(found.values()))}]({target})"


def written(claim: Mapping[str, Any]) -> str:
    """One claim as Markdown."""
    cited = "; ".join("{{cite:t}}`{key}`, {place}".format(**source) for source in claim["sources"])
    shown = ", ".join(link(target) for target in claim["shown"])
    last = f"{cited}." + (f"\nShown in {shown}." if shown else "")
    return CLAIM.format(**claim, Verdict=claim["verdict"].capitalize(), cited=last)


def render(groups: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """The whole page."""
    claims = [claim for group in groups.values() for claim in group]
    counts = {verdict: Counter(claim["verdict"] for claim in claims)[verdict] for verdict in VERDICTS}
    contents = "\n".join(f"- [{name}](#{anchor(name)}), {len(group)}" for name, group in groups.items())
    parts = [OPENING.format(all=len(claims), groups=contents, **counts)]
    for name, group in groups.items():
        parts += [f"## {name}\n", *map(written, group)]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(render(load()), encoding="utf-8")
