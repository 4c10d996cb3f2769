"""The commands about who said what: `compare`, `timeline`, `statements`, `speakers`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rag.commands.common import (
    as_json,
    check_at_least_one,
    full_id,
    scope,
    seeded,
    width,
)
from rag.errors import QuestionError
from rag.language.words import fold
from rag.output import documents, tables
from rag.output.terminal import answer_text, plain, speaker_text, statement_text
from rag.types import Answer

if TYPE_CHECKING:
    from rag.commands.common import Commands


def add_commands(
    commands: Commands,
    common: argparse.ArgumentParser,
    scoped: Sequence[argparse.ArgumentParser],
    writing: argparse.ArgumentParser,
) -> None:
    compare = commands.add_parser(
        "compare",
        parents=[*scoped, writing],
        help="put what several said on a topic side by side",
    )
    compare.add_argument("topic", help="such as: ceasefire")
    compare.set_defaults(run=_compare)
    timeline = commands.add_parser(
        "timeline",
        parents=scoped,
        help="list what was said on a topic in order of time",
    )
    timeline.add_argument("topic", nargs="?", default="", help="such as: ceasefire")
    timeline.add_argument("--about", default="", metavar="TOPIC", help="the same")
    timeline.set_defaults(run=_timeline)
    for command in (compare, timeline):
        command.add_argument(
            "--format", choices=("table", "json", "csv", "markdown"), default="table"
        )
    statements = commands.add_parser(
        "statements",
        parents=scoped,
        help="list statements: who said what, where and when",
    )
    statements.add_argument(
        "--about", default="", metavar="TOPIC", help="the most relevant first"
    )
    statements.add_argument(
        "--article",
        metavar="ID",
        help="only of this article: its id, or the beginning of it",
    )
    statements.add_argument("--limit", type=int, metavar="N", help="at most so many")
    statements.add_argument(
        "--format", choices=("table", "json", "csv"), default="table"
    )
    statements.set_defaults(run=_statements)
    speakers = commands.add_parser(
        "speakers",
        parents=[common],
        help="list who is on record, the most quoted first",
    )
    speakers.add_argument(
        "--about", default="", metavar="NAME", help="only those whose names hold this"
    )
    speakers.add_argument(
        "--json", action="store_true", help="print one JSON object a speaker"
    )
    speakers.set_defaults(run=_speakers)


def _compare(given: argparse.Namespace) -> int:
    restrictions = scope(given)
    with seeded(given) as assistant:
        found = assistant.compare(given.topic, **restrictions)
    return _print_comparison(found, given.format)


def _timeline(given: argparse.Namespace) -> int:
    restrictions = scope(given)
    if given.topic and given.about:
        raise QuestionError("Give the topic once, by itself or with --about.")
    with seeded(given) as assistant:
        found = assistant.timeline(given.topic or given.about, **restrictions)
    return _print_comparison(found, given.format)


def _print_comparison(found: Answer, form: str) -> int:
    forms: dict[str, Callable[[Answer], str]] = {
        "json": tables.answer_json,
        "csv": tables.comparison_csv,
        "markdown": lambda answer: documents.markdown([answer], "a comparison"),
        "table": lambda answer: answer_text(answer, width()) + "\n",
    }
    if found.abstained and form == "csv":
        print(f"onrecord: {found.reason}", file=sys.stderr)
    print(forms[form](found), end="")
    return 0


def _statements(given: argparse.Namespace) -> int:
    check_at_least_one("--limit", given.limit)
    restrictions = scope(given)
    with seeded(given) as assistant:
        id = full_id(assistant, given.article) if given.article else None
        found = assistant.find(
            about=given.about, article_id=id, limit=given.limit, **restrictions
        )
    if given.format == "csv":
        print(tables.statements_csv(found), end="")
    elif given.format == "json":
        print(_json_list(tables.statement_fields(said) for said in found))
    else:
        print(
            "\n".join(statement_text(said, width()) for said in found)
            or "Nothing on record."
        )
    return 0


def _json_list(objects: Iterable[dict[str, object]]) -> str:
    """A JSON list, one object a line."""
    return "[" + ",\n ".join(map(as_json, objects)) + "]"


def _speakers(given: argparse.Namespace) -> int:
    with seeded(given) as assistant:
        everybody = assistant.speakers_on_record()
    wanted = [
        s
        for s in everybody
        if any(fold(given.about) in fold(name) for name in (s.name, *s.also))
    ]
    longest = max((len(plain(speaker.name)) for speaker in wanted), default=0)
    for speaker in wanted:
        print(
            as_json(asdict(speaker)) if given.json else speaker_text(speaker, longest)
        )
    if not wanted and not given.json:
        print("Nobody on record.")
    return 0
