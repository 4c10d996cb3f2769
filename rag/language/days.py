"""Days as ISO strings: read from any common form, compared, and written for readers."""

from __future__ import annotations

import re
from datetime import date

from rag.language import lexicon
from rag.language.words import fold

FIRST_NEWSPAPER = 1605  # an earlier year is a filler such as 0001-01-01
# "Fri, 07 Sep 2018 12:00:00 GMT" has 29 characters: a field this long holds more than a date
_LONGEST_DATE = 100

_MONTHS: dict[str, list[int]] = lexicon.data("dates")["months"]

_NAME = rf"(?P<month>{'|'.join(_MONTHS)})\b\.?"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
# The forms in which month and day cannot be taken for each other
_CLEAR_FORMS = (
    # 2018-09-07, 2018/9/7
    re.compile(
        r"(?<!\d)(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)"
    ),
    # 20180907, as in file names and in 20180907T120000Z
    re.compile(r"(?<!\d)(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?!\d)"),
    # 7 September 2018, 7th of September, 2018, 7-Sep-2018
    re.compile(rf"{_DAY}[\s.-]*(?:of\s+)?\b{_NAME}[\s,-]*{_YEAR}", re.IGNORECASE),
    # September 7, 2018, Sept. 7th 2018
    re.compile(rf"\b{_NAME}[\s-]*{_DAY}(?:,\s*|\s+|-){_YEAR}", re.IGNORECASE),
)
# 13/09/2018, 09/13/2018
_TWO_NUMBERS = re.compile(
    r"(?<!\d)(?P<one>\d{1,2})([-/.])(?P<other>\d{1,2})\2(?P<year>\d{4})(?!\d)"
)

# "Published: Friday, Sept. 7, 2018 10:30 a.m. EST": what may stand around a date in its line
_AROUND_DATE = re.compile(
    r"\b(?:(?:first |last )?(?:published|posted|updated|date)|on|at"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s*[ap]\.?m\b\.?)?(?:\s+[a-z]{2,4}\b)?)",
    re.IGNORECASE,
)


def iso_date(value: str) -> str | None:
    """The one day that a date in any common form names, as YYYY-MM-DD; a date-time keeps
    its day as written.

    None for a day that does not exist, for a date without its day or year, and where more
    than one day can be meant: 07/09/2018 is July in one country and September in another.
    (Parsers such as dateutil's fill such gaps.)
    """
    value = value[:_LONGEST_DATE]
    found: set[str | None] = set()
    for form in _CLEAR_FORMS:
        for match in form.finditer(value):
            found.add(_day(match["year"], match["month"], match["day"]))
    for match in _TWO_NUMBERS.finditer(value):
        found.add(_day(match["year"], match["one"], match["other"]))
        found.add(_day(match["year"], match["other"], match["one"]))
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _day(year: str, month: str, day: str) -> str | None:
    """The day as ISO, None where there is no such day; its month is a number or a name."""
    if int(year) < FIRST_NEWSPAPER:
        return None
    # a name is folded, since "SEPTEMBER" matches, and so does the Turkish "APRİL"
    number = int(month) if month.isdecimal() else _MONTHS[fold(month)][0]
    try:
        return date(int(year), number, int(day)).isoformat()
    except ValueError:  # such as 31 February
        return None


def date_alone(line: str) -> str | None:
    """The date of a line that holds a date, and words such as "Published", and nothing else."""
    rest = line
    for pattern in (*_CLEAR_FORMS, _TWO_NUMBERS, _AROUND_DATE):
        rest = pattern.sub(" ", rest)
    holds_more = re.search(r"\w", rest)
    return None if holds_more else iso_date(line)


def readable_date(iso: str | None) -> str:
    """`2018-09-07` as `7 September 2018`, `2018-09` as `September 2018`; anything else as it is."""
    if not iso:
        return ""
    is_month = len(iso) == len("2018-09")
    try:
        day = date.fromisoformat(f"{iso}-01" if is_month else iso)
    except ValueError:
        return iso
    month = f"{day:%B} {day.year}"
    return month if is_month else f"{day.day} {month}"


def first_day(iso: str | None) -> int | None:
    """The first day of an ISO date, month or year as a number that sorts: `2018-09` gives
    20180901.
    """
    if not iso:
        return None
    digits = iso.replace("-", "")
    return int((digits + "0101")[: len("20180901")])


def last_day(iso: str | None) -> int | None:
    """The last day of an ISO date, month or year as a number that sorts: `2018-09` gives
    20180931.
    """
    if not iso:
        return None
    missing = "-12-31"[len(iso) - len("2018") :]
    return int((iso + missing).replace("-", ""))


def is_of_days(iso: str | None, since: str | None, until: str | None) -> bool:
    """Whether a day, month or year (ISO) may lie between the first and the last day asked for."""
    first, last = first_day(iso), last_day(iso)
    earliest, latest = first_day(since), last_day(until)
    if first is None or last is None:
        return earliest is None and latest is None
    begins_in_time = latest is None or first <= latest
    ends_in_time = earliest is None or last >= earliest
    return begins_in_time and ends_in_time


def days_apart(one: str | None, other: str | None) -> int:
    """How many days lie between two ISO days; 0 where one of them is not known to the day."""
    try:
        distance = date.fromisoformat(one or "") - date.fromisoformat(other or "")
    except ValueError:  # a year, a month, or nothing
        return 0
    return abs(distance.days)
