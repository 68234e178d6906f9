"""Whatever a panel refuses it explains in a sentence that the reader sees until he has done something about it."""

import json

import pytest
from playwright.sync_api import expect

from lab_pages import EIGHT, complaint, draw, shown, state_of, whole_again, write_page
from lenet_utils.lab.widget import KINDS

LINKS = [
    ("draw", "v=0&net=relu", "The link was made for version 0"),
    ("draw", "net=relu", "The link was made for version none"),
    ("draw", "v=1&net=tanh", "No net is called"),
    ("draw", "v=1&colour=red", "No field is called"),
    ("draw", "v=1&digit=5000", "digit expects a whole number from -1 to 4999, got 5000."),
    ("draw", "v=1&digit=1.5", "digit expects a whole number from -1 to 4999, got 1.5."),
    ("draw", "v=1&strokes=zz", "strokes cannot be zz."),
    ("draw", "v=1&unit=C9.0.0.0", "unit cannot be C9.0.0.0."),
    ("draw", "v=1&prepare=2", "No value of prepare is called"),
    ("convolve", "v=1&picture=cat", "No picture is called"),
    ("convolve", "v=1&kernel=a", "kernel cannot be a."),
    ("convolve", "v=1&kernel=1,2", "A kernel has 1, 9, 25 or 49 weights, got 2."),
    ("convolve", "v=1&stride=5", "stride expects a whole number from 1 to 4, got 5."),
    ("shapes", "v=1&layers=x", "layers cannot be x."),
    ("shapes", "v=1&side=0", "side expects a whole number from 1 to 256, got 0."),
    ("shapes", "v=1&side=4", "C3: A 5x5 kernel does not fit into 2x2 pixels"),
    ("train", "v=1&preset=cat", "No preset is called"),
    ("train", "v=1&a_lr=fast", "a_lr expects a number from 0 to 100, got fast."),
    ("train", "v=1&a_channels=0/1", "a_channels cannot be 0/1."),
    ("train", "v=1&a_kernel=11", "S4: a 2x2 window does not fit into 1x1 pixels"),
    ("train", "v=1&b_init=file", "Open the file of your network first"),
    ("atlas", "v=1&lines=Colour", "lines cannot be Colour."),
    ("atlas", "v=1&lines=colour", "The atlas has no axis colour."),
    ("atlas", "v=1&lines=lr", "Choose three different axes."),
    ("atlas", "v=1&fixed=pool", "fixed cannot be pool."),
]


@pytest.mark.parametrize(("kind", "query", "says"), LINKS, ids=[f"{kind} {query}" for kind, query, _ in LINKS])
def test_a_link_that_cannot_be_is_explained_and_the_panel_starts_again(http, visit, kind, query, says):
    _, panel, troubles = visit(f"{http}/{kind}-light.html#lab-{kind}?{query}")
    complaint(panel, says)
    panel.get_by_role("button", name="Start again").click()
    assert shown(panel)
    expect(panel.locator(".alert")).to_be_hidden()
    assert troubles == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_that_is_opened_in_the_page_is_explained_until_another_one_is(http, visit, kind):
    page, panel, troubles = visit(f"{http}/{kind}-light.html")
    page.evaluate("(kind) => { location.hash = `#lab-${kind}?v=2`; }", kind)
    complaint(panel, "The link was made for version 2")
    page.evaluate("location.hash = '#elsewhere'")
    complaint(panel, "The link was made for version 2")
    page.evaluate("(kind) => { location.hash = `#lab-${kind}?v=1`; }", kind)
    expect(panel.locator(".alert")).to_be_hidden()
    assert troubles == []


def test_a_drawing_ends_what_was_said_of_a_link(http, visit):
    page, panel, _ = visit(f"{http}/draw-light.html#lab-draw?v=0")
    complaint(panel, "The link was made for version 0")
    draw(page, panel, EIGHT)
    assert shown(panel).startswith("The network reads a 8")
    expect(panel.locator(".alert")).to_be_hidden()


@pytest.mark.parametrize(("state", "says"), [('{"net": "tanh"}', "No net is called"), ("{net", "JSON")], ids=["value", "JSON"])
def test_a_state_of_the_element_that_cannot_be_is_explained(folder, http, visit, state, says):
    write_page(folder, "wrong-state", f"<lenet-lab kind='draw' state='{state}'></lenet-lab>")
    _, panel, _ = visit(f"{http}/wrong-state.html")
    complaint(panel, says)
    assert shown(panel).startswith("The network reads a 3")


