"""`--verbose`: what is done and how long it takes, on standard error, and no key in it."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chat_server import ChatServer, chat_server
from tests.commands.running import Run

STORY = {
    "id": "varna",
    "title": "Harbour open",
    "text": "“The harbour of Varna is open again,” Ivan Petrov said.",
}
ASKED = "What did Petrov say about the harbour?"
KEY = "sk-canary-0123456789"


@pytest.fixture
def story(tmp_path: Path) -> str:
    file = tmp_path / "story.jsonl"
    file.write_text(json.dumps(STORY), encoding="utf-8")
    return str(file)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as serving:
        yield serving


def told(err: str) -> list[str]:
    """The lines of the log without their seconds, and with every duration as N."""
    lines = []
    for line in err.splitlines():
        match = re.fullmatch(r" +\d+\.\d\d s  (.*)", line)
        assert match, line
        lines.append(re.sub(r"\d+\.\d+ s\b", "N s", match[1]))
    return lines


def test_adding_tells_its_stages(run: Run, story: str) -> None:
    assert run("add", story)[2] == ""
    status, out, err = run("--verbose", "add", story)
    lines = told(err)
    assert (status, out.splitlines()[-1]) == (0, "1 unchanged")
    assert lines[0].startswith("the articles lie in ")
    assert "unchanged varna Harbour open" in lines
    assert lines[-2:] == ["reading articles took N s", "all of it took N s"]


def test_indexing_is_a_stage_of_its_own(run: Run, story: str) -> None:
    lines = told(run("add", story, "--verbose", "--json")[2])
    assert [line for line in lines if line.endswith("took N s")] == [
        "reading articles took N s",
        "indexing passages took N s",
        "all of it took N s",
    ]
    assert any(line.startswith("indexing passages: 1 of 1, ") for line in lines)


def test_an_answer_tells_how_it_came_about(run: Run, story: str) -> None:
    run("add", story)
    quiet = json.loads(run("ask", ASKED, "--json")[1])
    status, out, err = run("ask", ASKED, "--json", "--verbose")
    loud = json.loads(out)
    del quiet["seconds"], loud["seconds"]
    assert (status, loud) == (0, quiet)
    lines = told(err)
    assert lines[3:5] == [f"understood: {quiet['understood']}", "retrieved: 1 passages"]
    assert lines[5].startswith("passage: varna, 0 to 55, score ")
    assert lines[6:] == [
        "decided: answered with 1 citations",
        "composed: 59 characters, by the articles' own sentences",
        "the first words took N s",
        "the answer took N s",
        "all of it took N s",
    ]


def test_a_refusal_and_a_comparison_tell_it_too(run: Run, story: str) -> None:
    run("add", story)
    refused = told(run("ask", "What did Merkel say?", "--verbose")[2])
    assert "decided: refused, unknown speaker" in refused
    compared = told(run("timeline", "harbour", "--verbose")[2])
    assert "decided: answered with 1 citations" in compared


def test_what_goes_wrong_stays_the_last_line(run: Run) -> None:
    status, out, err = run("ask", "???", "--verbose")
    assert (status, out) == (1, "")
    assert err.splitlines()[-1].startswith("onrecord: The question is empty;")


def test_afterwards_it_is_quiet_again(run: Run, story: str) -> None:
    before = logging.getLogger("rag").handlers, logging.getLogger("rag").level
    run("add", story, "--verbose")
    assert (logging.getLogger("rag").handlers, logging.getLogger("rag").level) == before
    assert run("ask", ASKED)[2] == ""


def test_no_key_is_logged(
    run: Run, story: str, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.status = 401
    server.message = f"Incorrect API key provided: {KEY}."
    address = server.url.replace("//", f"//user:{KEY}@")
    run("add", story)
    status, out, err = run(
        "--verbose", "ask", ASKED, "--model", "openai:scripted", "--model-url", address
    )
    assert (status, bool(server.requests)) == (0, True)
    assert "chat model: openai:scripted" in err
    assert "canary" not in out + err
