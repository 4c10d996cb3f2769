"""What works before every command and behind it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag import __version__
from tests.commands.running import Run

STORY = {
    "id": "varna",
    "title": "Harbour open",
    "date": "2020-01-02",
    "text": "“The harbour of Varna is open again,” Ivan Petrov said.",
}
ASKED = "What did Petrov say about the harbour?"


@pytest.fixture
def data(call: Run, tmp_path: Path) -> str:
    """A data folder that holds one article."""
    file = tmp_path / "story.jsonl"
    file.write_text(json.dumps(STORY), encoding="utf-8")
    folder = str(tmp_path / "elsewhere")
    assert call("--data", folder, "add", str(file))[0] == 0
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ["articles", "list"],
        ["articles", "show", "varna"],
        ["ask", ASKED],
        ["statements"],
        ["speakers"],
        ["timeline", "harbour"],
    ],
)
def test_data_works_before_the_command_and_behind_it(
    command: list[str], call: Run, data: str
) -> None:
    status, before, _ = call("--data", data, *command)
    assert status == 0
    assert "Petrov" in before or "varna" in before
    assert call(*command, "--data", data)[:2] == (0, before)


def test_data_works_between_articles_and_what_to_do_with_them(
    call: Run, data: str
) -> None:
    status, out, _ = call("articles", "--data", data, "--json", "list")
    assert status == 0 and '"varna"' in out


def test_the_last_of_two_counts(call: Run, data: str, tmp_path: Path) -> None:
    empty = str(tmp_path / "empty")
    assert "varna" in call("--data", empty, "articles", "list", "--data", data)[1]
    assert "No articles" in call("--data", data, "articles", "list", "--data", empty)[1]


@pytest.mark.parametrize(
    "command", [["statements"], ["speakers"], ["articles", "list"]]
)
def test_json_works_before_the_command_and_behind_it(
    command: list[str], call: Run, data: str
) -> None:
    status, before, _ = call("--json", "--data", data, *command)
    assert status == 0 and json.loads(before)
    assert call(*command, "--data", data, "--json")[1] == before
    assert call("--data", data, *command)[1] != before


def test_what_embeds_works_before_the_command(call: Run, data: str) -> None:
    status, _, err = call("--chroma-url", "nonsense", "ask", ASKED, "--data", data)
    assert status == 1
    assert err.startswith("onrecord: The Chroma server 'nonsense' is no address;")


@pytest.mark.parametrize(
    "words",
    [
        ["--version"],
        ["ask", "--version"],
        ["add", "--version"],
        ["articles", "--version"],
        ["articles", "show", "--version"],
        ["--json", "serve", "--version"],
    ],
)
def test_the_version_is_told_anywhere(
    words: list[str], call: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        call(*words)
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"onrecord {__version__}\n"


@pytest.mark.parametrize("command", [["compare", "x"], ["timeline"], ["statements"]])
def test_json_is_no_other_form(command: list[str], call: Run) -> None:
    for words in (
        ["--json", *command, "--format", "csv"],
        [*command, "--json", "--format", "csv"],
    ):
        status, out, err = call(*words)
        assert (status, out) == (2, "")
        assert (
            err
            == "onrecord: --json and --format csv ask for two forms; keep one of them.\n"
        )


def test_json_is_short_for_the_form(call: Run, data: str) -> None:
    for command in (["statements"], ["speakers"], ["compare", "harbour"]):
        assert json.loads(call(*command, "--json", "--data", data)[1])
    listed = call("statements", "--format", "json", "--data", data)[1]
    assert call("statements", "--json", "--data", data)[1] == listed
    assert call("statements", "--json", "--format", "json", "--data", data)[1] == listed
