"""What a reader does in the first minutes, in a real browser: asks before the articles are
read, opens a second tab, goes back, looks for an article, corrects a chip.
"""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.chat_server import ChatServer
from tests.page.visitors import (
    DESKTOP,
    PHONE,
    QUESTION,
    SLOW_MACHINE,
    ask,
    choose_model,
    open_tab,
    wait_for_answer,
)
from tests.serving import served_page, wait_until

OTHER = "What did Erdogan say about Idlib?"
STOPPED = "Stopped before the answer was complete."
# milliseconds for a page to load its models and to read its articles
STARTING = 120_000

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def new_visitor(browser: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """Makes visitors at a desk; the tabs of each share what a browser shares."""
    contexts: list[BrowserContext] = []

    def visitor() -> BrowserContext:
        contexts.append(browser.new_context(viewport=DESKTOP))
        contexts[-1].set_default_timeout(SLOW_MACHINE)
        return contexts[-1]

    yield visitor
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(new_visitor: Callable[[], BrowserContext]) -> BrowserContext:
    return new_visitor()


def open_page(visitor: BrowserContext, address: str) -> Page:
    """A tab with the page, once the articles have been read."""
    page = visitor.new_page()
    page.goto(address)
    wait_until_ready(page)
    return page


def wait_until_ready(page: Page) -> None:
    ready = re.compile("ready")
    expect(page.locator(".masthead .status")).to_have_text(ready, timeout=STARTING)


def put(page: Page, question: str) -> None:
    """Asks, and waits for nothing."""
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")


def wait_for_late_answer(page: Page, question: str) -> None:
    answer = page.locator("#latest .answer[aria-busy=false]")
    expect(answer).to_have_count(1, timeout=STARTING)
    wait_for_answer(page, question)


def put_comparison(page: Page, topic: str) -> None:
    """Compares on a topic; what is filled in while the field is still being set up is lost."""
    open_tab(page, "Compare")
    field = page.locator("#topic input, #topic textarea")
    for _ in range(5):
        field.fill("")
        field.fill(topic)
        field.press("Enter")
        with suppress(AssertionError):
            heading = page.locator("#compared .compared h2")
            expect(heading).to_have_text(topic, timeout=5_000)
            return
    pytest.fail("The topic was never taken.")


def compare(page: Page, topic: str) -> None:
    put_comparison(page, topic)
    expect(page.locator("#compared .compared")).to_have_attribute("aria-busy", "false")


class Chroma:
    """A real Chroma server on this machine, which can be made to keep the page waiting: the
    page reads no article before it has opened its vectors.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        command = [str(Path(sys.executable).with_name("chroma")), "run"]
        command += ["--path", str(folder / "chroma"), "--host", "127.0.0.1"]
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._listens)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Answers nothing from now on until it is told to `go_on`, at the latest at the end:
        a page that waits for it cannot be ended.
        """
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.go_on()

    def end(self) -> None:
        self.go_on()
        self._process.kill()
        self._process.wait()


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[Chroma]:
    server = Chroma(tmp_path)
    yield server
    server.end()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def waits(shown: Locator) -> None:
    """Says that it waits for the articles, and offers to stop."""
    expect(shown).to_contain_text("Your question is next.")
    stop = shown.page.get_by_role("button", name="Stop").locator("visible=true")
    expect(stop).to_be_visible()


def visit(visitor: BrowserContext, address: str) -> Page:
    """A tab with the page, whatever state the articles are in."""
    page = visitor.new_page()
    page.goto(address)
    return page


def test_what_is_asked_before_the_articles_are_read_waits_and_is_then_answered(
    new_visitor: Callable[[], BrowserContext], chroma: Chroma, tmp_path: Path
) -> None:
    served = served_page(tmp_path, ONRECORD_CHROMA_URL=chroma.url)
    with served as address, chroma.paused():
        # more than are answered at the same time
        pages = [visit(new_visitor(), address) for _ in range(6)]
        for page in pages:
            put(page, QUESTION)
        for page in pages:
            waits(page.locator("#latest .answer"))
        expect(pages[0].locator("#latest .answer")).to_contain_text("Loading")
        pages[1].reload()
        waits(pages[1].locator("#latest .answer"))
        put(pages[2], OTHER)
        expect(pages[2].locator("#queued")).to_contain_text(OTHER)
        stop(pages[3])
        put_comparison(pages[4], "ceasefire")
        waits(pages[4].locator("#compared .answer"))
        stop(pages[5])
        put_comparison(pages[5], "ceasefire")
        waits(pages[5].locator("#compared .answer"))
        stop(pages[5])
        expect(pages[5].locator("#compared")).to_contain_text("Name a topic")
        chroma.go_on()
        for page in (*pages[:2], pages[4]):
            page.bring_to_front()
            wait_for_late_answer(page, QUESTION)
            expect(page.locator("#latest .cite").first).to_be_attached()
            expect(page.locator("#latest .answer")).not_to_contain_text("incomplete")
        pages[2].bring_to_front()
        wait_for_answer(pages[2], OTHER)
        expect(pages[2].locator("#past .question")).to_have_text([QUESTION])
        expect(pages[2].locator("#queued")).to_have_text("")
        expect(pages[4].locator("#compared .compared h2")).to_have_text("ceasefire")
        expect(pages[4].locator("#compared .grid")).to_be_visible()
        wait_until_ready(pages[3])
        expect(pages[3].locator("#latest .notice")).to_have_text(STOPPED)


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop").locator("visible=true").click()
    expect(
        page.get_by_role("button", name="Stop").locator("visible=true")
    ).to_have_count(0)


def test_what_never_got_its_answer_is_asked_again_after_a_restart(
    new_visitor: Callable[[], BrowserContext], chroma: Chroma, tmp_path: Path
) -> None:
    port = str(free_port())
    settings = {"ONRECORD_CHROMA_URL": chroma.url, "ONRECORD_PORT": port}
    address = f"http://127.0.0.1:{port}"
    with served_page(tmp_path, **settings), chroma.paused():
        page = visit(new_visitor(), address)
        put(page, QUESTION)
        waits(page.locator("#latest .answer"))
        put_comparison(page, "ceasefire")
        waits(page.locator("#compared .answer"))
        page.goto("about:blank")
        chroma.go_on()
        open_page(new_visitor(), address)
    with served_page(tmp_path, **settings):
        page.goto(address)
        wait_for_late_answer(page, QUESTION)
        expect(page.locator("#latest .cite").first).to_be_visible()
        open_tab(page, "Compare")
        expect(page.locator("#compared .compared h2")).to_have_text("ceasefire")
        expect(page.locator("#compared .grid")).to_be_visible()


def test_what_waits_is_told_why_the_articles_could_not_be_read(
    visitor: BrowserContext, chroma: Chroma, tmp_path: Path
) -> None:
    served = served_page(tmp_path, ONRECORD_CHROMA_URL=chroma.url)
    with served as address, chroma.paused():
        page = visit(visitor, address)
        put(page, QUESTION)
        waits(page.locator("#latest .answer"))
        put_comparison(page, "ceasefire")
        waits(page.locator("#compared .answer"))
        chroma.end()
        problem = page.locator(".masthead .problem")
        expect(problem).to_contain_text(chroma.url, timeout=STARTING)
        told = problem.inner_text()
        expect(page.locator("#compared .notice")).to_have_text(told)
        open_tab(page, "Ask")
        wait_for_answer(page, QUESTION)
        expect(page.locator("#latest .notice")).to_have_text(told)
        expect(page.locator("#latest .verdict")).to_have_count(0)


def test_stop_ends_what_waits_behind_an_answer_too(
    visitor: BrowserContext, server: str, model: ChatServer
) -> None:
    model.pause = 0.2
    page = open_page(visitor, server)
    choose_model(page, "openai:slow")
    open_tab(page, "Ask")
    put(page, QUESTION)
    written = "should be the primary goal"
    expect(page.locator("#latest .answer")).to_contain_text(written)
    put(page, OTHER)
    expect(page.locator("#queued")).to_contain_text(OTHER)
    stop(page)
    for _ in range(2):
        expect(page.locator("#past .question")).to_have_text([QUESTION])
        expect(page.locator("#past .answer")).to_contain_text(written)
        expect(page.locator("#past .notice")).to_have_text([STOPPED])
        expect(page.locator("#latest .question")).to_have_text(OTHER)
        expect(page.locator("#latest .notice")).to_have_text([STOPPED])
        expect(page.locator("#queued")).to_have_text("")
        page.reload()
    model.pause = 0.0
    page.get_by_role("button", name="Ask this question again").click()
    wait_for_answer(page, OTHER)
    expect(page.locator("#latest .cite").first).to_be_visible()


def test_two_tabs_keep_two_conversations(visitor: BrowserContext, server: str) -> None:
    first, second = open_page(visitor, server), open_page(visitor, server)
    ask(first, QUESTION)
    ask(second, OTHER)
    first.reload()
    wait_for_answer(first, QUESTION)
    second.reload()
    wait_for_answer(second, OTHER)
    ask(first, "and Merkel?")
    expect(first.locator("#past .question")).to_have_text([QUESTION])
    second.reload()
    wait_for_answer(second, OTHER)
    expect(second.locator("#past .question")).to_have_count(0)


def test_a_tab_opened_later_begins_with_the_last_conversation_and_leaves_it_alone(
    visitor: BrowserContext, server: str
) -> None:
    first = open_page(visitor, server)
    ask(first, QUESTION)
    later = open_page(visitor, server)
    wait_for_answer(later, QUESTION)
    later.get_by_role("button", name="New conversation").click()
    ask(later, OTHER)
    first.reload()
    wait_for_answer(first, QUESTION)
    expect(first.locator("#past .question")).to_have_count(0)


def test_two_tabs_keep_two_comparisons(visitor: BrowserContext, server: str) -> None:
    first, second = open_page(visitor, server), open_page(visitor, server)
    compare(first, "ceasefire")
    compare(second, "refugees")
    for page, topic in ((first, "ceasefire"), (second, "refugees")):
        page.reload()
        open_tab(page, "Compare")
        expect(page.locator("#compared .compared h2")).to_have_text(topic)


def test_back_closes_an_article_at_a_desk(visitor: BrowserContext, server: str) -> None:
    page = open_page(visitor, server)
    ask(page, QUESTION)
    article, card = page.locator("#reader article"), page.locator(".card[aria-current]")
    cite = page.locator("#latest .cite")
    for _ in range(2):
        cite.first.click()
        expect(article).to_be_visible()
        cite.nth(1).click()
        expect(page.locator("#evidence .card").nth(1)).to_have_attribute(
            "aria-current", "true"
        )
        page.go_back()
        expect(article).to_have_count(0)
        expect(card).to_have_count(0)
        expect(page.locator("#evidence .card")).not_to_have_count(0)
        expect(cite.nth(1)).to_be_focused()
        page.go_forward()
        wait_for_answer(page, QUESTION)
        expect(article).to_have_count(0)
    page.locator("#evidence .card").first.click()
    expect(article).to_be_visible()
    page.go_back()
    expect(article).to_have_count(0)
    open_tab(page, "Articles")
    page.locator("#articles .open").first.click()
    expect(page.locator("#shelf-reader article")).to_be_visible()
    page.go_back()
    expect(page.locator("#shelf-reader article")).to_have_count(0)
    page.go_back()
    assert page.url == "about:blank"


def test_back_closes_the_evidence_on_a_phone(browser: Browser, server: str) -> None:
    phone = browser.new_context(viewport=PHONE, has_touch=True)
    page = open_page(phone, server)
    ask(page, QUESTION)
    cite, evidence = page.locator("#latest .cite").first, page.locator("#evidence")
    cite.tap()
    expect(page.locator("#reader mark.cited").first).to_be_visible()
    page.go_back()
    expect(evidence).not_to_be_visible()
    expect(cite).to_be_focused()
    page.go_forward()
    expect(evidence).not_to_be_visible()
    cite.tap()
    expect(evidence).to_be_visible()
    page.go_back()
    expect(evidence).not_to_be_visible()
    for close in ("Escape", "button"):
        cite.tap()
        expect(page.locator("#reader mark.cited").first).to_be_visible()
        if close == "Escape":
            page.keyboard.press("Escape")
        else:
            page.get_by_role("button", name="Back to the conversation").tap()
        expect(evidence).not_to_be_visible()
    wait_until(lambda: page.evaluate("history.state") is None)
    page.go_back()
    assert page.url == "about:blank"
    phone.close()


def titles(page: Page) -> Locator:
    return page.locator("#articles .headline bdi")


def test_every_one_of_500_articles_can_be_reached_and_found(
    visitor: BrowserContext, tmp_path: Path
) -> None:
    names = [f"Report a{number:03}" for number in range(500)]
    articles = tmp_path / "articles.jsonl"
    with articles.open("w", encoding="utf-8") as file:
        for name in names:
            words = {"title": name, "text": f"{name} says that it rained."}
            file.write(json.dumps(words) + "\n")
    with served_page(tmp_path, ONRECORD_BUNDLED="0") as address:
        page = open_page(visitor, address)
        open_tab(page, "Articles")
        page.locator("#files input[type=file]").set_input_files(articles)
        report = page.locator("#report .report")
        expect(report).to_contain_text("500 added", timeout=STARTING)
        reaches_all(page, names)
        finds_any(page)


def reaches_all(page: Page, names: list[str]) -> None:
    more = page.get_by_role("button", name="Show more articles")
    for listed, all_ in ((200, 400), (400, 500)):
        expect(titles(page)).to_have_count(listed)
        more.click()
        expect(titles(page)).to_have_count(all_)
        goes_on = page.locator("#articles .open").nth(listed)
        expect(goes_on).to_be_focused()
        expect(goes_on).to_be_in_viewport()
    expect(more).to_have_count(0)
    assert sorted(titles(page).all_inner_texts()) == names
    page.get_by_role("button", name="Remove Report a007").click()
    expect(titles(page)).to_have_count(499)
    page.get_by_role("button", name="Undo").click()
    expect(titles(page)).to_have_count(500)


def finds_any(page: Page) -> None:
    """The list follows whatever changes the words, not only the keys that write."""
    field = page.locator("#wanted input, #wanted textarea")
    field.press_sequentially("report a437")
    expect(titles(page)).to_have_text(["Report a437"])
    field.press("Backspace")
    expect(titles(page)).to_have_count(10)
    field.press("ControlOrMeta+a")
    field.press("ControlOrMeta+x")
    expect(titles(page)).to_have_count(200)
    field.press("ControlOrMeta+v")
    expect(titles(page)).to_have_count(10)
    for _ in range(len("a43")):
        field.press("Backspace")
    expect(titles(page)).to_have_count(200)
    expect(page.locator("#articles")).to_contain_text("Show more (300)")
    field.fill("a001")
    expect(titles(page)).to_have_text(["Report a001"])
    field.clear()
    expect(titles(page)).to_have_count(200)


def change_speaker(page: Page, old: str, new: str) -> None:
    """Opens the chip of a speaker and asks again for another."""
    chip = page.locator("#latest .chip").filter(has_text=old)
    chip.locator("summary").click()
    field = page.get_by_label("Speaker", exact=True).locator("visible=true")
    expect(field).to_be_focused()
    field.fill(new)
    chip.get_by_role("button", name="Ask again").click()


def evidence(page: Page) -> list[str]:
    return page.locator("#evidence .card .quote").all_inner_texts()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Erdogan", "Recep Tayyip Erdogan"),
        ("Haley", "Nikki Haley"),
        ("the Turkish president", "Recep Tayyip Erdogan"),
    ],
)
def test_a_name_on_a_chip_finds_whom_the_plain_question_finds(
    visitor: BrowserContext, server: str, written: str, meant: str
) -> None:
    page = open_page(visitor, server)
    plain = f"What did {written} say about Idlib?"
    ask(page, plain)
    expect(page.locator("#latest .chips")).to_contain_text(meant)
    found = evidence(page)
    assert found
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".welcome")).to_be_visible()
    ask(page, QUESTION)
    change_speaker(page, "Vladimir Putin", written)
    wait_for_answer(page, plain)
    expect(page.locator("#latest .chips")).to_contain_text(f"by {meant}")
    expect(page.locator("#latest .verdict")).to_have_count(0)
    assert evidence(page) == found


def test_after_a_chip_was_changed_all_is_about_who_is_asked_now(
    visitor: BrowserContext, server: str
) -> None:
    page = open_page(visitor, server)
    ask(page, QUESTION)
    change_speaker(page, "Vladimir Putin", "Haley")
    asked_now = "What did Haley say about Idlib?"
    wait_for_answer(page, asked_now)
    for button in ("Export conversation", "Export the answer"):
        with page.expect_download() as downloading:
            page.get_by_role("button", name=button).click()
        text = Path(downloading.value.path()).read_text(encoding="utf-8")
        assert f"## {asked_now}" in text
        assert QUESTION not in text
    page.reload()
    wait_for_answer(page, asked_now)
    page.get_by_role("button", name="Ask this question again").click()
    wait_for_answer(page, asked_now)
    expect(page.locator("#latest .chips")).to_contain_text("by Nikki Haley")
    ask(page, "and about Assad?")
    carried = page.locator("#latest .chip").filter(has_text="carried over")
    expect(carried).to_have_text([re.compile("by Nikki Haley")])
    expect(page.locator("#past .question")).to_have_text([asked_now])
