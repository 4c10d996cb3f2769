"""What a reader does in the first minutes, in a real browser: asks before the articles are
read, opens a second tab, goes back, looks for an article, corrects a chip.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.serving import browser_path, served_page

QUESTION = "What did Putin say about Idlib?"
OTHER = "What did Erdogan say about Idlib?"
SLOW_MACHINE = 30_000  # milliseconds until what a test waits for must be there
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page, over the bundled articles."""
    with served_page(tmp_path_factory.mktemp("first")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = browser_path()
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail("No Chromium is installed here, and the page must be tested.")
        pytest.skip("No Chromium is installed here.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A new visitor at a desk, whose tabs share what a browser shares."""
    expect.set_options(timeout=SLOW_MACHINE)
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    context.set_default_timeout(SLOW_MACHINE)
    yield context
    context.close()


def open_page(visitor: BrowserContext, address: str) -> Page:
    """A tab with the page, once the articles have been read."""
    page = visitor.new_page()
    page.goto(address)
    wait_until_ready(page)
    return page


def wait_until_ready(page: Page) -> None:
    ready = re.compile("ready")
    expect(page.locator(".masthead .status")).to_have_text(ready, timeout=120_000)


def put(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")


def wait_for_answer(page: Page, question: str) -> None:
    latest = page.locator("#latest")
    expect(latest.locator(".question")).to_have_text(question)
    expect(latest.locator(".answer")).to_have_attribute("aria-busy", "false")


def ask(page: Page, question: str) -> None:
    put(page, question)
    wait_for_answer(page, question)


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


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
