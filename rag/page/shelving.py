"""What the page does with the list of articles: reading, adding, removing, and taking that back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.page import reader, render, shelf
from rag.page.handlers import SECONDS_BETWEEN_SNAPSHOTS, paced
from rag.types import Article, OnRecordError, Progress, Report

if TYPE_CHECKING:
    from rag.chat import Assistant


class Shelving:
    """The actions of the list of articles over one Assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant

    def articles(self, wanted: str) -> str:
        """The list of the articles that match."""
        every = self.assistant.articles()
        listed = shelf.found(every, wanted)[: shelf.LISTED_ARTICLES]
        statements = {article.id: len(self.assistant.statements(article.id)) for article in listed}
        return shelf.articles(every, wanted, statements)

    def read(self, event: gr.EventData) -> str:
        """A whole article, with who says what in it."""
        article = self.assistant.article(str(event.article))
        if article is None:
            return render.notice("This article has been removed.")
        return reader.article(article, statements=self.assistant.statements(article.id))

    def remove(self, gone: Sequence[Article], wanted: str, model: str, event: gr.EventData) -> tuple[Any, ...]:
        """Remove an article and offer to take that back."""
        try:
            gone = [*gone, self.assistant.remove(str(event.article))]
        except OnRecordError as error:
            return gone, render.notice(str(error)), self.articles(wanted), self._masthead(model)
        return gone, shelf.removed(gone[-1]), self.articles(wanted), self._masthead(model)

    def undo(self, gone: Sequence[Article], wanted: str, model: str) -> tuple[Any, ...]:
        """Take back the last removal."""
        *earlier, last = gone
        try:
            self.assistant.restore(last)
        except OnRecordError as error:
            return gone, render.notice(str(error)), self.articles(wanted), self._masthead(model)
        return earlier, shelf.removed(earlier[-1] if earlier else None), self.articles(wanted), self._masthead(model)

    def add(self, files: Sequence[str] | None, wanted: str, model: str) -> Iterator[tuple[Any, ...]]:
        """Add the uploaded files: progress first, then the report and the list as it is then."""
        reports: list[Report] = []
        problem = ""
        try:
            for news in self._added(files or ()):
                if isinstance(news, Report):
                    reports.append(news)
                else:
                    yield shelf.progress(news, reports), gr.skip(), gr.skip(), self._masthead(model)
        except OnRecordError as error:
            problem = render.notice(str(error))
        yield problem + shelf.report(reports), None, self.articles(wanted), self._masthead(model)

    def _masthead(self, model: str) -> str:
        return render.masthead(self.assistant.status(), model)

    def _added(self, files: Sequence[str]) -> Iterator[Report | Progress]:
        folders = {f"{Path(file).parent}/" for file in files}
        for news in paced(self.assistant.add(files), SECONDS_BETWEEN_SNAPSHOTS, skippable=Progress):
            yield _without_folders(news, folders) if isinstance(news, Report) else news


def _without_folders(report: Report, folders: set[str]) -> Report:
    origin, reason = report.origin, report.reason
    for folder in folders:
        origin, reason = origin.replace(folder, ""), reason and reason.replace(folder, "")
    return replace(report, origin=origin, reason=reason)
