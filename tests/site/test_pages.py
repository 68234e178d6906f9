"""Every page as a reader meets it, in headless Chromium: light, dark and narrow, from a server and as a file."""

import pypdf
import pytest

from book_files import EXERCISES, HTML, NOTEBOOKS, ROOT, read, require_pages, toc_files
from lenet_utils.exercises.kinds import Choice, Number

FORMS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "narrow": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}
PAGES = [*toc_files(), "search", "genindex"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
# What axe finds in the frame that the theme and MyST-NB draw, by rule and by what the element contains.
KNOWN = {
    "label-content-name-mismatch": ("theme-switch-button", 'aria-label="Toggle hidden content"'),
    "region": ("navbar-brand logo",),
}

# What must be empty or nought in a page, whatever the form.
LAYOUT = {
    "formulas that are not drawn": """[...document.querySelectorAll(".math")]
      .filter((formula) => !formula.querySelector("math")?.getBoundingClientRect().height).length""",
    "pictures that did not load": "[...document.images].filter((image) => !(image.complete && image.naturalWidth)).length",
    "stretched pictures": """[...document.images].filter((image) => image.clientHeight).filter((image) => {
      const whole = image.naturalWidth / image.naturalHeight;
      return Math.abs(whole / (image.clientWidth / image.clientHeight) - 1) > 0.03;
    }).map((image) => image.src).join(" ")""",
    "figures with labels under 9 pixels": """[...document.querySelectorAll(".cell_output img, .lenet-explorer img")]
      .filter((image) => image.clientWidth && 12.5 * image.clientWidth / 700 < 9).map((image) => image.src).join(" ")""",
    "pixels beyond the right edge": "Math.max(0, document.documentElement.scrollWidth - innerWidth)",
}
# What a page brings when it is opened, and how far that moves: requests, bytes as sent and unpacked, shifts of the layout.
MOST = {"requests": 25, "bytes sent": 250_000, "bytes unpacked": 900_000, "layout shift": 0.02}
BROUGHT = """async () => {
  const shifts = [];
  const watch = new PerformanceObserver((list) => shifts.push(...list.getEntries()));
  watch.observe({ type: "layout-shift", buffered: true });
  await new Promise((done) => setTimeout(done, 50));
  const files = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type));
  const sum = (entries, value) => entries.reduce((total, entry) => total + value(entry), 0);
  return {
    "requests": files.length,
    "bytes sent": sum(files, (file) => file.encodedBodySize),
    "bytes unpacked": sum(files, (file) => file.decodedBodySize),
    "layout shift": sum(shifts, (shift) => (shift.hadRecentInput ? 0 : shift.value)),
  };
}"""
# Two frames later, and with the fading of one colour into another at its end.
AT_REST = """new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  document.getAnimations().filter((each) => each instanceof CSSTransition).forEach((each) => each.finish());
  setTimeout(done);
})))"""
# The pictures below the fold, which load when they come near.
EAGER = (
    """Promise.all([...document.images].map((image) => { image.loading = "eager"; return image.decode().catch(() => null); }))"""
)
OPEN = """(box) => {
  const elements = [...document.querySelectorAll(".predict, .tag_hide-output")];
  return elements[elements.indexOf(box) + 1]?.querySelector("details")?.open ?? "none";
}"""
# How many boxes ask for a prediction in the page of each notebook.
PREDICTIONS = {
    path.relative_to(ROOT).with_suffix("").as_posix(): sum(c.source.count('<div class="predict">') for c in read(path).cells)
    for path in NOTEBOOKS
}

each_page = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="module")
def server(serving_strictly):
    """The address of a server that shows the book."""
    require_pages()
    with serving_strictly(HTML) as address:
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
    page.evaluate(EAGER)


@each_page
def test_page(name, base, visit, axe):
    """One visit for everything that a page must be: whole, alive, its predictions working; accessible and within its width.

    Where the page comes from changes what loads, not how it looks, so that dark and narrow are looked at from a server alone.
    """
    page, troubles = visit(f"{base}/{name}.html")
    heavy = too_much(page) if base.startswith("http") else []
    wake_panels(page)
    problems = heavy + wrong_predictions(page, name) + wrong_exercises(page, name) if name in PREDICTIONS else []
    unfold(page)
    problems += wrong_layout(page, "light")
    if base.startswith("http"):
        for choice in page.locator(".predict li:first-child button").all():
            choice.click()
        problems += inaccessible(axe(page, RULES))
        page.emulate_media(color_scheme="dark")
        problems += wrong_layout(page, "dark") + inaccessible(axe(page, ["color-contrast"]))
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(FORMS["narrow"]["viewport"])
        problems += wrong_layout(page, "light")
    assert problems + troubles == []


