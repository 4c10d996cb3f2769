"""`onrecord add` and `onrecord articles`."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

from rag.commands.common import (
    SHORT_ID,
    as_json,
    full_id,
    json_list,
    opened,
    report_line,
    reports,
)
from rag.output.terminal import plain
from rag.types import Article, Change, Outcome

if TYPE_CHECKING:
    from rag.commands.common import Commands
    from rag.commands.parser import Parser

CHANGES: tuple[Change, ...] = ("added", "updated", "unchanged", "skipped")


def add_commands(commands: Commands, common: Parser) -> None:
    add = commands.add_parser(
        "add", parents=[common], help="add articles from files and folders"
    )
    add.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help=".txt, .md, .html, .jsonl, .json or .csv, or a folder",
    )
    add.set_defaults(run=_add)
    articles = commands.add_parser(
        "articles", parents=[common], help="list, show or remove articles"
    )
    actions = articles.add_subparsers(metavar="ACTION", required=True)
    list_ = actions.add_parser(
        "list", parents=[common], help="list the articles, newest first"
    )
    list_.set_defaults(run=_list)
    show = actions.add_parser("show", parents=[common], help="print an article")
    show.add_argument("id", help="its id, or the beginning of it")
    show.set_defaults(run=_show)
    remove = actions.add_parser(
        "remove",
        parents=[common],
        help="remove articles, which then never answer again",
    )
    remove.add_argument(
        "ids", nargs="+", metavar="ID", help="an id, or the beginning of it"
    )
    remove.set_defaults(run=_remove)


def _add(given: argparse.Namespace) -> int:
    outcomes: list[Outcome] = []
    try:
        with opened(given) as assistant, closing(assistant.add(given.paths)) as steps:
            for outcome in reports(steps):
                outcomes.append(outcome)
                if not given.json:
                    print(report_line(outcome), flush=True)
    finally:
        # also of an interrupted run, which keeps what it has added
        if given.json:
            print(json_list(asdict(outcome) for outcome in outcomes))
    if not given.json:
        print(_counted(outcomes))
    only_skipped = all(outcome.change == "skipped" for outcome in outcomes)
    return int(only_skipped)


def _counted(outcomes: Sequence[Outcome]) -> str:
    """How many articles were added, updated, unchanged and skipped."""
    counts = Counter(outcome.change for outcome in outcomes)
    told = [f"{counts[change]} {change}" for change in CHANGES if counts[change]]
    return ", ".join(told) or "Nothing to add."


def _list(given: argparse.Namespace) -> int:
    with opened(given) as assistant:
        articles = assistant.articles()
    if given.json:
        print(json_list(_article_fields(article) for article in articles))
        return 0
    for article in articles:
        id = plain(article.id[:SHORT_ID])
        date, source = article.date or "undated", plain(article.source or "-")
        print(f"{id:<{SHORT_ID}}  {date:<10}  {source}  {plain(article.title)}")
    if not articles:
        print("No articles yet; add some with `onrecord add PATH`.")
    return 0


def _article_fields(article: Article) -> dict[str, object]:
    """All that is known of an article, without its text."""
    fields = asdict(article)
    del fields["text"]
    return fields


def _show(given: argparse.Namespace) -> int:
    with opened(given) as assistant:
        article = assistant.article(full_id(assistant, given.id))
    assert article is not None
    if given.json:
        print(as_json(asdict(article)))
        return 0
    for name in ("id", "title", "author", "source", "date", "url", "language"):
        value = getattr(article, name)
        if value:
            print(f"{name + ':':<10}{plain(value)}")
    print()
    for line in article.text.splitlines():
        print(plain(line))
    return 0


def _remove(given: argparse.Namespace) -> int:
    removed: list[Article] = []
    with opened(given) as assistant:
        # all ids are looked up before the first article goes: a mistyped one removes nothing
        ids = [full_id(assistant, id) for id in given.ids]
        for id in dict.fromkeys(ids):
            article = assistant.remove(id)
            removed.append(article)
            if not given.json:
                short = plain(article.id[:SHORT_ID])
                print(f"removed    {short:<{SHORT_ID}}  {plain(article.title)}")
    if given.json:
        print(json_list(_article_fields(article) for article in removed))
    return 0
