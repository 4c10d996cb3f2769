"""What readers thought of answers -> questions to measure with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rag.types import Citation, Feedback

Record = dict[str, Any]


def cases(given: Iterable[Feedback]) -> list[Record]:
    """The lines of an evaluation file: one a question, with what readers found useful,
    wrong or missing in its answers.

    A line with `todo` says what a reader missed, and waits for somebody to name the words
    that answer.
    """
    asked: dict[tuple[str, ...], list[Feedback]] = {}
    for one in given:
        asked.setdefault((*one.history, one.question), []).append(one)
    return [_case(given) for given in asked.values()]


def _case(given: Sequence[Feedback]) -> Record:
    """All feedback on one question as one line; what somebody found wrong is not what answers."""
    wrong = _places(c for one in given for c in one.citations if _is_wrong(one, c))
    useful = [
        c
        for one in given
        if one.verdict == "useful"
        for c in one.citations
        if _place(c) not in wrong
    ]
    missed = [
        one.note or "Something is missing." for one in given if one.verdict == "missing"
    ]
    record = {
        "question": given[0].question,
        "history": list(given[0].history),
        "articles": list(dict.fromkeys(citation.article_id for citation in useful)),
        "spans": _places(useful),
        "speakers": list(
            dict.fromkeys(citation.speaker for citation in useful if citation.speaker)
        ),
        "not": wrong,
        "todo": " ".join(dict.fromkeys(missed)),
    }
    return {field: value for field, value in record.items() if value}


def _is_wrong(given: Feedback, citation: Citation) -> bool:
    return given.verdict == "wrong citation" and citation.marker == given.marker


def _places(citations: Iterable[Citation]) -> list[Record]:
    places = map(_place, citations)
    return list(
        {
            (place["article_id"], place["start"], place["end"]): place
            for place in places
        }.values()
    )


def _place(citation: Citation) -> Record:
    return {
        name: getattr(citation, name)
        for name in ("article_id", "start", "end", "quote")
    }
