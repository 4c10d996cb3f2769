"""The date phrases of a text, and the days that each of them means.

The words of a language and their order are data, in `<language>/dates.json` beside this
file: templates whose slots (`<month>`) become groups of that name, each with the kind of
phrase that it makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from rag.language import lexicon
from rag.language.words import fold
from rag.types import Span

Interval = tuple[date, date]
Found = Mapping[str, str]

_DIGIT, _LETTERS = re.compile("[0-9]"), re.compile(r"[^\W\d_]+")
_DAY = timedelta(days=1)
_YEARS = range(-8, 2)
_WEEKS = range(-2, 2)
_AROUND_NOW = ("day", "unit")


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
    months, seasons, weekdays, days, units = (
        data[name] for name in ("months", "seasons", "weekdays", "days", "units")
    )
    slots = {
        "year": r"(?P<year>(?:1[5-9]|20)[0-9]{2})(?![0-9]|[,.][0-9])",
        "decade": r"(?P<decade>(?:1[5-9]|20)[0-9]0)",
        "month_number": r"(?P<month>0[1-9]|1[0-2])",
        "day": r"(?P<day>[0-3]?[0-9])(?![0-9])",
        "last_day": r"(?P<last_day>[0-3]?[0-9])(?![0-9])",
        "month": rf"(?P<month>{_any_of(months)})\b",
        "season": rf"(?P<season>{_any_of(seasons)})\b",
        "weekday": rf"(?P<weekday>{_any_of(weekdays)})",
        "a_weekday": _any_of(weekdays),
        "relative_day": f"(?P<relative_day>{_any_of(days)})",
        "shift": f"(?P<shift>{_any_of(data['shifts'])})",
        "count": rf"(?P<count>[0-9]{{1,3}}|{_any_of(data['counts'])})",
        "unit": rf"(?P<unit>{_any_of(units)})",
        "capitalised": "(?-i:[A-Z])",
        "small": "(?-i:[a-z])",
    }
    numbers = {f"{number:02}": [number, number] for number in range(1, 13)}
    return Calendar(
        months=months | seasons | numbers,
        weekdays=weekdays,
        days=days,
        shifts=data["shifts"],
        units=units,
        counts=data["counts"],
        anchors=frozenset(
            name.split()[-1] for name in [*months, *seasons, *weekdays, *days, *units]
        ),
        patterns=tuple(
            (kind, _compiled(template, slots)) for kind, template in data["patterns"]
        ),
    )


def _any_of(names: Iterable[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "(?:" + "|".join(name.replace(" ", r"\s+") for name in longest_first) + ")"


def _compiled(template: str, slots: Mapping[str, str]) -> re.Pattern[str]:
    filled = re.sub(
        r"(?<!P)<([a-z_]+)>", lambda slot: slots[slot[1]], template.replace(" ", r"\s+")
    )
    return re.compile(rf"(?<![\w-]){filled}(?!\w)", re.IGNORECASE)


def find(text: str, today: str | None = None, language: str = "en") -> list[DatePhrase]:
    """The date phrases, in order, none overlapping; `today` (ISO) is the day that they were
    written.

    A day or month without a year is the latest on or before `today`; without `today` only
    phrases with a year are found.
    """
    names = calendar(language)
    if not _DIGIT.search(text) and names.anchors.isdisjoint(
        _LETTERS.findall(text.casefold())
    ):
        return []
    written = date.fromisoformat(today) if today else None
    taken = bytearray(len(text))
    found: list[DatePhrase] = []
    for kind, pattern in names.patterns:
        for match in pattern.finditer(text):
            span = Span(*match.span("phrase" if "phrase" in pattern.groupindex else 0))
            if any(taken[span.start : span.end]):
                continue
            taken[span.start : span.end] = b"\1" * len(span)
            interval = _meant(kind, match, names, written)
            if interval:
                is_present = (
                    kind in _AROUND_NOW
                    and written is not None
                    and interval[0] <= written <= interval[1]
                )
                found.append(
                    DatePhrase(
                        span,
                        interval[0].isoformat(),
                        interval[1].isoformat(),
                        is_present,
                    )
                )
    return sorted(found, key=lambda phrase: phrase.span.start)


def whole(text: str, today: str | None = None) -> DatePhrase | None:
    """The date phrase that all of the text is; None where it is none, or only in part."""
    found = find(text.strip(), today)
    return (
        found[0]
        if len(found) == 1 and len(found[0].span) == len(text.strip())
        else None
    )


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
        return _READERS[kind](found, names, today or date.min)
    except (ValueError, OverflowError):
        return None


def said_on(phrase: DatePhrase) -> str | None:
    """The shortest of day, month and year (ISO) that holds the whole phrase; None where it
    is longer than one year.
    """
    if phrase.since == phrase.until:
        return phrase.since
    return next(
        (
            phrase.since[:size]
            for size in (7, 4)
            if phrase.since[:size] == phrase.until[:size]
        ),
        None,
    )


def _calendar(found: Found, names: Calendar, today: date) -> Interval:
    first, last = names.months.get(
        _one_space(found.get("month") or found.get("season", "")), (1, 12)
    )

    def in_year(year: int) -> Interval:
        if "day" in found:
            return date(year, first, int(found["day"])), date(
                year, last, int(found.get("last_day", found["day"]))
            )
        return date(year, first, 1), _month_end(year + (last < first), last)

    if "year" in found:
        return in_year(int(found["year"]))
    years = _possible(in_year, [today.year + offset for offset in _YEARS])
    return _in_cycle(years, found, names, today, date(today.year, 1, 1))


def _weekday(found: Found, names: Calendar, today: date) -> Interval:
    first, last = names.weekdays[found["weekday"]]
    monday = today - _DAY * today.weekday()
    weeks = [
        (monday + _DAY * (7 * week + first), monday + _DAY * (7 * week + last))
        for week in _WEEKS
    ]
    return _in_cycle(weeks, found, names, today, monday)


def _possible(
    interval: Callable[[int], Interval], years: Iterable[int]
) -> Iterator[Interval]:
    """The intervals of those years that have them: 29 February is in few."""
    for year in years:
        try:
            yield interval(year)
        except ValueError:
            continue


def _in_cycle(
    cycle: Iterable[Interval], found: Found, names: Calendar, today: date, current: date
) -> Interval:
    """Which year's or week's is meant: by a shift word the last ended, current or next one,
    else the latest begun.
    """
    shift = names.shifts[found["shift"]] if "shift" in found else None
    if shift is None:
        return max(interval for interval in cycle if interval[0] <= today)
    if shift < 0:
        return max(interval for interval in cycle if interval[1] < today)
    return min(
        interval
        for interval in cycle
        if interval[0] >= current and (shift == 0 or interval[0] > today)
    )


def _decade(found: Found, names: Calendar, today: date) -> Interval:
    first = int(found["decade"])
    return date(first, 1, 1), date(first + 9, 12, 31)


def _day(found: Found, names: Calendar, today: date) -> Interval:
    day = today + _DAY * names.days[_one_space(found["relative_day"])]
    return day, day


def _unit(found: Found, names: Calendar, today: date) -> Interval:
    return _around(today, names.units[found["unit"]], names.shifts[found["shift"]])


def _ago(found: Found, names: Calendar, today: date) -> Interval:
    return _around(today, names.units[found["unit"]], -_count(found, names))


def _window(found: Found, names: Calendar, today: date) -> Interval:
    """So many days, weeks, months or years up to today."""
    unit, count = names.units[found["unit"]], _count(found, names)
    if unit in ("day", "week"):
        return today - _DAY * count * (7 if unit == "week" else 1), today
    first, last = _around(today, "month", -count * (12 if unit == "year" else 1))
    return min(first + _DAY * (today.day - 1), last), today


def _count(found: Found, names: Calendar) -> int:
    count = found.get("count", "1")
    return names.counts[count] if count in names.counts else int(count)


def _around(today: date, unit: str, shift: int) -> Interval:
    """The day, week, month or year that lies so many of them after the one of today."""
    if unit == "day":
        return today + _DAY * shift, today + _DAY * shift
    if unit == "week":
        monday = today - _DAY * today.weekday() + _DAY * 7 * shift
        return monday, monday + _DAY * 6
    if unit == "year":
        return date(today.year + shift, 1, 1), date(today.year + shift, 12, 31)
    years, month = divmod(today.month - 1 + shift, 12)
    return date(today.year + years, month + 1, 1), _month_end(
        today.year + years, month + 1
    )


def _month_end(year: int, month: int) -> date:
    return date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - _DAY


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
