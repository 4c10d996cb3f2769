"""What the page does when the reader compares: the same Assistant, shown as a table, its
relations and a timeline.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from rag.errors import OnRecordError
from rag.output import documents, tables
from rag.page import conversation
from rag.page.conversation import Exchange
from rag.page.tabs.shared import (
    AT_ONCE,
    BROKEN,
    COMPARISON,
    QUIET,
    opened,
    panel,
    way_back,
)
from rag.page.views import exchange
from rag.page.views.comparison import has_statements
from rag.questions.parts import LONGEST_CHANGE, MOST_NAMES, cleaned, in_order
from rag.types import Answer, Question

if TYPE_CHECKING:
    from rag.assistant import Assistant


EXPORTS: dict[str, tuple[Callable[[Answer], str], str, str]] = {
    "CSV": (tables.comparison_csv, "on-record-comparison.csv", "text/csv"),
    "JSON": (tables.answer_json, "on-record-comparison.json", "application/json"),
    "Markdown": (
        lambda answer: documents.markdown([answer], "a comparison"),
        "on-record-comparison.md",
        "text/markdown",
    ),
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


class Comparing:
    """The actions of the comparison over one Assistant; what was compared last is the one
    exchange of `records`.
    """

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant

    def open(self, records: object) -> Shown:
        """The comparison as the visitor left it."""
        return self._resting(_last(records))

    def choices(self) -> tuple[Any, Any]:
        """The people and the sources that can be chosen now."""
        known = self.assistant.known()
        return gr.update(choices=list(known.speakers)), gr.update(
            choices=list(known.sources)
        )

    def compare(
        self,
        topic: str,
        speakers: Sequence[str] | None,
        sources: Sequence[str] | None,
        since: str | None,
        until: str | None,
        model: str,
    ) -> Iterator[Shown]:
        """Put side by side what the chosen people or sources say on the topic."""
        topic = cleaned(topic)
        asked = Question(
            topic,
            "compare",
            _names(speakers),
            topic,
            _names(sources),
            *in_order(since, until),
        )
        current = conversation.asking(topic, asked)
        yield Shown(
            exchange.compared(current),
            evidence=exchange.evidence(current, 0),
            reader="",
            compare=gr.update(visible=False),
            stop=gr.update(visible=True),
            tools=gr.update(visible=False),
        )
        yield self._resting(self._compared(current, model))

    def stop(self, records: object) -> Shown:
        """Show what was compared before."""
        return self._resting(_last(records))

    def cite(self, records: object, event: gr.EventData) -> tuple[str, str]:
        """The evidence with the clicked citation open, and its article with the cited words
        marked.
        """
        return opened(self.assistant, _last(records), event)

    def export(self, records: object, form: str) -> str:
        """The comparison as CSV, JSON or Markdown."""
        last = _last(records)
        return EXPORTS[form][0](last.answer) if last else ""

    def _compared(self, current: Exchange, model: str) -> Exchange:
        asked = current.answer.question
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
        return Exchange(answer)

    def _resting(self, current: Exchange | None) -> Shown:
        return Shown(
            result=exchange.compared(current),
            evidence=exchange.evidence(current, 0),
            reader="",
            records=conversation.stored([current] if current else []),
            compare=gr.update(visible=True),
            stop=gr.update(visible=False),
            tools=gr.update(
                visible=current is not None and has_statements(current.answer)
            ),
        )


def _names(given: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(cleaned, given or ()))))[:MOST_NAMES]


def _last(records: object) -> Exchange | None:
    return next(iter(conversation.restored(records)), None)


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
    records: gr.HTML

    @property
    def table(self) -> list[gr.components.Component]:
        """The outputs of a handler that returns a `Table`."""
        return [getattr(self, name) for name in Shown._fields]


def compare_tab(records: gr.HTML) -> Sides:
    with (
        gr.Tab("Compare", id="compare") as tab,
        gr.Row(elem_classes="desk wide", equal_height=True),
    ):
        with gr.Column(elem_classes="talk", scale=7), gr.Column(elem_classes="scroll"):
            with gr.Column(elem_classes="sides", elem_id="sides"):
                topic = gr.Textbox(
                    "",
                    label="Topic",
                    placeholder="a ceasefire in Idlib",
                    max_lines=1,
                    max_length=LONGEST_CHANGE,
                    elem_id="topic",
                )
                with gr.Row():
                    speakers = _choice("People", "anybody", "speakers")
                    sources = _choice("Sources", "any source", "sources")
                with gr.Row():
                    since, until = _day("From", "since"), _day("To", "until")
                    compare = gr.Button(
                        "Compare",
                        variant="primary",
                        elem_id="compare",
                        scale=0,
                        min_width=110,
                    )
                    stop = gr.Button(
                        "Stop",
                        elem_id="stop-comparing",
                        scale=0,
                        min_width=110,
                        visible=False,
                    )
            result = panel("compared")
            with gr.Row(elem_classes="tools", visible=False) as tools:
                exports = {
                    form: gr.Button(f"Export {form}", size="sm", scale=0)
                    for form in EXPORTS
                }
        with gr.Column(elem_classes="aside", scale=4):
            way_back("comparison")
            evidence, reader = panel("compared-evidence"), panel("compared-reader")
        return Sides(
            tab, topic, speakers, sources, since, until, compare, stop, result, tools, exports,
            gr.Textbox(visible=False), evidence, reader, records,
        )  # fmt: skip


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
    asked = [
        sides.topic,
        sides.speakers,
        sides.sources,
        sides.since,
        sides.until,
        model,
    ]
    gr.on(
        [page.load, sides.tab.select],
        comparing.choices,
        None,
        [sides.speakers, sides.sources],
        **AT_ONCE,
    )
    page.load(
        comparing.open,
        sides.records,
        sides.table,
        js=f"() => onRecord.kept('{COMPARISON}')",
        **AT_ONCE,
    )
    going = gr.on(
        [sides.topic.submit, sides.compare.click], comparing.compare, asked, sides.table,
        concurrency_limit=4, concurrency_id="answers", **QUIET,
    )  # fmt: skip
    sides.stop.click(
        comparing.stop, sides.records, sides.table, cancels=[going], **AT_ONCE
    )
    for shown in (sides.result, sides.evidence):
        shown.cite(
            comparing.cite, sides.records, [sides.evidence, sides.reader], **AT_ONCE
        ).success(None, js="() => onRecord.showCited('compared-reader')", **QUIET)
    for form, (_, name, type_) in EXPORTS.items():
        sides.exports[form].click(
            partial(comparing.export, form=form),
            sides.records,
            sides.exported,
            **AT_ONCE,
        ).success(
            None,
            sides.exported,
            js=f"(text) => onRecord.download(text, '{name}', '{type_}')",
            **QUIET,
        )
