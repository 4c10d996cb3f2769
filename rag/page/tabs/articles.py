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


class Changed(NamedTuple):
    """What is shown after a removal or its undoing: those that are gone, the line that says
    so, the list, and the top line.
    """

    gone: Sequence[Article]
    line: str
    articles: str
    masthead: str


class Shelving:
    """The actions of the list of articles over one Assistant.

    `wanted` are the words that are searched for, `most` is how many articles a visitor has
    listed at most, and `gone` are those that he removed.
    """

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant

    def listed(self, wanted: str, most: int) -> str:
        """The list of the articles that match."""
        every = self.assistant.articles()
        statements = {}
        for article in found(every, wanted)[:most]:
            statements[article.id] = len(self.assistant.statements(article.id))
        return shelf.articles(every, wanted, statements, most)

    def find(self, wanted: str) -> tuple[str, int]:
        """The beginning of the list of those that match."""
        return self.listed(wanted, LISTED_ARTICLES), LISTED_ARTICLES

    def more(self, wanted: str, most: int) -> tuple[str, int]:
        """The list, longer by a page."""
        most += LISTED_ARTICLES
        return self.listed(wanted, most), most

    def read(self, event: gr.EventData) -> str:
        """A whole article, with who says what in it."""
        article = self.assistant.article(str(event.article))
        if article is None:
            return exchange.notice("This article has been removed.")
        return reader.article(article, statements=self.assistant.statements(article.id))

    def remove(
        self,
        gone: Sequence[Article],
        wanted: str,
        most: int,
        model: str,
        event: gr.EventData,
    ) -> Changed:
        """Remove an article and offer to take that back."""
        try:
            article = self.assistant.remove(str(event.article))
        except OnRecordError as error:
            return self._changed(gone, exchange.notice(str(error)), wanted, most, model)
        return self._changed([*gone, article], removed(article), wanted, most, model)

    def undo(
        self, gone: Sequence[Article], wanted: str, most: int, model: str
    ) -> Changed:
        """Take back the last removal."""
        *earlier, last = gone
        try:
            self.assistant.restore(last)
        except OnRecordError as error:
            return self._changed(gone, exchange.notice(str(error)), wanted, most, model)
        offer = removed(earlier[-1] if earlier else None)
        return self._changed(earlier, offer, wanted, most, model)

    def add(
        self, files: Sequence[str] | None, wanted: str, most: int, model: str
    ) -> Iterator[tuple[Any, ...]]:
        """Add the uploaded files: progress first, then the report and the list as it is then."""
        reports: list[Outcome] = []
        problem = ""
        try:
            for news in self._added(files or ()):
                if isinstance(news, Outcome):
                    reports.append(news)
                    continue
                shown = progress(news, reports)
                yield shown, gr.skip(), gr.skip(), self._masthead(model)
        except OnRecordError as error:
            problem = exchange.notice(str(error))
        shown = problem + shelf.report(reports)
        yield shown, None, self.listed(wanted, most), self._masthead(model)

    def _changed(
        self, gone: Sequence[Article], line: str, wanted: str, most: int, model: str
    ) -> Changed:
        return Changed(gone, line, self.listed(wanted, most), self._masthead(model))

    def _masthead(self, model: str) -> str:
        return exchange.masthead(self.assistant.status(), model)

    def _added(self, files: Sequence[str]) -> Iterator[Outcome | Progress]:
        """What becomes of the files, told without the folders that the server keeps them in."""
        folders = {f"{Path(file).parent}/" for file in files}
        work = self.assistant.add(files)
        for news in paced(work, SECONDS_BETWEEN_SNAPSHOTS, skippable=Progress):
            yield _without(folders, news) if isinstance(news, Outcome) else news


def _without(folders: set[str], report: Outcome) -> Outcome:
    origin, reason = report.origin, report.reason
    for folder in folders:
        origin = origin.replace(folder, "")
        if reason:
            reason = reason.replace(folder, "")
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
    most: gr.State

    @property
    def view(self) -> list[gr.components.Component]:
        """The inputs by which a handler knows what is listed."""
        return [self.wanted, self.most]


def articles_tab() -> Shelf:
    with (
        gr.Tab("Articles", id="articles", elem_id="articles-panel") as tab,
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
        return Shelf(
            tab,
            files,
            report,
            wanted,
            undo,
            articles,
            reader,
            gone=gr.State([]),
            most=gr.State(LISTED_ARTICLES),
        )


def wire_articles(
    handlers: Shelving, shelf: Shelf, masthead: gr.HTML, model: gr.Textbox
) -> None:
    # `input` would miss what is deleted, cut and pasted: Gradio tells it of keys that write
    shelf.wanted.change(
        handlers.find,
        shelf.wanted,
        [shelf.articles, shelf.most],
        trigger_mode="always_last",
        **AT_ONCE,
    )
    shelf.articles.more(
        handlers.more, shelf.view, [shelf.articles, shelf.most], **AT_ONCE
    ).success(None, js="() => onRecord.showMore()", **QUIET)
    shelf.articles.read(handlers.read, None, shelf.reader, **AT_ONCE).success(
        None, js="() => onRecord.showCited('shelf-reader')", **QUIET
    )
    view = [*shelf.view, model]
    changed = [shelf.gone, shelf.undo, shelf.articles, masthead]
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
