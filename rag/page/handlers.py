"""What the page does when the reader asks: each handler calls the Assistant and returns what the page shows then.

A handler keeps nothing: whatever belongs to one visitor comes in and goes out as an argument.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_args

import gradio as gr

from rag.page import chips, conversation, reader, render
from rag.page.conversation import KEPT_EXCHANGES, Exchange
from rag.page.feedback import LONGEST_NOTE
from rag.page.refused import has_offers
from rag.page.understanding import CHANGES, changed
from rag.question import clean
from rag.types import Answer, Citation, OnRecordError, Question, Verdict

if TYPE_CHECKING:
    from rag.chat import Assistant

SECONDS_BETWEEN_SNAPSHOTS = 0.08
SECONDS_OF_LATE_SNAPSHOTS = 0.3  # Gradio still sends what was under way when an answer is cancelled
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
        return self._resting(conversation.restored(records))

    def ask(self, question: str | None, records: object, model: str) -> Iterator[Desk]:
        """Answer a typed question; an empty one changes nothing."""
        yield Desk(question="")  # Gradio empties the outputs of a generator that yields nothing
        if question and question.strip():
            yield from self._answer(question, conversation.restored(records), model)

    def ask_suggested(self, records: object, model: str, event: gr.EventData) -> Iterator[Desk]:
        """Answer a question that was suggested."""
        yield from self._answer(str(event.question), conversation.restored(records), model)

    def retry(self, records: object, model: str) -> Iterator[Desk]:
        """Answer the last question again."""
        *earlier, last = conversation.restored(records)
        yield from self._answer(last.question, earlier, model, last.answer.question if last.is_edited else None)

    def stop(self, records: object, current: Exchange | None) -> Desk:
        """Keep what there is of the answer."""
        exchanges = conversation.restored(records)
        time.sleep(SECONDS_OF_LATE_SNAPSHOTS)
        if exchanges and current:
            exchanges[-1] = conversation.stopped(current)
        return self._resting(exchanges)

    def begin_anew(self) -> Desk:
        """An empty conversation."""
        return self._resting([])

    def refine(self, records: object, model: str, event: gr.EventData) -> Iterator[Desk]:
        """Answer again, understood as the reader says: in place of the latest exchange, or after the others."""
        turn, exchanges = int(event.turn), conversation.restored(records)
        if not 0 <= turn < len(exchanges):
            yield Desk()
            return
        change = {name: getattr(event, name, "") for name in CHANGES}
        asked = changed(exchanges[turn].answer.question, change)
        earlier = exchanges[:-1] if turn == len(exchanges) - 1 else exchanges
        yield from self._answer(asked.text, earlier, model, asked)

    def cite(self, records: object, current: Exchange | None, event: gr.EventData) -> tuple[str, str]:
        """The evidence with the clicked citation open, and its article with the cited words marked."""
        return opened(self.assistant, _exchange_at(records, current, int(event.turn)), event)

    def show_evidence(self, records: object, current: Exchange | None, event: gr.EventData) -> tuple[str, str]:
        """The evidence of one exchange, with no article open."""
        turn = int(event.turn)
        return render.evidence(_exchange_at(records, current, turn), turn), ""

    def earlier(self, records: object, event: gr.EventData) -> str:
        """The exchanges that have ended, with more of those before the one that the event names."""
        first = max(0, int(event.turn) - render.SHOWN_EXCHANGES)
        return render.conversation(conversation.restored(records)[:-1], first)

    def judge(self, records: object, current: Exchange | None, event: gr.EventData) -> Desk:
        """Keep what the reader thinks of an answer, and thank for it."""
        turn, exchanges = int(event.turn), conversation.restored(records)
        shown = _exchange_at(records, current, turn)
        if shown is None:
            return Desk()
        exchanges[turn] = self._judged(shown, exchanges[:turn], event)
        kept = conversation.stored(exchanges)
        if turn == len(exchanges) - 1:
            return Desk(latest=self._ended(exchanges[turn], turn), records=kept, current=exchanges[turn])
        first = min(turn, max(0, len(exchanges) - 1 - render.SHOWN_EXCHANGES))
        return Desk(past=render.conversation(exchanges[:-1], first), records=kept)

    def save(self, records: object, current: Exchange | None, event: gr.EventData) -> str:
        """One answer with its evidence as Markdown."""
        shown = _exchange_at(records, current, int(event.turn))
        return conversation.to_markdown([shown], "an answer") if shown else ""

    def export(self, records: object) -> str:
        """The conversation as Markdown."""
        return conversation.to_markdown(conversation.restored(records))

    def tick(self, records: object, model: str) -> tuple[Any, Any, Any, Any]:
        """The top line; and once nothing is loading any more, the suggestions and the names that a chip may be given."""
        status = self.assistant.status()
        masthead = render.masthead(status, model)
        if status.busy or not (status.ready or status.problem):
            return masthead, gr.skip(), gr.skip(), gr.skip()
        latest = gr.skip() if conversation.restored(records) else self._welcome()
        return masthead, gr.Timer(active=False), latest, chips.offered(self.assistant.known())

    def _answer(
        self, question: str, exchanges: Sequence[Exchange], model: str, asked: Question | None = None
    ) -> Iterator[Desk]:
        question = question.encode("utf-8", "replace").decode("utf-8")
        notices = () if self.assistant.status().ready else (STILL_READING,)
        earlier = list(exchanges[1 - KEPT_EXCHANGES :])
        current = conversation.asking(question, asked)
        yield self._started([*earlier, current])
        try:
            snapshots = self.assistant.stream(question, conversation.turns(earlier), model=model, asked=asked)
            for answer in paced(snapshots, SECONDS_BETWEEN_SNAPSHOTS):
                current = replace(current, answer=replace(answer, notices=answer.notices + notices))
                yield self._growing(current, len(earlier))
            current = replace(current, state="answered")
        except OnRecordError as error:
            current = replace(current, state="failed", problem=str(error))
        except Exception:  # whatever it is, the reader gets a line and can go on; the log gets the rest
            logging.getLogger(__name__).exception("The answer failed")
            current = replace(current, state="failed", problem=BROKEN)
        yield self._resting([*earlier, current])._replace(past=gr.skip())

    def _judged(self, shown: Exchange, before: Sequence[Exchange], event: gr.EventData) -> Exchange:
        """The exchange with the verdict that the event tells; without one where it tells none that fits the answer."""
        verdict = next((each for each in get_args(Verdict) if each == getattr(event, "verdict", "")), None)
        marker = _chosen(shown, getattr(event, "marker", None)) if verdict == "wrong citation" else None
        if verdict is None or (verdict == "wrong citation" and marker is None):
            return shown
        note = clean(str(getattr(event, "note", "")))[:LONGEST_NOTE]
        try:
            self.assistant.give_feedback(shown.answer, verdict, marker, note, conversation.turns(before))
        except OnRecordError as error:
            return replace(shown, problem=str(error))
        return replace(shown, verdict=verdict, problem=None)

    def _started(self, exchanges: Sequence[Exchange]) -> Desk:
        return self._growing(exchanges[-1], len(exchanges) - 1)._replace(
            past=render.conversation(exchanges[:-1]),
            reader="",
            records=conversation.stored(exchanges),
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
            records=conversation.stored(exchanges),
            current=current,
            ask=gr.update(visible=True),
            stop=gr.update(visible=False),
            anew=gr.update(interactive=True),
        )

    def _ended(self, current: Exchange, turn: int) -> str:
        return render.exchange(current, turn, latest=True, next_=self._next(current.answer))

    def _next(self, answer: Answer) -> list[str]:
        """What may be asked after an answer; nothing where the articles cannot be searched, which the answer says."""
        try:
            if answer.abstained:
                return [] if has_offers(answer) else self.assistant.suggestions()
            return self.assistant.follow_ups(answer)
        except OnRecordError:
            return []

    def _welcome(self) -> str:
        return render.welcome(self.assistant.status(), self.assistant.suggestions())


def opened(assistant: Assistant, shown: Exchange | None, event: gr.EventData) -> tuple[str, str]:
    """The evidence of an exchange with the clicked citation open, and its article, or that of a further report."""
    turn, marker = int(event.turn), int(event.marker)
    also = getattr(event, "also", None)
    citation = shown.citation(marker, None if also is None else int(also)) if shown else None
    return render.evidence(shown, turn, marker), _cited_article(assistant, shown, citation)


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
    exchanges = conversation.restored(records)
    if not 0 <= turn < len(exchanges):
        return None
    return current if current and turn == len(exchanges) - 1 else exchanges[turn]


def _chosen(shown: Exchange, marker: object) -> int | None:
    """The marker that a form names, if the answer has it."""
    return next((each.marker for each in shown.answer.citations if str(each.marker) == marker), None)


def _cited_article(assistant: Assistant, shown: Exchange | None, citation: Citation | None) -> str:
    if shown is None or citation is None:
        return ""
    article = assistant.article(citation.article_id)
    if article is None:
        return reader.missing(citation)
    return reader.article(article, citation, shown.answer.citations, assistant.statements(article.id))
