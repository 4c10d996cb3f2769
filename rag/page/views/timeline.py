"""The timeline of a comparison as inline SVG: one lane a row, one mark a statement, each
mark a button.

Places across are percentages, so the plot is as wide as its box; places down are pixels.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rag.language.days import readable_date
from rag.page.views.pieces import attributes, cite, isolated, text, told
from rag.types import Answer, Citation, Comparison

NARROWEST = 560  # pixels: a narrower box scrolls
MARGIN = 18
LABEL, PITCH, GAP, AXIS = 24, 26, 10, 30
RADIUS = 10
ROWS = 6
COLOURS = 8
MOST_TICKS = 6
LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class Mark:
    """A statement in its lane: the first and last day it may be of, and where it stands:
    pixels aside, row down.
    """

    citation: Citation
    days: tuple[date, date]
    aside: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Axis:
    """The days from the first to the last that the plot shows."""

    first: date
    last: date

    def at(self, day: date) -> float:
        """How far across the plot a day is, in percent."""
        edge = 100 * MARGIN / NARROWEST
        whole = (self.last - self.first).days
        part = (day - self.first).days / whole if whole else 0.5
        return edge + (100 - 2 * edge) * part

    def middle(self, days: tuple[date, date]) -> float:
        return (self.at(days[0]) + self.at(days[1])) / 2


def timeline(answer: Answer, turn: int) -> str:
    """The plot of an answer's comparison; what has no date is listed under it, and "" comes
    where nothing is cited.
    """
    if answer.comparison is None or not answer.citations:
        return ""
    lanes = _lanes(answer.comparison, answer.citations)
    days = [
        day for _, cited in lanes for citation in cited for day in _days(citation) or ()
    ]
    plot = _plot(lanes, Axis(min(days), max(days)), turn) if days else ""
    return f'<section class="timeline" aria-label="Timeline">{plot}{_undated(lanes, turn)}</section>'


def ticks(first: date, last: date) -> list[tuple[date, str]]:
    """At most six days to be named on an axis, with their names, at even steps of the calendar."""
    for days in (1, 2, 5, 10, 14):
        found = [
            first + timedelta(days=step)
            for step in range(0, (last - first).days + 1, days)
        ][: MOST_TICKS + 1]
        if len(found) <= MOST_TICKS:
            return _named(found, "{0.day} {0:%b}")
    for months in (1, 3, 6):
        found = list(_firsts_of_months(first, last, months))
        if len(found) <= MOST_TICKS:
            return _named(found, "{0:%b}")
    years = next(
        step
        for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 2000)
        if last.year - first.year < step * 5
    )
    return [
        (date(year, 1, 1), str(year))
        for year in range(first.year + 1, last.year + 1)
        if year % years == 0
    ]


def _firsts_of_months(first: date, last: date, step: int) -> Iterator[date]:
    for year in range(first.year, min(last.year, first.year + MOST_TICKS) + 1):
        for month in range(1, 13, step):
            if first <= date(year, month, 1) <= last:
                yield date(year, month, 1)


def _named(days: Sequence[date], form: str) -> list[tuple[date, str]]:
    """The year stands where it is new."""
    years = [None, *(day.year for day in days)]
    return [
        (day, form.format(day) + (f" {day.year}" if day.year != before else ""))
        for day, before in zip(days, years, strict=False)
    ]


def _lanes(
    comparison: Comparison, citations: Sequence[Citation]
) -> list[tuple[str, list[Citation]]]:
    by_marker = {citation.marker: citation for citation in citations}
    lanes = []
    for row, cells in zip(comparison.rows, comparison.cells, strict=False):
        markers = dict.fromkeys(marker for cell in cells for marker in cell)
        lanes.append(
            (row, [by_marker[marker] for marker in markers if marker in by_marker])
        )
    return lanes


def _days(citation: Citation) -> tuple[date, date] | None:
    """The first and last day that an ISO day, month or year holds."""
    iso = citation.said or citation.date or ""
    try:
        if len(iso) == 4:
            return date(int(iso), 1, 1), date(int(iso), 12, 31)
        first = date.fromisoformat(f"{iso}-01" if len(iso) == 7 else iso)
        return first, first.replace(day=monthrange(first.year, first.month)[1]) if len(
            iso
        ) == 7 else first
    except ValueError:
        return None


def _plot(lanes: Sequence[tuple[str, list[Citation]]], axis: Axis, turn: int) -> str:
    drawn, top = [], 0
    for at, (name, citations) in enumerate(lanes):
        marks = _placed(citations, axis)
        drawn.append(_lane(name, marks, axis, top, at, turn))
        top += LABEL + PITCH * (1 + max((mark.row for mark in marks), default=0)) + GAP
    return (
        '<div class="plot" role="group" aria-label="Statements in order of time" tabindex="0">'
        f'<svg width="100%" height="{top + AXIS}" style="min-width:{NARROWEST}px">'
        f"{_axis(axis, top)}{''.join(drawn)}</svg></div>"
    )


def _placed(citations: Sequence[Citation], axis: Axis) -> list[Mark]:
    """The dated citations, none over another even where the plot is narrowest: stacked,
    then moved aside.
    """
    dated = [
        Mark(citation, days) for citation in citations if (days := _days(citation))
    ]
    placed: list[Mark] = []
    taken: set[tuple[int, int]] = set()
    for mark in sorted(dated, key=lambda mark: (mark.days, mark.citation.marker)):
        percent = axis.middle(mark.days)
        centre = round(percent * NARROWEST / 100)
        towards = PITCH if percent <= 50 else -PITCH
        aside, row = next(
            (step * towards, row)
            for step in range(len(dated) + 1)
            for row in range(ROWS)
            if all(
                other != row or abs(centre + step * towards - x) >= PITCH
                for x, other in taken
            )
        )
        taken.add((centre + aside, row))
        placed.append(Mark(mark.citation, mark.days, aside, row))
    return placed


def _lane(
    name: str, marks: Sequence[Mark], axis: Axis, top: int, number: int, turn: int
) -> str:
    shown = name if len(name) <= LONGEST_LABEL else f"{name[:LONGEST_LABEL]}…"
    middle = top + LABEL + PITCH // 2
    nothing = (
        ""
        if marks
        else f'<text class="nothing" x="0" y="{middle + 4}">nothing on record</text>'
    )
    return (
        f'<g class="lane s{number % COLOURS}"><text class="label" x="0" y="{top + 15}">{text(shown)}'
        f"<title>{text(name)}</title></text>{nothing}"
        f"{''.join(_mark(mark, axis, middle, turn) for mark in marks)}</g>"
    )


def _mark(mark: Mark, axis: Axis, middle: int, turn: int) -> str:
    citation, height = mark.citation, middle + PITCH * mark.row
    across = f"{axis.middle(mark.days):.2f}%"
    name = f"Citation {citation.marker}, {readable_date(citation.said or citation.date)}: {told(citation)}"
    data = attributes(
        event="cite", turn=turn, marker=citation.marker, tip=_tip(citation)
    )
    moved = f' transform="translate({mark.aside} 0)"' if mark.aside else ""
    return (
        f'<g class="mark" role="button" tabindex="0"{data} aria-label="{text(name)}"{moved}>'
        f'{_extent(mark, axis, height)}<circle cx="{across}" cy="{height}" r="{RADIUS}"/>'
        f'<text x="{across}" y="{height + 4}" aria-hidden="true">{citation.marker}</text></g>'
    )


def _tip(citation: Citation) -> str:
    return f"{readable_date(citation.said or citation.date)} · {told(citation)}"


def _extent(mark: Mark, axis: Axis, height: int) -> str:
    """A line over the days that a statement may be of, where its date is a month or a year."""
    first, last = mark.days
    if first == last:
        return ""
    return f'<line x1="{axis.at(first):.2f}%" x2="{axis.at(last):.2f}%" y1="{height}" y2="{height}"/>'


def _axis(axis: Axis, top: int) -> str:
    named = "".join(
        f'<line class="tick" x1="{axis.at(day):.2f}%" x2="{axis.at(day):.2f}%" y1="0" y2="{top}"/>'
        f'<text class="day" x="{axis.at(day):.2f}%" y="{top + 20}" text-anchor="{_anchor(axis.at(day))}">{name}</text>'
        for day, name in ticks(axis.first, axis.last)
    )
    return f'<g class="axis" aria-hidden="true"><line x1="0" x2="100%" y1="{top}" y2="{top}"/>{named}</g>'


def _anchor(percent: float) -> str:
    return "start" if percent < 8 else "end" if percent > 92 else "middle"


def _undated(lanes: Sequence[tuple[str, list[Citation]]], turn: int) -> str:
    rows = [
        (name, [citation for citation in cited if not _days(citation)])
        for name, cited in lanes
    ]
    shown = ", ".join(
        f"{isolated(name)}{''.join(cite(citation, turn) for citation in cited)}"
        for name, cited in rows
        if cited
    )
    return f'<p class="quiet">Without a date: {shown}</p>' if shown else ""
