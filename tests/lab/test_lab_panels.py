"""The panels of the lab as a reader meets them, in headless Chromium: drawn in, clicked, trained, from a server and as a file."""

import json
import math
import re
import time

import pytest
import torch
from playwright.sync_api import expect

from book_files import ROOT
from lab_pages import (
    EIGHT,
    FORMS,
    NO_SIMD,
    NO_WASM,
    NO_WORKERS,
    RULES,
    WORKERS_THAT_FAIL,
    complaint,
    cores,
    draw,
    shown,
    state_of,
    write_page,
)
from lenet_utils import data
from lenet_utils.lab import assets, weights
from lenet_utils.lab.widget import KINDS

# Strokes of digits in the square of the panel, corners at 0 and 1.
THREE = [
    [(0.3, 0.25), (0.5, 0.15), (0.68, 0.25), (0.65, 0.4), (0.45, 0.48), (0.68, 0.58), (0.7, 0.75), (0.5, 0.85), (0.28, 0.76)]
]
ONE_IN_A_CORNER = [[(0.9, 0.62), (0.88, 0.75), (0.87, 0.92)]]
DRAWN = pytest.mark.parametrize(
    ("digit", "strokes"), [(3, THREE), (8, EIGHT), (1, ONE_IN_A_CORNER)], ids=["3", "8", "1 in a corner"]
)


def with_finger(page, points):
    """Events as a touch screen sends them, with all that the browser makes of them, scrolling included."""
    screen = page.context.new_cdp_session(page)
    for act, here in [("touchStart", points[:1]), *(("touchMove", [point]) for point in points[1:]), ("touchEnd", [])]:
        screen.send("Input.dispatchTouchEvent", {"type": act, "touchPoints": [{"x": x, "y": y} for x, y in here]})


def with_pen(page, points):
    tablet = page.context.new_cdp_session(page)
    for act, (x, y) in [("Pressed", points[0]), *(("Moved", point) for point in points[1:]), ("Released", points[-1])]:
        event = {"type": f"mouse{act}", "x": x, "y": y, "button": "left", "buttons": 1, "pointerType": "pen"}
        tablet.send("Input.dispatchMouseEvent", event)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_panel_opens_everywhere(base, visit, axe, kind, form):
    page, panel, troubles = visit(f"{base}/{kind}-{FORMS[form]['color_scheme']}.html", form)
    assert shown(panel)
    assert panel.locator(".alert").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert axe(page, RULES) == []
    assert troubles == []


@DRAWN
def test_a_drawn_digit_is_read(base, visit, digit, strokes):
    page, panel, troubles = visit(f"{base}/draw-light.html")
    draw(page, panel, strokes)
    assert shown(panel).startswith(f"The network reads a {digit} (")
    assert panel.locator(".bars .best b").inner_text() == str(digit)
    assert troubles == []


@DRAWN
@pytest.mark.parametrize("stroke_of, device", [(with_finger, "touch"), (with_pen, "pen")], ids=["finger", "pen"])
def test_finger_and_pen_draw_and_do_not_scroll(http, visit, stroke_of, device, digit, strokes):
    page, panel, troubles = visit(f"{http}/draw-light.html", "narrow")
    panel.get_by_role("button", name="Clear").click()
    page.evaluate("""globalThis.seen = []; for (const kind of ["pointerdown", "pointercancel"])
      addEventListener(kind, (event) => seen.push(`${event.pointerType} ${kind}`));""")
    box, before = panel.locator(".pad").bounding_box(), page.evaluate("scrollY")
    for stroke in strokes:
        stroke_of(page, [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke])
    panel.locator(".say", has_text=f"The network reads a {digit} (").wait_for()
    assert page.evaluate("seen") == [f"{device} pointerdown"] * len(strokes)
    assert page.evaluate("scrollY") == before
    assert troubles == []


def test_a_finger_beside_the_square_scrolls(http, visit):
    page, panel, _ = visit(f"{http}/draw-light.html", "narrow")
    box = panel.get_by_text("What the network sees").bounding_box()
    with_finger(page, [(box["x"] + 20, box["y"] + 5 - 40 * k) for k in range(6)])
    page.wait_for_function("scrollY > 0")


def test_without_the_preparation_a_digit_in_a_corner_stays_there(http, visit):
    page, panel, _ = visit(f"{http}/draw-light.html")
    draw(page, panel, ONE_IN_A_CORNER)
    panel.get_by_label("prepare as MNIST does").uncheck()
    rows = numbers(unfolded(panel))
    assert all(value == 0 for row in rows[:14] for value in row) and any(value > 0 for row in rows[14:] for value in row[20:])


def unfolded(panel, title="The numbers"):
    """The lines of a folded table after it is opened, each as the texts of its cells."""
    panel.get_by_text(title, exact=True).click()
    panel.locator("details[open] tbody tr").first.wait_for()
    return cells_of(panel)


def cells_of(panel):
    lines = panel.locator("details[open] tbody tr").all_inner_texts()
    return [line.replace("−", "-").replace("·10^", "e").split("\t") for line in lines]


def numbers(rows):
    return [[float(cell) for cell in row[1:]] for row in rows]


def test_the_answer_is_that_of_pytorch(http, visit, tmp_path):
    digits, nets = data.load(), {}
    X, y = torch.cat([digits.X_train, digits.X_test]), torch.cat([digits.y_train, digits.y_test])
    for name in assets.NETS:
        (tmp_path / name).write_bytes(assets.unpacked(assets.weights(name)))
        nets[name] = weights.load_net(tmp_path / name)
    page, panel, troubles = visit(f"{http}/draw-light.html")
    for name, number in (("relu", 0), ("relu", 4321), ("sigmoid", 4321), ("sigmoid", 77)):
        panel.get_by_role("combobox", name="network").select_option(name)
        box = panel.get_by_label("number of a digit of the data set")
        box.fill(str(number))
        box.press("Tab")
        panel.locator(".say", has_text=f"the label says {y[number]}").wait_for()
        with torch.no_grad():
            pixels = (15 * X[number : number + 1]).round() / 15  # sixteen levels of grey
            expected = nets[name]((pixels - 0.1307) / 0.3081).softmax(1)[0]
        found = [float(text.strip("> %")) / 100 for text in panel.locator(".bars span").all_inner_texts()]
        torch.testing.assert_close(torch.tensor(found), expected, rtol=0, atol=1.1e-3)  # shown to a tenth of a per cent
    assert troubles == []


