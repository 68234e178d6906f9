"""The events of the timeline: in order, each with a source of the book, each drawn where it happened."""

import matplotlib.pyplot as plt
import pytest
import torch

from book_files import ROOT
from lenet_utils.pages.zip_codes_to_cheques.timeline import EVENTS, LANES, SIDES, Event, timeline


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def test_events_are_in_order_and_in_a_lane_that_there_is():
    assert [event.year for event in EVENTS] == sorted(event.year for event in EVENTS)
    assert {event.lane for event in EVENTS} == set(LANES) and {event.side for event in EVENTS} <= set(SIDES)
    assert all(event.until is None or event.until > event.year for event in EVENTS)


def test_every_event_names_an_entry_of_the_sources():
    files = [*(ROOT / "book" / "data").glob("*.bib"), ROOT / "book" / "pages" / "sources.md"]
    entries = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for event in EVENTS:
        assert f"shorthand = {{{event.source}}}" in entries or f"**{event.source}.**" in entries, event


def test_every_event_is_drawn_at_its_year_in_its_lane(ax):
    timeline(ax=ax)
    marks = {(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() != "None"}
    assert marks == {(event.year, -list(LANES).index(event.lane)) for event in EVENTS}
    left, right = ax.get_xlim()
    assert all(left < event.year < right for event in EVENTS)
    assert [text.get_text() for text in ax.texts] == [*LANES, *(event.name for event in EVENTS)]


def test_a_picture_takes_the_place_of_its_marker(ax):
    event = Event(1994, "digit", "data", "")
    timeline([event], ax, pictures={"digit": torch.eye(28)})
    assert not [line for line in ax.lines if line.get_marker() != "None"] and len(ax.artists) == 1


def test_an_event_says_itself_in_one_line():
    assert str(Event(1990.3, "pooling", "ideas", "A 1990", until=1992.8)).split() == [
        "1990-1992",
        "ideas",
        "pooling",
        "A",
        "1990",
    ]
    assert str(Event(1969, "rectifier", "ideas", "B")).startswith("1969 ")