def too_much(page):
    """Of what the page has brought so far, what is more than `MOST`."""
    found = page.evaluate(BROUGHT)
    assert found["bytes sent"] > 10_000, "the server must pack and the browser must count"
    return [f"{what}: {found[what]}" for what, most in MOST.items() if found[what] > most]


def wrong_layout(page, theme):
    """What is not of the `theme`, or must be empty or nought and is not, once the page has come to rest."""
    page.evaluate(AT_REST)
    if (found := page.locator("html").get_attribute("data-theme")) != theme:
        return [f"the theme is {found}, not {theme}"]
    return [f"{theme}, {what}: {found}" for what, script in LAYOUT.items() if (found := page.evaluate(script))]


def wake_panels(page):
    """Every panel, which starts when it comes near the view, gets as far as it says it is ready."""
    for panel in page.locator("lenet-lab").all():
        panel.scroll_into_view_if_needed()
        panel.and_(page.locator("[ready]")).wait_for()


def wrong_predictions(page, name):
    """A choice is marked, the others are not, and the next folded output opens; what is not so."""
    boxes = page.locator(".predict").all()
    wrong = [] if len(boxes) == PREDICTIONS[name] else [f"{len(boxes)} boxes that ask for a prediction"]
    for number, box in enumerate(boxes, start=1):
        choices = box.get_by_role("button").all()
        right = len(choices) >= 2 and len(choices) == box.locator("li").count() and box.evaluate(OPEN) is False
        for chosen in (choices[-1], choices[0]):
            chosen.click()
            pressed = [choice.get_attribute("aria-pressed") for choice in choices]
            right &= pressed == [str(choice is chosen).lower() for choice in choices] and box.evaluate(OPEN) is True
        wrong += [] if right else [f"prediction {number}"]
    return wrong


def wrong_exercises(page, name):
    """A box for every exercise of the page, and a form for each that can be answered there; what is not so."""
    asked = [exercise for key, exercise in EXERCISES.items() if key.startswith(f"{name.rpartition('/')[2]}/")]
    expected = {".exercise": len(asked), ".exercise [type=submit]": sum(isinstance(each, Number | Choice) for each in asked)}
    found = {boxes: page.locator(boxes).count() for boxes in expected}
    return [f"{found[boxes]} of {boxes}, not {number}" for boxes, number in expected.items() if found[boxes] != number]


def inaccessible(found):
    """What axe finds besides what is known of the theme."""
    new = [(rule, node) for rule, node in found if not any(part in node["html"] for part in KNOWN.get(rule, ()))]
    return [f"{rule} {node['target']} {node['html'][:150]}\n  {node['failureSummary']}" for rule, node in new]


def leave_nothing(page):
    """Until panels are there and every file has come: what is still on its way when a page is left counts as failed."""
    wake_panels(page)
    page.wait_for_load_state("networkidle")


def test_colour_mode_button(server, visit):
    """The button turns the page dark, and the next page stays so."""
    page, troubles = visit(f"{server}/{PAGES[0]}.html")
    theme = page.locator("html")
    assert theme.get_attribute("data-theme") == "light"
    page.locator(".theme-switch-button:visible").click()
    assert theme.get_attribute("data-theme") == "dark"
    leave_nothing(page)
    page.goto(f"{server}/{PAGES[1]}.html")
    assert theme.get_attribute("data-theme") == "dark"
    assert troubles == []


def test_search(base, visit):
    """The field finds a word of a page; a page opened as a file may not read others for their excerpts."""
    page, troubles = visit(f"{base}/{PAGES[1]}.html")
    page.locator(".search-button-field:visible").click()
    page.locator("input[type=search]:visible").fill("pooling")
    leave_nothing(page)
    page.keyboard.press("Enter")
    page.locator('#search-results li a[href*="squash_and_pool.html"]').first.wait_for()  # the hits come one by one
    assert troubles == [] or base.startswith("file:")


