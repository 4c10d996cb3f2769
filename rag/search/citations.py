"""Citation numbers that stay the same through a conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.language.words import listed
from rag.search.evidence import Evidence
from rag.types import Answer, Article, Citation, Comparison, Said, Span, Statement, Turn

Place = tuple[str, int, int]
_MARKER = re.compile(r"\[(\d+)\]")
_END = re.compile(r"(?P<stop>[.。]?)(?P<close>[”\"’'»]*)$")


def continued(given: Answer, history: Sequence[Turn]) -> Answer:
    """The answer with its markers counted on from the conversation; words that were cited
    before keep their number.
    """
    known: dict[Place, int] = {}
    for turn in history:
        for citation in turn.citations:
            known.setdefault(_place(citation), citation.marker)
    if not known:
        return given
    last = max(known.values())
    markers: dict[int, int] = {}
    for citation in given.citations:
        last = last if _place(citation) in known else last + 1
        markers[citation.marker] = known.setdefault(_place(citation), last)
    return replace(
        given,
        text=_MARKER.sub(
            lambda found: f"[{markers.get(int(found[1]), int(found[1]))}]", given.text
        ),
        citations=tuple(
            replace(citation, marker=markers[citation.marker])
            for citation in given.citations
        ),
        comparison=_renumbered(given.comparison, markers) if given.comparison else None,
    )


def _place(citation: Citation) -> Place:
    return citation.article_id, citation.start, citation.end


def _renumbered(comparison: Comparison, markers: Mapping[int, int]) -> Comparison:
    cells = tuple(
        tuple(tuple(markers[marker] for marker in cell) for cell in row)
        for row in comparison.cells
    )
    relations = tuple(
        replace(
            relation, first=markers[relation.first], second=markers[relation.second]
        )
        for relation in comparison.relations
    )
    return replace(comparison, cells=cells, relations=relations)


def place(article: Article, span: Span, marker: int) -> Citation:
    """The checked pointer to words of the article itself."""
    return Citation(
        marker,
        article.id,
        article.title,
        article.source,
        article.date,
        article.url,
        span.start,
        span.end,
        span.of(article.text),
    )


def citation(said: Said, marker: int) -> Citation:
    """The checked pointer to the statement's words, its further reports under the same marker."""
    statement = said.statement
    return replace(
        place(said.article, statement.span, marker),
        speaker=listed(statement.names) or None,
        kind=statement.kind,
        said=statement.date,
        also=tuple(citation(report, marker) for report in said.also),
        sources=said.sources,
    )


def speaker_named(said: Said) -> str:
    """The speaker, or where nobody is resolved the words that the article has for one."""
    statement = said.statement
    return listed(statement.names) or (
        statement.source.of(said.article.text) if statement.source else "Somebody"
    )


def cite(unit: Evidence, first: int) -> list[Citation]:
    """The citations of one piece of evidence, numbered from `first`: its statements, or its
    own words.
    """
    said = outermost(unit.statements)
    if not said:
        return [_citation_of(unit, first, unit.span, None)]
    return [
        _citation_of(unit, first + at, statement.span, statement)
        for at, statement in enumerate(said)
    ]


def markers(citations: Sequence[Citation]) -> str:
    return "".join(f"[{citation.marker}]" for citation in citations)


def outermost(statements: Sequence[Statement]) -> list[Statement]:
    """The statements that do not lie inside another one."""
    spans = [statement.span for statement in statements]
    return [
        statement
        for at, statement in enumerate(statements)
        if not any(
            other.start <= statement.start
            and statement.end <= other.end
            and (len(other), -i) > (len(statement.span), -at)
            for i, other in enumerate(spans)
            if i != at
        )
    ]


def _citation_of(
    unit: Evidence, marker: int, span: Span, statement: Statement | None
) -> Citation:
    return (
        citation(_reported(unit, statement), marker)
        if statement
        else place(unit.article, span, marker)
    )


def _reported(unit: Evidence, statement: Statement) -> Said:
    """The statement as its article has it, with its other reports."""
    own = Said(statement, unit.article)
    for one in unit.reports:
        reports = [replace(report, also=(), sources=1) for report in (one, *one.also)]
        if statement.id in {report.statement.id for report in reports}:
            others = tuple(
                report for report in reports if report.statement.id != statement.id
            )
            return replace(own, also=others, sources=one.sources)
    return own


def with_markers(sentence: str, numbers: str) -> str:
    """The sentence with its markers before the full stop, which stands outside a closing
    quotation mark.
    """
    match = _END.search(sentence)
    if match and match["stop"]:
        return f"{sentence[: match.start()]}{match['close']} {numbers}."
    return (
        f"{sentence} {numbers}"
        if sentence[-1:] in '?!…”"'
        else f"{sentence} {numbers}."
    )
