"""Every text outside the pages is said somewhere, and every text that is said is there."""

import json
import re

import pytest

from book.tools import words
from book_files import ROOT


@pytest.mark.parametrize("place", words.tables())
def test_every_text_is_said_and_none_is_missing(place):
    assert words.differences(place) == (set(), set())


@pytest.fixture
def without(monkeypatch, tmp_path):
    """The tables, one of them with one key taken out and one put in."""

    def change(place, key):
        table = json.loads(words.tables()[place].read_text(encoding="utf-8"))
        name, _, reason = key.partition(".")
        del (table[name] if reason else table)[reason or key]
        table["nobody-says-this"] = "Nothing."
        file = tmp_path / "words.json"
        file.write_text(json.dumps(table))
        tables = words.tables() | {place: file}
        monkeypatch.setattr(words, "tables", lambda: tables)

    return change


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ("panels", "numbers"), ("panels", "link-copied"), ("panels", "next-digit"), ("site", "search"), ("exercises", "right"),
        ("exercises", "a-shape"), ("exercises", "page-check"), ("exercises", "raised"), ("figures", "impossible"),
        ("lab", "script"), ("lab", "atlas"), ("squash_and_pool", "subsample.right"), ("convolution", "side.hints"),
    ],
)  # fmt: skip
def test_a_missing_and_an_unused_key_are_told(without, place, key):
    without(place, key)
    missing, unused = words.differences(place)
    assert [wanted.replace("\\", "") for wanted in missing] == [key] and unused == {"nobody-says-this"}


def test_what_is_not_translated_is_laid_out(monkeypatch, tmp_path):
    (tmp_path / "words.json").write_text(
        json.dumps({"clear": "Clear", "again": "Start again", "side": {"right": "Yes.", "hints": ["a", "b"]}})
    )
    (tmp_path / "words.de.json").write_text(json.dumps({"clear": "Löschen", "side": {"right": "Ja."}}))
    monkeypatch.setattr(words, "tables", lambda: {"panels": tmp_path / "words.json"})
    assert words.untranslated("de") == {"panels": {"again": "Start again", "side.hints": "a\nb"}}


def test_the_first_script_says_only_words_that_travel_with_it():
    """Those from `OF_MORE` on travel with the second script, which a page may never load; the names of its panels are said
    once it has come.
    """
    names = {re.escape(f"{kind}-name") for kind in ("train", "learn", "atlas")}
    first_of_more = re.search(r"OF_MORE = '(.+)'", (ROOT / "lab/build.js").read_text(encoding="utf-8"))[1]
    keys = list(words.texts(words.tables()[words.PANELS]))
    own = keys[: keys.index(first_of_more)]
    files = [file for folder in ("engine", "explain", "page") for file in (words.SCRIPTS / folder).rglob("*.js")]
    said = set(words.in_scripts(files)) - names
    assert len(said) > 50
    assert [key for key in said if not any(re.fullmatch(key, word) for word in own)] == []
