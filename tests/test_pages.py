"""Every page as a reader meets it, in headless Chromium: light, dark and narrow, from a server and as a file."""

import pytest

from book_files import HTML, NOTEBOOKS, ROOT, read, require_pages, toc_files

FORMS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "narrow": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}
PAGES = [*toc_files(), "search", "genindex"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
# What axe finds in the frame that the theme and MyST-NB draw, by rule and by what the element contains.
KNOWN = {
    "label-content-name-mismatch": ("search-button-field", "theme-switch-button", 'aria-label="Toggle hidden content"'),
    "region": ("navbar-brand logo",),
}

STRETCHED = """[...document.images].filter((image) => image.clientHeight).filter((image) => {
  const whole = image.naturalWidth / image.naturalHeight;
  return Math.abs(whole / (image.clientWidth / image.clientHeight) - 1) > 0.03;
}).map((image) => image.src)"""

each_page = pytest.mark.parametrize("name", PAGES)
each_lesson = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def server(serving):
    """The address of a server that shows the book."""
    require_pages()
    with serving(HTML) as address:
        yield address


@pytest.fixture(params=["http", "file"])
def base(request):
    return request.getfixturevalue("server") if request.param == "http" else HTML.as_uri()


@pytest.fixture
def visit(open_page):
    """Opens an address in one of FORMS: the page, and the list to which it adds whatever goes wrong."""
    return lambda address, form="light": open_page(address, FORMS[form])


def unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")


@each_page
@pytest.mark.parametrize("form", FORMS)
def test_page(name, form, base, visit):
    page, troubles = visit(f"{base}/{name}.html", form)
    unfold(page)
    assert page.locator("html").get_attribute("data-theme") == FORMS[form]["color_scheme"]
    assert page.evaluate("document.querySelectorAll('.math:not(:has(mjx-container svg, mjx-container mjx-math))').length") == 0
    assert page.evaluate("[...document.images].filter((image) => !(image.complete && image.naturalWidth)).length") == 0
    assert page.evaluate(STRETCHED) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert troubles == []


@each_lesson
def test_predictions(path, base, visit):
    """A choice is marked, the others are not, and the next folded output opens."""
    is_open = """(box) => {
        const elements = [...document.querySelectorAll(".predict, .tag_hide-output")];
        return elements[elements.indexOf(box) + 1]?.querySelector("details")?.open ?? "none";
    }"""
    page, troubles = visit(f"{base}/{path.relative_to(ROOT).with_suffix('.html').as_posix()}")
    boxes = page.locator(".predict").all()
    assert len(boxes) == sum(cell.source.count('<div class="predict">') for cell in read(path).cells)
    for box in boxes:
        choices = box.get_by_role("button").all()
        assert len(choices) >= 2 and len(choices) == box.locator("li").count()
        assert box.evaluate(is_open) is False
        for chosen in (choices[-1], choices[0]):
            chosen.click()
            pressed = [choice.get_attribute("aria-pressed") for choice in choices]
            assert pressed == [str(choice is chosen).lower() for choice in choices]
            assert box.evaluate(is_open) is True
    assert troubles == []


def test_colour_mode_button(server, visit):
    """The button turns the page dark, and the next page stays so."""
    page, troubles = visit(f"{server}/{PAGES[0]}.html")
    theme = page.locator("html")
    assert theme.get_attribute("data-theme") == "light"
    page.locator(".theme-switch-button:visible").click()
    assert theme.get_attribute("data-theme") == "dark"
    page.goto(f"{server}/{PAGES[1]}.html")
    assert theme.get_attribute("data-theme") == "dark"
    assert troubles == []


def test_search(base, visit):
    """The field finds a word of a page; a page opened as a file may not read others for their excerpts."""
    page, troubles = visit(f"{base}/{PAGES[1]}.html")
    page.locator(".search-button-field:visible").click()
    page.locator("input[type=search]:visible").fill("pooling")
    page.keyboard.press("Enter")
    page.locator('#search-results li a[href*="squash_and_pool.html"]').first.wait_for()  # the hits come one by one
    assert troubles == [] or base.startswith("file:")


@each_page
@pytest.mark.parametrize("form", ["light", "dark"])
def test_accessible(name, form, server, visit, axe):
    page, _ = visit(f"{server}/{name}.html", form)
    unfold(page)
    for choice in page.locator(".predict li:first-child button").all():
        choice.click()
    found = axe(page, RULES)
    new = [(rule, node) for rule, node in found if not any(part in node["html"] for part in KNOWN.get(rule, ()))]
    assert not new, "\n".join(f"{rule} {node['target']} {node['html'][:150]}\n  {node['failureSummary']}" for rule, node in new)
