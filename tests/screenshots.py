"""Takes the pictures of the page: `python -m tests.screenshots FOLDER [--question
QUESTION]`.

`page.png` is the README's: the page at a desk, light; the others show it dark, on a phone,
refusing, with a chat model's answer, taking feedback, comparing, and its articles.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.chat_server import ChatServer, chat_server
from tests.serving import SUPPORTED, as_tokens, browser_path, fill_model, served_page

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}}
LIGHT, DARK = {"color_scheme": "light"}, {"color_scheme": "dark"}
UNSUPPORTED = "Putin said that he will grow tomatoes on the Moon in 2031 [1]."
LOOKS: dict[str, dict[str, Any]] = {
    "page": DESKTOP | LIGHT,
    "dark": DESKTOP | DARK,
    "phone": PHONE | LIGHT,
    "phone-dark": PHONE | DARK,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Takes the pictures of the page.")
    parser.add_argument("folder", type=Path, help="where the pictures are put")
    parser.add_argument("--question", default="What did Putin say about Idlib?")
    given = parser.parse_args()
    executable = browser_path()
    if executable is None:
        sys.exit(
            "No Chromium is installed here; install one, such as Debian's package chromium."
        )
    given.folder.mkdir(parents=True, exist_ok=True)
    with (
        chat_server() as model,
        tempfile.TemporaryDirectory() as data,
        sync_playwright() as playwright,
    ):
        model.tokens = as_tokens(*SUPPORTED, UNSUPPORTED)
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox"]
        )
        with served_page(Path(data), ONRECORD_MODEL_URL=model.url) as address:
            for name, look in LOOKS.items():
                page = _opened(browser, address, look)
                _picture(page, given.question, given.folder, name)
                _answers(page, model, given.folder, name)
        browser.close()


def _opened(browser: Browser, address: str, look: dict[str, Any]) -> Page:
    page = browser.new_context(**look, reduced_motion="reduce").new_page()
    page.goto(address)
    expect(page.locator(".masthead .status")).to_contain_text("ready", timeout=60_000)
    expect(page.locator(".suggestions button").first).to_be_visible()
    return page


def _picture(page: Page, question: str, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}-empty.png")
    _ask(page, question)
    page.screenshot(path=folder / f"{name}-answer.png")
    page.locator("#latest .cite").nth(1).click()
    expect(page.locator("#reader mark.cited").first).to_be_focused()
    page.mouse.move(0, 0)
    page.screenshot(path=folder / f"{name}.png")
    _shrink(folder / f"{name}.png")
    page.keyboard.press("Escape")
    _compare(page)
    page.screenshot(path=folder / f"{name}-compare.png")
    page.get_by_role("tab", name="Articles").click()
    expect(page.locator("#articles .articles")).to_be_visible()
    page.screenshot(path=folder / f"{name}-articles.png")
    page.locator("#articles .open").first.click()
    expect(page.locator("#shelf-reader .voice").first).to_be_visible()
    page.screenshot(path=folder / f"{name}-article.png")


def _answers(page: Page, model: ChatServer, folder: Path, name: str) -> None:
    """Feedback on an answer, a refusal, a chat model's answer, and what stands in for a
    model that fails.
    """
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Ask").click()
    page.locator("#latest .feedback summary").first.click()
    page.locator("#latest .feedback [open] form").scroll_into_view_if_needed()
    page.screenshot(path=folder / f"{name}-feedback.png")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="This answer is useful").click()
    expect(page.locator("#latest .thanks")).to_be_visible()
    _ask(page, "What did Emmanuel Macron say about Idlib?")
    page.screenshot(path=folder / f"{name}-refused.png")
    page.get_by_role("tab", name="Settings").click()
    fill_model(page, "openai:worder")
    page.screenshot(path=folder / f"{name}-settings.png")
    page.get_by_role("tab", name="Ask").click()
    _ask(page, "What did Putin say about Idlib?")
    page.screenshot(path=folder / f"{name}-model.png")
    model.status = 500
    _ask(page, "What did Putin say about Idlib now?")
    page.screenshot(path=folder / f"{name}-fallback.png")
    model.status = 200


def _ask(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#latest .question")).to_have_text(question)
    expect(page.locator("#latest .actions")).to_be_visible(timeout=60_000)


def _compare(page: Page) -> None:
    page.get_by_role("tab", name="Compare").click()
    for speaker in ("Vladimir Putin", "Recep Tayyip Erdogan"):
        page.locator("#speakers input").fill(speaker)
        page.locator("#speakers input").press("Enter")
    page.locator("#speakers input").press("Escape")
    page.locator("#topic input, #topic textarea").fill("ceasefire")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("#compared .grid")).to_be_visible(timeout=30_000)


def _shrink(path: Path) -> None:
    """Writes the picture again with 64 colours: a third of the size, and no visible loss in
    text.
    """
    with Image.open(path) as picture:
        picture.quantize(64).save(path, optimize=True)


if __name__ == "__main__":
    main()