def test_an_unknown_kind_is_named(folder, http, visit):
    write_page(folder, "unknown", '<lenet-lab kind="paint"></lenet-lab>')
    _, panel, _ = visit(f"{http}/unknown.html", ready=False)
    assert complaint(panel, "paint") == f"No panel is called paint. Known: {', '.join(KINDS)}."


# What is typed. The field is left with the Tab key, or with a click on something else that itself goes well.

TYPED = [
    ("draw", "number of a digit of the data set", "5000", "7", "digit expects a whole number from -1 to 4999, got 5000."),
    ("convolve", "weight in row 1, column 1", "two", "2.5", "A weight expects a number such as −1 or 0.25, got two."),
    ("convolve", "weight in row 1, column 1", "", "2.5", "A weight expects a number such as −1 or 0.25, got –."),
    ("shapes", "F5 units", "1.5", "100", "A layer expects whole numbers, got 1.5."),
    ("shapes", "F5 units", "", "100", "A layer expects whole numbers, got –."),
    ("shapes", "F5 units", "0", "100", "F5: units expects a whole number of at least 1, got 0."),
    ("shapes", "C3 kernel", "100", "3", "layers cannot be c6k5s1p2"),
    ("shapes", "C3 kernel", "15", "3", "C3: A 15x15 kernel does not fit into 14x14 pixels"),
    ("shapes", "side", "300", "32", "side expects a whole number from 1 to 256, got 300."),
    ("train", "kernel A", "x", "3", "a_kernel expects a whole number from 1 to 11, got x."),
    ("train", "kernel A", "11", "3", "S4: a 2x2 window does not fit into 1x1 pixels"),
    ("train", "learning rate B", "-1", "0.1", "b_lr expects a number from 0 to 100, got -1."),
    ("train", "maps of C1/C3 A", "6", "5/15", "a_channels cannot be 6."),
    ("train", "epochs", "99", "5", "epochs expects a whole number from 1 to 50, got 99."),
    ("train", "seed", "", "3", "seed expects a whole number from 0 to 99, got –."),
]
ELSEWHERE = {
    "draw": ("checkbox", "prepare as MNIST does"),
    "convolve": ("button", "one step on"),
    "shapes": ("button", "+ dense layer"),
    "train": ("checkbox", "pixels shuffled A"),
}


@pytest.mark.parametrize("leave", ["Tab", "click"])
@pytest.mark.parametrize(("kind", "label", "wrong", "right", "says"), TYPED, ids=[" ".join(each[:3]) for each in TYPED])
def test_what_is_typed_and_cannot_be_is_explained_until_it_is_right(http, visit, kind, label, wrong, right, says, leave):
    page, panel, troubles = visit(f"{http}/{kind}-light.html")
    field = panel.get_by_label(label, exact=True)
    field.fill(wrong)
    if leave == "Tab":
        field.press("Tab")
    else:
        role, name = ELSEWHERE[kind]
        panel.get_by_role(role, name=name, exact=True).click()
    complaint(panel, says)
    field.fill(right)
    field.press("Tab")
    expect(panel.locator(".alert")).to_be_hidden()
    assert field.input_value() == right
    assert troubles == []


def test_a_wrong_weight_is_explained_while_the_kernel_moves_by_itself(http, visit):
    page, panel, _ = visit(f"{http}/convolve-light.html")
    panel.get_by_role("button", name="Play", exact=True).click()
    panel.get_by_label("weight in row 1, column 1").fill("two")
    panel.get_by_label("weight in row 1, column 1").press("Tab")
    before = state_of(page)["step"]
    complaint(panel, "A weight expects a number")
    assert state_of(page)["step"] > before
    panel.get_by_role("button", name="Pause", exact=True).click()
    panel.get_by_role("button", name="one step on").click()
    expect(panel.locator(".alert")).to_be_hidden()


def test_a_wrong_number_is_explained_while_the_networks_train(http, visit):
    _, panel, _ = visit(f"{http}/train-light.html#lab-train?v=1&epochs=50")
    panel.get_by_role("button", name="Train", exact=True).click()
    panel.get_by_role("button", name="Pause", exact=True).wait_for()
    panel.get_by_label("epochs", exact=True).fill("99")
    panel.get_by_label("epochs", exact=True).press("Tab")
    complaint(panel, "epochs expects a whole number from 1 to 50, got 99.")


