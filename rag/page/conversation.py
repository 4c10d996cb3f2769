"""A conversation as the page keeps it: exchanges, their JSON in the visitor's browser, and
their export.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from rag.questions.parts import MOST_NAMES
from rag.questions.understand import MOST_PARTS
from rag.types import Answer, Citation, Comparison, Question, Turn, Verdict

ExchangeState = Literal["asking", "answered", "stopped", "failed"]

# more than a day's questions; beyond it the page would carry weight that nobody looks at
KEPT_EXCHANGES = 200
# how a stored conversation begins: the browser reads no more of it than whether a question
# in it waits for its answer
ASKED, AT_REST = "?", "."
# of JSON; a browser keeps five million, which it never reaches compressed
KEPT_CHARACTERS = 3_500_000


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what became of it; `problem` is the line to show where it failed.

    `is_edited` is true where the reader has changed how the question was understood;
    `verdict` is what the reader thought of the answer, once told.
    """

    answer: Answer
    state: ExchangeState = "answered"
    problem: str | None = None
    is_edited: bool = False
    verdict: Verdict | None = None

    @property
    def question(self) -> str:
        return self.answer.question.text

    def citation(self, marker: int, also: int | None = None) -> Citation | None:
        """The citation of a marker, or the further report of its statement at the place `also`."""
        for citation in self.answer.citations:
            if citation.marker != marker:
                continue
            if also is None:
                return citation
            return citation.also[also] if 0 <= also < len(citation.also) else None
        return None


def asking(question: str, asked: Question | None = None) -> Exchange:
    """An exchange whose answer is still to come; `asked` is how the reader wants it understood."""
    # half a character, which a browser may send, can neither be kept nor looked for
    question = question.encode("utf-8", "replace").decode("utf-8")
    answer = Answer(asked or Question(question), "")
    return Exchange(answer, "asking", is_edited=asked is not None)


def stopped(exchange: Exchange) -> Exchange:
    """The exchange as the visitor stopped it; one that has ended stays as it is."""
    if exchange.state != "asking":
        return exchange
    return replace(exchange, state="stopped")


def next_asked(exchanges: Sequence[Exchange]) -> int | None:
    """The place of the question that is answered, or to be answered, first."""
    for turn, exchange in enumerate(exchanges):
        if exchange.state == "asking":
            return turn
    return None


def told(exchange: Exchange) -> Answer:
    """The answer with what the page has to say of it, for an export."""
    problem = (exchange.problem,) if exchange.problem else ()
    return replace(exchange.answer, notices=problem + exchange.answer.notices)


def turns(exchanges: Iterable[Exchange]) -> list[Turn]:
    """The exchanges that have an answer, as the history of the next question."""
    return [
        Turn(
            exchange.question,
            exchange.answer.text,
            exchange.answer.question,
            exchange.answer.citations,
        )
        for exchange in exchanges
        if exchange.answer.text
    ]


def stored(exchanges: Sequence[Exchange]) -> str:
    """The exchanges as one short string: it goes both ways with every event, and Gradio
    walks through anything else.
    """
    mark = AT_REST if next_asked(exchanges) is None else ASKED
    lines = "\n".join(to_lines(exchanges))
    packed = base64.b64encode(zlib.compress(lines.encode("ascii")))
    return mark + packed.decode("ascii")


def restored(kept: object) -> list[Exchange]:
    """The exchanges of `stored`; none where a browser sends something else, or more than it
    was given. One that never got its answer is still asked.
    """
    text = str(kept)
    if text[:1] not in (ASKED, AT_REST):
        return []
    try:
        packed = base64.b64decode(text[1:], validate=True)
        # at most twice what `stored` writes: a few bytes can unpack to gigabytes
        lines = zlib.decompressobj().decompress(packed, 2 * KEPT_CHARACTERS)
    except (binascii.Error, zlib.error, ValueError):
        return []
    return from_lines(lines.rsplit(b"\n", KEPT_EXCHANGES))


def to_lines(exchanges: Sequence[Exchange]) -> list[str]:
    """The newest exchanges, as many as a browser keeps, each as a line of JSON with all
    that is needed to show it again.
    """
    lines: list[str] = []
    room = KEPT_CHARACTERS
    for exchange in reversed(exchanges[-KEPT_EXCHANGES:]):
        # the passages are the articles' own text, which no browser has to keep
        kept = replace(exchange, answer=replace(exchange.answer, passages=()))
        record = _RECORD.dump_python(kept, mode="json", exclude_defaults=True)
        line = json.dumps(record)
        room -= len(line)
        if room < 0:
            break
        lines.insert(0, line)
    return lines


def from_lines(lines: Sequence[str | bytes]) -> list[Exchange]:
    """The exchanges of `to_lines`; whatever has another form is left out, since a browser
    may send anything.
    """
    exchanges: list[Exchange] = []
    for line in lines[-KEPT_EXCHANGES:]:
        try:
            read = _RECORD.validate_json(line, strict=True)
        except ValidationError:
            continue
        if _fits(read.answer.comparison, read.answer.citations):
            exchanges.append(_within_limits(read))
    return exchanges


_RECORD = TypeAdapter(Exchange)


def _fits(table: Comparison | None, citations: Sequence[Citation]) -> bool:
    """Whether a table has a cell for each row and column, and names none but cited markers."""
    if table is None:
        return True
    if len(table.cells) != len(table.rows):
        return False
    named: set[int] = set()
    for row in table.cells:
        if len(row) != len(table.columns):
            return False
        for cell in row:
            named.update(cell)
    for relation in table.relations:
        named.update((relation.first, relation.second))
    return named <= {citation.marker for citation in citations}


def _within_limits(read: Exchange) -> Exchange:
    """The exchange without what the page itself would not have kept: more names than a
    question has room for, passages, and reports of reports.
    """
    answer = read.answer
    refusal = answer.refusal
    if refusal is not None:
        speakers, topics = refusal.speakers[:MOST_NAMES], refusal.topics[:MOST_NAMES]
        refusal = replace(refusal, speakers=speakers, topics=topics)
    citations = []
    for citation in answer.citations:
        reports = tuple(replace(report, also=()) for report in citation.also)
        citations.append(replace(citation, also=reports))
    parts = tuple(_with_few_names(part) for part in answer.question.parts[:MOST_PARTS])
    answer = replace(
        answer,
        question=replace(_with_few_names(answer.question), parts=parts),
        citations=tuple(citations),
        refusal=refusal,
        passages=(),
    )
    return replace(read, answer=answer)


def _with_few_names(asked: Question) -> Question:
    return replace(
        asked,
        speakers=asked.speakers[:MOST_NAMES],
        others=asked.others[:MOST_NAMES],
        sources=asked.sources[:MOST_NAMES],
        parts=(),
    )
