"""One built page, and what is changed in its body."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from book.tools.light import icons, pictures

WIDGETS = re.compile(r'<script type="application/vnd\.jupyter\.widget-state\+json">.*?</script>', re.DOTALL)
REDIRECTION = re.compile(r'<script>var target = "([^"]*)";.*?</script>', re.DOTALL)


class Page:
    """The page in the file `path` of the book in `folder`."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        self.root = Path(os.path.relpath(folder, path.parent)).as_posix() + "/"
        self.soup = BeautifulSoup(self._external(WIDGETS.sub("", path.read_text(encoding="utf-8"))), "html.parser")

    def _external(self, text: str) -> str:
        """Where an old address leads is told to a script in a file, since the policy runs no script of a page."""
        return REDIRECTION.sub(rf'<script src="{self.root}_static/redirect.js" data-target="\1"></script>', text)

    def __str__(self) -> str:
        return str(self.path)

    @property
    def whole(self) -> bool:
        """Whether it is more than a redirection."""
        return self.soup.main is not None

    @property
    def styles(self) -> list[Path]:
        """The style sheets that it links to."""
        return [self._local(str(link["href"])) for link in self.soup.select('link[rel="stylesheet"]')]

    @property
    def has_exercises(self) -> bool:
        return bool(self.soup.select_one(".lenet-progress")) or bool(self.soup.find(string="check"))

    @property
    def head(self) -> Tag:
        head = self.soup.head
        assert head is not None, self.path
        return head

    @property
    def searches(self) -> bool:
        """Whether it is the page that shows what a search finds."""
        return self.soup.find(id="search-results") is not None

    @property
    def has_panel(self) -> bool:
        return self.soup.find("lenet-lab") is not None

    def lighten(self, static: Path) -> set[str]:
        """Change the body and save the page; returns the rules of its style elements and style attributes."""
        icons.draw(self.soup, static / "scripts" / "fontawesome.js")
        pictures.lighten(self.soup, self)
        for button in self.soup.select("[onclick]"):
            del button["onclick"]  # book.js prints
        for button in self.soup.select(".search-button-field"):
            del button["aria-label"]  # its text is its name
        for field in self.soup.select("main form.bd-search input"):
            field["autofocus"] = ""  # on the page of the search
        rules = {style.extract().get_text() for style in self.soup.select("body style")} | set(self._classes())
        self.save()
        return rules

    def _classes(self) -> Iterator[str]:
        """Give every element with a style attribute a class instead, whose rule is returned."""
        for element in self.soup.select("[style]"):
            rule = str(element["style"]).strip().rstrip(";")
            del element["style"]
            if rule:
                name = f"style-{hashlib.sha256(rule.encode()).hexdigest()[:6]}"
                element["class"] = " ".join([*element.get_attribute_list("class"), name] if element.get("class") else [name])
                yield f".{name}{{{rule}}}"

    def needs(self) -> Iterator[Path]:
        """The files of the book that its elements name."""
        for element in self.soup.select("[src], [href]"):
            address = urlsplit(str(element.get("src") or element["href"]))
            if address.path and not address.scheme and not address.netloc:
                yield self._local(address.path)

    def _local(self, address: str) -> Path:
        return self.path.parent / unquote(urlsplit(address).path)

    def tag(self, name: str, /, **attributes: str | bool) -> Tag:
        """A new element; an attribute that is True has no value."""
        named = {key.rstrip("_"): "" if value is True else str(value) for key, value in attributes.items()}
        return self.soup.new_tag(name, attrs=named)

    def save(self) -> None:
        self.path.write_text(str(self.soup), encoding="utf-8")
