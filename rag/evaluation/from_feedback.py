"""What readers thought of answers -> questions to measure with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from rag.types import Citation, Feedback

Record = dict[str, Any]
T = TypeVar("T")


def cases(given: Iterable[Feedback]) -> list[Record]:
    """The lines of an evaluation file: one a question, with what readers found useful,
    wrong or missing in its answers.

    A line with `todo` says what a reader missed, and waits for somebody to name the words
    that answer.
    """
    asked: dict[tuple[str, ...], list[Feedback]] = {}
    for one in given:
        # "and Erdogan?" is another question after another history
        asked.setdefault((*one.history, one.question), []).append(one)
    return [_case(same) for same in asked.values()]


def _case(given: Sequence[Feedback]) -> Record:
    """All feedback on one question as one line; what somebody found wrong is not what answers."""
    wrong: list[Record] = []
    useful: list[Citation] = []
    missed: list[str] = []
    for one in given:
        if one.verdict == "useful":
            useful += one.citations
        elif one.verdict == "missing":
            missed.append(one.note or "Something is missing.")
        else:
            wrong += [_place(c) for c in one.citations if c.marker == one.marker]
    useful = [citation for citation in useful if _place(citation) not in wrong]
    speakers = (citation.speaker for citation in useful)
    record = {
        "question": given[0].question,
        "history": list(given[0].history),
        "articles": _each_once(citation.article_id for citation in useful),
        "spans": _each_once(map(_place, useful)),
        "speakers": _each_once(filter(None, speakers)),
        "not": _each_once(wrong),
        "todo": " ".join(_each_once(missed)),
    }
    # an empty list would say that nothing answers; a field left out is not measured
    return {field: value for field, value in record.items() if value}


def _place(citation: Citation) -> Record:
    return {
        "article_id": citation.article_id,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def _each_once(things: Iterable[T]) -> list[T]:
    """In their order; by comparison, since places are no keys."""
    kept: list[T] = []
    for thing in things:
        if thing not in kept:
            kept.append(thing)
    return kept
