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
from typing import Any, Literal, TypeVar, get_args

from rag.questions.parts import MOST_NAMES
from rag.types import (
    Answer,
    Citation,
    Column,
    Comparison,
    Question,
    QuestionForm,
    QuestionKind,
    QuoteKind,
    Refusal,
    RefusalKind,
    Relation,
    RelationKind,
    Turn,
    Verdict,
)

ExchangeState = Literal["asking", "answered", "stopped", "failed"]
Choice = TypeVar("Choice", bound=str)

Stance = Literal["agrees", "differs"]
KEPT_EXCHANGES = 200
# of JSON; a browser keeps five million, which compressed and encrypted it never reaches
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
        found = next(
            (
                citation
                for citation in self.answer.citations
                if citation.marker == marker
            ),
            None,
        )
        if found is None or also is None:
            return found
        return found.also[also] if 0 <= also < len(found.also) else None


def asking(question: str, asked: Question | None = None) -> Exchange:
    """An exchange whose answer is still to come; `asked` is how the reader wants it understood."""
    return Exchange(
        Answer(asked or Question(question), ""), "asking", is_edited=asked is not None
    )


def stopped(exchange: Exchange) -> Exchange:
    """The exchange as the visitor stopped it; one that has ended stays as it is."""
    return (
        replace(exchange, state="stopped") if exchange.state == "asking" else exchange
    )


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
    return base64.b64encode(
        zlib.compress(json.dumps(to_records(exchanges)).encode("ascii"))
    ).decode("ascii")


def restored(kept: object) -> list[Exchange]:
    """The exchanges of `stored`; none where a browser sends something else, or more than it
    was given.
    """
    try:
        packed = base64.b64decode(str(kept), validate=True)
        return from_records(
            json.loads(zlib.decompressobj().decompress(packed, 2 * KEPT_CHARACTERS))
        )
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return []


def to_records(exchanges: Sequence[Exchange]) -> list[dict[str, object]]:
    """JSON of the newest exchanges, as many as a browser keeps, with all that is needed to
    show them again.
    """
    records: list[dict[str, object]] = []
    room = KEPT_CHARACTERS
    for exchange in reversed(exchanges[-KEPT_EXCHANGES:]):
        record = _record(exchange)
        room -= len(json.dumps(record))
        if room < 0:
            break
        records.insert(0, record)
    return records


def from_records(records: object) -> list[Exchange]:
    """The exchanges of `to_records`; whatever has another form is left out, since a browser
    may send anything.
    """
    if not isinstance(records, list):
        return []
    exchanges = (_exchange(record) for record in records[-KEPT_EXCHANGES:])
    return [exchange for exchange in exchanges if exchange is not None]


def _record(exchange: Exchange) -> dict[str, object]:
    answer = exchange.answer.to_json()
    del answer["passages"]
    asked = exchange.answer.question
    own = {
        "sentences": asked.sentences,
        "others": list(asked.others),
        "stance": asked.stance,
        "follow_up": asked.is_follow_up,
    }
    return {
        **answer,
        "understood": asked.understood() | own,
        "state": exchange.state,
        "problem": exchange.problem,
        "edited": exchange.is_edited,
        "verdict": exchange.verdict,
    }


def _exchange(record: Any) -> Exchange | None:
    try:
        return _read_exchange(record)
    except (KeyError, TypeError, ValueError):
        return None


def _read_exchange(record: dict[str, Any]) -> Exchange:
    citations = tuple(
        _read_citation(citation) for citation in _list(record["citations"])
    )
    answer = Answer(
        question=_read_question(record),
        text=_text(record["answer"]),
        citations=citations,
        abstained=record["abstained"] is True,
        reason=_optional(record["reason"]),
        notices=tuple(_text(notice) for notice in _list(record["notices"])),
        seconds=float(record["seconds"]),
        comparison=_read_comparison(
            record["comparison"], {citation.marker for citation in citations}
        ),
        refusal=_read_refusal(record["refusal"]),
        writer=_text(record["writer"]),
    )
    state: ExchangeState = "failed" if record["state"] == "failed" else "answered"
    if record["state"] in ("asking", "stopped"):
        state = "stopped"
    verdict = record["verdict"]
    return Exchange(
        answer,
        state,
        _optional(record["problem"]),
        record["edited"] is True,
        None if verdict is None else _one_of(get_args(Verdict), verdict),
    )


