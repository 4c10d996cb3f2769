"""The date phrases of a text, and the days that each of them means.

The words of a language and their order are data, in `<language>/dates.json` beside this
file: templates whose slots (`<month>`) become groups of that name, each with the kind of
phrase that it makes.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from rag.language import lexicon
from rag.language.words import fold
from rag.types import Span

Found = Mapping[str, str]

_DIGIT, _LETTERS = re.compile("[0-9]"), re.compile(r"[^\W\d_]+")
_DAY = timedelta(days=1)
# The years and weeks, counted from today's, among which one that is not named is looked for:
# 29 February may lie eight years back (1896 to 1904), and "next September" lies one ahead.
_YEARS = range(-8, 2)
_WEEKS = range(-2, 2)
# the kinds of phrase that can name the time around the day itself: "today", "this week"
_AROUND_NOW = ("day", "unit")


class Interval(NamedTuple):
    """A first and a last day."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class DatePhrase:
    """Words that name a time, and its first and last day (ISO).

    `is_present` where they name the time around the day itself ("today", "this week").
    """

    span: Span
    since: str
    until: str
    is_present: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """How one language names times: months and seasons by first and last month, weekdays by
    days from Monday = 0.
    """

    months: Mapping[str, tuple[int, int]]
    weekdays: Mapping[str, tuple[int, int]]
    days: Mapping[str, int]
    shifts: Mapping[str, int]
    units: Mapping[str, str]
    counts: Mapping[str, int]
    anchors: frozenset[str]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]


@cache
def calendar(language: str = "en") -> Calendar:
    """The names of times in one language, and the patterns of its phrases, the most
    specific first.
    """
    data = lexicon.data("dates", language)
    anchors: set[str] = set()
    for names in ("months", "seasons", "weekdays", "days", "units"):
        anchors.update(name.split()[-1] for name in data[names])
    numbers = {f"{number:02}": [number, number] for number in range(1, 13)}
    slots = _slots(data)
    patterns: list[tuple[str, re.Pattern[str]]] = []
    for kind, template in data["patterns"]:
        patterns.append((kind, _compiled(template, slots)))
    return Calendar(
        months=data["months"] | data["seasons"] | numbers,
        weekdays=data["weekdays"],
        days=data["days"],
        shifts=data["shifts"],
        units=data["units"],
        counts=data["counts"],
        anchors=frozenset(anchors),
        patterns=tuple(patterns),
    )


def _slots(data: Mapping[str, Any]) -> dict[str, str]:
    """What each slot of a template stands for, as a regular expression."""
    return {
        # from 1500 on, and no count: "2016,000 cases", "2000.5 points"
        "year": r"(?P<year>(?:1[5-9]|20)[0-9]{2})(?![0-9]|[,.][0-9])",
        "decade": r"(?P<decade>(?:1[5-9]|20)[0-9]0)",
        "month_number": r"(?P<month>0[1-9]|1[0-2])",
        "day": r"(?P<day>[0-3]?[0-9])(?![0-9])",
        "last_day": r"(?P<last_day>[0-3]?[0-9])(?![0-9])",
        "month": rf"(?P<month>{_any_of(data['months'])})\b",
        "season": rf"(?P<season>{_any_of(data['seasons'])})\b",
        "weekday": rf"(?P<weekday>{_any_of(data['weekdays'])})",
        "a_weekday": _any_of(data["weekdays"]),
        "relative_day": f"(?P<relative_day>{_any_of(data['days'])})",
        "shift": f"(?P<shift>{_any_of(data['shifts'])})",
        "count": rf"(?P<count>[0-9]{{1,3}}|{_any_of(data['counts'])})",
        "unit": rf"(?P<unit>{_any_of(data['units'])})",
        # matched with regard to case, though the phrases are not: "May said" is a person,
        # "2000 troops" no year
        "capitalised": "(?-i:[A-Z])",
        "small": "(?-i:[a-z])",
    }


