"""Takes the pictures of the page: `python -m tests.screenshots FOLDER [--question QUESTION]`.

`page.png` is the README's: the page at a desk, light; the others show it dark, on a phone, comparing, and its articles.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.serving import browser_path, served_page

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}}
LIGHT, DARK = {"color_scheme": "light"}, {"color_scheme": "dark"}
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
        sys.exit("No Chromium is installed here; install one, such as Debian's package chromium.")
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, served_page(Path(data)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for name, look in LOOKS.items():
            _picture(_opened(browser, address, look), given.question, given.folder, name)
        browser.close()


def _opened(browser: Browser, address: str, look: dict[str, Any]) -> Page:
    page = browser.new_context(**look, reduced_motion="reduce").new_page()
    page.goto(address)
    expect(page.locator(".masthead .status")).to_contain_text("ready", timeout=60_000)
    expect(page.locator(".suggestions button").first).to_be_visible()
    return page


def _picture(page: Page, question: str, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}-empty.png")
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#latest .actions")).to_be_visible()
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
    """Writes the picture again with 64 colours: a third of the size, and no visible loss in text."""
    with Image.open(path) as picture:
        picture.quantize(64).save(path, optimize=True)


if __name__ == "__main__":
    main()