@pytest.mark.parametrize("layer", ["C1", "S2", "C3", "S4", "F5", "F6", "OUT"])
def test_a_unit_shows_the_sum_that_made_it(http, visit, layer):
    page, panel, troubles = visit(f"{http}/draw-light.html")
    canvas = panel.locator(f'canvas[aria-label^="{layer}:"]')
    canvas.click(position={"x": 5, "y": 5})
    unit = page.evaluate("document.querySelector('lenet-lab').state.unit")
    assert unit.startswith(f"{layer}.")
    text = panel.locator(".formula").inner_text().replace("−", "-")
    cells = unfolded(panel, "The numbers of this sum")
    if layer in ("S2", "S4"):
        value = float(re.search(r"is (-?[\d.]+)\.$", text)[1])
        assert value == max(float(row[3]) for row in cells)
    else:
        terms, products = re.search(r"(\d+) products add up to (-?[\d.]+)", text).groups()
        assert int(terms) == len(cells)
        assert sum(float(row[3]) * float(row[4]) for row in cells) == pytest.approx(
            float(products), abs=0.002 * len(cells) ** 0.5 + 0.01
        )
    canvas.press("ArrowRight")
    assert page.evaluate("document.querySelector('lenet-lab').state.unit") != unit
    assert troubles == []


def test_a_digit_is_drawn_with_the_keyboard(http, visit):
    _, panel, troubles = visit(f"{http}/draw-light.html")
    pad = panel.locator(".pad")
    pad.focus()
    pad.press("Delete")
    assert shown(panel).startswith("The picture is blank")
    for key, times in (("ArrowUp", 8), (" ", 1), ("ArrowDown", 16), (" ", 1)):
        for _ in range(times):
            pad.press(key)
    assert panel.locator(".bars .best b").inner_text() == "1"
    assert troubles == []


def test_a_stroke_ends_where_the_button_is_let_go_and_can_be_undone(http, visit):
    page, panel, troubles = visit(f"{http}/draw-light.html")
    panel.get_by_role("button", name="Clear").click()
    box = panel.locator(".pad").bounding_box()
    x, y, side = box["x"], box["y"], box["width"]
    page.mouse.move(x + side / 2, y + side / 2)
    page.mouse.down()
    page.mouse.move(x + 2 * side, y + side / 2, steps=3)
    page.mouse.up()
    page.mouse.move(x + side / 4, y + side / 4)
    stroke = state_of(page)["strokes"]
    assert stroke.startswith("80") and stroke[-4:-2] == "ff" and "-" not in stroke
    page.mouse.click(x + side / 4, y + side / 4, button="right")
    assert state_of(page)["strokes"] == stroke
    page.mouse.click(x + side / 4, y + side / 4)
    assert re.fullmatch(stroke + "-4040", state_of(page)["strokes"].replace("3f", "40").replace("41", "40"))
    panel.get_by_role("button", name="Undo").click()
    assert state_of(page)["strokes"] == stroke
    assert troubles == []


def test_the_pen_of_the_keyboard_stays_in_the_square(http, visit):
    page, panel, troubles = visit(f"{http}/draw-light.html")
    pad = panel.locator(".pad")
    for key in ("Delete", " ", *["ArrowRight"] * 16, *["ArrowUp"] * 16):
        pad.press(key)
    assert state_of(page)["strokes"].startswith("8080") and state_of(page)["strokes"].endswith("ff00")
    assert "pen down at column 28, row 0" in shown(panel)
    pad.press(" ")
    pad.press("ArrowDown")
    assert state_of(page)["strokes"].endswith("ff00")
    assert troubles == []


@pytest.mark.parametrize("second", ["inside", "outside"])
def test_only_the_first_finger_draws_until_it_lifts(http, visit, second):
    page, panel, troubles = visit(f"{http}/draw-light.html", "narrow")
    panel.get_by_role("button", name="Clear").click()
    box, screen = panel.locator(".pad").bounding_box(), page.context.new_cdp_session(page)
    page.evaluate("""globalThis.seen = []; for (const kind of ["pointerdown", "pointerup", "pointercancel"])
      addEventListener(kind, () => seen.push(kind));""")
    left, top, side = box["x"], box["y"], box["width"]
    palm = (left + side * 0.8, top + side * 0.8) if second == "inside" else (left + side / 2, top + 1.3 * side)

    def touch(kind, *points):
        fingers = [{"id": number, "x": x, "y": y} for number, (x, y) in points]
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch("touchStart", (1, (left + side * 0.2, top + side * 0.2)))
    touch("touchMove", (1, (left + side * 0.2, top + side * 0.4)))
    touch("touchStart", (1, (left + side * 0.2, top + side * 0.4)), (2, palm))
    touch("touchMove", (1, (left + side * 0.2, top + side * 0.4)), (2, (palm[0] + 5, palm[1])))
    touch("touchEnd", (2, palm))
    assert page.evaluate("seen") == ["pointerdown", "pointerdown", "pointerup"]
    assert state_of(page)["strokes"] == ""  # the palm has lifted, the finger draws on
    touch("touchMove", (1, (left + side * 0.2, top + side * 0.6)))
    touch("touchEnd")
    page.wait_for_function("document.querySelector('lenet-lab').state.strokes")
    strokes = state_of(page)["strokes"]
    assert "-" not in strokes and all(x in ("32", "33", "34") for x in re.findall("(..)..", strokes))
    assert strokes[-2:] in ("98", "99", "9a")
    assert troubles == []


def with_set(panel, page):
    panel.get_by_label("number of a digit of the data set").fill("7")
    panel.get_by_label("number of a digit of the data set").press("Tab")
    panel.locator(".say", has_text="the label says").wait_for()


