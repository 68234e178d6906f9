import functools
import os
import socket

import pytest
import torch
from hypothesis import HealthCheck, settings
from playwright.sync_api import sync_playwright

from benchmarks.browser import FIREFOX, HEADLESS, Strict, program, serve
from book_files import ROOT, SLOW_EXERCISES, first
from lenet_utils import data

torch.set_num_threads(1)  # beside other work, threads that wait for each other cost more than they save

# Fonts and pictures that a page shows at once are there; what comes later a test waits for by name.
SETTLED = """async () => {
  await document.fonts.ready;
  const now = [...document.images].filter((image) => image.loading !== "lazy" && image.src);
  await Promise.all(now.map((image) => image.decode().catch(() => null)));
}"""

# Thousands of elements pass: what axe says of each would take longer to bring over than to find.
AXE = """(rules) => axe.run(document, { runOnly: rules, resultTypes: ["violations"] })
  .then(({ violations, passes }) => ({ violations, passes: passes.map((rule) => rule.id) }))"""

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    """A worker writes twice to pytest-rerunfailures before it reads; TCP would hold the second back for 40 ms a test."""
    connection = getattr(getattr(config, "failures_db", None), "sock", None)
    if connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def pytest_collection_modifyitems(items):
    """Mark what opens a browser, and what is done with an exercise that takes seconds."""
    for item in items:
        if {"browser", "firefox"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
        if getattr(item, "callspec", None) and item.callspec.params.get("name") in SLOW_EXERCISES:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def digits():
    return data.load()


@pytest.fixture(scope="session")
def few(digits):
    """The first 200 digits to train with and to test with; a file of tests may have another `few`."""
    return first(digits, 200)


@pytest.fixture
def double_precision():
    """New tensors and networks in float64. Sums in another order, as on another processor, then differ in the 15th digit."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture(scope="session")
def browser():
    """Without a browser its tests are skipped, or fail if LENET_REQUIRE_BROWSER is set. CHROMIUM names one that is not found."""
    chromium = required("Chromium", program(HEADLESS))
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium)


@pytest.fixture(scope="session")
def firefox():
    """Where Firefox is; without it as with `browser`. FIREFOX names one that is not found."""
    return required("Firefox", program(FIREFOX))


def required(name, path):
    if path is None and not os.environ.get("LENET_REQUIRE_BROWSER"):
        pytest.skip(f"There is no {name} here.")
    assert path, f"There is no {name} here, and LENET_REQUIRE_BROWSER asks for one."
    return path


@pytest.fixture(scope="session")
def serving():
    """`with serving(folder) as address`: a server that shows a folder."""
    return serve


@pytest.fixture(scope="session")
def serving_strictly():
    """The same as `make serve` does it, packed and under the policy of the book."""
    return functools.partial(serve, handler=Strict)


@pytest.fixture
def open_page(browser):
    """Opens an address in a context of its own: the page, and the list to which it adds whatever goes wrong.

    A request to anything but the server, or the folder for a file, is wrong. `script` runs before those of the page.
    """
    contexts = []

    def open_it(address, form, script=None):
        contexts.append(browser.new_context(**form))
        page, troubles = contexts[-1].new_page(), []
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("requestfailed", lambda request: troubles.append(f"failed: {request.url}"))
        page.on("response", lambda answer: troubles.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None)
        home = "/".join(address.split("/")[:3]) + "/" if address.startswith("http") else "file:///"
        here = ("data:", "blob:", home)
        page.on("request", lambda request: None if request.url.startswith(here) else troubles.append(f"asked: {request.url}"))
        if script:
            page.add_init_script(script)
        page.goto(address)
        page.evaluate(SETTLED)
        return page, troubles

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe():
    """`axe(page, rules)`: what axe finds, as pairs of rule and element; colours are looked at, or it fails."""

    def run(page, rules):
        page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))  # no policy hinders it
        result = page.evaluate(AXE, rules)
        assert "color-contrast" in result["passes"]
        return [(rule["id"], node) for rule in result["violations"] for node in rule["nodes"]]

    return run
