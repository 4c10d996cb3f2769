"""What the page does when the reader compares: the same Assistant, shown as a table, its
relations and a timeline.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from rag.errors import OnRecordError
from rag.output import documents, tables
from rag.page import conversation
from rag.page.conversation import Exchange
from rag.page.tabs.shared import (
    ANSWERS,
    AT_ONCE,
    BROKEN,
    COMPARISON,
    FROM_BROWSER,
    QUIET,
    SECONDS_BETWEEN_LOOKS,
    beside,
    cannot_answer,
    opened,
    panel,
    remarks,
    visited,
)
from rag.page.views import exchange
from rag.page.views.comparison import has_statements
from rag.questions.parts import LONGEST_CHANGE, MOST_NAMES, cleaned, in_order
from rag.types import Answer, Question

if TYPE_CHECKING:
    from rag.assistant import Assistant


class Export(NamedTuple):
    """How a comparison is handed out: what writes it, and the file's name and type."""

    write: Callable[[Answer], str]
    name: str
    type: str


def _markdown(answer: Answer) -> str:
    return documents.markdown([answer], "a comparison")


EXPORTS = {
    "CSV": Export(tables.comparison_csv, "on-record-comparison.csv", "text/csv"),
    "JSON": Export(tables.answer_json, "on-record-comparison.json", "application/json"),
    "Markdown": Export(_markdown, "on-record-comparison.md", "text/markdown"),
}


class Shown(NamedTuple):
    """What a handler of the comparison changes on the page, in the order of the outputs;
    the rest stays.
    """

    result: Any = gr.skip()
    evidence: Any = gr.skip()
    reader: Any = gr.skip()
    records: Any = gr.skip()
    compare: Any = gr.skip()
    stop: Any = gr.skip()
    tools: Any = gr.skip()
    waiting: Any = gr.skip()


class Comparing:
    """The actions of the comparison over one Assistant.

    `exchanges` holds what was compared last and, while it is on its way, what is compared
    now; it works like the conversation (see `tabs.ask`).
    """

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant

    def open(self, exchanges: list[Exchange], records: object) -> Shown:
        """The comparison as the visitor left it."""
        exchanges[:0] = conversation.restored(records)
        return self._shown(exchanges)

    def choices(self) -> tuple[Any, Any]:
        """The people and the sources that can be chosen now."""
        known = self.assistant.known()
        speakers, sources = list(known.speakers), list(known.sources)
        return gr.update(choices=speakers), gr.update(choices=sources)

    def compare(
        self,
        topic: str,
        speakers: Sequence[str] | None,
        sources: Sequence[str] | None,
        since: str | None,
        until: str | None,
        exchanges: list[Exchange],
        records: object,
    ) -> Shown:
        """Put what is to be compared: what the chosen people or sources say on the topic."""
        topic = cleaned(topic)
        asked = Question(
            topic,
            "compare",
            _names(speakers),
            topic,
            _names(sources),
            *in_order(since, until),
        )
        exchanges = visited(exchanges, records)
        exchanges[:] = [*_done(exchanges), conversation.asking(topic, asked)]
        return self._shown(exchanges)

    def answer(
        self, exchanges: list[Exchange], records: object, model: str
    ) -> Iterator[Shown]:
        """Compare what was put, once the articles have been read."""
        exchanges = visited(exchanges, records)
        turn = conversation.next_asked(exchanges)
        if turn is None:
            yield Shown(waiting=gr.Timer(active=False))
            return
        current, status = exchanges[turn], self.assistant.status()
        if status.starting:
            yield Shown(result=exchange.compared(current, status))
            return
        yield Shown(waiting=gr.Timer(active=False))
        ended = self._compared(current, model)
        was_stopped = _last(exchanges) is not current
        if was_stopped:
            return
        exchanges[:] = [ended]
        yield self._shown(exchanges)

    def stop(self, exchanges: list[Exchange], records: object) -> Shown:
        """Show what was compared before."""
        exchanges = visited(exchanges, records)
        exchanges[:] = _done(exchanges)
        return self._shown(exchanges)

    def cite(
        self, exchanges: list[Exchange], records: object, event: gr.EventData
    ) -> tuple[str, str]:
        """The evidence with the clicked citation open, and its article with the cited words
        marked.
        """
        return opened(self.assistant, _last(visited(exchanges, records)), event)

    def export(self, exchanges: list[Exchange], records: object, form: str) -> str:
        """The comparison as CSV, JSON or Markdown."""
        last = _last(visited(exchanges, records))
        return EXPORTS[form].write(last.answer) if last else ""

    def _compared(self, current: Exchange, model: str) -> Exchange:
        asked = current.answer.question
        status = self.assistant.status()
        problem = cannot_answer(status)
        if problem:
            return Exchange(current.answer, "failed", problem)
        try:
            answer = self.assistant.compare(
                asked.topic,
                asked.speakers,
                asked.sources,
                asked.since,
                asked.until,
                model=model,
            )
        except OnRecordError as error:
            return Exchange(current.answer, "failed", str(error))
        # whatever it is, the reader gets a line and can go on; the log gets the rest
        except Exception:
            logging.getLogger(__name__).exception("The comparison failed")
            return Exchange(current.answer, "failed", BROKEN)
        return Exchange(replace(answer, notices=answer.notices + remarks(status)))

    def _shown(self, exchanges: Sequence[Exchange]) -> Shown:
        """The comparison, on its way or as it rests."""
        current = _last(exchanges)
        is_asking = current is not None and current.state == "asking"
        has_table = current is not None and has_statements(current.answer)
        return Shown(
            result=exchange.compared(current, self.assistant.status()),
            evidence=exchange.evidence(current, 0),
            reader="",
            records=conversation.stored(exchanges),
            compare=gr.update(visible=not is_asking),
            stop=gr.update(visible=is_asking),
            tools=gr.update(visible=has_table),
            # looks again, should the browser's own call for the comparison be lost
            waiting=gr.Timer(active=is_asking),
        )