@pytest.mark.parametrize(
    ("number", "page"),
    [("1989", "net_1989"), ("61,706", "cost"), ("61706", "glossary"), ("0.9", "sigmoid_to_relu"), ("60,000 digits", "lenet_5")],
)
def test_search_finds_numbers(base, visit, number, page):
    results, _ = visit(f"{base}/search.html?q={number}")
    results.locator(f'#search-results li a[href*="{page}.html"]').first.wait_for()


def test_search_finds_no_number_that_the_book_lacks(base, visit):
    results, _ = visit(f"{base}/search.html?q=8301")
    results.get_by_text("did not match any documents").wait_for()


def test_a_narrow_page_does_not_move_while_it_comes(server, visit):
    """The pages with a panel near the top, whose height is known only when it is there."""
    for name in ("book/pages/index", "book/pages/lab", "chapters/02_architecture/convolution"):
        page, _ = visit(f"{server}/{name}.html", "narrow")
        wake_panels(page)
        page.evaluate(AT_REST)
        assert too_much(page) == [], name


def test_without_scripts_a_page_reads_well(server, browser):
    """Hints, solutions and outputs open, formulas are drawn, and in the place of a panel stands its picture or a sentence."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/chapters/04_summary/how_it_learns.html")
    hint = page.locator("details:has(summary:has-text('Hint'))").first
    assert not hint.locator("p").last.is_visible()
    hint.locator("summary").click()
    assert hint.locator("p").last.is_visible()
    folded = page.locator(".tag_hide-output details").first
    folded.locator("summary").click()
    assert folded.locator(".cell_output").is_visible()
    assert page.locator("math").first.bounding_box()["height"] > 20
    page.goto(f"{server}/book/pages/index.html")
    assert page.locator("lenet-lab img").is_visible()
    page.goto(f"{server}/book/pages/lab.html")
    assert page.locator("lenet-lab").get_by_text("It needs JavaScript").is_visible()
    context.close()


@pytest.mark.parametrize("form", ["http", "file"])
def test_the_book_lies_in_any_folder(form, tmp_path, serving_strictly, visit):
    """Under a path with spaces and Chinese characters the page finds its files, its formulas and its panel."""
    require_pages()
    home = tmp_path / "my books" / "卷积 网络"
    home.parent.mkdir()
    home.symlink_to(HTML)
    place = "my%20books/%E5%8D%B7%E7%A7%AF%20%E7%BD%91%E7%BB%9C/chapters/02_architecture/convolution.html"
    with serving_strictly(tmp_path) as address:
        page, troubles = visit(f"{address if form == 'http' else tmp_path.as_uri()}/{place}")
        wake_panels(page)
        unfold(page)
        assert wrong_layout(page, "light") + troubles == []


def test_a_printed_page_has_no_navigation_and_its_solutions_at_the_end(server, visit, tmp_path):
    page, troubles = visit(f"{server}/chapters/02_architecture/convolution.html")
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    text = " ".join(part.extract_text() for part in pypdf.PdfReader(tmp_path / "page.pdf").pages)
    text = " ".join(text.split())
    before, _, after = text.rpartition("Solutions 1.")
    assert "The weight left of the middle is 1" in after and "The weight left of the middle is 1" not in before
    assert "How to read this book" not in text and "A hint" not in text
    assert "one kernel steps over a picture" in before  # the panel has not started
    assert not page.locator("h2", has_text="Solutions").is_visible() and troubles == []


def test_a_copied_formula_is_tex(server, browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{server}/chapters/02_architecture/squash_and_pool.html")
    for end in ("[paragraph, paragraph.childNodes.length]", "[formula.querySelector('mo'), 0]"):  # after it, and in its midst
        page.evaluate(f"""() => {{
          const formula = document.querySelector("math"), paragraph = formula.closest("p");
          getSelection().setBaseAndExtent(paragraph, 0, ...{end});
        }}""")
        page.keyboard.press("Control+c")
        assert r"uses the sigmoid, $\sigma(x) = 1/(1 + e^{-x})$" in page.evaluate("navigator.clipboard.readText()")
    context.close()


def test_an_old_address_leads_to_the_new_with_the_place_in_it(base, visit):
    page, troubles = visit(f"{base}/chapters/01_history/lenet_5.html#try-it")
    page.wait_for_url(f"{base}/chapters/06_papers/lenet_5.html#try-it")
    assert troubles == []
