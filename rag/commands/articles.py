"""`onrecord add` and `onrecord articles`."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import TYPE_CHECKING

from rag.commands.common import SHORT_ID, as_json, full_id, opened, report_line, reports
from rag.output.terminal import plain
from rag.types import Article, Outcome

if TYPE_CHECKING:
    from rag.commands.common import Commands
    from rag.commands.parser import Parser

CHANGES = ("added", "updated", "unchanged", "skipped")


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
    counts: dict[str, int] = {}
    with opened(given) as assistant, closing(assistant.add(given.paths)) as steps:
        for report in reports(steps):
            counts[report.change] = counts.get(report.change, 0) + 1
            print(
                as_json(_report_fields(report)) if given.json else report_line(report),
                flush=True,
            )
    if not given.json:
        print(
            ", ".join(
                f"{counts[change]} {change}" for change in CHANGES if change in counts
            )
            or "Nothing to add."
        )
    return 1 if set(counts) <= {"skipped"} else 0


def _report_fields(report: Outcome) -> dict[str, object]:
    names = ("change", "origin", "title", "article_id", "reason")
    return {name: getattr(report, name) for name in names}


def _list(given: argparse.Namespace) -> int:
    with opened(given) as assistant:
        articles = assistant.articles()
    for article in articles:
        print(
            as_json(_article_fields(article, text=False))
            if given.json
            else _article_line(article)
        )
    if not articles and not given.json:
        print("No articles yet; add some with `onrecord add PATH`.")
    return 0


def _article_line(article: Article) -> str:
    id = plain(article.id[:SHORT_ID])
    return f"{id:<{SHORT_ID}}  {article.date or 'undated':<10}  {plain(article.source or '-')}  {plain(article.title)}"


def _article_fields(article: Article, text: bool) -> dict[str, object]:
    names = [name for name in Article.__dataclass_fields__ if text or name != "text"]
    return {name: getattr(article, name) for name in names}


def _show(given: argparse.Namespace) -> int:
    with opened(given) as assistant:
        article = assistant.article(full_id(assistant, given.id))
    assert article is not None
    if given.json:
        print(as_json(_article_fields(article, text=True)))
        return 0
    for name in ("id", "title", "author", "source", "date", "url", "language"):
        value = getattr(article, name)
        if value:
            print(f"{name + ':':<10}{plain(value)}")
    print()
    print("\n".join(plain(line) for line in article.text.splitlines()))
    return 0


def _remove(given: argparse.Namespace) -> int:
    with opened(given) as assistant:
        for id in [full_id(assistant, id) for id in given.ids]:
            removed = assistant.remove(id)
            print(
                f"removed    {plain(removed.id[:SHORT_ID]):<{SHORT_ID}}  {plain(removed.title)}"
            )
    return 0