def with_next(panel, page):
    """Waits for the first digit: the file of all digits arrives when it may, and its answer is the last thing said."""
    panel.get_by_role("button", name="next digit").click()
    panel.locator(".say", has_text="the label says").wait_for()


def with_link(panel, page):
    """To the drawing that is there, so that nothing but the link can have lifted the pen."""
    strokes = state_of(page)["strokes"]
    page.evaluate("(strokes) => { location.hash = `#lab-draw?v=1&strokes=${strokes}&prepare=0`; }", strokes)
    page.wait_for_function("!document.querySelector('lenet-lab').state.prepare")


LIFTS = {
    "Clear": lambda panel, page: panel.get_by_role("button", name="Clear").click(),
    "Undo": lambda panel, page: panel.get_by_role("button", name="Undo").click(),
    "Start again": lambda panel, page: panel.get_by_role("button", name="Start again").click(),
    "a link": with_link,
    "a digit of the set": with_set,
    "another digit": with_next,
}


@pytest.mark.parametrize("lift", LIFTS.values(), ids=LIFTS)
def test_the_pen_of_the_keyboard_is_lifted_by(http, visit, lift):
    page, panel, troubles = visit(f"{http}/draw-light.html")
    pad = panel.locator(".pad")
    for key in ("Delete", " ", "ArrowRight"):
        pad.press(key)
    assert state_of(page)["strokes"] == "80808980"
    lift(panel, page)
    before = state_of(page)
    pad.press("ArrowDown")
    assert "pen up" in shown(panel)
    assert state_of(page) == before
    pad.press(" ")
    assert "pen down" in shown(panel) and state_of(page)["strokes"].endswith("8989") and state_of(page)["digit"] == -1
    assert troubles == []


@pytest.mark.parametrize("lift", LIFTS.values(), ids=LIFTS)
def test_a_stroke_that_is_being_drawn_ends_with(http, visit, lift):
    """As a second finger may do it; the rest of the movement draws nothing, and the next stroke is a new one."""
    page, panel, troubles = visit(f"{http}/draw-light.html")
    draw(page, panel, [[(0.2, 0.2), (0.3, 0.2)]])
    canvas = "document.querySelector('lenet-lab').shadowRoot.querySelector('.pad')"

    def send(kind, x, y):
        box = panel.locator(".pad").bounding_box()
        at = {"clientX": box["x"] + x * box["width"], "clientY": box["y"] + y * box["height"], "pointerId": 1}
        page.evaluate(f"([kind, at]) => {canvas}.dispatchEvent(new PointerEvent(kind, at))", [kind, at])

    page.evaluate(f"{canvas}.setPointerCapture = () => {{}}")
    send("pointerdown", 0.5, 0.5)
    send("pointermove", 0.6, 0.5)
    lift(panel, page)
    before = state_of(page)
    send("pointermove", 0.9, 0.9)
    send("pointerup", 0.9, 0.9)
    assert state_of(page) == before
    send("pointerdown", 0.2, 0.8)
    send("pointerup", 0.2, 0.8)
    assert state_of(page)["strokes"].split("-")[-1] in ("33cc", "33cb")
    assert troubles == []


def test_arrows_go_through_the_data_set_and_around_its_ends(http, visit):
    page, panel, troubles = visit(f"{http}/draw-light.html")
    for name, number in (("previous", 4999), ("next", 0), ("next", 1), ("previous", 0), ("previous", 4999)):
        panel.get_by_role("button", name=f"{name} digit").click()
        assert state_of(page)["digit"] == number
    panel.locator(".say", has_text="the label says").wait_for()
    assert troubles == []


@pytest.mark.parametrize(
    ("layer", "title", "size", "corner"),
    [
        ("C1.2.3.27", "C1, map 3, row 4, column 28", 5, (25, 1)),
        ("S2.0.4.6", "S2, map 1, row 5, column 7", 6, (10, 6)),
        ("C3.15.0.9", "C3, map 16, row 1, column 10", 14, (16, -2)),
        ("S4.5.1.3", "S4, map 6, row 2, column 4", 16, (10, 2)),
    ],
)
def test_a_unit_is_named_and_what_it_sees_is_marked(http, visit, layer, title, size, corner):
    _, panel, _ = visit(f"{http}/draw-light.html#lab-draw?v=1&unit={layer}")
    panel.get_by_text(title, exact=True).wait_for()
    assert f"the marked {size}×{size} pixels" in panel.locator(".formula").inner_text()
    box = panel.locator(".overlay rect").last
    assert [float(box.get_attribute(name)) for name in ("x", "y", "width", "height")] == [*corner, size, size]


def test_a_click_picks_the_unit_under_it_and_arrows_go_from_map_to_map(http, visit):
    page, panel, troubles = visit(f"{http}/draw-light.html")
    canvas = panel.locator('canvas[aria-label^="S2:"]')
    scale = canvas.bounding_box()["width"] / int(canvas.get_attribute("width"))
    canvas.click(position={"x": (16 + 3.5) * scale, "y": 5.5 * scale})  # maps of 14 pixels, two between them
    assert state_of(page)["unit"] == "S2.1.5.3"
    canvas.click(position={"x": 15 * scale, "y": 5.5 * scale})
    assert state_of(page)["unit"] == "S2.1.5.3"
    for key in ["ArrowLeft"] * 4 + ["ArrowUp"]:
        canvas.press(key)
    assert state_of(page)["unit"] == "S2.0.4.13"
    assert troubles == []


def test_a_unit_that_the_network_does_not_have_is_not_shown(http, visit):
    _, panel, troubles = visit(f"{http}/draw-light.html#lab-draw?v=1&unit=C1.6.0.0")
    assert panel.get_by_text("Click a unit of any layer").is_visible()
    assert troubles == []


