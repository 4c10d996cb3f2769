"""The commands about who said what: `compare`, `timeline`, `statements`, `speakers`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rag.commands import log
from rag.commands.common import (
    check_at_least_one,
    chosen_format,
    full_id,
    json_list,
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
    from rag.commands.parser import Parser


def add_commands(
    commands: Commands, common: Parser, scoped: Sequence[Parser], writing: Parser
) -> None:
    _add_comparisons(commands, scoped, writing)
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
    _add_format(statements, "table", "json", "csv")
    statements.set_defaults(run=_statements)
    speakers = commands.add_parser(
        "speakers",
        parents=[common],
        help="list who is on record, the most quoted first",
    )
    speakers.add_argument(
        "--about", default="", metavar="NAME", help="only those whose names hold this"
    )
    speakers.set_defaults(run=_speakers)


def _add_comparisons(
    commands: Commands, scoped: Sequence[Parser], writing: Parser
) -> None:
    compare = commands.add_parser(
        "compare",
        parents=[*scoped, writing],
        help="put what several said on a topic side by side",
    )
    compare.add_argument("topic", metavar="TOPIC", help="such as: ceasefire")
    _add_format(compare, "table", "json", "csv", "markdown")
    compare.set_defaults(run=_compare)
    timeline = commands.add_parser(
        "timeline",
        parents=scoped,
        help="list what was said on a topic in order of time",
    )
    timeline.add_argument(
        "topic", nargs="?", default="", metavar="TOPIC", help="such as: ceasefire"
    )
    timeline.add_argument("--about", default="", metavar="TOPIC", help="the same")
    _add_format(timeline, "table", "json", "csv", "markdown")
    timeline.set_defaults(run=_timeline)


def _add_format(command: Parser, *forms: str) -> None:
    # no default, so that `chosen_format` sees whether a form was asked for
    command.add_argument(
        "--format", choices=forms, help="what to print (default: table)"
    )


def _compare(given: argparse.Namespace) -> int:
    form = chosen_format(given)
    restrictions = scope(given)
    with seeded(given) as assistant:
        found = assistant.compare(given.topic, **restrictions)
    log.answer(found)
    _print_comparison(found, form)
    return 0


def _timeline(given: argparse.Namespace) -> int:
    form = chosen_format(given)
    restrictions = scope(given)
    if given.topic and given.about:
        raise QuestionError("Give the topic once, by itself or with --about.")
    with seeded(given) as assistant:
        found = assistant.timeline(given.topic or given.about, **restrictions)
    log.answer(found)
    _print_comparison(found, form)
    return 0


def _print_comparison(found: Answer, form: str) -> None:
    if form == "json":
        text = tables.answer_json(found)
    elif form == "csv":
        # a table without lines cannot say why
        if found.abstained:
            print(f"onrecord: {found.reason}", file=sys.stderr)
        text = tables.comparison_csv(found)
    elif form == "markdown":
        text = documents.markdown([found], "a comparison")
    else:
        text = answer_text(found, width()) + "\n"
    print(text, end="")


def _statements(given: argparse.Namespace) -> int:
    form = chosen_format(given)
    check_at_least_one("--limit", given.limit)
    restrictions = scope(given)
    with seeded(given) as assistant:
        id = full_id(assistant, given.article) if given.article else None
        found = assistant.find(
            about=given.about, article_id=id, limit=given.limit, **restrictions
        )
    if form == "json":
        print(json_list(tables.statement_fields(said) for said in found))
    elif form == "csv":
        print(tables.statements_csv(found), end="")
    elif found:
        print("\n".join(statement_text(said, width()) for said in found))
    else:
        print("Nothing on record.")
    return 0


def _speakers(given: argparse.Namespace) -> int:
    wanted = []
    part = fold(given.about)
    with seeded(given) as assistant:
        for speaker in assistant.speakers_on_record():
            names = (speaker.name, *speaker.also)
            if any(part in fold(name) for name in names):
                wanted.append(speaker)
    if given.json:
        print(json_list(asdict(speaker) for speaker in wanted))
        return 0
    longest = max((len(plain(speaker.name)) for speaker in wanted), default=0)
    for speaker in wanted:
        print(speaker_text(speaker, longest))
    if not wanted:
        print("Nobody on record.")
    return 0
