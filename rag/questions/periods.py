"""The time that a question asks about: what its date phrases mean together with the words
before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import zip_longest

from rag.language.dates import DatePhrase, find
from rag.language.words import small_words
from rag.questions.patterns import vocabulary
from rag.types import Span

# How many characters before a date are searched for its preposition: room for the longest,
# "at the beginning of the month of", and bounded so that long questions stay quick.
_LONGEST_LEAD = 40
_POSSESSIVE = ("'", "’")
_NEXT_WORD = re.compile(r"\s*([^\W_]*)")
_LAST_WORD = re.compile(r"([^\W_]+)\s*\Z")


@dataclass(frozen=True, slots=True)
class Period:
    """Words that limit a question to a time, and its first and last day (ISO).

    A stretch ("since May") asks for what was published in it; a point ("in May") may only
    be part of the matter.
    """

    span: Span
    since: str | None
    until: str | None
    is_stretch: bool = False


def periods(text: str, today: str, is_guessed: bool = False) -> list[Period]:
    """The times to which a question is limited, in order; `today` (ISO) is the day of asking.

    Where that day is guessed, words such as "this week" limit it to no days.
    """
    phrases = [phrase for phrase in find(text, today) if not _owns(text, phrase)]
    found: list[Period] = []
    for phrase, following in zip_longest(phrases, phrases[1:]):
        if found and phrase.span.overlaps(found[-1].span):
            continue  # the "June" of "between May and June"
        period = (
            _range(text, phrase, following)
            or _led(text, phrase)
            or _adverb(text, phrase)
        )
        if period is None:
            continue
        if phrase.is_present and is_guessed:
            period = replace(period, since=None, until=None)
        found.append(period)
    return found


def _owns(text: str, phrase: DatePhrase) -> bool:
    """Whether a date only says which thing is meant: "last week's attack"."""
    return text[phrase.span.end : phrase.span.end + 1] in _POSSESSIVE


def _range(text: str, first: DatePhrase, last: DatePhrase | None) -> Period | None:
    """The time of "between May and June 2018" or "from 2015 to 2017"."""
    lead = _lead(text, first, "from")
    if lead is None or last is None:
        return None
    between = text[first.span.end : last.span.start]
    joins = rf"\s*{vocabulary().times['to']}\s*"
    if not re.fullmatch(joins, between, re.IGNORECASE):
        return None
    return Period(
        Span(lead, last.span.end),
        min(first.since, last.since),
        max(first.until, last.until),
        is_stretch=True,
    )


def _led(text: str, phrase: DatePhrase) -> Period | None:
    """The time of a phrase with a preposition, such as "after 7 September"."""
    # "from 2016 onwards" has no last day, "from 2016" has the last of that year.
    onward = _onward().match(text, phrase.span.end)
    end = onward.end() if onward else phrase.span.end
    meanings = {
        "since": (phrase.since, None),
        "after": (moved(phrase.until, 1), None),
        "before": (None, moved(phrase.since, -1)),
        "until": (None, phrase.until),
        "between": (phrase.since, phrase.until),
        "within": (phrase.since, None if onward else phrase.until),
    }
    for name, (since, until) in meanings.items():
        lead = _lead(text, phrase, name)
        if lead is None:
            continue
        is_stretch = name != "within" or onward is not None
        return Period(Span(lead, end), since, until, is_stretch)
    return None


def _adverb(text: str, phrase: DatePhrase) -> Period | None:
    """The time of a phrase without preposition, such as "yesterday".

    None where it is part of a longer name: "the September 2018 summit", "the deal of 17
    September".
    """
    start, end = phrase.span.start, phrase.span.end
    before = _LAST_WORD.search(text, max(0, start - _LONGEST_LEAD), start)
    if before and before[1].casefold() in small_words():
        return None
    after = _NEXT_WORD.match(text, end)
    if after and after[1] and after[1].casefold() not in small_words():
        return None
    return Period(phrase.span, phrase.since, phrase.until)


def _lead(text: str, phrase: DatePhrase, name: str) -> int | None:
    """Where the words begin that give a phrase the meaning of that name."""
    start = phrase.span.start
    match = _leads(name).search(text, max(0, start - _LONGEST_LEAD), start)
    return match.start() if match else None


@cache
def _leads(name: str) -> re.Pattern[str]:
    """The prepositions of one meaning right before a date, "early" or "the end of" between."""
    times = vocabulary().times
    modifiers = rf"(?:{times['modifier']}[\s-]+)*"
    return re.compile(rf"\b{times[name]}\s+{modifiers}\Z", re.IGNORECASE)


@cache
def _onward() -> re.Pattern[str]:
    return re.compile(rf"\s+{vocabulary().times['onward']}\b", re.IGNORECASE)


def moved(day: str | None, days: int) -> str | None:
    """The day (ISO) so many days later; None for none, and beyond the calendar's last day."""
    if not day:
        return None
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return None
