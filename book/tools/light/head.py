"""What stands in the head of a page: the files that it needs and no others, and how others may speak of it."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

from bs4 import Tag

from book.tools.light.page import Page

# Not rel="next": Firefox would fetch that page ahead, which the policy forbids.
KEPT = ", ".join(["meta[charset]", "title", *(f'link[rel="{rel}"]' for rel in ("icon", "index", "search", "prev"))])
PICTURE = "_static/card.png"
LONGEST = 200  # characters of a description
BOOK = "LeNet, taught so that every claim can be run."


def write(page: Page, folder: Path, site: str) -> None:
    """A new head for `page`."""
    head = page.head
    kept = [element.extract() for element in head.select(KEPT)]
    for script in page.soup.select("script"):
        script.decompose()
    head.clear()
    for element in [*kept, *_described(page, folder, site), *_files(page, folder)]:
        head.append(element)
        head.append("\n")


def _files(page: Page, folder: Path) -> Iterable[Tag]:
    """The style sheet, the colours chosen before, and the scripts, which run when the page has been read."""
    yield page.tag("link", rel="stylesheet", href=_address(page, folder, "site.css"))
    yield page.tag("script", src=_address(page, folder, "mode.js"))
    names = ["site.js"]
    names += [f"exercises/{page.path.stem}.js", "exercises.js"] if page.has_exercises else []
    names += ["lab.js"] if page.has_panel else []
    names += ["search.js"] if page.searches else []
    for name in names:
        yield page.tag("script", defer=True, src=_address(page, folder, name))
    if page.searches:
        yield page.tag("script", defer=True, src=f"{page.root}searchindex.js")


def _address(page: Page, folder: Path, name: str) -> str:
    digest = hashlib.sha256((folder / "_static" / name).read_bytes()).hexdigest()[:8]
    return f"{page.root}_static/{name}?v={digest}"


def _described(page: Page, folder: Path, site: str) -> Iterable[Tag]:
    """For phones, for search engines and, where the address is known, for cards in messages."""
    title, description = page.soup.select_one("h1"), described(page)
    yield page.tag("meta", name_="viewport", content="width=device-width, initial-scale=1")
    yield page.tag("meta", name_="description", content=description)
    if not site:
        return
    address = site + page.path.relative_to(folder).as_posix()
    yield page.tag("link", rel="canonical", href=address)
    heading = title.get_text().rstrip("#¶ ") if title else "LeNet"
    card = {
        "type": "article",
        "site_name": "LeNet",
        "title": heading,
        "description": description,
        "url": address,
        "image": site + PICTURE,
    }
    for name, content in card.items():
        yield page.tag("meta", property=f"og:{name}", content=content)
    yield page.tag("meta", name_="twitter:card", content="summary_large_image")


def described(page: Page) -> str:
    """The first sentences of the page, as many as fit."""
    paragraph = page.soup.select_one("article p")
    text = re.sub(r"\s+", " ", paragraph.get_text()).strip() if paragraph else BOOK
    sentences = re.split(r"(?<=[.?!]) ", text)
    while len(sentences) > 1 and len(" ".join(sentences)) > LONGEST:
        sentences.pop()
    return " ".join(sentences)


def write_sitemap(folder: Path, pages: Iterable[Page], site: str) -> None:
    """sitemap.xml, which names every page by its whole address; none without an address."""
    if not site:
        return
    places = (site + page.path.relative_to(folder).as_posix() for page in pages if page.path.stem != "search")
    entries = "".join(f"<url><loc>{escape(place)}</loc></url>\n" for place in places)
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    (folder / "sitemap.xml").write_text(text, encoding="utf-8")
    (folder / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {site}sitemap.xml\n", encoding="utf-8")
