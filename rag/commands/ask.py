"""`onrecord ask`: one question, a conversation, or a file of questions."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.commands import log
from rag.commands.common import (
    as_json,
    check_at_least_one,
    json_list,
    scope,
    seeded,
)
from rag.errors import ConfigError, QuestionError
from rag.language.words import fold
from rag.output import documents, tables
from rag.output.terminal import answer_text
from rag.types import Answer, Question, Skipped, Turn

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.commands.common import Commands
    from rag.commands.parser import Parser

Render = Callable[[Sequence[Answer]], str]

EXPORTS: dict[str, Render] = {
    ".md": lambda answers: documents.markdown(answers, "a conversation"),
    ".json": tables.conversation_json,
}


def add_commands(commands: Commands, parents: Sequence[Parser]) -> None:
    ask = commands.add_parser(
        "ask", parents=parents, help="ask a question, or several as one conversation"
    )
    ask.add_argument(
        "questions",
        nargs="*",
        metavar="QUESTION",
        help="such as: What did Putin say about Idlib?",
    )
    ask.add_argument(
        "--batch",
        metavar="FILE",
        help='answer every {"question": ...} line of a JSONL file (- for stdin)',
    )
    ask.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="write answers and evidence to a .md or .json file too",
    )
    ask.add_argument(
        "--k", type=int, metavar="N", help="how many passages to list (default: 10)"
    )
    ask.set_defaults(run=_ask)


def _ask(given: argparse.Namespace) -> int:
    if bool(given.questions) == bool(given.batch):
        raise QuestionError("Give a question, or --batch FILE.")
    check_at_least_one("--k", given.k)
    # a name that cannot be written is refused before the first question, not after the last
    render = _render(given.export)
    restrictions = scope(given)
    failed = False
    answers: list[Answer] = []
    with seeded(given) as assistant:
        if given.batch:
            found = _batch(assistant, given, restrictions)
        else:
            found = _conversation(assistant, given, restrictions)
        for answer in found:
            if isinstance(answer, Skipped):
                failed = True
                print(f"onrecord: {answer.origin}: {answer.reason}", file=sys.stderr)
                continue
            answers.append(answer)
            _print_as_it_comes(answer, given, is_first=len(answers) == 1)
    if given.json and not given.batch:
        print(_one_document(answers))
    if render:
        _write(given.export, render(answers))
    return int(failed)


def _print_as_it_comes(
    answer: Answer, given: argparse.Namespace, is_first: bool
) -> None:
    if given.json and given.batch:
        print(as_json(answer.to_json()), flush=True)
    elif not given.json:
        if not is_first:
            print()
        print(answer_text(answer), flush=True)


def _one_document(answers: Sequence[Answer]) -> str:
    """One answer as an object, several as a list."""
    if len(answers) == 1:
        return as_json(answers[0].to_json())
    return json_list(answer.to_json() for answer in answers)


def _render(path: Path | None) -> Render | None:
    if path is None:
        return None
    if path.suffix.lower() not in EXPORTS:
        raise ConfigError(f"--export {path}: give a name that ends in .md or .json.")
    return EXPORTS[path.suffix.lower()]


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"--export {path} cannot be written ({error.strerror})."
        ) from None


def _conversation(
    assistant: Assistant, given: argparse.Namespace, restrictions: dict[str, Any]
) -> Iterator[Answer | Skipped]:
    """One answer a question; each follows up on those before it."""
    history: list[Turn] = []
    for text in given.questions:
        found = _answered(assistant, text, given, restrictions, history)
        history.append(Turn(text, found.text, found.question, found.citations))
        yield found


def _batch(
    assistant: Assistant, given: argparse.Namespace, restrictions: dict[str, Any]
) -> Iterator[Answer | Skipped]:
    """One answer a line, in the order of the questions; a bad line is reported, and the
    others are answered.
    """
    for number, line in enumerate(_lines(given.batch), start=1):
        if not line.strip():
            continue
        try:
            yield _answered(assistant, _batch_question(line), given, restrictions)
        except QuestionError as error:
            yield Skipped(f"{given.batch}, line {number}", str(error))


def _lines(path: str) -> Iterator[str]:
    if path == "-":
        yield from sys.stdin
        return
    try:
        with Path(path).open(encoding="utf-8-sig", errors="replace") as file:
            yield from file
    except OSError as error:
        raise QuestionError(f"{path} cannot be read ({error.strerror}).") from None


def _batch_question(line: str) -> str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise QuestionError(
            'not JSON; write a line like {"question": "..."}.'
        ) from None
    question = value.get("question") if isinstance(value, dict) else None
    if not isinstance(question, str):
        raise QuestionError('no "question"; write a line like {"question": "..."}.')
    return question


def _answered(
    assistant: Assistant,
    text: str,
    given: argparse.Namespace,
    restrictions: dict[str, Any],
    history: Sequence[Turn] = (),
) -> Answer:
    started = time.monotonic()
    asked = _restricted(assistant, text, history, restrictions)
    growing = assistant.stream(text, history, asked=asked, k=given.k)
    first = next(growing)
    seconds_until_first = time.monotonic() - started
    *_, answer = [first, *growing]  # the last one is complete
    log.answer(answer, seconds_until_first)
    return answer


def _restricted(
    assistant: Assistant,
    text: str,
    history: Sequence[Turn],
    restrictions: dict[str, Any],
) -> Question | None:
    """The question as it is understood, with the options in place of what it says itself;
    None without options.
    """
    given = {name: value for name, value in restrictions.items() if value}
    if not given:
        return None
    # "petrova" is "Ana Petrova" here, and "herald" the "Herald"
    if "speakers" in given:
        known_as = assistant.research.roster.known_as
        given["speakers"] = tuple(known_as(name) for name in given["speakers"])
    if "sources" in given:
        held = {fold(source): source for source in assistant.known().sources}
        named = (held.get(fold(name), name) for name in given["sources"])
        given["sources"] = tuple(named)
    understood = assistant.research.understood(
        text, history, assistant.config.max_question_chars
    )
    return replace(understood, **given)
