"""The pages of the twenty questions: made of the notebooks, complete, searched by keyword, and printed on two pages."""

import math
import re
import unicodedata

import pypdf
import pytest
import yaml

from book.tools import questions
from book_files import HTML, ROOT, require_pages

SLUGS = [entry["slug"] for entry in questions.questions()]
GLOSSARY = ROOT / "book" / "pages" / "glossary.md"
each_question = pytest.mark.parametrize("slug", SLUGS)


@pytest.mark.parametrize("name", ["index", "answers"])
def test_pages_are_those_of_the_notebooks(name):
    assert (questions.FOLDER / f"{name}.md").read_text(encoding="utf-8") == getattr(questions, name)()


def test_the_data_name_every_notebook_once():
    assert sorted(SLUGS) == sorted(path.stem for path in questions.FOLDER.glob("*.ipynb")) and len(SLUGS) >= 20


def test_a_question_stands_right_of_those_that_it_builds_on():
    at = questions.places()
    assert len(set(at.values())) == len(SLUGS)
    for entry in questions.questions():
        assert all(at[before][0] < at[entry["slug"]][0] for before in entry["builds"])


def test_an_answer_has_no_links_and_one_line(monkeypatch):
    text = 'x\n\n<div class="answer">\n\n**Answer.** One [two](three.ipynb).\nFour.\n\n</div>\n'
    monkeypatch.setattr(questions, "prose", lambda slug: text)
    assert questions.answer("any") == "One two. Four."


def test_the_glossary_links_to_the_questions():
    glossary = GLOSSARY.read_text(encoding="utf-8")
    assert sum(f"05_questions/{slug}.ipynb" in glossary for slug in SLUGS) >= 20


@each_question
def test_a_question_links_to_the_glossary(slug):
    assert "../../book/pages/glossary.md" in questions.prose(slug)


def test_claims_and_questions_link_to_each_other():
    claims = yaml.safe_load((ROOT / "book" / "data" / "claims.yaml").read_text(encoding="utf-8"))
    shown = " ".join(place for group in claims.values() for claim in group for place in claim["shown"])
    to = {slug for slug in SLUGS if f"05_questions/{slug}.ipynb" in shown}
    back = {slug for slug in SLUGS if "book/pages/claims.md#" in questions.prose(slug)}
    assert len(to) >= 10 and to <= back


def test_the_atlas_and_questions_link_to_each_other():
    atlas = (ROOT / "chapters" / "06_papers" / "atlas.ipynb").read_text(encoding="utf-8")
    to = {slug for slug in SLUGS if f"05_questions/{slug}.ipynb" in atlas}
    assert len(to) >= 3 and all("06_papers/atlas.ipynb" in questions.prose(slug) for slug in to)


@pytest.fixture
def index(open_page):
    require_pages()
    return open_page((HTML / "chapters/05_questions/index.html").as_uri(), {})


def visible(page):
    return [item.get_attribute("id").removeprefix("question-") for item in page.locator(".question:visible").all()]


def test_search_by_keyword(index):
    page, troubles = index
    field = page.get_by_label("Search the questions")
    assert visible(page) == SLUGS
    for typed, wanted in [
        ("AutoGluon", "tabular_time_series"),
        ("lisp", "language_and_bias"),
        ("interview", "memorise_or_derive"),
    ]:
        field.fill(typed)
        found = visible(page)
        assert wanted in found and len(found) < 5
        assert page.locator(".question-map .faded").count() == 20 - len(found)
        assert page.locator("p[role=status]").inner_text() == f"{len(found)} / 20"
    field.fill("nothing of the kind")
    assert visible(page) == []
    field.fill("")
    assert visible(page) == SLUGS and troubles == []


def test_the_map_leads_to_every_question(index):
    page, _ = index
    targets = [link.get_attribute("href") for link in page.locator(".question-map a").all()]
    assert targets == [f"{slug}.html" for slug in SLUGS]
    assert all((HTML / "chapters/05_questions" / target).exists() for target in targets)
    page.locator('.question-map [data-slug="see_weights"] circle').click()
    assert page.url.endswith("see_weights.html")


def test_ten_answers_fill_a_printed_page(open_page, tmp_path):
    require_pages()
    page, _ = open_page((HTML / "chapters/05_questions/answers.html").as_uri(), {})
    page.pdf(path=tmp_path / "answers.pdf", format="A4", margin={side: "12mm" for side in ("top", "right", "bottom", "left")})
    pages = [sheet.extract_text() for sheet in pypdf.PdfReader(tmp_path / "answers.pdf").pages]
    assert len(pages) == math.ceil(len(SLUGS) / 10)
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", "".join(pages)).replace("’", "'"))  # without ligatures
    for slug in SLUGS:
        last = re.sub(r"[\s*`_$]+", "", questions.answer(slug).split(". ")[-1])
        assert last[-25:] in re.sub(r"[*`_$]+", "", text), slug