def test_the_panel_follows_the_address_and_the_theme(http, visit):
    page, panel, troubles = visit(f"{http}/draw-light.html")
    page.evaluate("location.hash = '#lab-draw?v=1&net=sigmoid'")
    page.wait_for_function("document.querySelector('lenet-lab').state.net === 'sigmoid'")
    page.evaluate("location.hash = '#lab-draw?v=0'")
    complaint(panel, "version 0")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    canvas = "document.querySelector('lenet-lab').shadowRoot.querySelector('.pad')"
    page.wait_for_function(f"{canvas}.getContext('2d').getImageData(0, 0, 1, 1).data.join() === '20,22,26,255'")
    assert troubles == []


def test_two_panels_of_a_page_have_two_addresses_and_two_names(folder, http, visit):
    write_page(folder, "two", '<lenet-lab kind="convolve"></lenet-lab><lenet-lab kind="convolve"></lenet-lab>')
    page, panel, _ = visit(f"{http}/two.html#lab-convolve-2?v=1&stride=3")
    page.locator("lenet-lab[ready]").nth(1).wait_for()
    assert page.evaluate("[...document.querySelectorAll('lenet-lab')].map((each) => each.state.stride)") == [1, 3]
    assert page.get_by_role("region", name="One kernel steps over a picture (2)").count() == 1


def test_the_address_keeps_the_state_and_a_link_brings_it_back(base, visit):
    page, panel, _ = visit(f"{base}/draw-light.html")
    draw(page, panel, EIGHT)
    panel.get_by_role("combobox", name="network").select_option("sigmoid")
    page.wait_for_function("location.hash.includes('net=sigmoid')")
    before = page.evaluate("document.querySelector('lenet-lab').state")
    other, panel, troubles = visit(page.url)
    assert other.evaluate("document.querySelector('lenet-lab').state") == before
    assert troubles == []


def test_a_state_of_the_element_is_where_again_leads_back_to(folder, http, visit):
    write_page(folder, "state", """<lenet-lab kind="draw" state='{"net": "sigmoid"}'></lenet-lab>""")
    _, panel, _ = visit(f"{http}/state.html")
    assert panel.get_by_role("combobox", name="network").input_value() == "sigmoid"
    panel.get_by_role("combobox", name="network").select_option("relu")
    panel.get_by_role("button", name="Start again").click()
    assert panel.get_by_role("combobox", name="network").input_value() == "sigmoid"


@pytest.mark.parametrize("script", [NO_SIMD, NO_WASM])
def test_without_fast_kernels_the_plain_ones_read_the_same_digit(http, visit, script):
    page, panel, troubles = visit(f"{http}/draw-light.html", script=script)
    draw(page, panel, EIGHT)
    assert shown(panel).startswith("The network reads a 8")
    assert panel.get_by_text("Without WebAssembly SIMD, plain JavaScript computes").is_visible()
    assert troubles == []


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("", []),
        (NO_WORKERS, ["Without workers"]),
        (WORKERS_THAT_FAIL, ["Without workers"]),
        (NO_WASM + NO_WORKERS, ["Without WebAssembly SIMD", "Without workers"]),
    ],
    ids=["all there", "no workers", "workers that fail", "no WebAssembly"],
)
def test_the_train_panel_says_what_is_missing_and_trains(http, visit, script, says):
    _, panel, troubles = visit(f"{http}/train-light.html", script=script)
    panel.get_by_role("button", name="One step").click()
    reached(panel, "0.01")
    assert re.findall(r"Without (?:WebAssembly SIMD|workers)", shown(panel)) == says
    assert troubles == []


def test_a_map_can_be_read_as_numbers(http, visit):
    page, panel, _ = visit(f"{http}/draw-light.html#lab-draw?v=1&unit=S4.3.2.1")
    rows = numbers(unfolded(panel, "The numbers of this map"))
    value = float(re.search(r"is (-?[\d.]+)\.$", panel.locator(".formula").inner_text().replace("−", "-"))[1])
    assert (len(rows), len(rows[0])) == (5, 5) and rows[2][1] == value
    panel.locator('canvas[aria-label^="OUT:"]').click(position={"x": 70, "y": 5})
    panel.locator("tbody tr").nth(9).wait_for()
    logits = torch.tensor(numbers(cells_of(panel)))[:, 0]
    assert logits.softmax(0).argmax() == 3


# Training. The numbers are those that node computes for the same settings.


def train(panel, epochs):
    panel.get_by_role("spinbutton", name="epochs").fill(str(epochs))
    panel.get_by_role("spinbutton", name="epochs").press("Tab")
    panel.get_by_label("A alone").check()
    panel.get_by_role("button", name="Train", exact=True).click()
    panel.locator(".say", has_text="A has finished").wait_for(timeout=120_000)


def row(panel, number=0):
    return panel.locator("[aria-label='Results of the two networks'] tbody tr").nth(number).locator("td").all_inner_texts()


def reached(panel, epochs):
    """Waits until both networks, or A alone, have trained so long: each has a worker of its own."""
    cells, there = (
        panel.locator("[aria-label='Results of the two networks'] tbody tr td:nth-child(2)"),
        panel.get_by_text(epochs, exact=True),
    )
    cells.first.and_(there).wait_for()
    for cell in cells.all():
        if cell.is_visible():
            cell.and_(there).wait_for()


@pytest.mark.parametrize(
    ("script", "workers"),
    [(cores(1), 1), (cores(2), 2), (cores(8), 4), (cores(2) + NO_WORKERS, 0)],
    ids=["1 core", "2 cores", "8 cores", "no workers"],
)
def test_a_training_ends_at_the_hash_of_node_on_any_number_of_cores(base, visit, node_hash, script, workers):
    expected = node_hash("wasm", 2)
    assert expected["accuracy"] > 0.85
    page, panel, troubles = visit(f"{base}/train-light.html", script=script)
    before = running_workers(page)
    train(panel, 2)
    assert running_workers(page) - before == workers
    assert row(panel)[-1] == expected["hash"]
    assert row(panel)[2] == f"{100 * expected['accuracy']:.1f} %"
    assert row(panel)[3] == "61,706"
    assert troubles == []


def running_workers(page):
    """Those that other workers started are among them."""
    targets = page.context.browser.new_browser_cdp_session().send("Target.getTargets")["targetInfos"]
    return sum(target["type"] == "worker" for target in targets)


