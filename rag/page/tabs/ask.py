"""The tab of the conversation: its components, what the page does when the reader asks, and
how both are wired.

Asking is three events. A question is put on record at once, as an exchange that is still
"asking"; the browser, which sees that, has it answered by `Handlers.answer`, the only event
that answers; and what was put meanwhile waits its turn. So a question can wait for the
articles to be read without holding a place in a queue, and one that never got its answer
(the server was restarted) is answered when the page is opened again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import gradio as gr

from rag.errors import OnRecordError
from rag.output import documents
from rag.page import conversation
from rag.page.conversation import KEPT_EXCHANGES, Exchange
from rag.page.tabs.shared import (
    ANSWERS,
    AT_ONCE,
    BROKEN,
    QUIET,
    SECONDS_BETWEEN_LOOKS,
    SECONDS_BETWEEN_SNAPSHOTS,
    beside,
    cannot_answer,
    opened,
    paced,
    panel,
    remarks,
    visited,
)
from rag.page.views import chips, exchange
from rag.page.views.feedback import LONGEST_NOTE
from rag.page.views.refusal import has_offers
from rag.questions.parts import CHANGES, changed
from rag.questions.understand import clean
from rag.types import Answer, Status, Verdict

if TYPE_CHECKING:
    from rag.assistant import Assistant


# Gradio still sends what was under way when an answer is cancelled; this lets it pass
SECONDS_OF_LATE_SNAPSHOTS = 0.3


class Desk(NamedTuple):
    """What a handler of the conversation changes on the page, in the order of the outputs;
    the rest stays.

    `past` are the exchanges before the `latest`, which is the one being answered while one
    is; `queued` are the questions behind it.
    """

    question: Any = gr.skip()
    past: Any = gr.skip()
    latest: Any = gr.skip()
    queued: Any = gr.skip()
    evidence: Any = gr.skip()
    reader: Any = gr.skip()
    records: Any = gr.skip()
    ask: Any = gr.skip()
    stop: Any = gr.skip()
    anew: Any = gr.skip()
    waiting: Any = gr.skip()


class Handlers:
    """The actions of the page over one Assistant.

    A handler keeps nothing itself. `exchanges` is the conversation of one visit, shared by
    all its events and changed in place, so that a question put while another is answered is
    not lost; `records` is the same as the browser keeps it.
    """

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant

    def open(self, exchanges: list[Exchange], records: object) -> Desk:
        """The conversation as the visitor left it; what was never answered is asked again."""
        # before them stands nothing but what a quick visitor has asked by now
        exchanges[:0] = conversation.restored(records)
        return self._shown(exchanges)

    # Putting a question

    def ask(
        self, question: str | None, exchanges: list[Exchange], records: object
    ) -> Desk:
        """Put a typed question; an empty one changes nothing."""
        if not question or not question.strip():
            return Desk(question="")
        asked = conversation.asking(question)
        return self._put(asked, visited(exchanges, records))._replace(question="")

    def ask_suggested(
        self, exchanges: list[Exchange], records: object, event: gr.EventData
    ) -> Desk:
        """Put a question that was suggested."""
        asked = conversation.asking(str(event.question))
        return self._put(asked, visited(exchanges, records))

    def retry(self, exchanges: list[Exchange], records: object) -> Desk:
        """Put the last question again, in place of what became of it."""
        exchanges = visited(exchanges, records)
        if not exchanges or conversation.next_asked(exchanges) is not None:
            return Desk()
        last = exchanges.pop()
        asked = last.answer.question if last.is_edited else None
        return self._put(conversation.asking(last.question, asked), exchanges)

    def refine(
        self, exchanges: list[Exchange], records: object, event: gr.EventData
    ) -> Desk:
        """Put a question again, understood as the reader says: in place of the latest
        exchange, or after the others.
        """
        turn, exchanges = int(event.turn), visited(exchanges, records)
        if not 0 <= turn < len(exchanges):
            return Desk()
        change = {name: getattr(event, name, "") for name in CHANGES}
        asked = changed(exchanges[turn].answer.question, change)
        is_last = turn == len(exchanges) - 1
        if is_last and exchanges[turn].state != "asking":
            exchanges.pop()
        return self._put(conversation.asking(asked.text, asked), exchanges)

    def _put(self, asked: Exchange, exchanges: list[Exchange]) -> Desk:
        turn = conversation.next_asked(exchanges)
        if turn is not None:
            exchanges.append(asked)
            return Desk(
                queued=exchange.queued(exchanges[turn + 1 :]),
                records=conversation.stored(exchanges),
            )
        del exchanges[: 1 - KEPT_EXCHANGES]
        exchanges.append(asked)
        return self._shown(exchanges)

    # Answering

    def answer(
        self, exchanges: list[Exchange], records: object, model: str
    ) -> Iterator[Desk]:
        """Answer the question that was put first, once the articles have been read."""
        exchanges = visited(exchanges, records)
        turn = conversation.next_asked(exchanges)
        if turn is None:
            yield Desk(waiting=gr.Timer(active=False))
            return
        current = exchanges[turn]
        if self.assistant.status().starting:
            yield self._growing(current, turn)
            return
        yield Desk(waiting=gr.Timer(active=False))
        for grown in self._answers(current, exchanges[:turn], model):
            was_stopped = len(exchanges) <= turn or exchanges[turn] is not current
            if was_stopped:
                return
            exchanges[turn] = current = grown
            if current.state == "asking":
                yield self._growing(current, turn)
        shown = self._shown(exchanges)
        is_last = turn == len(exchanges) - 1
        yield shown._replace(past=gr.skip()) if is_last else shown

    def _answers(
        self, asked: Exchange, earlier: Sequence[Exchange], model: str
    ) -> Iterator[Exchange]:
        """The exchange as its answer grows, and at last as it ended."""
        status = self.assistant.status()
        problem = cannot_answer(status)
        if problem:
            yield replace(asked, state="failed", problem=problem)
            return
        notices = remarks(status)
        history = conversation.turns(earlier)
        understood = asked.answer.question if asked.is_edited else None
        try:
            for answer in paced(
                self.assistant.stream(
                    asked.question, history, model=model, asked=understood
                ),
                SECONDS_BETWEEN_SNAPSHOTS,
            ):
                answer = replace(answer, notices=answer.notices + notices)
                asked = replace(asked, answer=answer)
                yield asked
            yield replace(asked, state="answered")
        except OnRecordError as error:
            yield replace(asked, state="failed", problem=str(error))
        # whatever it is, the reader gets a line and can go on; the log gets the rest
        except Exception:
            logging.getLogger(__name__).exception("The answer failed")
            yield replace(asked, state="failed", problem=BROKEN)

    def stop(self, exchanges: list[Exchange], records: object) -> Desk:
        """Keep what there is of the answer; what waits behind it is not answered either."""
        exchanges = visited(exchanges, records)
        exchanges[:] = [conversation.stopped(one) for one in exchanges]
        time.sleep(SECONDS_OF_LATE_SNAPSHOTS)
        return self._shown(exchanges)

    def begin_anew(self, exchanges: list[Exchange]) -> Desk:
        """An empty conversation."""
        exchanges.clear()
        return self._shown(exchanges)

    # What was answered

    def cite(
        self, exchanges: list[Exchange], records: object, event: gr.EventData
    ) -> tuple[str, str]:
        """The evidence with the clicked citation open, and its article with the cited words
        marked.
        """
        shown = _exchange_at(visited(exchanges, records), int(event.turn))
        return opened(self.assistant, shown, event)

    def show_evidence(
        self, exchanges: list[Exchange], records: object, event: gr.EventData
    ) -> tuple[str, str]:
        """The evidence of one exchange, with no article open."""
        turn = int(event.turn)
        shown = _exchange_at(visited(exchanges, records), turn)
        return exchange.evidence(shown, turn), ""

    def earlier(
        self, exchanges: list[Exchange], records: object, event: gr.EventData
    ) -> str:
        """The exchanges that have ended, with more of those before the one that the event names."""
        exchanges = visited(exchanges, records)
        first = max(0, int(event.turn) - exchange.SHOWN_EXCHANGES)
        return exchange.conversation(exchanges[: _latest(exchanges)], first)

    def judge(
        self, exchanges: list[Exchange], records: object, event: gr.EventData
    ) -> Desk:
        """Keep what the reader thinks of an answer, and thank for it."""
        turn, exchanges = int(event.turn), visited(exchanges, records)
        shown = _exchange_at(exchanges, turn)
        if shown is None or shown.state == "asking":
            return Desk()
        exchanges[turn] = self._judged(shown, exchanges[:turn], event)
        kept = conversation.stored(exchanges)
        latest = _latest(exchanges)
        if turn == latest:
            return Desk(latest=self._ended(exchanges[turn], turn), records=kept)
        first = min(turn, max(0, latest - exchange.SHOWN_EXCHANGES))
        return Desk(past=exchange.conversation(exchanges[:latest], first), records=kept)

    def _judged(
        self, shown: Exchange, before: Sequence[Exchange], event: gr.EventData
    ) -> Exchange:
        """The exchange with the verdict that the event tells; without one where it tells
        none that fits the answer.
        """
        verdict: Verdict | None = None
        for known in get_args(Verdict):
            if known == getattr(event, "verdict", ""):
                verdict = known
        if verdict is None:
            return shown
        marker = None
        if verdict == "wrong citation":
            marker = _chosen(shown, getattr(event, "marker", None))
            if marker is None:
                return shown
        note = clean(str(getattr(event, "note", "")))[:LONGEST_NOTE]
        history = conversation.turns(before)
        try:
            self.assistant.give_feedback(shown.answer, verdict, marker, note, history)
        except OnRecordError as error:
            return replace(shown, problem=str(error))
        return replace(shown, verdict=verdict, problem=None)

    def save(
        self, exchanges: list[Exchange], records: object, event: gr.EventData
    ) -> str:
        """One answer with its evidence as Markdown."""
        shown = _exchange_at(visited(exchanges, records), int(event.turn))
        if shown is None:
            return ""
        return documents.markdown([conversation.told(shown)], "an answer")

    def export(self, exchanges: list[Exchange], records: object) -> str:
        """The conversation as Markdown."""
        answers = [conversation.told(one) for one in visited(exchanges, records)]
        return documents.markdown(answers, "a conversation")

    def tick(self, model: str) -> tuple[Any, Any, Any]:
        """The top line; and once nothing is loading any more, the names that a chip may be
        given.
        """
        status = self.assistant.status()
        masthead = exchange.masthead(status, model)
        if not _has_settled(status):
            return masthead, gr.skip(), gr.skip()
        names = chips.offered(self.assistant.known())
        return masthead, gr.Timer(active=False), names

    def welcome(self, exchanges: list[Exchange], records: object) -> Any:
        """What an empty conversation shows once nothing is loading any more."""
        if not _has_settled(self.assistant.status()):
            return gr.skip()
        # this may take seconds, in which the first question may be asked and answered
        shown = self._welcome()
        if exchanges or conversation.restored(records):
            return gr.skip()
        return shown

    # What is shown

    def _shown(self, exchanges: Sequence[Exchange]) -> Desk:
        """The whole conversation, as it is answered or as it rests."""
        turn = _latest(exchanges)
        latest = exchanges[turn] if exchanges else None
        is_asking = latest is not None and latest.state == "asking"
        if latest is None:
            shown = self._welcome()
        elif is_asking:
            shown = self._asking(latest, turn)
        else:
            shown = self._ended(latest, turn)
        return Desk(
            past=exchange.conversation(exchanges[:turn]),
            latest=shown,
            queued=exchange.queued(exchanges[turn + 1 :]),
            evidence=exchange.evidence(latest, turn),
            # an article that is open stays so when its answer is complete
            reader="" if is_asking or latest is None else gr.skip(),
            records=conversation.stored(exchanges),
            ask=gr.update(visible=not is_asking),
            stop=gr.update(visible=is_asking),
            anew=gr.update(interactive=not is_asking),
            # looks again, should the browser's own call for the answer be lost
            waiting=gr.Timer(active=is_asking),
        )

    def _growing(self, current: Exchange, turn: int) -> Desk:
        return Desk(
            latest=self._asking(current, turn),
            evidence=exchange.evidence(current, turn),
        )

    def _asking(self, current: Exchange, turn: int) -> str:
        status = self.assistant.status()
        return exchange.exchange(current, turn, latest=True, status=status)

    def _ended(self, current: Exchange, turn: int) -> str:
        next_ = self._next(current.answer)
        return exchange.exchange(current, turn, latest=True, next_=next_)

    def _next(self, answer: Answer) -> list[str]:
        """What may be asked after an answer; nothing where the articles cannot be searched,
        which the answer says.
        """
        if answer.abstained:
            return [] if has_offers(answer) else self._suggested()
        try:
            return self.assistant.follow_ups(answer)
        except OnRecordError:
            return []

    def _welcome(self) -> str:
        status = self.assistant.status()
        # finding what the articles answer would wait until they are read
        questions = [] if status.starting else self._suggested()
        return exchange.welcome(status, questions)

    def _suggested(self) -> list[str]:
        """What may be asked of the articles; nothing where they cannot be searched, which the
        top line says.
        """
        try:
            return self.assistant.suggestions()
        except OnRecordError:
            return []


def _has_settled(status: Status) -> bool:
    """Whether what was loaded or read is there, or has failed."""
    if status.busy or status.starting:
        return False
    return status.ready or status.problem is not None


def _latest(exchanges: Sequence[Exchange]) -> int:
    """The turn that the page shows as the latest: the one to be answered, or the last."""
    turn = conversation.next_asked(exchanges)
    return max(0, len(exchanges) - 1) if turn is None else turn


def _exchange_at(exchanges: Sequence[Exchange], turn: int) -> Exchange | None:
    return exchanges[turn] if 0 <= turn < len(exchanges) else None


def _chosen(shown: Exchange, marker: object) -> int | None:
    """The marker that a form names, if the answer has it."""
    for citation in shown.answer.citations:
        if str(citation.marker) == marker:
            return citation.marker
    return None


class Talk(NamedTuple):
    """The components of the conversation and its evidence."""

    question: gr.Textbox
    past: gr.HTML
    latest: gr.HTML
    queued: gr.HTML
    evidence: gr.HTML
    reader: gr.HTML
    exchanges: gr.State
    records: gr.HTML
    waiting: gr.Timer
    ask: gr.Button
    stop: gr.Button
    anew: gr.Button
    export: gr.Button
    exported: gr.Textbox

    @property
    def desk(self) -> list[gr.components.Component]:
        """The outputs of a handler that returns a `Desk`."""
        return [getattr(self, name) for name in Desk._fields]

    @property
    def visit(self) -> list[gr.components.Component]:
        """The inputs by which a handler knows the conversation."""
        return [self.exchanges, self.records]


def ask_tab(records: gr.HTML) -> Talk:
    with (
        gr.Tab("Ask", id="ask", elem_id="ask-panel"),
        gr.Row(elem_classes="desk", equal_height=True),
    ):
        with gr.Column(elem_classes="talk", scale=6):
            with gr.Column(elem_classes="scroll"):
                past, latest, queued = panel("past"), panel("latest"), panel("queued")
            with gr.Row(elem_classes="composer"):
                question = _question_box()
                ask = gr.Button(
                    "Ask", variant="primary", elem_id="ask", scale=0, min_width=80
                )
                stop = gr.Button(
                    "Stop", elem_id="stop", scale=0, min_width=80, visible=False
                )
            with gr.Row(elem_classes="tools"):
                anew = gr.Button("New conversation", size="sm", elem_id="anew", scale=0)
                export = gr.Button(
                    "Export conversation", size="sm", elem_id="export", scale=0
                )
        with gr.Column(elem_classes="aside", scale=5):
            evidence, reader = beside("conversation", "evidence", "reader")
        return Talk(
            question,
            past,
            latest,
            queued,
            evidence,
            reader,
            exchanges=gr.State([]),
            records=records,
            waiting=gr.Timer(SECONDS_BETWEEN_LOOKS, active=False),
            ask=ask,
            stop=stop,
            anew=anew,
            export=export,
            exported=gr.Textbox(visible=False),
        )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        show_label=False,
        container=False,
        placeholder="Ask about the articles …",
        lines=1,
        max_lines=6,
        autofocus=True,
        elem_id="question",
        html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
    )


def wire_answers(handlers: Handlers, talk: Talk, model: gr.Textbox) -> None:
    typed = [talk.question.submit, talk.ask.click]
    gr.on(
        typed,
        handlers.ask,
        [talk.question, *talk.visit],
        talk.desk,
        trigger_mode="always_last",
        **AT_ONCE,
    )
    for shown in (talk.past, talk.latest):
        shown.ask(handlers.ask_suggested, talk.visit, talk.desk, **AT_ONCE)
        shown.refine(handlers.refine, talk.visit, talk.desk, **AT_ONCE)
    talk.latest.retry(handlers.retry, talk.visit, talk.desk, **AT_ONCE)
    # one event for all answers, so that they come one after the other
    answering = gr.on(
        [talk.records.submit, talk.waiting.tick],
        handlers.answer,
        [*talk.visit, model],
        talk.desk,
        trigger_mode="always_last",
        **ANSWERS,
    )
    talk.stop.click(
        handlers.stop, talk.visit, talk.desk, cancels=[answering], **AT_ONCE
    ).success(None, js="() => onRecord.focusOn('#question textarea')", **QUIET)
    talk.anew.click(handlers.begin_anew, talk.exchanges, talk.desk, **AT_ONCE)
    talk.export.click(handlers.export, talk.visit, talk.exported, **AT_ONCE).success(
        None,
        talk.exported,
        js="(text) => onRecord.download(text, 'on-record.md', 'text/markdown')",
        **QUIET,
    )


def wire_evidence(handlers: Handlers, talk: Talk) -> None:
    outputs = [talk.evidence, talk.reader]
    for shown in (talk.past, talk.latest, talk.evidence):
        shown.cite(handlers.cite, talk.visit, outputs, **AT_ONCE).success(
            None, js="() => onRecord.showCited('reader')", **QUIET
        )
    for shown in (talk.past, talk.latest):
        shown.evidence(handlers.show_evidence, talk.visit, outputs, **AT_ONCE)


def wire_past(handlers: Handlers, talk: Talk) -> None:
    """What can be done with an answer that has ended."""
    talk.past.earlier(handlers.earlier, talk.visit, talk.past, **AT_ONCE).success(
        None, js="() => onRecord.keepPlace()", **QUIET
    )
    for shown in (talk.past, talk.latest):
        shown.judge(handlers.judge, talk.visit, talk.desk, **AT_ONCE).success(
            None, js="() => onRecord.showThanks()", **QUIET
        )
        shown.save(handlers.save, talk.visit, talk.exported, **AT_ONCE).success(
            None,
            talk.exported,
            js="(text) => onRecord.download(text, 'on-record-answer.md', 'text/markdown')",
            **QUIET,
        )
