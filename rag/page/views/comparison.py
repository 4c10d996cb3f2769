"""A comparison as the page shows it: the grid of quotations and the relations between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.language.days import readable_date
from rag.page.views.pieces import (
    attributes,
    cite,
    cited,
    isolated,
    text,
    told,
    unseen,
)
from rag.page.views.timeline import timeline
from rag.types import Answer, Citation, Column, Comparison, Relation

NOTHING = '<span class="nothing">nothing on record</span>'
LONGEST_TITLE = 70


def comparison(answer: Answer, turn: int) -> str:
    """Everything of an answer's comparison, under its prose; "" where there is none."""
    if not has_statements(answer):
        return ""
    return f"{grid(answer, turn)}{relations(answer, turn)}{timeline(answer, turn)}"


def has_statements(answer: Answer) -> bool:
    """Whether the answer holds a comparison of anything."""
    return answer.comparison is not None and any(
        cell for row in answer.comparison.cells for cell in row
    )


def grid(answer: Answer, turn: int) -> str:
    """The quotations: a row for each speaker or source, a column for each date or article."""
    table = answer.comparison
    if table is None or not answer.citations:
        return ""
    by_marker = {citation.marker: citation for citation in answer.citations}
    heads = "".join(f'<th scope="col">{_head(column)}</th>' for column in table.columns)
    rows = "".join(
        f'<tr><th scope="row">{isolated(name)}</th>{_cells(table, cells, by_marker, turn)}</tr>'
        for name, cells in zip(table.rows, table.cells, strict=False)
    )
    return (
        '<div class="grid"><table aria-label="Quotations side by side">'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def relations(answer: Answer, turn: int) -> str:
    """How the statements stand to each other, each with its reason and both citations."""
    if answer.comparison is None:
        return ""
    by_marker = {citation.marker: citation for citation in answer.citations}
    items = "".join(
        _relation(each, by_marker[each.first], by_marker[each.second], answer, turn)
        for each in answer.comparison.relations
        if each.first in by_marker and each.second in by_marker
    )
    return (
        f'<ol class="relations" aria-label="How the statements stand to each other">{items}</ol>'
        if items
        else ""
    )


def also_in(citation: Citation, turn: int) -> str:
    """The further reports of a statement, each a button that opens its own place, and the
    count of the sources.
    """
    places = ", ".join(
        _place(report, citation, turn, at) for at, report in enumerate(citation.also)
    )
    parts = [f"also in: {places}"] if places else []
    parts += [f"{citation.sources} independent sources"] if citation.sources > 1 else []
    return f'<p class="also-in">{" · ".join(parts)}</p>' if parts else ""


def _place(report: Citation, citation: Citation, turn: int, at: int) -> str:
    other = report.source if report.source != citation.source else None
    name = other or _short(report.title) or "another article"
    data = attributes(
        event="cite", turn=turn, marker=citation.marker, also=at, tip=told(report)
    )
    named = text(f"The same statement in {name}, {report.title}")
    return f'<button type="button" class="place"{data} aria-label="{named}">{isolated(name)}</button>'


def _head(column: Column) -> str:
    day = text(readable_date(column.date) or "Undated")
    title = (
        f"<small>{isolated(_short(column.title))}</small>"
        if column.article_id and column.title
        else ""
    )
    return day + title


def _short(title: str) -> str:
    return (
        title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE].rstrip()}…"
    )


def _cells(
    table: Comparison,
    cells: Sequence[Sequence[int]],
    by_marker: Mapping[int, Citation],
    turn: int,
) -> str:
    shown = []
    for column, markers in zip(table.columns, cells, strict=False):
        quotes = "".join(
            _quote(by_marker[marker], table, turn)
            for marker in markers
            if marker in by_marker
        )
        empty = "" if quotes else ' class="empty"'
        day = text(readable_date(column.date) or "Undated")
        shown.append(f'<td{empty} data-day="{day}">{quotes or NOTHING}</td>')
    return "".join(shown)


def _quote(citation: Citation, table: Comparison, turn: int) -> str:
    who = [
        citation.speaker if table.by == "source" else None,
        citation.kind if citation.kind != "direct" else None,
    ]
    credit = " · ".join(isolated(part) for part in who if part)
    data = attributes(event="cite", turn=turn, marker=citation.marker)
    return (
        f'<div class="said"><button type="button" class="quote-button"{data}>'
        f'<span class="number">{unseen("Citation ")}{citation.marker}</span> <span class="quote" dir="auto">'
        f"{text(citation.words)}</span>{f'<small>{credit}</small>' if credit else ''}</button>"
        f"{also_in(citation, turn)}</div>"
    )


def _relation(
    relation: Relation, first: Citation, second: Citation, answer: Answer, turn: int
) -> str:
    found = (
        "<small>found by the chat model, both quotations checked</small>"
        if relation.by == "model"
        else ""
    )
    look = relation.kind.replace(" ", "-")
    return (
        f'<li class="{look}"><span class="kind">{relation.kind}</span>'
        f"<div><p>{cited(relation.reason, answer, turn)}</p>"
        f'<p class="pair">{_side(first, turn)}{_side(second, turn)}{found}</p></div></li>'
    )


def _side(citation: Citation, turn: int) -> str:
    when = readable_date(citation.said or citation.date)
    who = " · ".join(
        isolated(part) for part in (citation.speaker or citation.source, when) if part
    )
    return f"<span>{who}{cite(citation, turn)}</span>"
