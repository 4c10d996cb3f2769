"""The page for everybody, in a real browser: by eye and ear, by keyboard, magnified, on a
small screen and on paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, ViewportSize, expect

from rag.page.conversation import Exchange
from rag.types import Answer, Question
from tests.chat_server import ChatServer
from tests.page.visitors import (
    DESKTOP,
    QUESTION,
    TABS,
    OpenPage,
    Visitors,
    ask,
    choose_model,
    compare,
    keep_conversation,
    long_conversation,
    open_tab,
    too_wide,
    upload,
    wait_for_answer,
    write_article,
)
from tests.serving import served_page

# A desk, a tablet held upright, a phone.
WIDTHS = (1280, 768, 390)

pytestmark = [
    pytest.mark.timeout(300),
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


# Every rule of WCAG 2.2 A and AA, the best practices, and what axe still tries out.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES += ["experimental"]
AXE = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.flat().at(-1)}`));
}"""
SETTLED = "() => document.getAnimations().every((one) => one.playState === 'finished')"


def violations(page: Page) -> dict[str, list[str]]:
    """What axe finds at every width, in the light and in the dark: rule and element, and
    where.

    A window as tall as all that it shows, since axe passes over what is scrolled away; and
    one of the usual height, where boxes scroll.
    """
    found: dict[str, list[str]] = {}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        for height, theme, rules in [
            (4000, "light", RULES),
            (4000, "dark", ["color-contrast"]),
            (900, "light", ["scrollable-region-focusable", "target-size"]),
        ]:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(
                "(dark) => document.body.classList.toggle('dark', dark)",
                theme == "dark",
            )
            page.wait_for_function(SETTLED)
            for violation in page.evaluate(AXE, rules):
                found.setdefault(violation, []).append(f"{width}x{height} {theme}")
    page.evaluate("document.body.classList.remove('dark')")
    page.set_viewport_size(DESKTOP)
    return found