def _any_of(names: Iterable[str]) -> str:
    # the longest first, so that "the day before yesterday" is not read as "yesterday"
    longest_first = sorted(names, key=len, reverse=True)
    return "(?:" + "|".join(name.replace(" ", r"\s+") for name in longest_first) + ")"


def _compiled(template: str, slots: Mapping[str, str]) -> re.Pattern[str]:
    spaced = template.replace(" ", r"\s+")
    filled = re.sub(r"(?<!P)<([a-z_]+)>", lambda slot: slots[slot[1]], spaced)
    return re.compile(rf"(?<![\w-]){filled}(?!\w)", re.IGNORECASE)


def find(text: str, today: str | None = None, language: str = "en") -> list[DatePhrase]:
    """The date phrases, in order, none overlapping; `today` (ISO) is the day that they were
    written.

    A day or month without a year is the latest on or before `today`; without `today` only
    phrases with a year are found.
    """
    names = calendar(language)
    if not _may_hold_one(text, names):
        return []
    written = date.fromisoformat(today) if today else None
    taken = bytearray(len(text))
    found: list[DatePhrase] = []
    for kind, pattern in names.patterns:
        # a template may name the part of it that is the phrase: in "in May" only "May" is
        group = "phrase" if "phrase" in pattern.groupindex else 0
        for match in pattern.finditer(text):
            span = Span(*match.span(group))
            if any(taken[span.start : span.end]):
                continue
            # what is no day, such as 31 February, is taken too: it is not read as a part
            taken[span.start : span.end] = b"\1" * len(span)
            interval = _meant(kind, match, names, written)
            if interval:
                found.append(_phrase(span, interval, kind, written))
    return sorted(found, key=lambda phrase: phrase.span.start)


def _may_hold_one(text: str, names: Calendar) -> bool:
    """Whether a digit or a word stands in the text that every phrase has one of; most
    sentences have none, and need not be searched for 20 patterns.
    """
    if _DIGIT.search(text):
        return True
    return not names.anchors.isdisjoint(_LETTERS.findall(text.casefold()))


def _phrase(
    span: Span, interval: Interval, kind: str, written: date | None
) -> DatePhrase:
    since, until = interval
    holds_today = written is not None and since <= written <= until
    is_present = kind in _AROUND_NOW and holds_today
    return DatePhrase(span, since.isoformat(), until.isoformat(), is_present)


def whole(text: str, today: str | None = None) -> DatePhrase | None:
    """The date phrase that all of the text is; None where it is none, or only in part."""
    text = text.strip()
    found = find(text, today)
    if len(found) != 1 or len(found[0].span) != len(text):
        return None
    return found[0]


def said_on(phrase: DatePhrase) -> str | None:
    """The shortest of day, month and year (ISO) that holds the whole phrase; None where it
    is longer than one year.
    """
    if phrase.since == phrase.until:
        return phrase.since
    for size in (len("2018-09"), len("2018")):
        if phrase.since[:size] == phrase.until[:size]:
            return phrase.since[:size]
    return None


def _meant(
    kind: str, match: re.Match[str], names: Calendar, today: date | None
) -> Interval | None:
    """The days that a phrase means, None where there are none such as 31 February, or where
    they hang on `today`.
    """
    # folded, since "FRİDAY" matches without regard to case, and casefold() keeps its dot
    found = {slot: fold(value) for slot, value in match.groupdict().items() if value}
    if today is None and not {"year", "decade"} & found.keys():
        return None
    try:
        # a phrase with its year never looks at today
        return _READERS[kind](found, names, today or date.min)
    except (ValueError, OverflowError):  # no such day, or one before the year 1
        return None


# One reader a kind of phrase


def _calendar(found: Found, names: Calendar, today: date) -> Interval:
    """A year, a season, a month, or days of a month."""
    name = _one_space(found.get("month") or found.get("season", ""))
    months = names.months.get(name, (1, 12))
    if "year" in found:
        return _in_year(int(found["year"]), months, found)
    years: list[Interval] = []
    for offset in _YEARS:
        try:
            years.append(_in_year(today.year + offset, months, found))
        except ValueError:  # 29 February is in few years
            continue
    return _in_cycle(years, found, names, today, date(today.year, 1, 1))


