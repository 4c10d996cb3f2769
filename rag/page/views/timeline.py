"""The timeline of a comparison as inline SVG: one lane a row, one mark a statement, each
mark a button.

Places across are percentages, so the plot is as wide as its box; places down are pixels.
Every day has the same width and its statements stand inside it; a crowded day is drawn
wider, on a band of its own.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from rag.language.days import readable_date
from rag.page.views.pieces import attributes, cite, isolated, text, told
from rag.types import Answer, Citation, Comparison

# Pixels. A box of this width is what a phone of 390 pixels leaves between its margins; a
# narrower one scrolls by itself.
NARROWEST = 350
MARGIN = 18  # room beside the first and the last day for half of a day's name
LABEL = 24  # above a lane, for the name: a line of 13 pixels and air
PITCH = 26  # from mark to mark, so that no finger meets two: WCAG 2.5.8 asks for 24
GAP = 10  # between two lanes
AXIS = 30  # below the lanes, for the names of the days
RADIUS = 10  # of a mark: holds a number of two digits
BASELINE = 4  # from the middle of a mark down to where its number is written
ROWS = 6  # marks of one day stand below each other up to here, then side by side
WIDEST = (
    8 * PITCH
)  # what crowded days get: room for 40 marks in a lane, the most there are
COLOURS = 8  # as many as page.css has, and as any eye tells apart (test_page.py)
MOST_TICKS = 5  # of their names, 66 pixels each, as many as the narrowest plot holds
LETTER = 7  # the width of a letter of these names, and a little more
LONGEST_LABEL = 44  # letters of a name that the narrowest plot holds

STEPS_OF_DAYS = (1, 2, 5, 10, 14)
STEPS_OF_MONTHS = (1, 3, 6)
STEPS_OF_YEARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 2000)

Days = tuple[date, date]  # the first and the last day that a statement may be of
Lane = tuple[str, list[Citation]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A statement in its lane, and where it stands: pixels aside of the middle of its days,
    row down.
    """

    citation: Citation
    days: Days
    aside: int
    row: int


@dataclass(frozen=True, slots=True)
class Axis:
    """The days from the first to the last that the plot shows, and how many pixels wide the
    `crowded` ones are where the plot is narrowest; all others are of one width.
    """

    first: date
    last: date
    crowded: Mapping[date, int] = field(default_factory=dict)

    def at(self, day: date) -> float:
        """How far across the plot the middle of a day is, in percent."""
        return self.middle((day, day))

    def middle(self, days: Days) -> float:
        """How far across the plot the middle of several days is, in percent."""
        return 100 * (self._start(days[0]) + self.room(days) / 2) / NARROWEST

    def room(self, days: Days) -> float:
        """How wide the days are where the plot is narrowest, in pixels."""
        return self._start(days[1]) + self._width(days[1]) - self._start(days[0])

    def _start(self, day: date) -> float:
        before = (day - self.first).days
        start = MARGIN + before * self._usual
        for crowded, width in self.crowded.items():
            if crowded < day:
                start += width - self._usual
        return start

    def _width(self, day: date) -> float:
        return self.crowded.get(day, self._usual)

    @property
    def _usual(self) -> float:
        length = (self.last - self.first).days + 1
        left = NARROWEST - 2 * MARGIN - sum(self.crowded.values())
        return left / (length - len(self.crowded))


def timeline(answer: Answer, turn: int) -> str:
    """The plot of an answer's comparison; what has no date is listed under it, and "" comes
    where nothing is cited.
    """
    if answer.comparison is None or not answer.citations:
        return ""
    lanes = _lanes(answer.comparison, answer.citations)
    axis = _axis(lanes)
    plot = _plot(lanes, axis, turn) if axis else ""
    return (
        '<figure class="timeline" aria-label="Timeline">'
        f"{plot}{_undated(lanes, turn)}</figure>"
    )


def ticks(first: date, last: date) -> list[tuple[date, str]]:
    """At most five days to be named on an axis, with their names, at even steps of the calendar."""
    for step in STEPS_OF_DAYS:
        found = list(_each_day(first, last, step))
        if len(found) <= MOST_TICKS:
            return _named(found, "{0.day} {0:%b}")
    for step in STEPS_OF_MONTHS:
        found = list(_firsts_of_months(first, last, step))
        if len(found) <= MOST_TICKS:
            return _named(found, "{0:%b}")
    whole = last.year - first.year
    step = next(step for step in STEPS_OF_YEARS if whole < step * MOST_TICKS)
    years = range(first.year + 1, last.year + 1)
    return [(date(year, 1, 1), str(year)) for year in years if year % step == 0]