def test_axes_that_are_the_same_are_explained_until_they_differ(http, visit):
    _, panel, troubles = visit(f"{http}/atlas-light.html")
    lines = panel.get_by_label("a line for each")
    before = lines.input_value()
    lines.select_option(panel.get_by_label("from left to right").input_value())
    assert complaint(panel, "axes") == "Choose three different axes."
    lines.select_option(before)
    expect(panel.locator(".alert")).to_be_hidden()
    for axis in (panel.get_by_label("from left to right").input_value(), before):  # so fast that nobody has read it
        lines.select_option(axis)
    expect(panel.locator(".alert")).to_be_hidden()
    assert troubles == []


# Files.


@pytest.mark.parametrize("kind", ["draw", "atlas"])
@pytest.mark.parametrize("says", ["damaged after 1000 bytes", "could not be loaded"])
def test_a_file_that_is_cut_short_or_missing_is_named_and_asked_for_again(folder, http, visit, kind, says):
    path = folder / "lab" / {"draw": "lenet_relu.bin", "atlas": "atlas.bin"}[kind]
    with whole_again(path) as whole:
        path.write_bytes(whole[:1000]) if says.startswith("damaged") else path.unlink()
        _, panel, _ = visit(f"{http}/{kind}-light.html?{says[:3]}", ready=False)
        complaint(panel, says)
        panel.get_by_role("button", name="Start again").click()
        complaint(panel, says)
    panel.get_by_role("button", name="Start again").click()
    panel.and_(panel.page.locator("[ready]")).wait_for()
    expect(panel.locator(".alert")).to_be_hidden()


@pytest.mark.parametrize("file", ["lenet_sigmoid", "digits"])
def test_a_file_that_is_missing_later_is_named(folder, http, visit, file):
    path = folder / "lab" / f"{file}.bin"
    _, panel, _ = visit(f"{http}/draw-light.html")
    with whole_again(path):
        path.unlink()
        if file == "digits":
            panel.get_by_role("button", name="next digit").click()
        else:
            panel.get_by_role("combobox", name="network").select_option("sigmoid")
        complaint(panel, f"The file {file} could not be loaded.")
    panel.get_by_role("button", name="Start again").click()
    expect(panel.locator(".alert")).to_be_hidden()


def test_start_again_asks_again_for_a_file_of_the_state_that_the_element_has(folder, http, visit):
    path, state = folder / "lab" / "digits.bin", json.dumps({"digit": 5})
    write_page(folder, "digit", f"<lenet-lab kind='draw' state='{state}'></lenet-lab>")
    with whole_again(path):
        path.unlink()
        _, panel, _ = visit(f"{http}/digit.html")
        complaint(panel, "The file digits could not be loaded.")
    panel.get_by_role("button", name="Start again").click()
    panel.locator(".say", has_text="the label says").wait_for()
    expect(panel.locator(".alert")).to_be_hidden()


def test_digits_that_are_missing_or_cut_short_are_named(folder, http, visit):
    path = folder / "lab" / "digits.bin"
    _, panel, _ = visit(f"{http}/train-light.html")
    _, other, _ = visit(f"{http}/train-light.html")
    with whole_again(path) as whole:
        path.unlink()
        panel.get_by_role("button", name="One step").click()
        complaint(panel, "The file digits could not be loaded.")
        path.write_bytes(whole[:1000])
        other.get_by_role("button", name="One step").click()
        complaint(other, "A file of the page is damaged after 1000 bytes.")
    for mended in (panel, other):
        mended.get_by_role("button", name="One step").click()
        mended.locator(".say", has_text="after 0.0 epochs").wait_for()
        expect(mended.locator(".alert")).to_be_hidden()


@pytest.mark.parametrize("kind", ["draw", "train"])
def test_a_browser_that_cannot_unzip_is_told_which_can(http, visit, kind):
    _, panel, _ = visit(f"{http}/{kind}-light.html", ready=False, script="delete globalThis.DecompressionStream;")
    if kind == "train":
        panel.get_by_role("button", name="One step").click()
    said = complaint(panel, "This browser")
    assert all(browser in said for browser in ("Chrome 80", "Safari 16.4", "Firefox 113"))


def test_a_panel_that_needs_no_packed_file_works_where_nothing_can_be_unzipped(http, visit):
    for kind in ("convolve", "shapes", "atlas"):
        _, panel, troubles = visit(f"{http}/{kind}-light.html", script="delete globalThis.DecompressionStream;")
        expect(panel.locator(".alert")).to_be_hidden()
        assert shown(panel) and troubles == []