def test_two_networks_end_at_the_hashes_that_they_have_alone(http, visit, node_hash):
    _, panel, troubles = visit(f"{http}/train-light.html#lab-train?v=1&epochs=2", script=cores(2))
    panel.get_by_role("button", name="Train", exact=True).click()
    panel.locator(".say", has_text="B has finished").wait_for(timeout=120_000)
    panel.locator(".say", has_text="A has finished").wait_for(timeout=120_000)
    assert row(panel)[-1] == node_hash("wasm", 2)["hash"] != row(panel, 1)[-1]
    assert troubles == []


@pytest.mark.parametrize(("width", "columns"), [(768, 5), (668, 5), (390, 3)])
def test_small_charts_stand_in_a_row_where_there_is_room(http, visit, width, columns):
    """The first widths are those of a panel in a page of the book on a wide screen."""
    page, panel, troubles = visit(f"{http}/train-light.html")
    page.set_viewport_size({"width": width + 32 if columns == 5 else width, "height": 900})
    panel.get_by_role("button", name="One step").click()
    reached(panel, "0.01")
    boxes = [figure.bounding_box() for figure in panel.locator(".multiples").first.locator("figure").all()]
    assert [round(box["y"]) for box in boxes].count(round(boxes[0]["y"])) == columns and len(boxes) == 5
    assert letters(panel) >= 8.5
    assert troubles == []


def test_lines_and_numbers_change_in_place(http, visit):
    """The axes of the large charts and the cells of the results stay the elements that they were, while the lines grow."""
    page, panel, troubles = visit(f"{http}/train-light.html")
    step, lines = panel.get_by_role("button", name="One step"), panel.locator(".charts .chart").first.locator("path")
    rows = panel.get_by_label("Results of the two networks").locator("tbody tr")
    step.click()
    reached(panel, "0.01")
    stay = panel.locator(".charts .chart text, [aria-label='Results of the two networks'] td")
    count = stay.evaluate_all("all => (globalThis.kept = all).length")
    assert count > 20 and lines.first.get_attribute("d").count("L") == 1
    step.click()
    reached(panel, "0.02")
    assert page.evaluate("globalThis.kept.filter((each) => each.isConnected).length") == count
    assert lines.first.get_attribute("d").count("L") == 2
    panel.get_by_label("A alone").check()  # a row and a line fewer
    step.click()
    reached(panel, "0.01")
    assert lines.count() == rows.count() == 1
    assert troubles == []


def letters(panel):
    """The size of the smallest letters in charts, in pixels, as soon as all charts are laid out."""
    size = "text => text.getScreenCTM().a * parseFloat(getComputedStyle(text).fontSize)"
    texts = panel.locator(":is(.chart, .columns) text")
    deadline = time.monotonic() + 10
    while not all(map(math.isfinite, sizes := texts.evaluate_all(f"all => all.map({size})"))) and time.monotonic() < deadline:
        panel.page.wait_for_timeout(50)
    assert all(map(math.isfinite, sizes)), "a chart is not laid out"
    return min(sizes)


AXES = {
    "train": [("accuracy", "epochs"), ("loss in nats", "epochs")]
    + [(f"{what}, RMS", "epochs") for what in ("gradient", "output") for _ in range(5)],
    "atlas": [("accuracy", "learning rate")] * 4,
    "learn": [("length, 0 to 4.83", "map of C3, 1 to 16"), ("share, 0 to 100 %", "digit"), ("gradient, −1 to 1", "digit")],
}


@pytest.mark.parametrize("form", ["dark", "narrow"])
@pytest.mark.parametrize("kind", AXES)
def test_axes_of_charts_are_named_with_their_units(http, visit, kind, form):
    _, panel, troubles = visit(f"{http}/{kind}-light.html" + "#lab-learn?v=1&at=18" * (kind == "learn"), form)
    if kind == "train":
        panel.get_by_role("button", name="One step").click()
        reached(panel, "0.01")
    charts = panel.locator(":is(.chart, .columns)").all()
    texts = [set(chart.locator("text").all_text_contents()) for chart in charts]
    assert len(charts) == len(AXES[kind])
    assert [names for names, all_texts in zip(AXES[kind], texts, strict=True) if not set(names) <= all_texts] == []
    assert letters(panel) >= 8.5
    assert troubles == []


def test_the_legend_of_the_atlas_shows_the_lines_of_its_charts(http, visit):
    _, panel, _ = visit(f"{http}/atlas-light.html")
    look = "all => all.map((line) => [line.getAttribute('stroke'), line.getAttribute('stroke-dasharray')].join(' '))"
    drawn = panel.locator(".chart").first.locator("path").evaluate_all(look)
    assert panel.locator(".swatch line").evaluate_all(look) == drawn
    assert len({line.split(" ", 1)[1] for line in drawn}) == len(drawn)  # told apart without their colours


def test_plain_javascript_ends_at_the_hash_and_the_accuracy_of_node(http, visit, node_hash):
    _, panel, _ = visit(f"{http}/train-light.html#lab-train?v=1&a_digits=500")
    panel.get_by_label("computed by").select_option("js")
    train(panel, 1)
    expected = node_hash("js", 1, 500)
    assert expected["hash"] != node_hash("wasm", 1, 500)["hash"]
    assert row(panel)[-1] == expected["hash"] and row(panel)[2] == f"{100 * expected['accuracy']:.1f} %"


def test_relaxed_kernels_say_that_their_hash_is_this_machines_and_end_at_it_on_any_number_of_cores(http, visit, node_hash):
    ends = set()
    for number in (1, 2):
        _, panel, troubles = visit(f"{http}/train-light.html", script=cores(number))
        panel.get_by_label("computed by").select_option("relaxed SIMD")
        train(panel, 1)
        assert "Relaxed SIMD rounds as this machine’s processor does" in shown(panel)
        ends.add(row(panel)[-1])
        assert float(row(panel)[2].strip(" %")) == pytest.approx(100 * node_hash("wasm", 1)["accuracy"], abs=3)
        assert troubles == []
    assert len(ends) == 1


