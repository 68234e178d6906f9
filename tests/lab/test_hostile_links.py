"""Links to the state of a panel: shown as they say, or explained in a sentence; and the panel stays."""

import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import inputs
from lenet_utils.lab.widget import KINDS

pytestmark = [pytest.mark.fuzz, pytest.mark.slow]

FOLLOW = """async (links) => {
  const lab = document.querySelector('lenet-lab'), alert = lab.shadowRoot.querySelector('.alert'), found = [];
  const next = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (const link of links) {
    const changed = new Promise((done) => addEventListener('hashchange', done, { once: true }));
    history.replaceState(null, '', '#elsewhere');
    location.hash = link;
    await changed;
    await next();
    if (alert.hidden) await new Promise((done) => setTimeout(done, 350)); // the address follows the state
    found.push({ said: alert.hidden ? '' : alert.textContent, state: { ...lab.state }, there: lab.shadowRoot.childElementCount });
  }
  return found;
}"""

WRITTEN = {
    "draw": {
        "net": ["relu", "sigmoid", "own", "tanh"], "digit": ["0", "4999", "5000", "-1", "7.0"], "prepare": ["0", "1", "true"],
        "unit": ["C1.0.3.4", "F6.5.0.0", "C3.16.0.0", "OUT.9.0.0", "C1.0.28.0"],
        "strokes": ["5a3c7428", "", "5a3", "zz", "00-ff"],
    },
    "convolve": {
        "picture": ["three", "cat"], "kernel": ["1", "1,2,3,4,5,6,7,8,9", "-1,0,1,-1,0,1,-1,0,1", "1,,3", "1e400"],
        "stride": ["1", "4", "0"], "padding": ["0", "4", "9"], "step": ["0", "100000", "-1"],
    },
    "shapes": {
        "layers": ["c6k5s1p2-p2s2", "d10", "c1k1s1p0", "c9999k1s1p0-d9999-d9999", "c6k5s1p2" + "-d84" * 60, "p2s2-", "c6k99s1p0"],
        "side": ["28", "1", "256", "257"], "channels": ["1", "0", "99999999999999999999"],
    },
    "train": {
        "preset": ["flat-line", "cat"], "a_activation": ["relu", "sigmoid", "elu"], "a_lr": ["0.1", "1e9", "-1", "1e-400"],
        "a_batch": ["32", "0", "4001"], "a_channels": ["6/16", "0/0", "999/999", "6/16/3"], "a_kernel": ["5", "28", "11"],
        "b_padding": ["2", "14"], "seed": ["0", "-1", "4294967296"], "epochs": ["20", "0", "1e3"],
        "kernels": ["wasm", "relaxed", "js"],
        "b_init": ["file", "he"], "alone": ["1", "2"], "a_digits": ["4000", "20", "0"],
    },
    "learn": {
        "digit": ["0", "4999", "5000", "-1"], "label": ["own", "7", "10"], "net": ["relu", "sigmoid", "new", "own"],
        "activation": ["tanh", "elu"], "pool": ["avg", "min"], "lr": ["0.1", "1e9", "-1", "1e-9"], "steps": ["0", "3", "2001"],
        "pace": ["0.1", "100"], "at": ["0", "18", "19", "1.5"], "strokes": ["5a3c7428", "zz"],
        "number": ["value.C1.0.3.4", "delta.input.0.27.27", "weight.F5.119.399.0", "weight.S2.0.0.0", "value.C1.6.0.0", "x"],
    },
    "atlas": {
        "across": ["lr", "init", "colour"], "panels": ["activation", "lr", "pool"], "lines": ["init", "pool"],
        "fixed": ["pool:max", "pool", "lr:0.1,pool:avg", "::", "lr:7"],
    },
}  # fmt: skip
JUNK = st.text(max_size=12) | st.sampled_from(
    [
        "",
        "NaN",
        "Infinity",
        "-0",
        "1e3",
        "0x1F",
        "null",
        "__proto__",
        "%E0%A4%A",
        "%00",
        "&&",
        "=",
        "<b>",
        "9" * 400,
        "१",
        "1 2",
        "[object]",
    ]
)


@st.composite
def link(draw, kind):
    names = st.sampled_from([*WRITTEN[kind], *WRITTEN[kind], "v", "__proto__", "constructor", "toString", "colour", ""])
    parts = [draw(st.sampled_from(["v=1"] * 8 + ["v=2", "", "v=", "v=1&v=0"]))]
    for _ in range(draw(st.integers(0, 4))):
        name = draw(names)
        value = (
            draw(st.sampled_from(WRITTEN[kind][name]) | JUNK) if name in WRITTEN[kind] and draw(st.integers(0, 3)) else draw(JUNK)
        )
        parts.append(f"{name}={value}")
    return f"#lab-{kind}?" + "&".join(part.replace("#", "") for part in parts)


def says(value, shown):
    """Whether a state shows what a link said."""
    if isinstance(shown, bool):
        return value in (str(int(shown)), str(shown).lower())
    if isinstance(shown, int | float):
        return float(value.strip() if "x" not in value.lower() else int(value, 16)) == shown
    return value == shown


@pytest.fixture(scope="module")
def panels(http, browser):
    """A page for each kind, opened once, with what went wrong there."""
    context, opened = browser.new_context(), {}
    for kind in KINDS:
        page, troubles = context.new_page(), []
        page.on("pageerror", lambda error, troubles=troubles: troubles.append(str(error)))
        page.on("console", lambda said, troubles=troubles: said.type == "error" and troubles.append(said.text))
        page.goto(f"{http}/{kind}-light.html")
        page.locator("lenet-lab[ready]").wait_for()
        opened[kind] = page, troubles
    yield opened
    context.close()


@pytest.mark.parametrize("kind", KINDS)
@inputs(0.2, some=40, at_once=20)
@given(st.data())
def test_a_link_is_shown_as_it_says_or_explained(panels, kind, data):
    page, troubles = panels[kind]
    links = data.draw(st.lists(link(kind), min_size=20, max_size=20, unique=True))
    for address, found in zip(links, page.evaluate(FOLLOW, links), strict=True):
        assert troubles == [] and found["there"], (address, troubles)
        if found["said"]:
            assert 10 < len(found["said"]) < 700, (address, found)
            continue
        given = dict(parse_qsl(address.partition("?")[2], keep_blank_values=True))
        assert given.pop("v") == "1", (address, found)
        for name, value in given.items():
            assert says(value, found["state"][name]), (address, name, json.dumps(found["state"]))
