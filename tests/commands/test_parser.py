"""What the command says of words that it cannot use, and of itself."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests import ROOT
from tests.commands.running import Run

COMMANDS = (
    "add",
    "articles",
    "ask",
    "compare",
    "timeline",
    "statements",
    "speakers",
    "evaluate",
    "feedback",
    "serve",
    "doctor",
    "help",
)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["statments"], 'there is no command "statments"; did you mean statements?'),
        (["eval", "x"], 'there is no command "eval"; did you mean evaluate?'),
        (
            ["articles", "lst"],
            'there is no command "articles lst"; did you mean articles list?',
        ),
        (["articles", "zzz"], 'there is no command "articles zzz"; give list, show or'),
        (["zzz"], 'there is no command "zzz"; give add, articles, ask, '),
        (["z" * 100], f'there is no command "{"z" * 60}…"; give add, '),
        (["\x1b[31mzzz"], 'there is no command "[31mzzz"; give add, '),
        (
            ["What did Putin say?"],
            'there is no command "What did Putin say?"; a question follows `onrecord ask`.',
        ),
        (
            ["help", "statments"],
            'there is no command "statments"; did you mean statements?',
        ),
        (
            ["ask", "x", "--spekaer", "Putin"],
            'there is no option "--spekaer"; did you mean --speaker?',
        ),
        (
            ["ask", "--spekaer=Putin", "x"],
            'there is no option "--spekaer"; did you mean --speaker?',
        ),
        (
            ["ask", "x", "-json"],
            'there is no option "-json"; did you mean --json?',
        ),
        (
            ["ask", "x", "--format", "csv"],
            'there is no option "--format"; see `onrecord ask --help`.',
        ),
        (
            ["articles", "list", "--limit", "3"],
            'there is no option "--limit"; see `onrecord articles list --help`.',
        ),
        (
            ["--speaker", "Putin", "ask", "x"],
            'there is no option "--speaker" before the command; see `onrecord --help`.',
        ),
        (
            ["--verzion"],
            'there is no option "--verzion" before the command; did you mean --version?',
        ),
        (
            ["compare", "x", "--format", "jsno"],
            '--format cannot be "jsno"; did you mean json?',
        ),
        (
            ["statements", "--format", "markdown"],
            '--format cannot be "markdown"; give table, json or csv.',
        ),
        (
            ["compare", "cease", "fire"],
            '"fire" has no place here: put words that belong together in quotation marks',
        ),
        (["add"], "the following arguments are required: PATH; see `onrecord add "),
        (["articles"], "the following arguments are required: ACTION; see `onrecord"),
        (
            ["ask", "x", "--k", "many"],
            "argument --k: invalid int value: 'many'; see `onrecord ask --help`.",
        ),
        (
            ["ask", "x", "--s", "Putin"],
            "ambiguous option: --s could match --speaker, --source, --since; see",
        ),
    ],
)
def test_a_mistake_is_one_line_with_the_remedy(
    words: list[str], message: str, call: Run
) -> None:
    status, out, err = call(*words)
    assert (status, out) == (2, "")
    assert err.startswith(f"onrecord: {message}")
    assert len(err.splitlines()) == 1


def test_the_name_of_an_option_may_be_shortened(run: Run) -> None:
    assert run("articles", "list", "--js") == run("articles", "list", "--json")


def shown(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rag", *words]
    wide = os.environ | {"COLUMNS": "80"}
    return subprocess.run(
        command, cwd=ROOT, env=wide, capture_output=True, text=True, check=False
    )


def test_help_is_a_short_overview() -> None:
    done = shown("help")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) <= 42
    assert 'onrecord ask "What did Zarif say about Idlib?"' in done.stdout
    listed = [line.split()[0] for line in done.stdout.splitlines() if line.strip()]
    assert [word for word in listed if word in COMMANDS] == list(COMMANDS)
    assert shown("--help").stdout == done.stdout


def test_without_a_command_the_overview_is_no_output() -> None:
    done = shown()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == shown("help").stdout


@pytest.mark.parametrize("words", [["ask"], ["articles", "list"], ["help"]])
def test_help_of_a_command_shows_its_options(words: list[str]) -> None:
    done = shown("help", *words)
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: onrecord {' '.join(words)} ")
    assert done.stdout == shown(*words, "--help").stdout