def _read_question(record: dict[str, Any]) -> Question:
    meant = record["understood"]
    return Question(
        text=_text(record["question"]),
        kind=_one_of(get_args(QuestionKind), meant["kind"]),
        speakers=_names(meant["speakers"]),
        topic=_text(meant["topic"]),
        sources=_names(meant["sources"]),
        since=_optional(meant["since"]),
        until=_optional(meant["until"]),
        sentences=_number(meant["sentences"]),
        form=_one_of(get_args(QuestionForm), meant["form"]),
        others=_names(meant["others"]),
        is_follow_up=meant["follow_up"] is True,
        stance=None
        if meant["stance"] is None
        else _one_of(get_args(Stance), meant["stance"]),
    )


def _read_refusal(record: dict[str, Any] | None) -> Refusal | None:
    if record is None:
        return None
    kind = _one_of(get_args(RefusalKind), record["kind"])
    return Refusal(
        kind,
        _text(record["reason"]),
        _names(record["speakers"]),
        _names(record["topics"]),
    )


def _read_citation(record: dict[str, Any], is_report: bool = False) -> Citation:
    """A citation; the further reports of its statement have none of their own."""
    kind = record["kind"]
    also = [] if is_report else _list(record["also"])
    return Citation(
        marker=_number(record["marker"]),
        article_id=_text(record["article_id"]),
        title=_text(record["title"]),
        source=_optional(record["source"]),
        date=_optional(record["date"]),
        url=_optional(record["url"]),
        start=_number(record["start"]),
        end=_number(record["end"]),
        quote=_text(record["quote"]),
        speaker=_optional(record["speaker"]),
        kind=None if kind is None else _one_of(get_args(QuoteKind), kind),
        said=_optional(record["said"]),
        also=tuple(_read_citation(report, is_report=True) for report in also),
        sources=_number(record["sources"]),
    )


def _read_comparison(
    record: dict[str, Any] | None, markers: set[int]
) -> Comparison | None:
    """A comparison whose cells fit its rows and columns, and which names none but the cited
    `markers`.
    """
    if record is None:
        return None
    read = Comparison(
        by="source" if record["by"] == "source" else "speaker",
        rows=_texts(record["rows"]),
        columns=tuple(_read_column(column) for column in _list(record["columns"])),
        cells=tuple(
            tuple(_numbers(cell) for cell in _list(row))
            for row in _list(record["cells"])
        ),
        relations=tuple(
            _read_relation(relation) for relation in _list(record["relations"])
        ),
    )
    named = {marker for row in read.cells for cell in row for marker in cell}
    named.update(
        marker
        for relation in read.relations
        for marker in (relation.first, relation.second)
    )
    if [len(row) for row in read.cells] != [len(read.columns)] * len(
        read.rows
    ) or not named <= markers:
        raise ValueError
    return read


def _read_column(record: dict[str, Any]) -> Column:
    return Column(
        _optional(record["date"]),
        _optional(record["article_id"]),
        _text(record["title"]),
    )


def _read_relation(record: dict[str, Any]) -> Relation:
    return Relation(
        _one_of(get_args(RelationKind), record["kind"]),
        _number(record["first"]),
        _number(record["second"]),
        _text(record["reason"]),
        "model" if record["by"] == "model" else "rules",
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    value.encode(
        "utf-8"
    )  # JSON may hold half a character, which raises here and not in SQLite
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _texts(values: object) -> tuple[str, ...]:
    return tuple(_text(value) for value in _list(values))


def _names(values: object) -> tuple[str, ...]:
    return _texts(values)[:MOST_NAMES]


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _numbers(values: object) -> tuple[int, ...]:
    return tuple(_number(value) for value in _list(values))


def _one_of(choices: Sequence[Choice], value: object) -> Choice:
    return choices[choices.index(value)]


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value