def _names(given: Sequence[str] | None) -> tuple[str, ...]:
    names = dict.fromkeys(cleaned(name) for name in given or ())
    return tuple(name for name in names if name)[:MOST_NAMES]


def _last(exchanges: Sequence[Exchange]) -> Exchange | None:
    return exchanges[-1] if exchanges else None


def _done(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """What was compared last, if anything was."""
    return [one for one in exchanges if one.state != "asking"][-1:]


class Sides(NamedTuple):
    """The components of the comparison."""

    tab: gr.Tab
    topic: gr.Textbox
    speakers: gr.Dropdown
    sources: gr.Dropdown
    since: gr.Textbox
    until: gr.Textbox
    compare: gr.Button
    stop: gr.Button
    result: gr.HTML
    tools: gr.Row
    exports: dict[str, gr.Button]
    exported: gr.Textbox
    evidence: gr.HTML
    reader: gr.HTML
    exchanges: gr.State
    records: gr.HTML
    waiting: gr.Timer

    @property
    def table(self) -> list[gr.components.Component]:
        """The outputs of a handler that returns a `Shown`."""
        return [getattr(self, name) for name in Shown._fields]

    @property
    def visit(self) -> list[gr.components.Component]:
        """The inputs by which a handler knows the comparison."""
        return [self.exchanges, self.records]


def compare_tab(records: gr.HTML) -> Sides:
    with (
        gr.Tab("Compare", id="compare", elem_id="compare-panel") as tab,
        gr.Row(elem_classes="desk wide", equal_height=True),
    ):
        with gr.Column(elem_classes="talk", scale=7), gr.Column(elem_classes="scroll"):
            with gr.Column(elem_classes="sides", elem_id="sides"):
                topic = _topic_box()
                with gr.Row():
                    speakers = _choice("People", "anybody", "speakers")
                    sources = _choice("Sources", "any source", "sources")
                with gr.Row():
                    since, until = _day("From", "since"), _day("To", "until")
                    compare = _button("Compare", "compare", variant="primary")
                    stop = _button("Stop", "stop-comparing", visible=False)
            result = panel("compared")
            with gr.Row(elem_classes="tools", visible=False) as tools:
                exports = {form: _export_button(form) for form in EXPORTS}
        with gr.Column(elem_classes="aside", scale=4):
            names = "comparison", "compared-evidence", "compared-reader"
            evidence, reader = beside(*names)
        return Sides(
            tab,
            topic,
            speakers,
            sources,
            since,
            until,
            compare,
            stop,
            result,
            tools,
            exports,
            exported=gr.Textbox(visible=False),
            evidence=evidence,
            reader=reader,
            exchanges=gr.State([]),
            records=records,
            waiting=gr.Timer(SECONDS_BETWEEN_LOOKS, active=False),
        )


def _topic_box() -> gr.Textbox:
    return gr.Textbox(
        "",
        label="Topic",
        placeholder="a ceasefire in Idlib",
        max_lines=1,
        max_length=LONGEST_CHANGE,
        elem_id="topic",
    )


def _export_button(form: str) -> gr.Button:
    return gr.Button(f"Export {form}", size="sm", scale=0)


def _button(caption: str, name: str, **look: Any) -> gr.Button:
    return gr.Button(caption, elem_id=name, scale=0, min_width=110, **look)


def _choice(label: str, nobody: str, name: str) -> gr.Dropdown:
    return gr.Dropdown(
        [],
        value=[],
        label=f"{label} ({nobody} if empty)",
        multiselect=True,
        allow_custom_value=True,
        elem_id=name,
    )


def _day(label: str, name: str) -> gr.Textbox:
    """A box for one day; page.js gives it the browser's own calendar, which Gradio's has no
    names for.
    """
    return gr.Textbox(
        "", label=label, max_lines=1, max_length=10, elem_id=name, elem_classes="day"
    )


def wire_comparison(
    page: gr.Blocks, comparing: Comparing, sides: Sides, model: gr.Textbox
) -> None:
    gr.on(
        [page.load, sides.tab.select],
        comparing.choices,
        None,
        [sides.speakers, sides.sources],
        **AT_ONCE,
    )
    page.load(
        comparing.open,
        sides.visit,
        sides.table,
        js=FROM_BROWSER.replace("NAME", COMPARISON),
        **AT_ONCE,
    )
    asked = [sides.topic, sides.speakers, sides.sources, sides.since, sides.until]
    gr.on(
        [sides.topic.submit, sides.compare.click],
        comparing.compare,
        [*asked, *sides.visit],
        sides.table,
        trigger_mode="always_last",
        **AT_ONCE,
    )
    answering = gr.on(
        [sides.records.submit, sides.waiting.tick],
        comparing.answer,
        [*sides.visit, model],
        sides.table,
        trigger_mode="always_last",
        **ANSWERS,
    )
    sides.stop.click(
        comparing.stop, sides.visit, sides.table, cancels=[answering], **AT_ONCE
    )
    for shown in (sides.result, sides.evidence):
        shown.cite(
            comparing.cite, sides.visit, [sides.evidence, sides.reader], **AT_ONCE
        ).success(None, js="() => onRecord.showCited('compared-reader')", **QUIET)
    for form, export in EXPORTS.items():
        sides.exports[form].click(
            partial(comparing.export, form=form),
            sides.visit,
            sides.exported,
            **AT_ONCE,
        ).success(
            None,
            sides.exported,
            js=f"(text) => onRecord.download(text, '{export.name}', '{export.type}')",
            **QUIET,
        )
