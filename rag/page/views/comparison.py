"""A comparison as the page shows it: the grid of quotations and the relations between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.language.days import readable_date
from rag.output.documents import kind_of
from rag.page.views.pieces import (
    attributes,
    cite,
    cited,
    isolated,
    text,
    told,
    unseen,
    where,
)
from rag.page.views.timeline import timeline
from rag.types import Answer, Citation, Column, Comparison, Relation

NOTHING = '<span class="nothing">nothing on record</span>'
FOUND = "<small>found by the chat model, both quotations checked</small>"
LONGEST_TITLE = 70  # letters: three lines of a column of the grid


def comparison(answer: Answer, turn: int) -> str:
    """Everything of an answer's comparison, under its prose; "" where there is none."""
    if not has_statements(answer):
        return ""
    return f"{grid(answer, turn)}{relations(answer, turn)}{timeline(answer, turn)}"


def has_statements(answer: Answer) -> bool:
    """Whether the answer holds a comparison of anything."""
    table = answer.comparison
    if table is None:
        return False
    return any(any(row) for row in table.cells)


def grid(answer: Answer, turn: int) -> str:
    """The quotations: a row for each speaker or source, a column for each date or article."""
    table = answer.comparison
    if table is None or not answer.citations:
        return ""
    by_marker = {citation.marker: citation for citation in answer.citations}
    heads, rows = "", ""
    for column in table.columns:
        heads += f'<th scope="col">{_head(column)}</th>'
    for name, cells in zip(table.rows, table.cells, strict=False):
        rows += f'<tr><th scope="row">{isolated(name)}</th>'
        for column, markers in zip(table.columns, cells, strict=False):
            found = [by_marker[marker] for marker in markers if marker in by_marker]
            rows += _cell(column, found, table, turn)
        rows += "</tr>"
    return (
        '<div class="grid"><table aria-label="Quotations side by side">'
        f"<thead><tr><td></td>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def relations(answer: Answer, turn: int) -> str:
    """How the statements stand to each other, each with its reason and both citations."""
    if answer.comparison is None:
        return ""
    by_marker = {citation.marker: citation for citation in answer.citations}
    items = ""
    for relation in answer.comparison.relations:
        if relation.first in by_marker and relation.second in by_marker:
            items += _relation(relation, by_marker, answer, turn)
    if not items:
        return ""
    name = "How the statements stand to each other"
    return f'<ol class="relations" aria-label="{name}">{items}</ol>'


def also_in(citation: Citation, turn: int) -> str:
    """The further reports of a statement, each a button that opens its own place, and the
    count of the sources.
    """
    parts = []
    if citation.also:
        places = []
        for number, report in enumerate(citation.also):
            places.append(_place(report, citation, turn, number))
        parts.append(f"also in: {', '.join(places)}")
    if citation.sources > 1:
        parts.append(f"{citation.sources} independent sources")
    return f'<p class="also-in">{" · ".join(parts)}</p>' if parts else ""


def _place(report: Citation, citation: Citation, turn: int, number: int) -> str:
    """The button of one further report, under its source where that is another one."""
    name = _short(report.title) or "another article"
    if report.source and report.source != citation.source:
        name = report.source
    data = attributes(
        event="cite", turn=turn, marker=citation.marker, also=number, tip=told(report)
    )
    heard = text(f"The same statement in {name}, {report.title}")
    return (
        f'<button type="button" class="place"{data} aria-label="{heard}">'
        f"{isolated(name)}</button>"
    )


def _head(column: Column) -> str:
    day = text(readable_date(column.date) or "Undated")
    if not column.article_id or not column.title:
        return day
    return f"{day}<small>{isolated(_short(column.title))}</small>"


def _short(title: str) -> str:
    if len(title) <= LONGEST_TITLE:
        return title
    return f"{title[:LONGEST_TITLE].rstrip()}…"


def _cell(
    column: Column, found: Sequence[Citation], table: Comparison, turn: int
) -> str:
    """The quotations of one cell; a narrow window, which has no columns, shows the day in it."""
    day = text(readable_date(column.date) or "Undated")
    if not found:
        return f'<td class="empty" data-day="{day}">{NOTHING}</td>'
    quotes = "".join(_quote(citation, table, turn) for citation in found)
    return f'<td data-day="{day}">{quotes}</td>'


def _quote(citation: Citation, table: Comparison, turn: int) -> str:
    credit = []
    if table.by == "source" and citation.speaker:
        credit.append(isolated(citation.speaker))
    credit.append(isolated(kind_of(citation)))
    small = f"<small>{' · '.join(credit)}</small>"
    kind = attributes(kind=citation.kind or "narration")
    data = attributes(event="cite", turn=turn, marker=citation.marker)
    return (
        f'<div class="said"><button type="button" class="quote-button"{data}>'
        f'<span class="number">{unseen("Citation ")}{citation.marker}</span> '
        f'<span class="quote" dir="auto"{kind}>{text(citation.words)}</span>'
        f"{small}</button>{also_in(citation, turn)}</div>"
    )


def _relation(
    relation: Relation, by_marker: Mapping[int, Citation], answer: Answer, turn: int
) -> str:
    look = relation.kind.replace(" ", "-")
    first = _side(by_marker[relation.first], turn)
    second = _side(by_marker[relation.second], turn)
    found = FOUND if relation.by == "model" else ""
    return (
        f'<li class="{look}"><span class="kind">{relation.kind}</span>'
        f"<div><p>{cited(relation.reason, answer, turn)}</p>"
        f'<p class="pair">{first}{second}{found}</p></div></li>'
    )


def _side(citation: Citation, turn: int) -> str:
    who = where(citation.speaker or citation.source, citation.said or citation.date)
    return f"<span>{who}{cite(citation, turn)}</span>"
