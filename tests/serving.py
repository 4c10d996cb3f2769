"""The page as `python app.py` serves it, and a browser to look at it; for the browser tests
and the screenshots.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import ROOT

SUPPORTED = (
    "Putin said that driving the extremists out of Idlib province should be the primary goal at the current stage of "
    "the Syrian peace process [1].",
    "Putin said that the radical groups apparently enjoy some outside support [7].",
    "Putin said that the continued activities of extremists in Idlib have become a source of particular concern [6].",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def served_page(folder: Path, **settings: str) -> Iterator[str]:
    """The address of a page with a data folder of its own; it ends by Ctrl-C, cleanly and
    without a traceback.
    """
    port = _free_port()
    own = {
        "ONRECORD_DATA": str(folder / "data"),
        "ONRECORD_PORT": str(port),
        "GRADIO_TEMP_DIR": str(folder / "uploads"),
    }
    log_file = folder / "log"
    with log_file.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**os.environ, **own, **settings},
            stdout=log,
            stderr=log,
            preexec_fn=heed_interrupts,
        )
    wait_until(
        lambda: "On Record is at" in log_file.read_text() or process.poll() is not None
    )
    assert process.poll() is None, log_file.read_text()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        status = process.wait(timeout=20)
    assert status == 0
    assert "Traceback" not in log_file.read_text(), log_file.read_text()


def as_tokens(*sentences: str) -> list[str]:
    """The sentences as the tokens that a model sends."""
    return [f"{word} " for sentence in sentences for word in sentence.split()]


def heed_interrupts() -> None:
    """Undoes, in a child process, the ignoring of Ctrl-C that a script's background jobs
    inherit.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def browser_path() -> str | None:
    """Where a Chromium is installed here, if one is."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for the condition; fails where it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fill_model(page: Page, name: str) -> None:
    """Names a chat model in the open settings; what is filled in while the field is still
    being set up is lost.
    """
    field, shown = (
        page.locator("#model input, #model textarea"),
        page.locator(".masthead .model"),
    )
    for _ in range(5):
        field.fill("")
        field.fill(name)
        field.press("Enter")
        with contextlib.suppress(AssertionError):
            expect(shown).to_have_text(f"model: {name}", timeout=5_000)
            return
    expect(shown).to_have_text(f"model: {name}")
