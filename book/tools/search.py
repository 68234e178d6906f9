"""Numbers in the search of the book: 1989, 0.9 and 61,706, which is 61706 too. A Sphinx extension; search.js belongs to it."""

import re
from pathlib import Path
from typing import Any

from sphinx.search.en import SearchEnglish

TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+(?!\w)|\d+\.\d+(?!\w)|\w+")


class WithNumbers(SearchEnglish):
    """English, whose numbers are words."""

    js_splitter_code = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")

    def split(self, input: str) -> list[str]:
        return [token.replace(",", "") for token in TOKEN.findall(input)]


def setup(app: Any) -> dict[str, bool]:
    app.add_search_language(WithNumbers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