def test_where_relaxed_kernels_are_missing_the_exact_ones_compute_and_it_is_said(http, visit, node_hash):
    lacks = "const all = WebAssembly.validate; WebAssembly.validate = (bytes) => bytes.length < 32 && all(bytes);"
    _, panel, troubles = visit(f"{http}/train-light.html#lab-train?v=1&kernels=relaxed", script=NO_WORKERS + lacks)
    train(panel, 1)
    assert "This browser lacks relaxed SIMD, so the exact SIMD kernels compute." in shown(panel)
    assert row(panel)[-1] == node_hash("wasm", 1)["hash"]
    assert troubles == []


def test_reset_step_and_pause(http, visit):
    _, panel, troubles = visit(f"{http}/train-light.html")
    panel.get_by_role("button", name="One step").click()
    reached(panel, "0.01")
    first = [row(panel, k)[-1] for k in (0, 1)]
    panel.get_by_role("button", name="Back to the initial weights").click()
    reached(panel, "0.00")
    start = [row(panel, k)[-1] for k in (0, 1)]
    assert start[0] != first[0] and start[1] != first[1]
    panel.get_by_role("button", name="One step").click()
    reached(panel, "0.01")
    assert [row(panel, k)[-1] for k in (0, 1)] == first
    panel.get_by_role("button", name="Go on").click()
    panel.get_by_role("button", name="Pause").click()
    panel.get_by_role("button", name="Go on").wait_for()
    assert float(row(panel)[0]) >= 0.01
    assert troubles == []


def test_other_options_forget_what_was_trained_and_a_reset_empties_the_curves(http, visit):
    page, panel, _ = visit(f"{http}/train-light.html")
    panel.get_by_label("A alone").check()
    assert panel.get_by_role("button", name="Save the weights of B").is_hidden()
    assert panel.get_by_role("button", name="Save the weights of A").is_visible()
    assert panel.get_by_label("kernel B").is_hidden()
    panel.get_by_role("button", name="One step").click()
    reached(panel, "0.01")
    assert [line[1] for line in unfolded(panel)] == ["0.00", "0.01"]
    panel.get_by_role("button", name="Back to the initial weights").click()
    reached(panel, "0.00")
    assert [line[1] for line in cells_of(panel)] == ["0.00"]
    panel.get_by_label("learning rate A").fill("0.2")
    panel.get_by_label("learning rate A").press("Tab")
    panel.locator(".say", has_text="Nothing has been trained yet.").wait_for()
    assert panel.get_by_label("compare").input_value() == "own"
    assert panel.locator("[aria-label='Results of the two networks'] tbody tr").count() == 0


def test_weights_from_the_page_are_loaded_in_python(http, visit, tmp_path):
    page, panel, _ = visit(f"{http}/train-light.html")
    train(panel, 2)
    with page.expect_download() as download:
        panel.get_by_role("button", name="Save the weights of A").click()
    download.value.save_as(tmp_path / "lenet.safetensors")
    assert row(panel)[2] == accuracy_in_pytorch(weights.load_net(tmp_path / "lenet.safetensors"))


def accuracy_in_pytorch(net):
    """On the test digits of the page, as the page shows it."""
    digits = data.load()
    with torch.no_grad():
        pixels = ((15 * digits.X_test).round() / 15 - 0.1307) / 0.3081  # sixteen levels of grey
        return f"{100 * (net(pixels).argmax(1) == digits.y_test).double().mean().item():.1f} %"


def test_a_network_begins_with_a_file_of_pytorch(http, visit, files):
    page, panel, troubles = visit(f"{http}/train-light.html")
    train(panel, 1)
    assert len(unfolded(panel)) > 1
    for name, options in (("trained", ["relu", "max", "6/16", 5, 2]), ("other", ["tanh", "avg", "5/15", 3, 1])):
        net = weights.load_net(files / name)
        panel.get_by_label("Begin A with a file").set_input_files(files / name)
        panel.locator(".say", has_text=f"A: {accuracy_in_pytorch(net)} after 0.0 epochs.").wait_for()
        only = panel.locator("details[open] tbody tr:only-child > :nth-child(2)")  # nothing of what was trained before
        only.and_(panel.get_by_text("0.00", exact=True)).wait_for()
        state = page.evaluate("document.querySelector('lenet-lab').state")
        assert [state[f"a_{option}"] for option in ("activation", "pool", "channels", "kernel", "padding")] == options
        assert (state["preset"], state["a_init"]) == ("own", "file")
        assert row(panel)[3] == f"{sum(weight.numel() for weight in net.parameters()):,}"
        first = row(panel)[-1]
        panel.get_by_role("button", name="One step").click()
        reached(panel, "0.01")
        assert row(panel)[-1] != first
        panel.get_by_role("button", name="Back to the initial weights").click()
        reached(panel, "0.00")
        assert row(panel)[-1] == first
    assert troubles == []


def test_a_file_goes_through_the_page_unchanged(http, visit, files, tmp_path):
    page, panel, _ = visit(f"{http}/train-light.html")
    panel.get_by_label("Begin B with a file").set_input_files(files / "other")
    panel.locator(".say", has_text="B: ").wait_for()
    with page.expect_download() as download:
        panel.get_by_role("button", name="Save the weights of B").click()
    download.value.save_as(tmp_path / "again")
    before, after = weights.load(files / "other"), weights.load(tmp_path / "again")
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_network_trained_in_the_page_reads_what_is_drawn(http, visit, tmp_path):
    page, panel, _ = visit(f"{http}/train-light.html#lab-train?v=1&preset=pooling&seed=1")
    train(panel, 4)
    assert float(row(panel)[2].strip(" %")) >= 95
    with page.expect_download() as download:
        panel.get_by_role("button", name="Save the weights of A").click()
    download.value.save_as(tmp_path / "mine.safetensors")
    page, panel, troubles = visit(f"{http}/draw-light.html")
    panel.get_by_label("Open weights").set_input_files(tmp_path / "mine.safetensors")
    expect(panel.get_by_role("combobox", name="network")).to_have_value("own")
    for digit, strokes in ((3, THREE), (8, EIGHT), (1, ONE_IN_A_CORNER)):
        draw(page, panel, strokes)
        assert shown(panel).startswith(f"The network reads a {digit} (")
    (tmp_path / "short.safetensors").write_bytes((tmp_path / "mine.safetensors").read_bytes()[:5000])
    panel.get_by_label("Open weights").set_input_files(tmp_path / "short.safetensors")
    complaint(panel, "The weights file ends inside")
    assert troubles == []


