"""The page of the tests: served with its own data folder, and open in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.chat_server import ChatServer, chat_server
from tests.page.visitors import OpenPage, Visitors, open_tab
from tests.serving import SUPPORTED, as_tokens, browser_path, served_page


@pytest.fixture(scope="module")
def model_server() -> Iterator[ChatServer]:
    with chat_server() as server:
        yield server


@pytest.fixture
def model(model_server: ChatServer) -> ChatServer:
    """A chat model that behaves, until the test tells it otherwise."""
    model_server.tokens, model_server.pause, model_server.status = (
        as_tokens(*SUPPORTED),
        0.0,
        200,
    )
    return model_server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def server(folder: Path, model_server: ChatServer) -> Iterator[str]:
    """The address of the page, over the bundled articles."""
    with served_page(folder, ONRECORD_MODEL_URL=model_server.url) as address:
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


@pytest.fixture(scope="module")
def visitors(browser: Browser, server: str) -> Visitors:
    return Visitors(browser, server)


@pytest.fixture
def nothing_leaves_and_nothing_fails(visitors: Visitors) -> Iterator[None]:
    """No request has left the server, no script has failed and no dialog has opened."""
    visitors.outside.clear()
    visitors.failed.clear()
    yield
    assert (visitors.outside, visitors.failed) == ([], [])


@pytest.fixture
def open_page(visitors: Visitors) -> Iterator[OpenPage]:
    """Opens the page as a new visitor, with the given options of a browser context."""
    opened: list[Page] = []

    def visit(**options: Any) -> Page:
        opened.append(visitors.open(**options))
        return opened[-1]

    yield visit
    for page in opened:
        page.context.close()


@pytest.fixture(scope="module")
def desk(visitors: Visitors) -> Page:
    return visitors.open()


@pytest.fixture
def page(desk: Page) -> Page:
    """The page at a desk, open since the first test, with an empty conversation."""
    open_tab(desk, "Ask")
    desk.get_by_role("button", name="New conversation").click()
    expect(desk.locator(".welcome")).to_be_visible()
    expect(desk.locator("#reader article")).to_have_count(0)
    return desk