@pytest.fixture
def reading(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page opened while the bundled articles are still being read, and held there."""
    with served_page(tmp_path) as address:
        page = browser.new_context(reduced_motion="reduce").new_page()
        page.goto(address)
        expect(page.locator(".welcome")).to_contain_text("being read")
        page.route("**/*", lambda route: None)
        yield page
        # until it has read them: torch aborts a server that ends while it loads a model
        page.unroute("**/*")
        page.reload()
        expect(page.locator(".masthead .status")).to_contain_text("ready")
        page.context.close()


def test_axe_finds_nothing_while_the_articles_are_being_read(reading: Page) -> None:
    assert violations(reading) == {}
    expect(reading.locator(".welcome")).to_contain_text("being read")


def test_axe_finds_nothing_in_a_conversation(
    open_page: OpenPage, model: ChatServer
) -> None:
    page = open_page(reduced_motion="reduce")
    assert violations(page) == {}, "the empty page"
    ask(page)
    assert violations(page) == {}, "an answer"
    page.locator("#latest .chip summary").first.click()
    assert violations(page) == {}, "the form of a chip"
    page.keyboard.press("Escape")
    page.locator("#latest .feedback summary").first.click()
    assert violations(page) == {}, "the form of feedback"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="This answer is useful").click()
    expect(page.locator("#latest .thanks")).to_be_visible()
    page.locator("#latest .cite").first.click()
    expect(page.locator("#reader mark.cited").first).to_be_visible()
    assert violations(page) == {}, "an article beside the conversation"


def test_axe_finds_nothing_in_every_other_kind_of_answer(
    open_page: OpenPage, model: ChatServer
) -> None:
    page = open_page(reduced_motion="reduce")
    for question in (
        "How do Putin and Erdogan differ on a ceasefire?",
        "How do Putin and Erdogan differ on a ceasefire?",
        "What did Emmanuel Macron say about Idlib?",
    ):
        ask(page, question)
        assert violations(page) == {}, question
    model.status = 500
    choose_model(page, "openai:broken")
    assert violations(page) == {}, "the settings"
    open_tab(page, "Ask")
    ask(page)
    expect(page.locator("#latest .notice")).to_be_visible()
    assert violations(page) == {}, "a model that fails"


def test_axe_finds_nothing_while_an_answer_is_being_written(
    open_page: OpenPage, model: ChatServer
) -> None:
    page = open_page(reduced_motion="reduce")
    choose_model(page, "openai:slow")
    open_tab(page, "Ask")
    model.pause = 1.0  # seconds between the words of an answer of sixty
    page.locator("#question textarea").fill(QUESTION)
    page.locator("#question textarea").press("Enter")
    stop = page.get_by_role("button", name="Stop").locator("visible=true")
    expect(stop).to_be_visible()
    assert violations(page) == {}
    expect(page.locator("#latest .answer")).to_have_attribute("aria-busy", "true")
    stop.click()
    expect(page.locator("#latest .notice")).to_be_visible()
    assert violations(page) == {}, "a stopped answer"


def test_axe_finds_nothing_in_a_long_conversation_with_an_answer_that_failed(
    open_page: OpenPage, visitors: Visitors
) -> None:
    page = open_page(reduced_motion="reduce")
    page.goto(f"{visitors.server}/favicon.ico")
    problem = "The articles are in use by another program."
    failed = Exchange(Answer(Question("What failed?"), ""), "failed", problem)
    keep_conversation(page, [*long_conversation(25), failed])
    page.goto(visitors.server)
    expect(page.locator("#latest .notice")).to_have_text(problem)
    expect(page.locator(".earlier button")).to_be_visible()
    assert violations(page) == {}


def test_axe_finds_nothing_in_a_comparison(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    open_tab(page, "Compare")
    assert violations(page) == {}, "nothing compared yet"
    compare(page, "ceasefire", "Vladimir Putin", "Recep Tayyip Erdogan")
    assert violations(page) == {}, "a comparison"
    page.locator("#compared .mark").first.click()
    expect(page.locator("#compared-reader mark.cited").first).to_be_visible()
    assert violations(page) == {}, "an article beside the comparison"
    page.locator("#sources input").click()
    expect(page.locator("#sources [role=option]").first).to_be_visible()
    assert violations(page) == {}, "a list of names to choose from"
    compare(page, "Wimbledon tennis", "Angela Merkel")
    assert violations(page) == {}, "a comparison of nothing"


def test_axe_finds_nothing_among_the_articles(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(reduced_motion="reduce")
    open_tab(page, "Articles")
    expect(page.locator("#articles .open").first).to_be_visible()
    assert violations(page) == {}, "the list"
    picture = tmp_path / "picture.txt"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    upload(
        page,
        write_article(tmp_path, "rain.jsonl", title="Rain", text="Rain fell on Aa."),
        picture,
    )
    assert violations(page) == {}, "the report"
    page.locator("#articles .open").first.click()
    expect(page.locator("#shelf-reader article")).to_be_visible()
    assert violations(page) == {}, "an article"
    page.get_by_role("button", name="Remove Rain").click()
    expect(page.locator("#undo button")).to_be_visible()
    assert violations(page) == {}, "the way to take a removal back"
    page.locator("#wanted input, #wanted textarea").press_sequentially("zebra")
    expect(page.locator("#articles")).to_contain_text("No article matches.")
    assert violations(page) == {}, "nothing found"


# What a window of 1280 by 1024 pixels shows when it is magnified four times, as WCAG 1.4.10
# asks for.
MAGNIFIED: ViewportSize = {"width": 320, "height": 256}

# How much of the window shows the element, in the middle from the top to the bottom.
SHARE = """(element) => {
  const heights = [...Array(window.innerHeight).keys()];
  const shown = heights.filter((y) =>
    element.contains(document.elementFromPoint(window.innerWidth / 2, y)));
  return shown.length / heights.length;
}"""


def test_magnified_four_times_an_answer_is_read_and_the_next_question_asked(
    open_page: OpenPage,
) -> None:
    page = open_page(viewport=MAGNIFIED, reduced_motion="reduce")
    ask(page)
    answer = page.locator("#latest .answer")
    answer.evaluate("(answer) => answer.scrollIntoView({ block: 'start' })")
    assert answer.evaluate(SHARE) > 0.9
    box = page.locator("#question textarea")
    box.scroll_into_view_if_needed()
    expect(box).to_be_in_viewport(ratio=1)
    expect(page.locator("#ask")).to_be_in_viewport(ratio=1)
    box.fill("What did Erdogan say about Idlib?")
    page.locator("#ask").click()
    wait_for_answer(page, "What did Erdogan say about Idlib?")
    expect(page.locator("#latest .question")).to_be_in_viewport(ratio=1)
    assert scrolls_sideways(page) is False


def test_magnified_four_times_the_evidence_is_read_and_left(
    open_page: OpenPage,
) -> None:
    page = open_page(viewport=MAGNIFIED, reduced_motion="reduce")
    ask(page)
    page.locator("#latest .cite").first.click()
    mark = page.locator("#reader mark.cited").first
    expect(mark).to_be_in_viewport()
    assert page.locator("#reader article").evaluate(SHARE) > 0.9
    page.keyboard.press("Escape")
    expect(mark).not_to_be_visible()
    expect(page.locator("#latest .cite").first).to_be_in_viewport()


def test_magnified_four_times_nothing_is_cut_off(open_page: OpenPage) -> None:
    page = open_page(viewport=MAGNIFIED, reduced_motion="reduce")
    ask(page, "How do Putin and Erdogan differ on a ceasefire?")
    compare(page, "ceasefire", "Vladimir Putin", "Recep Tayyip Erdogan")
    open_tab(page, "Articles")
    expect(page.locator("#articles .open").first).to_be_visible()
    for tab in TABS:
        open_tab(page, tab)
        assert too_wide(page) == []
        assert scrolls_sideways(page) is False
        last = page.get_by_role("tabpanel").locator("button, p").locator("visible=true")
        last.last.scroll_into_view_if_needed()
        expect(last.last).to_be_in_viewport()


def scrolls_sideways(page: Page) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    )


def test_on_a_lying_phone_the_page_scrolls_as_a_whole(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 844, "height": 390}, reduced_motion="reduce")
    ask(page)
    answer = page.locator("#latest .answer")
    answer.evaluate("(answer) => answer.scrollIntoView({ block: 'start' })")
    assert answer.evaluate(SHARE) > 0.5
    expect(page.locator("#evidence")).not_to_be_visible()
    page.locator("#latest .cite").first.click()
    expect(page.locator("#reader mark.cited").first).to_be_in_viewport()


# What would be lost on paper: text in a box that is lower than its text and cuts it off.
CUT = """() => [...document.querySelectorAll("#tabs *")]
  .filter((element) => element.checkVisibility() && element.clientHeight > 1)
  .filter((element) => getComputedStyle(element).overflowY !== "visible")
  .filter((element) => element.scrollHeight > element.clientHeight + 1)
  .map((element) => element.outerHTML.slice(0, 120))"""
PRESSED = "button:not(.cite, .quote-button, .place, .offers button), input, select"
COLOUR_OF_INK = "getComputedStyle(document.querySelector('.answer p')).color"
A4 = 297 - 2 * 18  # millimetres of a page between the margins of page.css


def printed_pages(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@contextmanager
def on_paper(page: Page) -> Iterator[None]:
    """The page laid out as wide as an A4 page between its margins, as it is printed."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 672, "height": 986})
    yield
    page.emulate_media(media="null")
    page.set_viewport_size(DESKTOP)


def test_the_whole_conversation_is_printed_with_its_evidence(
    open_page: OpenPage, visitors: Visitors
) -> None:
    page = open_page(color_scheme="dark")
    page.goto(f"{visitors.server}/favicon.ico")
    keep_conversation(page, long_conversation(12))
    page.goto(visitors.server)
    wait_for_answer(page, "Question number 11?")
    ask(page)
    pages = printed_pages(page)
    with on_paper(page):
        millimetres = page.evaluate("document.body.scrollHeight") / 96 * 25.4
        assert pages >= millimetres / A4 > 3
        assert page.evaluate(CUT) == []
        for exchange in page.locator(".exchange").all():
            expect(exchange.locator(".answer")).to_be_visible()
            expect(exchange.locator(".on-paper li").last).to_be_visible()
        quotes = page.locator("#latest .on-paper .quote").all_inner_texts()
        assert quotes == page.locator("#evidence .quote").all_text_contents()
        assert page.locator(PRESSED).locator("visible=true").all_inner_texts() == []
        expect(page.locator("#question")).not_to_be_visible()
        assert page.evaluate(COLOUR_OF_INK) == "rgb(29, 28, 26)"
    expect(page.locator(".on-paper").first).not_to_be_visible()


def test_an_open_article_is_printed_whole(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    text = " ".join(
        f"Sentence number {number} of the long one." for number in range(900)
    )
    address = "https://news.example/long"
    long = write_article(tmp_path, "a.jsonl", title="Long", text=text, url=address)
    upload(page, long)
    page.get_by_role("button", name="Read Long").click()
    expect(page.locator("#shelf-reader")).to_contain_text("Sentence number 899")
    assert printed_pages(page) > 3
    with on_paper(page):
        expect(page.locator("#shelf-reader .body")).to_be_visible()
        expect(page.locator("#articles")).not_to_be_visible()
        assert page.evaluate(CUT) == []
        link = page.locator("#shelf-reader a")
        shown = link.evaluate("(link) => getComputedStyle(link, '::after').content")
        assert address in shown
