"""What the page does when the reader asks: each handler calls the Assistant and returns
what the page shows then.

A handler keeps nothing: whatever belongs to one visitor comes in and goes out as an
argument.
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
    AT_ONCE,
    BROKEN,
    QUIET,
    SECONDS_BETWEEN_SNAPSHOTS,
    opened,
    paced,
    panel,
    way_back,
)
from rag.page.views import chips, exchange
from rag.page.views.feedback import LONGEST_NOTE
from rag.page.views.refusal import has_offers
from rag.questions.parts import CHANGES, changed
from rag.questions.understand import clean
from rag.types import Answer, Question, Verdict

if TYPE_CHECKING:
    from rag.assistant import Assistant


SECONDS_OF_LATE_SNAPSHOTS = (
    0.3  # Gradio still sends what was under way when an answer is cancelled
)
STILL_READING = "The articles are still being read, so this may be incomplete; ask again when the top line says ready."


class Desk(NamedTuple):
    """What a handler of the conversation changes on the page, in the order of the outputs;
    the rest stays.
    """

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
        yield Desk(
            question=""
        )  # Gradio empties the outputs of a generator that yields nothing
        if question and question.strip():
            yield from self._answer(question, conversation.restored(records), model)

    def ask_suggested(
        self, records: object, model: str, event: gr.EventData
    ) -> Iterator[Desk]:
        """Answer a question that was suggested."""
        yield from self._answer(
            str(event.question), conversation.restored(records), model
        )

    def retry(self, records: object, model: str) -> Iterator[Desk]:
        """Answer the last question again."""
        *earlier, last = conversation.restored(records)
        yield from self._answer(
            last.question,
            earlier,
            model,
            last.answer.question if last.is_edited else None,
        )

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

    def refine(
        self, records: object, model: str, event: gr.EventData
    ) -> Iterator[Desk]:
        """Answer again, understood as the reader says: in place of the latest exchange, or
        after the others.
        """
        turn, exchanges = int(event.turn), conversation.restored(records)
        if not 0 <= turn < len(exchanges):
            yield Desk()
            return
        change = {name: getattr(event, name, "") for name in CHANGES}
        asked = changed(exchanges[turn].answer.question, change)
        earlier = exchanges[:-1] if turn == len(exchanges) - 1 else exchanges
        yield from self._answer(asked.text, earlier, model, asked)

    def cite(
        self, records: object, current: Exchange | None, event: gr.EventData
    ) -> tuple[str, str]:
        """The evidence with the clicked citation open, and its article with the cited words
        marked.
        """
        return opened(
            self.assistant, _exchange_at(records, current, int(event.turn)), event
        )

    def show_evidence(
        self, records: object, current: Exchange | None, event: gr.EventData
    ) -> tuple[str, str]:
        """The evidence of one exchange, with no article open."""
        turn = int(event.turn)
        return exchange.evidence(_exchange_at(records, current, turn), turn), ""

    def earlier(self, records: object, event: gr.EventData) -> str:
        """The exchanges that have ended, with more of those before the one that the event names."""
        first = max(0, int(event.turn) - exchange.SHOWN_EXCHANGES)
        return exchange.conversation(conversation.restored(records)[:-1], first)

    def judge(
        self, records: object, current: Exchange | None, event: gr.EventData
    ) -> Desk:
        """Keep what the reader thinks of an answer, and thank for it."""
        turn, exchanges = int(event.turn), conversation.restored(records)
        shown = _exchange_at(records, current, turn)
        if shown is None:
            return Desk()
        exchanges[turn] = self._judged(shown, exchanges[:turn], event)
        kept = conversation.stored(exchanges)
        if turn == len(exchanges) - 1:
            return Desk(
                latest=self._ended(exchanges[turn], turn),
                records=kept,
                current=exchanges[turn],
            )
        first = min(turn, max(0, len(exchanges) - 1 - exchange.SHOWN_EXCHANGES))
        return Desk(past=exchange.conversation(exchanges[:-1], first), records=kept)

    def save(
        self, records: object, current: Exchange | None, event: gr.EventData
    ) -> str:
        """One answer with its evidence as Markdown."""
        shown = _exchange_at(records, current, int(event.turn))
        return (
            documents.markdown([conversation.told(shown)], "an answer") if shown else ""
        )

    def export(self, records: object) -> str:
        """The conversation as Markdown."""
        return documents.markdown(
            [conversation.told(one) for one in conversation.restored(records)],
            "a conversation",
        )

    def tick(self, records: object, model: str) -> tuple[Any, Any, Any, Any]:
        """The top line; and once nothing is loading any more, the suggestions and the names
        that a chip may be given.
        """
        status = self.assistant.status()
        masthead = exchange.masthead(status, model)
        if status.busy or not (status.ready or status.problem):
            return masthead, gr.skip(), gr.skip(), gr.skip()
        latest = gr.skip() if conversation.restored(records) else self._welcome()
        return (
            masthead,
            gr.Timer(active=False),
            latest,
            chips.offered(self.assistant.known()),
        )

    def _answer(
        self,
        question: str,
        exchanges: Sequence[Exchange],
        model: str,
        asked: Question | None = None,
    ) -> Iterator[Desk]:
        question = question.encode("utf-8", "replace").decode("utf-8")
        notices = () if self.assistant.status().ready else (STILL_READING,)
        earlier = list(exchanges[1 - KEPT_EXCHANGES :])
        current = conversation.asking(question, asked)
        yield self._started([*earlier, current])
        try:
            snapshots = self.assistant.stream(
                question, conversation.turns(earlier), model=model, asked=asked
            )
            for answer in paced(snapshots, SECONDS_BETWEEN_SNAPSHOTS):
                current = replace(
                    current, answer=replace(answer, notices=answer.notices + notices)
                )
                yield self._growing(current, len(earlier))
            current = replace(current, state="answered")
        except OnRecordError as error:
            current = replace(current, state="failed", problem=str(error))
        # whatever it is, the reader gets a line and can go on; the log gets the rest
        except Exception:
            logging.getLogger(__name__).exception("The answer failed")
            current = replace(current, state="failed", problem=BROKEN)
        yield self._resting([*earlier, current])._replace(past=gr.skip())

    def _judged(
        self, shown: Exchange, before: Sequence[Exchange], event: gr.EventData
    ) -> Exchange:
        """The exchange with the verdict that the event tells; without one where it tells
        none that fits the answer.
        """
        verdict = next(
            (
                each
                for each in get_args(Verdict)
                if each == getattr(event, "verdict", "")
            ),
            None,
        )
        marker = (
            _chosen(shown, getattr(event, "marker", None))
            if verdict == "wrong citation"
            else None
        )
        if verdict is None or (verdict == "wrong citation" and marker is None):
            return shown
        note = clean(str(getattr(event, "note", "")))[:LONGEST_NOTE]
        try:
            self.assistant.give_feedback(
                shown.answer, verdict, marker, note, conversation.turns(before)
            )
        except OnRecordError as error:
            return replace(shown, problem=str(error))
        return replace(shown, verdict=verdict, problem=None)

    def _started(self, exchanges: Sequence[Exchange]) -> Desk:
        return self._growing(exchanges[-1], len(exchanges) - 1)._replace(
            past=exchange.conversation(exchanges[:-1]),
            reader="",
            records=conversation.stored(exchanges),
            ask=gr.update(visible=False),
            stop=gr.update(visible=True),
            anew=gr.update(interactive=False),
        )

    def _growing(self, current: Exchange, turn: int) -> Desk:
        status = self.assistant.status()
        return Desk(
            latest=exchange.exchange(current, turn, latest=True, status=status),
            evidence=exchange.evidence(current, turn),
            current=current,
        )

    def _resting(self, exchanges: Sequence[Exchange]) -> Desk:
        turn = len(exchanges) - 1
        current = exchanges[-1] if exchanges else None
        return Desk(
            past=exchange.conversation(exchanges[:-1]),
            latest=self._ended(current, turn) if current else self._welcome(),
            evidence=exchange.evidence(current, turn),
            reader=gr.skip() if current else "",
            records=conversation.stored(exchanges),
            current=current,
            ask=gr.update(visible=True),
            stop=gr.update(visible=False),
            anew=gr.update(interactive=True),
        )

    def _ended(self, current: Exchange, turn: int) -> str:
        return exchange.exchange(
            current, turn, latest=True, next_=self._next(current.answer)
        )

    def _next(self, answer: Answer) -> list[str]:
        """What may be asked after an answer; nothing where the articles cannot be searched,
        which the answer says.
        """
        try:
            if answer.abstained:
                return [] if has_offers(answer) else self.assistant.suggestions()
            return self.assistant.follow_ups(answer)
        except OnRecordError:
            return []

    def _welcome(self) -> str:
        return exchange.welcome(self.assistant.status(), self.assistant.suggestions())


def _exchange_at(
    records: object, current: Exchange | None, turn: int
) -> Exchange | None:
    exchanges = conversation.restored(records)
    if not 0 <= turn < len(exchanges):
        return None
    return current if current and turn == len(exchanges) - 1 else exchanges[turn]


def _chosen(shown: Exchange, marker: object) -> int | None:
    """The marker that a form names, if the answer has it."""
    return next(
        (each.marker for each in shown.answer.citations if str(each.marker) == marker),
        None,
    )


class Talk(NamedTuple):
    """The components of the conversation and its evidence."""

    question: gr.Textbox
    past: gr.HTML
    latest: gr.HTML
    evidence: gr.HTML
    reader: gr.HTML
    records: gr.HTML
    current: gr.State
    ask: gr.Button
    stop: gr.Button
    anew: gr.Button
    export: gr.Button
    exported: gr.Textbox

    @property
    def desk(self) -> list[gr.components.Component]:
        """The outputs of a handler that returns a `Desk`."""
        return [getattr(self, name) for name in Desk._fields]


def ask_tab(records: gr.HTML) -> Talk:
    with gr.Tab("Ask", id="ask"), gr.Row(elem_classes="desk", equal_height=True):
        with gr.Column(elem_classes="talk", scale=6):
            with gr.Column(elem_classes="scroll"):
                past, latest = panel("past"), panel("latest")
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
            way_back("conversation")
            evidence, reader = panel("evidence"), panel("reader")
        return Talk(
            question, past, latest, evidence, reader, records, gr.State(None), ask, stop, anew, export,
            exported=gr.Textbox(visible=False),
        )  # fmt: skip


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
    visit = [talk.records, model]
    answers = {
        **QUIET,
        "outputs": talk.desk,
        "concurrency_limit": 4,
        "concurrency_id": "answers",
    }
    typed = [talk.question.submit, talk.ask.click]
    asking = [
        gr.on(
            typed,
            handlers.ask,
            [talk.question, *visit],
            trigger_mode="always_last",
            **answers,
        ),
        talk.latest.ask(handlers.ask_suggested, visit, **answers),
        talk.latest.retry(handlers.retry, visit, **answers),
        talk.latest.refine(handlers.refine, visit, **answers),
        talk.past.ask(handlers.ask_suggested, visit, **answers),
        talk.past.refine(handlers.refine, visit, **answers),
    ]
    talk.stop.click(
        handlers.stop,
        [talk.records, talk.current],
        talk.desk,
        cancels=asking,
        **AT_ONCE,
    ).success(None, js="() => onRecord.focusOn('#question textarea')", **QUIET)
    talk.anew.click(handlers.begin_anew, None, talk.desk, **AT_ONCE)
    talk.export.click(handlers.export, talk.records, talk.exported, **AT_ONCE).success(
        None,
        talk.exported,
        js="(text) => onRecord.download(text, 'on-record.md', 'text/markdown')",
        **QUIET,
    )


def wire_evidence(handlers: Handlers, talk: Talk) -> None:
    inputs, outputs = [talk.records, talk.current], [talk.evidence, talk.reader]
    for shown in (talk.past, talk.latest, talk.evidence):
        shown.cite(handlers.cite, inputs, outputs, **AT_ONCE).success(
            None, js="() => onRecord.showCited('reader')", **QUIET
        )
    for shown in (talk.past, talk.latest):
        shown.evidence(handlers.show_evidence, inputs, outputs, **AT_ONCE)


def wire_past(handlers: Handlers, talk: Talk) -> None:
    """What can be done with an answer that has ended."""
    kept = [talk.records, talk.current]
    talk.past.earlier(handlers.earlier, talk.records, talk.past, **AT_ONCE).success(
        None, js="() => onRecord.keepPlace()", **QUIET
    )
    for shown in (talk.past, talk.latest):
        shown.judge(handlers.judge, kept, talk.desk, **AT_ONCE).success(
            None, js="() => onRecord.showThanks()", **QUIET
        )
        shown.save(handlers.save, kept, talk.exported, **AT_ONCE).success(
            None,
            talk.exported,
            js="(text) => onRecord.download(text, 'on-record-answer.md', 'text/markdown')",
            **QUIET,
        )