def _in_year(year: int, months: tuple[int, int], found: Found) -> Interval:
    first, last = months
    if "day" in found:
        last_day = found.get("last_day", found["day"])
        since = date(year, first, int(found["day"]))
        return Interval(since, date(year, last, int(last_day)))
    is_over_new_year = last < first  # winter
    last_year = year + 1 if is_over_new_year else year
    return Interval(date(year, first, 1), _month_end(last_year, last))


def _weekday(found: Found, names: Calendar, today: date) -> Interval:
    first, last = names.weekdays[found["weekday"]]
    this_monday = today - _DAY * today.weekday()
    weeks: list[Interval] = []
    for week in _WEEKS:
        monday = this_monday + _DAY * 7 * week
        weeks.append(Interval(monday + _DAY * first, monday + _DAY * last))
    return _in_cycle(weeks, found, names, today, this_monday)


def _in_cycle(
    cycle: Sequence[Interval],
    found: Found,
    names: Calendar,
    today: date,
    current: date,
) -> Interval:
    """Which year's or week's is meant: by a shift word the last ended, current or next one,
    else the latest begun.
    """
    if "shift" not in found:
        return max(one for one in cycle if one.since <= today)
    shift = names.shifts[found["shift"]]
    if shift < 0:
        return max(one for one in cycle if one.until < today)
    # "this September" may be over; "next September" may be this year's
    earliest = current if shift == 0 else today + _DAY
    return min(one for one in cycle if one.since >= earliest)


def _decade(found: Found, names: Calendar, today: date) -> Interval:
    first = int(found["decade"])
    return Interval(date(first, 1, 1), date(first + 9, 12, 31))


def _day(found: Found, names: Calendar, today: date) -> Interval:
    day = today + _DAY * names.days[_one_space(found["relative_day"])]
    return Interval(day, day)


def _unit(found: Found, names: Calendar, today: date) -> Interval:
    return _around(today, names.units[found["unit"]], names.shifts[found["shift"]])


def _ago(found: Found, names: Calendar, today: date) -> Interval:
    return _around(today, names.units[found["unit"]], -_count(found, names))


def _window(found: Found, names: Calendar, today: date) -> Interval:
    """So many days, weeks, months or years up to today."""
    unit, count = names.units[found["unit"]], _count(found, names)
    if unit == "day":
        return Interval(today - _DAY * count, today)
    if unit == "week":
        return Interval(today - _DAY * 7 * count, today)
    months = 12 * count if unit == "year" else count
    first, last = _around(today, "month", -months)
    # one month before 31 October is 30 September
    return Interval(min(first + _DAY * (today.day - 1), last), today)


def _count(found: Found, names: Calendar) -> int:
    count = found.get("count", "1")  # "the past week"
    return names.counts[count] if count in names.counts else int(count)


def _around(today: date, unit: str, shift: int) -> Interval:
    """The day, week, month or year that lies so many of them after the one of today."""
    if unit == "day":
        day = today + _DAY * shift
        return Interval(day, day)
    if unit == "week":
        monday = today - _DAY * today.weekday() + _DAY * 7 * shift
        return Interval(monday, monday + _DAY * 6)
    if unit == "year":
        year = today.year + shift
        return Interval(date(year, 1, 1), date(year, 12, 31))
    years, months = divmod(today.month - 1 + shift, 12)
    year, month = today.year + years, months + 1
    return Interval(date(year, month, 1), _month_end(year, month))


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _one_space(name: str) -> str:
    return " ".join(name.split())


_READERS: Mapping[str, Callable[[Found, Calendar, date], Interval]] = {
    "calendar": _calendar,
    "weekday": _weekday,
    "decade": _decade,
    "day": _day,
    "unit": _unit,
    "ago": _ago,
    "window": _window,
}
