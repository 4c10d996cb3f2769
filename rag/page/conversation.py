"""A conversation as the page keeps it: exchanges, their JSON in the visitor's browser, and their export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from rag.answer import readable_date
from rag.types import Answer, Citation, Question, Turn

ExchangeState = Literal["asking", "answered", "stopped", "failed"]

KEPT_EXCHANGES = 200


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what became of it; `problem` is the line to show where it failed."""

    answer: Answer
    state: ExchangeState = "answered"
    problem: str | None = None

    @property
    def question(self) -> str:
        return self.answer.question.text

    def citation(self, marker: int) -> Citation | None:
        return next((citation for citation in self.answer.citations if citation.marker == marker), None)


def asking(question: str) -> Exchange:
    """An exchange whose answer is still to come."""
    return Exchange(Answer(Question(question), ""), "asking")


def stopped(exchange: Exchange) -> Exchange:
    """The exchange as the visitor stopped it; one that has ended stays as it is."""
    return replace(exchange, state="stopped") if exchange.state == "asking" else exchange


def turns(exchanges: Iterable[Exchange]) -> list[Turn]:
    """The exchanges that have an answer, as the history of the next question."""
    return [Turn(exchange.question, exchange.answer.text) for exchange in exchanges if exchange.answer.text]


def to_records(exchanges: Sequence[Exchange]) -> list[dict[str, object]]:
    """JSON of the newest exchanges, all that is needed to show them again."""
    return [_record(exchange) for exchange in exchanges[-KEPT_EXCHANGES:]]


def from_records(records: object) -> list[Exchange]:
    """The exchanges of `to_records`; whatever has another form is left out, since a browser may send anything."""
    if not isinstance(records, list):
        return []
    exchanges = (_exchange(record) for record in records[-KEPT_EXCHANGES:])
    return [exchange for exchange in exchanges if exchange is not None]


def to_markdown(exchanges: Sequence[Exchange]) -> str:
    """The conversation with its evidence as a Markdown document."""
    return "\n\n".join(["# On Record: a conversation", *(_section(exchange) for exchange in exchanges)]) + "\n"


def to_plain(answer: Answer) -> str:
    """The answer and its evidence as plain text, for the clipboard."""
    evidence = [f"[{c.marker}] {quoted(c.quote)} {', '.join(credit(c))}" for c in answer.citations]
    return "\n\n".join([answer.text, "\n".join(evidence)]).strip()


def understood(question: Question) -> str:
    """How a question was understood, in one line; empty where it asks for no restriction."""
    parts = [f"by {' and '.join(question.speakers)}"] if question.speakers else []
    parts += [f"about {question.topic}"] if question.topic else []
    parts += [f"in {' and '.join(question.sources)}"] if question.sources else []
    parts += [f"since {readable_date(question.since)}"] if question.since else []
    parts += [f"until {readable_date(question.until)}"] if question.until else []
    return " · ".join(parts)


def credit(citation: Citation) -> list[str]:
    """Who says the cited words and where: speaker, title, source, date and address, those that are known."""
    speaker = f"{citation.speaker} ({citation.kind})" if citation.speaker and citation.kind else citation.speaker
    known = (speaker, citation.title, citation.source, citation.date and readable_date(citation.date), citation.url)
    return [part for part in known if part]


def quoted(words: str) -> str:
    """The words between quotation marks, unless they hold some of their own."""
    return words if any(mark in words for mark in '"“”„«»') else f"“{words}”"


def _record(exchange: Exchange) -> dict[str, object]:
    answer = exchange.answer.to_json()
    del answer["passages"]
    return {**answer, "state": exchange.state, "problem": exchange.problem}


def _exchange(record: Any) -> Exchange | None:
    try:
        return _read_exchange(record)
    except (KeyError, TypeError, ValueError):
        return None


def _read_exchange(record: dict[str, Any]) -> Exchange:
    answer = Answer(
        question=_read_question(record),
        text=_text(record["answer"]),
        citations=tuple(_read_citation(citation) for citation in _list(record["citations"])),
        abstained=record["abstained"] is True,
        reason=_optional(record["reason"]),
        notices=tuple(_text(notice) for notice in _list(record["notices"])),
        seconds=float(record["seconds"]),
    )
    state: ExchangeState = "failed" if record["state"] == "failed" else "answered"
    if record["state"] in ("asking", "stopped"):
        state = "stopped"
    return Exchange(answer, state, _optional(record["problem"]))


def _read_question(record: dict[str, Any]) -> Question:
    meant = record["understood"]
    return Question(
        text=_text(record["question"]),
        speakers=tuple(_text(speaker) for speaker in _list(meant["speakers"])),
        topic=_text(meant["topic"]),
        sources=tuple(_text(source) for source in _list(meant["sources"])),
        since=_optional(meant["since"]),
        until=_optional(meant["until"]),
    )


def _read_citation(record: dict[str, Any]) -> Citation:
    kind = record["kind"]
    return Citation(
        marker=int(record["marker"]),
        article_id=_text(record["article_id"]),
        title=_text(record["title"]),
        source=_optional(record["source"]),
        date=_optional(record["date"]),
        url=_optional(record["url"]),
        start=int(record["start"]),
        end=int(record["end"]),
        quote=_text(record["quote"]),
        speaker=_optional(record["speaker"]),
        kind=kind if kind in ("direct", "indirect", "mixed") else None,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _section(exchange: Exchange) -> str:
    answer = exchange.answer
    meant = understood(answer.question)
    parts = [
        f"## {_inline(exchange.question)}",
        f"*Understood as: {_inline(meant)}*" if meant else "",
        _escaped(answer.text),
        _escaped(exchange.problem or answer.reason or ""),
        *(f"*{_inline(notice)}*" for notice in answer.notices),
        ("### Nearest evidence" if answer.abstained else "### Evidence") if answer.citations else "",
        *(_evidence(citation) for citation in answer.citations),
    ]
    return "\n\n".join(part for part in parts if part)


def _evidence(citation: Citation) -> str:
    return f"> [{citation.marker}] {_inline(quoted(citation.quote))}\n>\n> {_inline(', '.join(credit(citation)))}"


_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
_ESCAPED_MARKER = re.compile(r"\\\[(\d+)\\\](?!:)")


def _escaped(text: str) -> str:
    return _ESCAPED_MARKER.sub(r"[\1]", _MARKDOWN.sub(r"\\\1", text))


def _inline(text: str) -> str:
    return " ".join(_escaped(text).split())