def program(panel, letter):
    """The program for PyTorch of a network, after its button is pressed."""
    panel.get_by_role("button", name=f"{letter} as PyTorch").click()
    return panel.get_by_role("region", name=f"The program of network {letter}")


def test_the_program_of_a_network_follows_the_options_and_is_copied(http, visit, axe):
    page, panel, troubles = visit(f"{http}/train-light.html")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown = program(panel, "A")
    expect(shown).to_contain_text("lr=0.1, momentum=0.9")
    panel.get_by_label("learning rate A").fill("0.25")
    panel.get_by_label("learning rate A").press("Tab")
    expect(shown).to_contain_text("lr=0.25, momentum=0.9")
    panel.get_by_role("button", name="Copy", exact=True).click()
    panel.get_by_text("The program is copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == shown.text_content()
    assert axe(page, RULES) == []
    other = program(panel, "B")
    expect(other).to_contain_text("F.relu")
    assert shown.count() == 0
    panel.get_by_label("kernel B").fill("11")
    panel.get_by_label("kernel B").press("Tab")
    complaint(panel, "S4: a 2x2 window does not fit")
    assert other.count() == 0
    panel.get_by_label("A alone").check()
    expect(panel.get_by_role("button", name="B as PyTorch")).to_be_hidden()
    expect(program(panel, "A")).to_contain_text("lr=0.25")
    panel.get_by_role("button", name="A as PyTorch").click()
    assert shown.count() == 0
    assert troubles == []


def test_where_a_page_may_not_copy_the_program_is_selected(http, visit):
    page, panel, _ = visit(f"{http}/train-light.html", script="delete Navigator.prototype.clipboard;")
    shown = program(panel, "A")
    panel.get_by_role("button", name="Copy", exact=True).click()
    panel.get_by_text("The program is selected").wait_for()
    assert page.evaluate("getSelection().toString()").strip() == shown.text_content().strip()


def test_the_program_of_a_network_from_a_file_opens_that_file(http, visit, files):
    _, panel, _ = visit(f"{http}/train-light.html")
    panel.get_by_label("Begin A with a file").set_input_files(files / "other")
    panel.locator(".say", has_text="A: ").wait_for()
    expect(program(panel, "A")).to_contain_text('load_file("lenet_a.safetensors")')


@pytest.mark.parametrize(("pool", "lr", "says"), [("max", 50, "A has diverged"), ("avg", 1, "Every unit of C3 gives 0")])
def test_a_rate_that_is_too_large_says_so_and_the_first_weights_come_back(http, visit, pool, lr, says):
    state = f"lab-train?v=1&preset=own&alone=1&a_activation=relu&a_pool={pool}&a_lr={lr}&a_init=he"
    _, panel, troubles = visit(f"{http}/train-light.html#{state}")
    panel.get_by_role("button", name="Train", exact=True).click()
    panel.locator(".say", has_text=says).wait_for()
    panel.get_by_role("button", name="Back to the initial weights").click()
    reached(panel, "0.00")
    assert says not in shown(panel)
    assert troubles == []


@pytest.mark.parametrize("preset", ["swap-0.9", "channels", "little-data", "shuffled"])
def test_a_preset_sets_its_fields(http, visit, preset):
    page, panel, _ = visit(f"{http}/train-light.html")
    panel.get_by_label("compare").select_option(preset)
    state = page.evaluate("document.querySelector('lenet-lab').state")
    expected = {
        "swap-0.9": {
            "a_activation": "sigmoid",
            "b_activation": "relu",
            "a_lr": 0.9,
            "b_lr": 0.9,
            "a_batch": 256,
            "a_standardise": False,
        },
        "channels": {"a_channels": "5/15", "b_channels": "6/16"},
        "little-data": {"a_digits": 4000, "b_digits": 200},
        "shuffled": {"a_shuffled": False, "b_shuffled": True},
    }[preset]
    assert {name: state[name] for name in expected} == expected
    differ = {name[2:] for name in state if name.startswith("a_") and state[name] != state["b_" + name[2:]]}
    assert len(differ) == 1


# Convolve, shapes, atlas.


def test_a_convolution_is_that_of_pytorch(http, visit):
    for picture, kernel, stride, padding in (
        ("edge", "-1,0,1,-1,0,1,-1,0,1", 1, 1),
        ("ramp", "0.5,0,-0.25,1,2,0,0,0,-3", 2, 2),
        ("cross", "3", 1, 0),
    ):
        page, panel, troubles = visit(
            f"{http}/convolve-light.html#lab-convolve?v=1&picture={picture}&kernel={kernel}&stride={stride}&padding={padding}&step=7"
        )
        rows = unfolded(panel, "The numbers of this map")
        X = {
            "edge": (torch.arange(8) >= 4).float().expand(8, 8),
            "ramp": (torch.arange(8) / 7).expand(8, 8),
            "cross": ((torch.eye(8) + torch.eye(8).flip(1)) > 0).float(),
        }[picture]
        weights = torch.tensor([float(w) for w in kernel.split(",")])
        side = int(len(weights) ** 0.5)
        expected = torch.nn.functional.conv2d(X[None, None], weights.view(1, 1, side, side), stride=stride, padding=padding)[0, 0]
        found = torch.tensor(numbers(rows))
        torch.testing.assert_close(found, expected, rtol=0, atol=6e-4)
        terms, total = panel.locator(".products").inner_text().replace("−", "-").split(" = ")
        assert len(terms.split(" + ")) == len(weights)
        assert float(total) == pytest.approx(expected.flatten()[7].item(), abs=6e-4)
        assert troubles == []


def test_the_kernel_is_moved_by_keys_clicks_and_buttons(http, visit):
    page, panel, troubles = visit(f"{http}/convolve-light.html#lab-convolve?v=1&picture=edge&step=7")
    canvas = panel.locator('canvas[aria-label^="The map of 6 by 6"]')
    for key, step in (("ArrowDown", 13), ("ArrowRight", 14), ("ArrowUp", 8), ("ArrowUp", 2), ("ArrowUp", 2), ("ArrowLeft", 1)):
        canvas.press(key)
        assert state_of(page)["step"] == step
    scale = canvas.bounding_box()["width"] / 6
    canvas.click(position={"x": 2.5 * scale, "y": 5.5 * scale})
    assert state_of(page)["step"] == 5 * 6 + 2
    assert shown(panel).startswith("Step 33 of 36: row 6, column 3 becomes")
    for name, step in (("one step on", 33), ("one step back", 32), ("Play", 35)):
        panel.get_by_role("button", name=name, exact=True).click()
        page.wait_for_function("(step) => document.querySelector('lenet-lab').state.step === step", arg=step)
    panel.get_by_role("button", name="Play", exact=True).wait_for()  # it ends by itself
    assert troubles == []


def test_a_larger_kernel_has_the_old_one_in_its_middle(http, visit):
    page, panel, _ = visit(f"{http}/convolve-light.html#lab-convolve?v=1&kernel=1,2,3,4,5,6,7,8,9")
    panel.get_by_label("side of the kernel").select_option("5")
    kernel = torch.tensor([float(each) for each in state_of(page)["kernel"].split(",")]).view(5, 5)
    assert torch.equal(kernel, torch.nn.functional.pad(torch.arange(1.0, 10).view(3, 3), (1, 1, 1, 1)))
    panel.get_by_label("side of the kernel").select_option("1")
    assert state_of(page)["kernel"] == "5"


def test_a_kernel_is_edited_and_a_word_in_it_is_refused(http, visit):
    page, panel, _ = visit(f"{http}/convolve-light.html")
    cell = panel.get_by_label("weight in row 1, column 1")
    cell.fill("2.5")
    cell.press("Tab")
    before = state_of(page)
    assert before["kernel"].startswith("2.5,")
    cell.fill("two")
    cell.press("Tab")
    complaint(panel, "A weight expects a number")
    assert state_of(page) == before


def test_the_table_follows_every_layer_and_says_which_one_is_impossible(http, visit):
    _, panel, troubles = visit(f"{http}/shapes-light.html")
    assert "61,706 parameters" in shown(panel)
    units = panel.get_by_label("F5 units")
    units.fill("60")
    units.press("Tab")
    assert "24,060" in panel.locator("tr", has_text="F5").inner_text()
    kernel = panel.get_by_label("C3 kernel")
    kernel.fill("15")
    kernel.press("Tab")
    assert complaint(panel, "C3").startswith("C3: A 15x15 kernel does not fit into 14x14 pixels")
    assert panel.locator("tr.impossible").count() == 5
    kernel = panel.get_by_label("C3 kernel")
    kernel.fill("5")
    kernel.press("Tab")
    panel.get_by_role("button", name="+ convolution").click()
    panel.get_by_role("button", name="remove S4").click()
    assert panel.locator("tbody th").all_inner_texts() == ["input", "C1", "S2", "C3", "C4", "F5", "F6", "OUT"]
    panel.get_by_role("button", name="The network of the note").click()
    assert "61,706 parameters" in shown(panel)
    assert troubles == []


def test_a_table_takes_whole_numbers_at_least_one_layer_and_not_too_many(http, visit):
    _, panel, troubles = visit(f"{http}/shapes-light.html")
    assert panel.get_by_text("The network of the note.", exact=True).is_visible()
    units = panel.get_by_label("F5 units")
    units.fill("1.5")
    units.press("Tab")
    complaint(panel, "A layer expects whole numbers, got 1.5.")
    assert units.input_value() == "120"
    for _ in range(6):
        panel.locator("button[aria-label^=remove]").first.click()
    assert panel.locator("tbody th").all_inner_texts() == ["input", "OUT"]
    assert panel.locator("button[aria-label^=remove]").is_disabled()
    assert "7,850 parameters" in shown(panel)
    assert f"{7850 / 61706:.2g} times the parameters" in panel.locator("section").inner_text()
    panel.get_by_role("button", name="+ dense layer").click()
    assert panel.locator("tbody th").all_inner_texts() == ["input", "F1", "OUT"]
    assert troubles == []


def test_the_best_of_the_atlas_is_that_of_its_table(http, visit):
    _, panel, troubles = visit(f"{http}/atlas-light.html")
    rows = unfolded(panel)
    best = max(rows, key=lambda row: float(row[3].strip("> %")))
    low, high = best[4].split(" – ")
    assert shown(panel).startswith(f"The best of these: {best[3]} (95 % interval {low} to {high}) at ")
    assert troubles == []


def test_the_atlas_shows_the_committed_numbers_with_their_interval(http, visit):
    from scipy import stats

    result = json.loads((ROOT / "lenet_utils/pages/atlas/atlas.json").read_text())
    values = torch.tensor(result["accuracy_in_thousandths"]).double() / 1000
    page, panel, troubles = visit(f"{http}/atlas-light.html#lab-atlas?v=1&fixed=pool:max,batch_size:128")
    rows = unfolded(panel)
    axes = result["axes"]
    assert len(rows) == len(axes["activation"]) * len(axes["init"]) * len(axes["lr"])
    for activation, init, lr, accuracy, between in rows:
        place = (
            axes["activation"].index(activation),
            axes["pool"].index("max"),
            axes["init"].index(init),
            [str(x) for x in axes["lr"]].index(lr),
            1,
        )
        seeds = values[place]
        mean, half = seeds.mean().item(), (stats.t.ppf(0.975, len(seeds) - 1) * seeds.std() / len(seeds) ** 0.5).item()
        found = [float(text.strip("> %")) / 100 for text in (accuracy, *between.split(" – "))]
        assert found == pytest.approx([mean, max(0, mean - half), min(1, mean + half)], abs=6e-4)
    assert troubles == []
