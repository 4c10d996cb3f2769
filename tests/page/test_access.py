"""The page for everybody, in a real browser: by eye and ear, by keyboard, magnified, on a
small screen and on paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.page.visitors import (
    OpenPage,
    Visitors,
    ask,
    compare,
    open_tab,
)

# A desk, a tablet held upright, a phone.
WIDTHS = (1280, 768, 390)

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.usefixtures("nothing_leaves_and_nothing_fails"),
]


@pytest.fixture(scope="module")
def compared(visitors: Visitors) -> Iterator[Page]:
    """A page on which all that four people are on record with is compared."""
    page = visitors.open()
    compare(
        page,
        "",
        "Vladimir Putin",
        "Recep Tayyip Erdogan",
        "Hassan Rouhani",
        "Nikki Haley",
    )
    yield page
    page.context.close()


# In pixels from the left of the plot: the middle of each mark, with what it tells; of each
# line down to a day, with the day's name; both edges of each band. And the plot's width.
PLOT = """(plot) => {
  const left = plot.getBoundingClientRect().left;
  const edges = (element) => {
    const box = element.getBoundingClientRect();
    return [box.left - left, box.right - left];
  };
  const middle = (element) => edges(element).reduce((one, other) => (one + other) / 2);
  const all = (selector) => [...plot.querySelectorAll(selector)];
  const names = all(".day").map((name) => name.textContent);
  return {
    marks: all(".mark").map((mark) => [middle(mark.querySelector("circle")), mark.dataset.tip]),
    ticks: all(".tick").map((line, at) => [middle(line), names[at]]),
    bands: all(".band").map(edges),
    width: plot.clientWidth,
    inside: plot.scrollWidth,
    height: plot.clientHeight,
  };
}"""


@pytest.mark.parametrize("width", WIDTHS)
def test_the_whole_timeline_is_in_view_and_every_mark_on_its_day(
    compared: Page, width: int
) -> None:
    compared.set_viewport_size({"width": width, "height": 900})
    plot = compared.locator("#compared .plot").evaluate(PLOT)
    assert plot["inside"] == plot["width"]
    marks = [(across, day_told(tip)) for across, tip in plot["marks"]]
    ticks = [(across, day_told(name)) for across, name in plot["ticks"]]
    assert {day for _, day in marks} == {5, 7, 17}
    assert len(ticks) > 2
    for across, day in marks:
        assert 10 <= across <= plot["width"] - 10  # half of a mark
        assert all((day > named) == (across > x) for x, named in ticks if day != named)
    [(start, end)] = plot["bands"]
    assert all((day == 7) == (start < across < end) for across, day in marks)
    assert plot["height"] < 700


def day_told(tip: str) -> int:
    """The day of September 2018 that begins the words."""
    found = re.match(r"(\d+) Sep", tip)
    assert found is not None, tip
    return int(found[1])


@pytest.mark.parametrize("width", WIDTHS)
def test_no_name_of_a_day_covers_another(compared: Page, width: int) -> None:
    compared.set_viewport_size({"width": width, "height": 900})
    boxes = [name.bounding_box() for name in compared.locator("#compared .day").all()]
    assert len(boxes) > 2
    edges = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
    for (_, end), (start, _) in zip(edges, edges[1:], strict=False):
        assert end < start


def test_the_arrow_keys_go_along_the_tabs(page: Page) -> None:
    tabs = page.get_by_role("tab")
    tabs.first.focus()
    for key, name in [
        ("ArrowRight", "Compare"),
        ("End", "Settings"),
        ("ArrowRight", "Ask"),
        ("ArrowLeft", "Settings"),
        ("ArrowLeft", "Articles"),
        ("Home", "Ask"),
    ]:
        page.keyboard.press(key)
        tab = page.get_by_role("tab", name=name)
        expect(tab).to_be_focused()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
        stops = tabs.evaluate_all("(tabs) => tabs.map((tab) => tab.tabIndex)")
        assert sorted(stops) == [-1, -1, -1, 0]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Topic")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("tab", name="Compare")).to_be_focused()


# Called at each step of the focus: notes what is to be seen around the element that has it
# now, and returns the element that had it before, where that looks no different without it.
RINGS = """() => {
  const look = (element) => {
    const circle = element.querySelector("circle");
    const styles = [element, element.closest(".wrap")].filter(Boolean).map((e) => getComputedStyle(e));
    const rings = styles.map((style) =>
      style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 ? style.outline : "");
    if (circle) rings.push(getComputedStyle(circle).stroke);
    return rings;
  };
  const { element: before, rings } = window.focusedBefore || {};
  const now = document.activeElement;
  if (before === now) return "";
  window.focusedBefore = { element: now, rings: look(now) };
  if (!before || before === document.body) return "";
  const unfocused = look(before);
  const isSeen = rings.some((ring, at) => ring && ring !== unfocused[at]);
  return isSeen ? "" : before.outerHTML.slice(0, 200);
}"""


def without_ring(page: Page) -> tuple[int, list[str]]:
    """Presses Tab from the tabs to the end of the page: how often, and what had the focus
    with nothing to be seen around it.
    """
    page.get_by_role("tab", selected=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")  # now by keyboard: a script's focus needs no ring
    bare = [page.evaluate(RINGS)]
    while page.evaluate("document.activeElement !== document.body"):
        page.keyboard.press("Tab")
        bare.append(page.evaluate(RINGS))
        assert len(bare) < 200, "Tab leads nowhere"
    return len(bare), [element for element in bare if element]


def test_whatever_has_the_focus_is_seen_to_have_it(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "How do Putin and Erdogan differ on a ceasefire?")
    page.locator("#latest .cite").first.click()
    expect(page.locator("#reader mark.cited").first).to_be_visible()
    number, bare = without_ring(page)
    assert (number > 30, bare) == (True, [])
    compare(page, "ceasefire", "Vladimir Putin", "Recep Tayyip Erdogan")
    number, bare = without_ring(page)
    assert (number > 30, bare) == (True, [])
    open_tab(page, "Articles")
    page.locator("#articles .open").first.click()
    expect(page.locator("#shelf-reader article")).to_be_visible()
    number, bare = without_ring(page)
    assert (number > 15, bare) == (True, [])
    open_tab(page, "Settings")
    number, bare = without_ring(page)
    assert (number > 2, bare) == (True, [])