WEIGHTS = [
    ("draw", "cut", "The weights file ends inside"),
    ("draw", "text", "The weights file ends inside its header"),
    ("train", "cut", "The weights file ends inside"),
    ("train", "text", "The weights file ends inside its header"),
    ("train", "hidden", "The networks of this panel have 120/84 units in F5/F6, that of the file has 30/20."),
    ("train", "1998", "This network was trained on pixels from −0.1 to 1.175"),
]


@pytest.mark.parametrize(("kind", "name", "says"), WEIGHTS, ids=[" ".join(each[:2]) for each in WEIGHTS])
def test_a_file_of_weights_that_cannot_be_is_explained_and_the_panel_goes_on(http, visit, files, kind, name, says):
    page, panel, troubles = visit(f"{http}/{kind}-light.html")
    before = state_of(page)
    button = {"draw": "Open weights", "train": "Begin A with a file"}[kind]
    with page.expect_file_chooser() as chooser:
        panel.get_by_role("button", name=button).press("Enter")
    chooser.value.set_files(files / name)
    complaint(panel, says)
    assert state_of(page) == before
    panel.get_by_label(button).set_input_files(files / "trained")
    if kind == "train":
        panel.locator(".say", has_text="after 0.0 epochs").wait_for()
    else:
        expect(panel.get_by_role("combobox", name="network")).to_have_value("own")
    expect(panel.locator(".alert")).to_be_hidden()
    assert troubles == []


def test_a_file_that_no_longer_fits_is_named_and_other_first_weights_help(http, visit, files):
    _, panel, troubles = visit(f"{http}/train-light.html")
    panel.get_by_label("Begin A with a file").set_input_files(files / "trained")
    panel.locator(".say", has_text="after 0.0 epochs").wait_for()
    kernel = panel.get_by_label("kernel A")
    kernel.fill("3")
    kernel.press("Tab")
    panel.get_by_role("button", name="One step").click()
    complaint(panel, "C1.weight expects 54 numbers (6x1x3x3), got 150.")
    panel.get_by_label("initial weights A").select_option("he")
    panel.get_by_role("button", name="One step").click()
    panel.locator(".say", has_text="after 0.0 epochs").wait_for()
    expect(panel.locator(".alert")).to_be_hidden()
    assert troubles == []


# What the line below the controls complains of.


def remains(panel, says):
    """The line says so, and a second later too."""
    panel.locator(".say:visible", has_text=says).wait_for()
    panel.page.wait_for_timeout(1200)
    assert says in shown(panel)


OWN_GONE = "Open its file again"


@pytest.mark.parametrize("how", ["reload", "link"])
def test_a_network_of_ones_own_is_gone_after_a_reload_and_that_of_relu_reads(http, visit, files, how):
    page, panel, _ = visit(f"{http}/draw-light.html")
    relu, _ = shown(panel), panel.get_by_label("Open weights").set_input_files(files / "other")
    page.wait_for_function("location.hash.includes('net=own')")
    own = panel.locator(".bars").inner_text()
    if how == "reload":
        page.reload()
        panel.and_(page.locator("[ready]")).wait_for()
    else:
        page, panel, _ = visit(page.url)
    remains(panel, OWN_GONE)
    assert panel.get_by_role("combobox", name="network").input_value() == "own"
    assert shown(panel).endswith(relu) and panel.locator(".bars").inner_text() != own
    expect(panel.locator(".alert")).to_be_hidden()
    draw(page, panel, EIGHT)
    remains(panel, OWN_GONE)
    assert "The network reads a 8" in shown(panel)
    panel.get_by_label("Open weights").set_input_files(files / "other")
    panel.locator(".say:visible", has_not_text=OWN_GONE).wait_for()


def test_the_own_network_is_gone_in_a_link_opened_in_the_page(http, visit):
    page, panel, troubles = visit(f"{http}/draw-light.html")
    page.evaluate("location.hash = '#lab-draw?v=1&net=own'")
    remains(panel, OWN_GONE)
    assert troubles == []


def test_that_a_network_has_diverged_remains_while_the_other_trains(http, visit):
    state = "v=1&preset=own&a_activation=relu&a_pool=max&a_lr=50&a_init=he&b_lr=0.01&epochs=50"
    _, panel, _ = visit(f"{http}/train-light.html#lab-train?{state}")
    panel.get_by_role("button", name="Train", exact=True).click()
    remains(panel, "A has diverged")
