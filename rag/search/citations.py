"""Checked pointers into articles, and the numbers that they carry through a conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.language.words import listed
from rag.search.evidence import Evidence
from rag.statements.retell import as_told, printed
from rag.types import Answer, Article, Citation, Comparison, Said, Span, Statement, Turn

Place = tuple[str, int, int]
MARKER = re.compile(r"\[(\d+)\]")
_END = re.compile(r"(?P<stop>[.。]?)(?P<close>[”\"’'»]*)$")
# "Who will pay?" and “Stay away!” end by themselves; “a victory” still needs its full stop
_ENDED = re.compile(r"[?!…][”\"’'»]*$")


# Made


def place(article: Article, span: Span, marker: int) -> Citation:
    """The checked pointer to words of the article itself."""
    return Citation(
        marker=marker,
        article_id=article.id,
        title=article.title,
        source=article.source,
        date=article.date,
        url=article.url,
        start=span.start,
        end=span.end,
        quote=span.of(article.text),
        shown=printed(article, span),
    )


def citation(said: Said, marker: int) -> Citation:
    """The checked pointer to the statement's words, its further reports under the same marker."""
    return replace(
        place(said.article, said.statement.span, marker),
        speaker=listed(said.statement.names) or None,
        kind=said.statement.kind,
        said=said.statement.date,
        also=tuple(citation(report, marker) for report in said.also),
        sources=said.sources,
        shown=as_told(said),
    )


def speaker_named(said: Said) -> str:
    """The speaker, or where nobody is resolved the words that the article has for one."""
    if said.statement.names:
        return listed(said.statement.names)
    source = said.statement.source
    return source.of(said.article.text) if source else "Somebody"


def cite(unit: Evidence, first: int) -> list[Citation]:
    """The citations of one piece of evidence, numbered from `first`: its statements, or its
    own words.
    """
    said = outermost(unit.statements)
    if not said:
        return [place(unit.article, unit.span, first)]
    return [
        citation(_with_reports(unit, one), first + at) for at, one in enumerate(said)
    ]


def outermost(statements: Sequence[Statement]) -> list[Statement]:
    """The statements that do not lie inside another one; of two with one span, the first."""
    kept: list[Statement] = []
    by_length = sorted(statements, key=lambda statement: -len(statement.span))
    for statement in by_length:
        if not any(other.span.contains(statement.span) for other in kept):
            kept.append(statement)
    return [statement for statement in statements if statement in kept]


def _with_reports(unit: Evidence, statement: Statement) -> Said:
    """The statement as its article has it, with its other reports."""
    own = Said(statement, unit.article)
    for one in unit.reports:
        reports = [replace(report, also=(), sources=1) for report in (one, *one.also)]
        others = tuple(
            report for report in reports if report.statement.id != statement.id
        )
        if len(others) < len(reports):
            return replace(own, also=others, sources=one.sources)
    return own


# Markers


def markers(citations: Sequence[Citation]) -> str:
    return "".join(f"[{one.marker}]" for one in citations)


def with_markers(sentence: str, numbers: str) -> str:
    """The sentence with its markers before the full stop, which stands outside a closing
    quotation mark.
    """
    end = _END.search(sentence)
    if end and end["stop"]:
        return f"{sentence[: end.start()]}{end['close']} {numbers}."
    if _ENDED.search(sentence):
        return f"{sentence} {numbers}"
    return f"{sentence} {numbers}."


def continued(given: Answer, history: Sequence[Turn]) -> Answer:
    """The answer with its markers counted on from the conversation; words that were cited
    before keep their number.
    """
    known: dict[Place, int] = {}
    for turn in history:
        for cited in turn.citations:
            known.setdefault(_place(cited), cited.marker)
    if not known:
        return given
    last = max(known.values())
    numbers: dict[int, int] = {}
    for cited in given.citations:
        if _place(cited) not in known:
            last += 1
            known[_place(cited)] = last
        numbers[cited.marker] = known[_place(cited)]
    text = MARKER.sub(
        lambda found: f"[{numbers.get(int(found[1]), int(found[1]))}]", given.text
    )
    citations = tuple(
        replace(one, marker=numbers[one.marker]) for one in given.citations
    )
    comparison = _renumbered(given.comparison, numbers) if given.comparison else None
    return replace(given, text=text, citations=citations, comparison=comparison)


def _place(cited: Citation) -> Place:
    return cited.article_id, cited.start, cited.end


def _renumbered(table: Comparison, numbers: Mapping[int, int]) -> Comparison:
    rows: list[tuple[tuple[int, ...], ...]] = []
    for row in table.cells:
        rows.append(tuple(tuple(numbers[marker] for marker in cell) for cell in row))
    relations = [
        replace(one, first=numbers[one.first], second=numbers[one.second])
        for one in table.relations
    ]
    return replace(table, cells=tuple(rows), relations=tuple(relations))
