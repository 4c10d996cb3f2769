"""Days as ISO strings: read from any common form, compared, and written for readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

FIRST_NEWSPAPER = 1605  # an earlier year is a filler such as 0001-01-01

# Dates

_MONTHS = ["january", "february", "march", "april", "may", "june"]
_MONTHS += ["july", "august", "september", "october", "november", "december"]

_MONTH = "(" + "|".join(f"{month}|{month[:3]}" for month in _MONTHS) + r"|sept)\b\.?"
_DAY = r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?"
_YEAR_FIRST = re.compile(
    r"(?<!\d)(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d\d)(\d\d))(?!\d)"
)
_DAY_MONTH = re.compile(
    rf"{_DAY}[\s.-]*(?:of\s+)?\b{_MONTH}[\s,-]*(\d{{4}})(?!\d)", re.IGNORECASE
)
_MONTH_DAY = re.compile(
    rf"\b{_MONTH}[\s-]*{_DAY}(?:,\s*|\s+|-)(\d{{4}})(?!\d)", re.IGNORECASE
)
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")

_AROUND_DATE = re.compile(
    r"\b(?:(?:first |last )?(?:published|posted|updated|date)|on|at"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s*[ap]\.?m\b\.?)?(?:\s+[a-z]{2,4}\b)?)",
    re.IGNORECASE,
)


def is_of_days(date: str | None, since: str | None, until: str | None) -> bool:
    """Whether a day, month or year (ISO) may lie between the first and the last day asked for."""
    first, last = first_day(date), last_day(date)
    earliest, latest = first_day(since), last_day(until)
    return not (earliest and (last is None or last < earliest)) and not (
        latest and (first is None or first > latest)
    )


def iso_date(value: str) -> str | None:
    """The one day that a date in any common form names, as YYYY-MM-DD; a date-time keeps
    its day as written.

    None for a day that does not exist, for a date without its day or year, and where more
    than one day can be meant: 07/09/2018 is July in one country and September in another.
    (Parsers such as dateutil's fill such gaps.)
    """
    days = set(_days(value[:100]))
    return days.pop() if len(days) == 1 else None


def _days(value: str) -> Iterator[str]:
    readings: list[tuple[int, int, int]] = []
    for year, _, month, day, month2, day2 in _YEAR_FIRST.findall(value):
        readings.append((int(year), int(month or month2), int(day or day2)))
    for day, name, year in _DAY_MONTH.findall(value):
        readings.append((int(year), _month(name), int(day)))
    for name, day, year in _MONTH_DAY.findall(value):
        readings.append((int(year), _month(name), int(day)))
    for one, _, other, year in _NUMBERS.findall(value):
        readings += [
            (int(year), int(one), int(other)),
            (int(year), int(other), int(one)),
        ]
    yield from filter(None, (_day(*reading) for reading in readings))


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat() if year >= FIRST_NEWSPAPER else None
    except ValueError:  # a day that does not exist
        return None


def _month(name: str) -> int:
    return 1 + next(
        number
        for number, month in enumerate(_MONTHS)
        if month.startswith(name[:3].lower())
    )


def date_alone(part: str) -> str | None:
    """The date of a line that holds a date, and words such as "Published", and nothing else."""
    rest = part
    for pattern in (_YEAR_FIRST, _DAY_MONTH, _MONTH_DAY, _NUMBERS, _AROUND_DATE):
        rest = pattern.sub(" ", rest)
    return None if re.search(r"\w", rest) else iso_date(part)


def readable_date(iso: str | None) -> str:
    """`2018-09-07` as `7 September 2018`, `2018-09` as `September 2018`; anything else as it is."""
    if not iso:
        return ""
    try:
        day = date.fromisoformat(f"{iso}-01" if len(iso) == 7 else iso)
    except ValueError:
        return iso
    return f"{day:%B} {day.year}" if len(iso) == 7 else f"{day.day} {day:%B} {day.year}"


def first_day(date: str | None) -> int | None:
    """The first day of an ISO date, month or year as a number that sorts: `2018-09` gives
    20180901.
    """
    return int((date.replace("-", "") + "0101")[:8]) if date else None


def last_day(date: str | None) -> int | None:
    """The last day of an ISO date, month or year as a number that sorts: `2018-09` gives
    20180931.
    """
    return int((date + "-12-31"[len(date) - 4 :]).replace("-", "")) if date else None


def days_apart(one: str | None, other: str | None) -> int:
    """The days between two ISO dates; none where one is not known to the day."""
    try:
        first, second = date.fromisoformat(one or ""), date.fromisoformat(other or "")
    except ValueError:
        return 0
    return abs((first - second).days)
