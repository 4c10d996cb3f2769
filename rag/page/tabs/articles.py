"""What the page does with the list of articles: reading, adding, removing, and taking that back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from rag.errors import OnRecordError
from rag.page.tabs.shared import (
    AT_ONCE,
    CLOSE_ARTICLE,
    QUIET,
    SECONDS_BETWEEN_SNAPSHOTS,
    paced,
    panel,
    way_back,
)
from rag.page.views import exchange, reader, shelf
from rag.page.views.shelf import LISTED_ARTICLES, found, progress, removed
from rag.types import Article, Outcome, Progress

if TYPE_CHECKING:
    from rag.assistant import Assistant


class Shelving:
    """The actions of the list of articles over one Assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant

    def articles(self, wanted: str) -> str:
        """The list of the articles that match."""
        every = self.assistant.articles()
        listed = found(every, wanted)[:LISTED_ARTICLES]
        statements = {
            article.id: len(self.assistant.statements(article.id)) for article in listed
        }
        return shelf.articles(every, wanted, statements)

    def read(self, event: gr.EventData) -> str:
        """A whole article, with who says what in it."""
        article = self.assistant.article(str(event.article))
        if article is None:
            return exchange.notice("This article has been removed.")
        return reader.article(article, statements=self.assistant.statements(article.id))

    def remove(
        self, gone: Sequence[Article], wanted: str, model: str, event: gr.EventData
    ) -> tuple[Any, ...]:
        """Remove an article and offer to take that back."""
        try:
            gone = [*gone, self.assistant.remove(str(event.article))]
        except OnRecordError as error:
            return (
                gone,
                exchange.notice(str(error)),
                self.articles(wanted),
                self._masthead(model),
            )
        return gone, removed(gone[-1]), self.articles(wanted), self._masthead(model)

    def undo(self, gone: Sequence[Article], wanted: str, model: str) -> tuple[Any, ...]:
        """Take back the last removal."""
        *earlier, last = gone
        try:
            self.assistant.restore(last)
        except OnRecordError as error:
            return (
                gone,
                exchange.notice(str(error)),
                self.articles(wanted),
                self._masthead(model),
            )
        return (
            earlier,
            removed(earlier[-1] if earlier else None),
            self.articles(wanted),
            self._masthead(model),
        )

    def add(
        self, files: Sequence[str] | None, wanted: str, model: str
    ) -> Iterator[tuple[Any, ...]]:
        """Add the uploaded files: progress first, then the report and the list as it is then."""
        reports: list[Outcome] = []
        problem = ""
        try:
            for news in self._added(files or ()):
                if isinstance(news, Outcome):
                    reports.append(news)
                else:
                    yield (
                        progress(news, reports),
                        gr.skip(),
                        gr.skip(),
                        self._masthead(model),
                    )
        except OnRecordError as error:
            problem = exchange.notice(str(error))
        yield (
            problem + shelf.report(reports),
            None,
            self.articles(wanted),
            self._masthead(model),
        )

    def _masthead(self, model: str) -> str:
        return exchange.masthead(self.assistant.status(), model)

    def _added(self, files: Sequence[str]) -> Iterator[Outcome | Progress]:
        folders = {f"{Path(file).parent}/" for file in files}
        for news in paced(
            self.assistant.add(files), SECONDS_BETWEEN_SNAPSHOTS, skippable=Progress
        ):
            yield _without_folders(news, folders) if isinstance(news, Outcome) else news


def _without_folders(report: Outcome, folders: set[str]) -> Outcome:
    origin, reason = report.origin, report.reason
    for folder in folders:
        origin, reason = (
            origin.replace(folder, ""),
            reason and reason.replace(folder, ""),
        )
    return replace(report, origin=origin, reason=reason)


class Shelf(NamedTuple):
    """The components of the list of articles."""

    tab: gr.Tab
    files: gr.File
    report: gr.HTML
    wanted: gr.Textbox
    undo: gr.HTML
    articles: gr.HTML
    reader: gr.HTML
    gone: gr.State


def articles_tab() -> Shelf:
    with (
        gr.Tab("Articles", id="articles") as tab,
        gr.Row(elem_classes="desk", equal_height=True),
    ):
        with gr.Column(elem_classes="talk", scale=6), gr.Column(elem_classes="scroll"):
            files = gr.File(
                label="Add articles: .txt .md .html .jsonl .json .csv",
                file_count="multiple",
                height=72,
                elem_id="files",
            )
            report = panel("report")
            wanted = gr.Textbox(
                "",
                label="Find an article",
                placeholder="Title, source, author or date",
                max_lines=1,
                elem_id="wanted",
            )
            undo, articles = panel("undo"), panel("articles")
        with gr.Column(elem_classes="aside", scale=5):
            way_back("list")
            reader = panel("shelf-reader", CLOSE_ARTICLE)
        return Shelf(tab, files, report, wanted, undo, articles, reader, gr.State([]))


def wire_articles(
    handlers: Shelving, shelf: Shelf, masthead: gr.HTML, model: gr.Textbox
) -> None:
    view = [shelf.wanted, model]
    changed = [shelf.gone, shelf.undo, shelf.articles, masthead]
    shelf.articles.read(handlers.read, None, shelf.reader, **AT_ONCE).success(
        None, js="() => onRecord.showCited('shelf-reader')", **QUIET
    )
    shelf.articles.remove(
        handlers.remove, [shelf.gone, *view], changed, **AT_ONCE
    ).success(None, js="() => onRecord.focusOn('#undo button')", **QUIET)
    shelf.undo.undo(handlers.undo, [shelf.gone, *view], changed, **AT_ONCE).success(
        None, js="() => onRecord.focusOn('#wanted input, #wanted textarea')", **QUIET
    )
    shelf.files.upload(
        handlers.add,
        [shelf.files, *view],
        [shelf.report, shelf.files, shelf.articles, masthead],
        **QUIET,
    )
