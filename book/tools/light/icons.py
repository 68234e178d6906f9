"""The icons that the pages use, drawn in place; their outlines are read from the script of the theme."""

import functools
import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag

STYLES = ("fa-solid", "fas")


def draw(soup: BeautifulSoup, script: Path) -> None:
    """A drawing in the place of every `<i class="fa-solid fa-NAME">` (or `<span>`)."""
    for icon in soup.select(", ".join(f"{tag}.{style}" for style in STYLES for tag in ("i", "span"))):
        names = [name for name in icon["class"] if name not in STYLES]
        name = next(name for name in names if name.startswith("fa-") and name != "fa-lg").removeprefix("fa-")
        others = {key: str(value) for key, value in icon.attrs.items() if key != "class"}
        icon.replace_with(_drawing(soup, names, others, *outline(script, name)))


def _drawing(soup: BeautifulSoup, names: list[str], others: dict[str, str], width: int, height: int, path: str) -> Tag:
    shape = {"class": " ".join(["svg-inline--fa", *names]), "viewBox": f"0 0 {width} {height}", "aria-hidden": "true"}
    drawing = soup.new_tag("svg", attrs=others | shape)
    drawing.append(soup.new_tag("path", attrs={"d": path}))
    return drawing


@functools.cache
def outline(script: Path, name: str) -> tuple[int, int, str]:
    """Width, height and path of the icon `name` in Font Awesome's `script`; `LookupError` if it has none."""
    found = re.findall(rf'["{{,]"?{re.escape(name)}"?:\[(\d+),(\d+),\[[^\]]*\],"[^"]*","([^"]+)"', _text(script))
    if not found:
        raise LookupError(f"Expected an icon called {name!r} in {script.name}; is the theme another version?")
    width, height, path = found[-1]  # of the styles brands, regular and solid the last one
    return int(width), int(height), path


@functools.cache
def _text(script: Path) -> str:
    return script.read_text(encoding="utf-8")
