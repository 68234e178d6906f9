"""The title page as a newcomer meets it: a drawn digit is read, a walk follows it, and a map leads to the chapters."""

import re

import pytest
from playwright.sync_api import expect

from book_files import HTML, require_pages

ONE, DOT = [(0.5, 0.15), (0.5, 0.85)], [(0.5, 0.9), (0.5, 0.92)]  # strokes in the square, whose corners are at 0 and 1
STROKES = "document.querySelector('lenet-lab').state.strokes"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
AT_REST = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(scrollY))))"
MORE = "performance.getEntriesByType('resource').some((file) => file.name.includes('more.js'))"

each_width = pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])


@pytest.fixture(scope="module")
def address(serving_strictly):
    require_pages()
    with serving_strictly(HTML) as home:
        yield f"{home}/book/pages/index.html"


@pytest.fixture
def visit(open_page, address):
    """Opens the title page, at a stop of its walk if there is one: the page, its panel, and what goes wrong."""

    def open_it(viewport=WIDE, stop=None):
        page, troubles = open_page(f"{address}#walk=digit&stop={stop}" if stop else address, {"viewport": viewport})
        page.locator("lenet-lab[ready]").wait_for()
        return page, page.locator("lenet-lab"), troubles

    return open_it


def draw(page, stroke):
    """With the mouse, without clearing what is there."""
    box = page.locator("lenet-lab .pad").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=9)
    page.mouse.up()


@each_width
def test_a_digit_drawn_over_the_example_is_read_and_leads_to_the_walk(visit, viewport):
    page, panel, troubles = visit(viewport)
    answer, invitation = panel.locator(".say"), page.locator(".title-walk")
    expect(answer).to_contain_text("reads a 3")
    expect(invitation).to_contain_text("The network reads it while you draw")
    top = panel.locator(".pad").bounding_box()["y"]
    draw(page, ONE)
    expect(answer).to_contain_text("reads a 1", timeout=3000)
    expect(invitation.get_by_text("reads a 1")).to_be_in_viewport()
    assert panel.locator(".pad").bounding_box()["y"] == top
    first = page.evaluate(STROKES)
    draw(page, DOT)
    assert page.evaluate(STROKES).startswith(first) and page.evaluate(STROKES) != first
    assert not page.evaluate(MORE) and troubles == []


def test_the_walk_takes_the_place_of_its_invitation(visit):
    page, panel, troubles = visit()
    top = panel.locator(".pad").bounding_box()["y"]
    page.get_by_role("button", name="Start the walk").press("Enter")
    expect(panel.get_by_role("button", name="Next", exact=True)).to_be_focused()
    expect(page.locator(".title-walk")).to_have_count(0)
    assert panel.locator(".pad").bounding_box()["y"] == pytest.approx(top, abs=1)
    assert troubles == []


@each_width
def test_the_walk_goes_on_and_back_without_scrolling(visit, viewport):
    page, panel, troubles = visit(viewport)
    page.get_by_role("button", name="Start the walk").click()
    walk, scrolled = panel.locator(".walk"), page.evaluate(AT_REST)
    for stop in range(1, 9):
        expect(walk).to_contain_text(f"{stop} of 8")
        expect(panel.locator(".looked")).to_be_visible()
        page.wait_for_function("(hash) => location.hash === hash", arg=f"#walk=digit&stop={stop}")
        if stop < 8:
            walk.get_by_role("button", name="Next", exact=True).click()
    expect(walk.get_by_role("status")).to_contain_text("Now change it and see")
    walk.get_by_role("button", name="Back").click()
    expect(walk).to_contain_text("7 of 8")
    walk.get_by_role("slider").fill("2")
    expect(walk).to_contain_text("2 of 8")
    assert page.evaluate(AT_REST) == scrolled
    assert troubles == []


def test_a_link_opens_a_stop(visit):
    page, panel, troubles = visit(stop=4)
    expect(panel.locator(".walk")).to_contain_text("4 of 8")
    expect(page.locator(".title-walk")).to_have_count(0)
    page.evaluate("location.hash = '#walk=digit&stop=6'")
    expect(panel.locator(".walk")).to_contain_text("6 of 8")
    assert panel.locator(".walk").count() == 1 and troubles == []


@each_width
def test_the_whole_station_leads_to_its_chapter(visit, viewport):
    page, _, troubles = visit(viewport)
    stations = page.locator(".title-map li")
    expect(stations).to_have_count(6)
    stations.nth(2).locator("svg").click(force=True)  # the link lies above it
    page.wait_for_url(re.compile("/chapters/03_shapes/index.html$"))
    assert troubles == []


def test_without_scripts_nothing_invites_to_draw(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("lenet-lab img").is_visible() and not page.locator(".title-walk").is_visible()
    assert page.locator(".title-map a").count() == 6
    context.close()
