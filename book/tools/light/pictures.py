"""Pictures as files with a size: a page keeps their places free, and loads those below the fold when they come near."""

import base64
import hashlib
import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag
from PIL import Image

from book.tools.paths import BUILD

if TYPE_CHECKING:
    from book.tools.light.page import Page

SMALL = BUILD / "made" / "pictures"
WITHIN = re.compile(r"data:image/png;base64,(.+)", re.DOTALL)
STYLED = re.compile(r"width: (\d+)px; height: (\d+)px;?")


def lighten(soup: BeautifulSoup, page: "Page") -> None:
    """Every picture of the page: a PNG becomes a WebP of the same pixels, a picture within the page a file."""
    folder = page.path.parent / page.root / "_images"
    for image in soup.select("img[src]"):
        _size(image)
        source = str(image["src"])
        within = WITHIN.match(source)
        if within:
            _point(image, page, _stored(base64.b64decode(within[1]), folder))
        elif source.endswith(".png"):
            _point(image, page, _stored((page.path.parent / source).resolve().read_bytes(), folder))
        if image.find_parent(class_="cell_output"):
            image["loading"] = "lazy"


def _size(image: Tag) -> None:
    """Width and height as attributes, from which a browser knows the shape before the picture is there."""
    styled = STYLED.fullmatch(str(image.get("style", "")))
    if styled:
        image["width"], image["height"] = styled.groups()
        del image["style"]


def _point(image: Tag, page: "Page", file: Path) -> None:
    image["src"] = f"{page.root}_images/{file.name}"
    if not image.get("width"):
        with Image.open(file) as picture:
            image["width"], image["height"] = map(str, picture.size)


def _stored(png: bytes, folder: Path) -> Path:
    """The same pixels as WebP in `folder`, made once."""
    name = f"{hashlib.sha256(png).hexdigest()[:20]}.webp"
    made = SMALL / name
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        part = BytesIO()
        Image.open(BytesIO(png)).save(part, "WEBP", lossless=True, method=4)
        made.with_suffix(".part").write_bytes(part.getvalue())
        made.with_suffix(".part").replace(made)
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(made.read_bytes())
    return folder / name