def _each_day(first: date, last: date, step: int) -> Iterator[date]:
    """Every so many days; one more than is named at the most, which tells that they are too
    many.
    """
    for number in range(MOST_TICKS + 1):
        day = first + timedelta(days=number * step)
        if day > last:
            return
        yield day


def _firsts_of_months(first: date, last: date, step: int) -> Iterator[date]:
    """Every so many months; more than are named at the most where the years are many."""
    for year in range(first.year, min(last.year, first.year + MOST_TICKS) + 1):
        for month in range(1, 13, step):
            if first <= date(year, month, 1) <= last:
                yield date(year, month, 1)


def _named(days: Sequence[date], form: str) -> list[tuple[date, str]]:
    """The days with their names; the year stands where it is new."""
    named: list[tuple[date, str]] = []
    year = None
    for day in days:
        name = form.format(day)
        if day.year != year:
            name += f" {day.year}"
        named.append((day, name))
        year = day.year
    return named


def _lanes(comparison: Comparison, citations: Sequence[Citation]) -> list[Lane]:
    """The rows of the comparison, each with its citations, each of them once."""
    by_marker = {citation.marker: citation for citation in citations}
    lanes = []
    for row, cells in zip(comparison.rows, comparison.cells, strict=False):
        found: dict[int, Citation] = {}
        for cell in cells:
            for marker in cell:
                if marker in by_marker:
                    found[marker] = by_marker[marker]
        lanes.append((row, list(found.values())))
    return lanes


def _days(citation: Citation) -> Days | None:
    """The first and last day that an ISO day, month or year holds."""
    iso = citation.said or citation.date or ""
    try:
        if len(iso) == len("2018"):
            return date(int(iso), 1, 1), date(int(iso), 12, 31)
        if len(iso) == len("2018-09"):
            first = date.fromisoformat(f"{iso}-01")
            return first, first.replace(day=monthrange(first.year, first.month)[1])
        day = date.fromisoformat(iso)
    except ValueError:
        return None
    return day, day


def _axis(lanes: Sequence[Lane]) -> Axis | None:
    """The axis of all that is dated; None where nothing is."""
    ends: list[date] = []
    fullest: dict[
        date, int
    ] = {}  # the marks of a day in the lane that has most of them
    for _, citations in lanes:
        for days, number in Counter(map(_days, citations)).items():
            if days is None:
                continue
            ends.extend(days)
            first, last = days
            if first == last:
                fullest[first] = max(number, fullest.get(first, 0))
    if not ends:
        return None
    axis = Axis(min(ends), max(ends))
    return replace(axis, crowded=_crowded(axis, fullest))


