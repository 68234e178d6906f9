"""Pages with panels of the lab, and how a reader uses them."""

import os
import time
from contextlib import contextmanager

from book_files import ROOT

LAB = ROOT / "lab"
FORMS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1100, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1100, "height": 900}},
    "narrow": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}, "has_touch": True},
}
PAGE = """<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8"><title>Lab</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<body style="margin: 16px; background: {paper}; color: {ink}"><main><h1>Lab</h1>{before}{panels}</main>
<script defer src="lab.js"></script></body></html>"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
PAPER = {"light": ("#fbfaf7", "#1d2129"), "dark": ("#14161a", "#e9e6df")}
# Strokes of a digit in the square of the panel, corners at 0 and 1.
EIGHT = [
    [(0.5, 0.5), (0.35, 0.38), (0.36, 0.22), (0.5, 0.14), (0.64, 0.22), (0.64, 0.38), (0.5, 0.5)]
    + [(0.34, 0.62), (0.34, 0.8), (0.5, 0.88), (0.66, 0.8), (0.66, 0.62), (0.5, 0.5)]
]
NO_SIMD = "WebAssembly.validate = () => false;"
NO_WASM = "delete globalThis.WebAssembly;"
NO_WORKERS = "globalThis.Worker = class { constructor() { throw new Error('forbidden'); } };"


def cores(count):
    """A script for a page that takes the machine for one with so many cores."""
    return f"Object.defineProperty(navigator, 'hardwareConcurrency', {{ get: () => {count} }});"


WORKERS_THAT_FAIL = """globalThis.Worker = class extends EventTarget {
  postMessage() { this.dispatchEvent(new Event('error')); }
  terminate() {}
};"""


def write_page(folder, name, panels, theme="light", before=""):
    text = PAGE.format(theme=theme, paper=PAPER[theme][0], ink=PAPER[theme][1], panels=panels, before=before)
    (folder / f"{name}.html").write_text(text, encoding="utf-8")


def shown(panel):
    return panel.locator(".say").inner_text()


def draw(page, panel, strokes):
    """With real pointer events, after whatever was there is cleared."""
    panel.get_by_role("button", name="Clear").click()
    box = panel.locator(".pad").bounding_box()
    for stroke in strokes:
        for number, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
            if number == 0:
                page.mouse.down()
        page.mouse.up()


def state_of(page):
    return page.evaluate("document.querySelector('lenet-lab').state")


@contextmanager
def whole_again(path):
    """Puts the file back afterwards, with a later time, which is what the browser's cache goes by."""
    whole = path.read_bytes()
    try:
        yield whole
    finally:
        path.write_bytes(whole)
        os.utime(path, (time.time() + 10,) * 2)


def complaint(panel, says):
    """The sentence about what went wrong: it is seen, and still seen a second later, though width and theme have changed."""
    page, alert = panel.page, panel.locator(".alert:visible", has_text=says)
    alert.wait_for()
    text, size = alert.inner_text(), page.viewport_size
    for theme, width in (("dark", size["width"] - 40), ("light", size["width"])):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        page.set_viewport_size(size | {"width": width})
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_timeout(1200)
    assert panel.locator(".alert").is_visible(), f"gone: {text}"
    assert alert.inner_text() == text and alert.bounding_box()["height"] > 10
    return text
