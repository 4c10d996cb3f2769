"""What the page does when the reader compares: the same Assistant, shown as a table, its relations and a timeline."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from rag import export
from rag.page import conversation, render
from rag.page.compare import has_statements
from rag.page.conversation import Exchange
from rag.page.handlers import BROKEN, opened
from rag.page.understanding import MOST_NAMES, cleaned, in_order
from rag.types import Answer, OnRecordError, Question

if TYPE_CHECKING:
    from rag.chat import Assistant

EXPORTS: dict[str, tuple[Callable[[Answer], str], str, str]] = {
    "CSV": (export.comparison_csv, "on-record-comparison.csv", "text/csv"),
    "JSON": (export.answer_json, "on-record-comparison.json", "application/json"),
    "Markdown": (export.answer_markdown, "on-record-comparison.md", "text/markdown"),
}


class Table(NamedTuple):
    """What a handler of the comparison changes on the page, in the order of the outputs; the rest stays."""

    result: Any = gr.skip()
    evidence: Any = gr.skip()
    reader: Any = gr.skip()
    records: Any = gr.skip()
    compare: Any = gr.skip()
    stop: Any = gr.skip()
    tools: Any = gr.skip()


class Comparing:
    """The actions of the comparison over one Assistant; what was compared last is the one exchange of `records`."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant

    def open(self, records: object) -> Table:
        """The comparison as the visitor left it."""
        return self._resting(_last(records))

    def choices(self) -> tuple[Any, Any]:
        """The people and the sources that can be chosen now."""
        known = self.assistant.known()
        return gr.update(choices=list(known.speakers)), gr.update(choices=list(known.sources))

    def compare(
        self,
        topic: str,
        speakers: Sequence[str] | None,
        sources: Sequence[str] | None,
        since: str | None,
        until: str | None,
        model: str,
    ) -> Iterator[Table]:
        """Put side by side what the chosen people or sources say on the topic."""
        topic = cleaned(topic)
        asked = Question(topic, "compare", _names(speakers), topic, _names(sources), *in_order(since, until))
        current = conversation.asking(topic, asked)
        yield Table(
            render.compared(current),
            evidence=render.evidence(current, 0),
            reader="",
            compare=gr.update(visible=False),
            stop=gr.update(visible=True),
            tools=gr.update(visible=False),
        )
        yield self._resting(self._compared(current, model))

    def stop(self, records: object) -> Table:
        """Show what was compared before."""
        return self._resting(_last(records))

    def cite(self, records: object, event: gr.EventData) -> tuple[str, str]:
        """The evidence with the clicked citation open, and its article with the cited words marked."""
        return opened(self.assistant, _last(records), event)

    def export(self, records: object, form: str) -> str:
        """The comparison as CSV, JSON or Markdown."""
        last = _last(records)
        return EXPORTS[form][0](last.answer) if last else ""

    def _compared(self, current: Exchange, model: str) -> Exchange:
        asked = current.answer.question
        try:
            answer = self.assistant.compare(
                asked.topic, asked.speakers, asked.sources, asked.since, asked.until, model=model
            )
        except OnRecordError as error:
            return Exchange(current.answer, "failed", str(error))
        except Exception:  # whatever it is, the reader gets a line and can go on; the log gets the rest
            logging.getLogger(__name__).exception("The comparison failed")
            return Exchange(current.answer, "failed", BROKEN)
        return Exchange(answer)

    def _resting(self, current: Exchange | None) -> Table:
        return Table(
            result=render.compared(current),
            evidence=render.evidence(current, 0),
            reader="",
            records=conversation.stored([current] if current else []),
            compare=gr.update(visible=True),
            stop=gr.update(visible=False),
            tools=gr.update(visible=current is not None and has_statements(current.answer)),
        )


def _names(given: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(cleaned, given or ()))))[:MOST_NAMES]


def _last(records: object) -> Exchange | None:
    return next(iter(conversation.restored(records)), None)