def _crowded(axis: Axis, fullest: Mapping[date, int]) -> dict[date, int]:
    """The days that are too narrow for their marks, and how wide they have to be.

    The seventh of September 2018 has 27 statements of Putin's; on an axis of 13 days they
    would stand one below the other over 700 pixels.
    """
    crowded: dict[date, int] = {}
    left = WIDEST
    for day, number in sorted(fullest.items(), key=lambda item: -item[1]):
        width = min(PITCH * -(-number // ROWS), left // PITCH * PITCH)
        if number > ROWS and width > axis.room((day, day)):
            crowded[day] = width
            left -= width
    return crowded


def _plot(lanes: Sequence[Lane], axis: Axis, turn: int) -> str:
    drawn, top = "", 0
    for number, (name, citations) in enumerate(lanes):
        marks = _placed(citations, axis)
        drawn += _lane(name, marks, axis, top, number, turn)
        rows = max((mark.row + 1 for mark in marks), default=1)
        top += LABEL + PITCH * rows + GAP
    return (
        '<div class="plot">'
        '<svg role="group" aria-label="Statements in order of time" '
        f'width="100%" height="{top + AXIS}" style="min-width:{NARROWEST}px">'
        f"{_days_named(axis, top)}{drawn}</svg></div>"
    )


def _placed(citations: Sequence[Citation], axis: Axis) -> list[Mark]:
    """The dated citations, none over another even where the plot is narrowest.

    Those of the same days stand below each other around the middle of them, in as many
    columns as these days have room for; where the days before reach into their place, they
    go further down.
    """
    stacks: dict[Days, list[Citation]] = defaultdict(list)
    for citation in citations:
        days = _days(citation)
        if days is not None:
            stacks[days].append(citation)
    placed: list[Mark] = []
    taken: list[tuple[float, int]] = []
    for days, stack in sorted(stacks.items()):
        columns = min(-(-len(stack) // ROWS), max(1, int(axis.room(days) // PITCH)))
        rows = -(-len(stack) // columns)
        middle = axis.middle(days) * NARROWEST / 100
        in_order = sorted(stack, key=lambda citation: citation.marker)
        for number, citation in enumerate(in_order):
            column, row = divmod(number, rows)
            aside = PITCH * (2 * column - columns + 1) // 2
            while _is_taken(middle + aside, row, taken):
                row += 1
            taken.append((middle + aside, row))
            placed.append(Mark(citation, days, aside, row))
    return placed


def _is_taken(across: float, row: int, taken: Sequence[tuple[float, int]]) -> bool:
    return any(row == other and abs(across - x) < PITCH for x, other in taken)


def _lane(
    name: str, marks: Sequence[Mark], axis: Axis, top: int, number: int, turn: int
) -> str:
    shown = name if len(name) <= LONGEST_LABEL else f"{name[:LONGEST_LABEL]}…"
    middle = top + LABEL + PITCH // 2
    nothing = f'<text class="nothing" x="0" y="{middle + 4}">nothing on record</text>'
    content = "".join(_mark(mark, axis, middle, turn) for mark in marks) or nothing
    return (
        f'<g class="lane s{number % COLOURS}">'
        f'<text class="label" x="0" y="{top + 15}">{text(shown)}'
        f"<title>{text(name)}</title></text>{content}</g>"
    )


def _mark(mark: Mark, axis: Axis, middle: int, turn: int) -> str:
    citation = mark.citation
    when = readable_date(citation.said or citation.date)
    tip = f"{when} · {told(citation)}"
    name = f"Citation {citation.marker}, {when}: {told(citation)}"
    data = attributes(event="cite", turn=turn, marker=citation.marker, tip=tip)
    across = f"{axis.middle(mark.days):.2f}%"
    height = middle + PITCH * mark.row
    return (
        f'<g class="mark" role="button" tabindex="0"{data} aria-label="{text(name)}">'
        f"{_extent(mark.days, axis, height)}"
        f'<g transform="translate({mark.aside} 0)">'
        f'<circle cx="{across}" cy="{height}" r="{RADIUS}"/>'
        f'<text x="{across}" y="{height + BASELINE}" aria-hidden="true">'
        f"{citation.marker}</text></g></g>"
    )


def _extent(days: Days, axis: Axis, height: int) -> str:
    """A line over the days that a statement may be of, where its date is a month or a year."""
    first, last = days
    if first == last:
        return ""
    return _line("", axis.at(first), axis.at(last), height, height)


def _days_named(axis: Axis, top: int) -> str:
    """The line under the lanes, the bands of crowded days, and a line down to the name of
    each day that is named.
    """
    drawn = _line("", 0, 100, top, top)
    for day, width in axis.crowded.items():
        share = 100 * width / NARROWEST
        drawn += (
            f'<rect class="band" x="{axis.at(day) - share / 2:.2f}%" y="0" '
            f'width="{share:.2f}%" height="{top}"/>'
        )
    for day, name in _names(axis):
        across = axis.at(day)
        anchor, _, _ = _held(across, name)
        drawn += _line("tick", across, across, 0, top)
        drawn += (
            f'<text class="day" x="{across:.2f}%" y="{top + 20}" '
            f'text-anchor="{anchor}">{name}</text>'
        )
    return f'<g class="axis" aria-hidden="true">{drawn}</g>'


def _names(axis: Axis) -> list[tuple[date, str]]:
    """The days to be named, the crowded ones first of all; none whose name would touch
    another.
    """
    crowded = [(day, f"{day.day} {day:%b} {day.year}") for day in axis.crowded]
    named: list[tuple[date, str]] = []
    taken: list[tuple[float, float]] = []
    for day, name in crowded + ticks(axis.first, axis.last):
        _, start, end = _held(axis.at(day), name)
        is_free = all(end < other or start > last for other, last in taken)
        if is_free:
            named.append((day, name))
            taken.append((start, end))
    return named


def _held(percent: float, name: str) -> tuple[str, float, float]:
    """Where a day's name is held, so that at neither end it leaves the plot, and from where
    to where it reaches, in pixels.
    """
    across, length = percent * NARROWEST / 100, LETTER * len(name)
    if across < length / 2:
        return "start", across, across + length
    if across > NARROWEST - length / 2:
        return "end", across - length, across
    return "middle", across - length / 2, across + length / 2


def _line(look: str, left: float, right: float, top: int, bottom: int) -> str:
    return (
        f'<line class="{look}" x1="{left:.2f}%" x2="{right:.2f}%" '
        f'y1="{top}" y2="{bottom}"/>'
    )


def _undated(lanes: Sequence[Lane], turn: int) -> str:
    shown = []
    for name, citations in lanes:
        undated = [citation for citation in citations if not _days(citation)]
        if undated:
            buttons = "".join(cite(citation, turn) for citation in undated)
            shown.append(isolated(name) + buttons)
    return f'<p class="quiet">Without a date: {", ".join(shown)}</p>' if shown else ""
