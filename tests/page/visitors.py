"""Visitors of the page in a real browser, and what each of them does there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, expect

from rag.page import conversation
from rag.page.conversation import Exchange
from rag.types import Answer, Citation, Question
from tests.serving import fill_model

QUESTION = "What did Putin say about Idlib?"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
TABS = ["Ask", "Compare", "Articles", "Settings"]

SLOW_MACHINE = 30_000  # milliseconds until what a test waits for must be there

expect.set_options(timeout=SLOW_MACHINE)
OpenPage = Callable[..., Page]


class Visitors:
    """Opens the page as one visitor after another, and notes what leaves the server and
    what fails.
    """

    def __init__(self, browser: Browser, server: str) -> None:
        self.browser, self.server = browser, server
        self.outside: list[str] = []
        self.failed: list[str] = []

    def open(self, **options: Any) -> Page:
        settings = {
            "viewport": DESKTOP,
            "permissions": ["clipboard-read", "clipboard-write"],
            **options,
        }
        page = self.browser.new_context(**settings).new_page()
        page.set_default_timeout(SLOW_MACHINE)
        page.on(
            "request",
            lambda sent: (
                None
                if is_inside(sent.url, self.server)
                else self.outside.append(sent.url)
            ),
        )
        page.on("pageerror", lambda error: self.failed.append(str(error)))
        page.on("dialog", lambda dialog: self.failed.append(dialog.message))
        page.on(
            "console",
            lambda line: (
                self.failed.append(line.text) if line.type == "error" else None
            ),
        )
        page.goto(self.server)
        expect(page.locator(".masthead .status")).to_contain_text(
            "ready", timeout=60_000
        )
        return page

    def come_back(self, page: Page) -> None:
        """Leaves the page and opens it again as the same visitor; a request that leaving
        aborts has not failed.
        """
        address, failed = page.url, list(self.failed)
        page.goto("about:blank")
        self.failed[:] = failed
        page.goto(address)


def is_inside(url: str, server: str) -> bool:
    return url.startswith((f"{server}/", "data:", f"blob:{server}/"))


def ask(page: Page, question: str = QUESTION) -> None:
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    wait_for_answer(page, question)


def wait_for_answer(page: Page, question: str) -> None:
    expect(page.locator("#latest .question")).to_have_text(question)
    expect(page.locator("#latest .answer")).to_have_attribute("aria-busy", "false")


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def upload(page: Page, *files: Path) -> None:
    open_tab(page, "Articles")
    find_articles(page, "")
    page.locator("#files input[type=file]").set_input_files(list(files))
    expect(page.locator("#report .report")).to_be_visible()


def find_articles(page: Page, words: str) -> None:
    page.locator("#wanted input, #wanted textarea").fill(words)


def is_in_view(page: Page, selector: str) -> bool:
    """Whether the middle of the element is what a reader sees at that place."""
    return bool(
        page.locator(selector).first.evaluate(
            """(element) => {
              const box = element.getClientRects()[0];
              const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
              return element.contains(seen);
            }"""
        )
    )


def fill_comparison(page: Page, topic: str, *people: str) -> None:
    open_tab(page, "Compare")
    for name in people:
        page.locator("#speakers input").fill(name)
        page.locator("#speakers input").press("Enter")
        expect(page.locator("#speakers .token").filter(has_text=name)).to_be_visible()
    page.locator("#speakers input").press("Escape")
    page.locator("#topic input, #topic textarea").fill(topic)


def compare(page: Page, topic: str, *people: str) -> None:
    fill_comparison(page, topic, *people)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".compared")).to_have_attribute("aria-busy", "false")


def choose_model(page: Page, name: str) -> None:
    open_tab(page, "Settings")
    fill_model(page, name)


def too_wide(page: Page) -> list[str]:
    """What reaches beyond the window, apart from what scrolls in a box of its own."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll(".gradio-container *")]
              .filter((element) => element.checkVisibility({ visibilityProperty: true }))
              .filter((element) => !element.closest(".plot > *"))
              .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
              .map((element) => element.outerHTML.slice(0, 120))"""
        )
    )


def write_article(folder: Path, name: str, **fields: str) -> Path:
    path = folder / name
    path.write_text(json.dumps(fields) + "\n", encoding="utf-8")
    return path


def keep_conversation(page: Page, exchanges: list[Exchange]) -> None:
    """Puts a conversation into the browser, as the page itself would have kept it."""
    page.evaluate(
        "([name, kept]) => sessionStorage.setItem(name, kept)",
        ["on-record-conversation", conversation.stored(exchanges)],
    )


def long_conversation(turns: int) -> list[Exchange]:
    """Answers of 120 words with 10 citations of 25 words, no two alike."""
    quotes = [
        " ".join(f"word{turn}x{at * 7919 % 1009}y{at}" for at in range(25))
        for turn in range(turns)
    ]
    cited = [
        Citation(at, "gone", "A title", "A source", "2018-09-07", None, 0, 9, "")
        for at in range(1, 11)
    ]
    return [
        Exchange(
            Answer(
                Question(f"Question number {turn}?"),
                " ".join(f"{quote} [{one.marker}]." for one in cited[:5]),
                tuple(
                    replace(one, article_id=f"{turn}", quote=f"{quote} {one.marker}")
                    for one in cited
                ),
            )
        )
        for turn, quote in enumerate(quotes)
    ]
