"""What the page does when the reader acts: each handler calls the Assistant and returns what the page shows then.

A handler keeps nothing: whatever belongs to one visitor comes in and goes out as an argument.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import gradio as gr

from rag.page import conversation, render
from rag.page.conversation import KEPT_EXCHANGES, Exchange
from rag.types import Article, OnRecordError, Progress, Report

if TYPE_CHECKING:
    from rag.chat import Assistant

SECONDS_BETWEEN_SNAPSHOTS = 0.08
STILL_READING = "The articles are still being read, so this may be incomplete; ask again when the top line says ready."
BROKEN = "Something went wrong here. The server's log says what; asking again may help."

Item = TypeVar("Item")


class Desk(NamedTuple):
    """What a handler of the conversation changes on the page, in the order of the outputs; the rest stays."""

    question: Any = gr.skip()
    past: Any = gr.skip()
    latest: Any = gr.skip()
    evidence: Any = gr.skip()
    reader: Any = gr.skip()
    records: Any = gr.skip()
    current: Any = gr.skip()
    ask: Any = gr.skip()
    stop: Any = gr.skip()
    anew: Any = gr.skip()


class Handlers:
    """The actions of the page over one Assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant

    def open(self, records: object) -> Desk:
        """The conversation as the visitor left it."""
        return self._resting(conversation.from_records(records))

    def ask(self, question: str | None, records: object, model: str) -> Iterator[Desk]:
        """Answer a typed question; an empty one changes nothing."""
        yield Desk(question="")  # Gradio empties the outputs of a generator that yields nothing
        if question and question.strip():
            yield from self._answer(question, conversation.from_records(records), model)

    def ask_suggested(self, records: object, model: str, event: gr.EventData) -> Iterator[Desk]:
        """Answer a question that was suggested."""
        yield from self._answer(str(event.question), conversation.from_records(records), model)

    def retry(self, records: object, model: str) -> Iterator[Desk]:
        """Answer the last question again."""
        *earlier, last = conversation.from_records(records)
        yield from self._answer(last.question, earlier, model)

    def stop(self, records: object, current: Exchange | None) -> Desk:
        """Keep what there is of the answer."""
        exchanges = conversation.from_records(records)
        if exchanges and current:
            exchanges[-1] = conversation.stopped(current)
        return self._resting(exchanges)

    def begin_anew(self) -> Desk:
        """An empty conversation."""
        return self._resting([])

    def cite(self, records: object, current: Exchange | None, event: gr.EventData) -> tuple[str, str]:
        """The evidence with the clicked citation open, and its article with the cited words marked."""
        turn, marker = int(event.turn), int(event.marker)
        shown = _exchange_at(records, current, turn)
        citation = shown.citation(marker) if shown else None
        return render.evidence(shown, turn, marker), self._cited_article(shown, citation)

    def show_evidence(self, records: object, current: Exchange | None, event: gr.EventData) -> tuple[str, str]:
        """The evidence of one exchange, with no article open."""
        turn = int(event.turn)
        return render.evidence(_exchange_at(records, current, turn), turn), ""

    def export(self, records: object) -> str:
        """The conversation as Markdown."""
        return conversation.to_markdown(conversation.from_records(records))

    def masthead(self, model: str) -> str:
        """The top line."""
        return render.masthead(self.assistant.status(), model)

    def tick(self, records: object, wanted: str, model: str) -> tuple[Any, ...]:
        """The top line while something is loading; then the suggestions and the list of articles as they are."""
        status = self.assistant.status()
        masthead = render.masthead(status, model)
        if status.busy or not (status.ready or status.problem):
            return masthead, gr.skip(), gr.skip(), gr.skip()
        latest = gr.skip() if conversation.from_records(records) else self._welcome()
        return masthead, gr.Timer(active=False), latest, self.articles(wanted)

    def articles(self, wanted: str) -> str:
        """The list of the articles that match."""
        return render.articles(self.assistant.articles(), wanted)

    def read(self, event: gr.EventData) -> str:
        """A whole article."""
        article = self.assistant.article(str(event.article))
        return render.article(article) if article else render.notice("This article has been removed.")

    def remove(self, gone: Sequence[Article], wanted: str, model: str, event: gr.EventData) -> tuple[Any, ...]:
        """Remove an article and offer to take that back."""
        try:
            gone = [*gone, self.assistant.remove(str(event.article))]
        except OnRecordError as error:
            return gone, render.notice(str(error)), self.articles(wanted), self.masthead(model)
        return gone, render.removed(gone[-1]), self.articles(wanted), self.masthead(model)

    def undo(self, gone: Sequence[Article], wanted: str, model: str) -> tuple[Any, ...]:
        """Take back the last removal."""
        *earlier, last = gone
        try:
            self.assistant.restore(last)
        except OnRecordError as error:
            return gone, render.notice(str(error)), self.articles(wanted), self.masthead(model)
        return earlier, render.removed(earlier[-1] if earlier else None), self.articles(wanted), self.masthead(model)

    def add(self, files: Sequence[str] | None, wanted: str, model: str) -> Iterator[tuple[Any, ...]]:
        """Add the uploaded files: progress first, then the report and the list as it is then."""
        reports: list[Report] = []
        problem = ""
        try:
            for news in self._added(files or ()):
                if isinstance(news, Report):
                    reports.append(news)
                else:
                    yield render.progress(news, reports), gr.skip(), gr.skip(), self.masthead(model)
        except OnRecordError as error:
            problem = render.notice(str(error))
        yield problem + render.report(reports), None, self.articles(wanted), self.masthead(model)

    def _added(self, files: Sequence[str]) -> Iterator[Report | Progress]:
        folders = {f"{Path(file).parent}/" for file in files}
        for news in paced(self.assistant.add(files), SECONDS_BETWEEN_SNAPSHOTS, skippable=Progress):
            yield _without_folders(news, folders) if isinstance(news, Report) else news

    def _answer(self, question: str, exchanges: Sequence[Exchange], model: str) -> Iterator[Desk]:
        question = question.encode("utf-8", "replace").decode("utf-8")
        notices = () if self.assistant.status().ready else (STILL_READING,)
        earlier = list(exchanges[1 - KEPT_EXCHANGES :])
        current = conversation.asking(question)
        yield self._started([*earlier, current])
        try:
            snapshots = self.assistant.stream(question, conversation.turns(earlier), model=model)
            for answer in paced(snapshots, SECONDS_BETWEEN_SNAPSHOTS):
                current = Exchange(replace(answer, notices=answer.notices + notices), "asking")
                yield self._growing(current, len(earlier))
            current = replace(current, state="answered")
        except OnRecordError as error:
            current = replace(current, state="failed", problem=str(error))
        except Exception:  # whatever it is, the reader gets a line and can go on; the log gets the rest
            logging.getLogger(__name__).exception("The answer failed")
            current = replace(current, state="failed", problem=BROKEN)
        yield self._resting([*earlier, current])._replace(past=gr.skip())

    def _started(self, exchanges: Sequence[Exchange]) -> Desk:
        return self._growing(exchanges[-1], len(exchanges) - 1)._replace(
            past=render.conversation(exchanges[:-1]),
            reader="",
            records=conversation.to_records(exchanges),
            ask=gr.update(visible=False),
            stop=gr.update(visible=True),
            anew=gr.update(interactive=False),
        )

    def _growing(self, current: Exchange, turn: int) -> Desk:
        status = self.assistant.status()
        return Desk(
            latest=render.exchange(current, turn, latest=True, status=status),
            evidence=render.evidence(current, turn),
            current=current,
        )

    def _resting(self, exchanges: Sequence[Exchange]) -> Desk:
        turn = len(exchanges) - 1
        current = exchanges[-1] if exchanges else None
        return Desk(
            past=render.conversation(exchanges[:-1]),
            latest=self._ended(current, turn) if current else self._welcome(),
            evidence=render.evidence(current, turn),
            reader=gr.skip() if current else "",
            records=conversation.to_records(exchanges),
            current=current,
            ask=gr.update(visible=True),
            stop=gr.update(visible=False),
            anew=gr.update(interactive=True),
        )

    def _ended(self, current: Exchange, turn: int) -> str:
        suggestions = self.assistant.suggestions() if current.answer.abstained else ()
        return render.exchange(current, turn, latest=True, suggestions=suggestions)

    def _welcome(self) -> str:
        return render.welcome(self.assistant.status(), self.assistant.suggestions())

    def _cited_article(self, shown: Exchange | None, citation: Any) -> str:
        if shown is None or citation is None:
            return ""
        article = self.assistant.article(citation.article_id)
        if article is None:
            return render.missing(citation)
        return render.article(article, citation, shown.answer.citations)


def paced(items: Iterator[Item], seconds: float, skippable: type = object) -> Iterator[Item]:
    """The items, without the `skippable` ones that follow another item sooner than that; the last always comes."""
    shown_at = float("-inf")
    held: list[Item] = []
    for item in items:
        held = [item]
        if not isinstance(item, skippable) or time.monotonic() - shown_at >= seconds:
            yield item
            shown_at, held = time.monotonic(), []
    yield from held


def _exchange_at(records: object, current: Exchange | None, turn: int) -> Exchange | None:
    exchanges = conversation.from_records(records)
    if not 0 <= turn < len(exchanges):
        return None
    return current if current and turn == len(exchanges) - 1 else exchanges[turn]


def _without_folders(report: Report, folders: set[str]) -> Report:
    origin, reason = report.origin, report.reason
    for folder in folders:
        origin, reason = origin.replace(folder, ""), reason and reason.replace(folder, "")
    return replace(report, origin=origin, reason=reason)
