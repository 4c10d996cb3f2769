"""The time that a question asks about: what its date phrases mean together with the words
before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from rag.language.dates import DatePhrase, find
from rag.language.words import small_words
from rag.questions.patterns import vocabulary
from rag.types import Span

_DAY = timedelta(days=1)
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
    phrases = [
        phrase
        for phrase in find(text, today)
        if text[phrase.span.end : phrase.span.end + 1] not in _POSSESSIVE
    ]
    found: list[Period] = []
    for phrase, following in pairwise([*phrases, None]):
        if phrase is None or (found and phrase.span.overlaps(found[-1].span)):
            continue
        period = (
            _range(text, phrase, following)
            or _led(text, phrase)
            or _adverb(text, phrase)
        )
        if period and phrase.is_present and is_guessed:
            period = replace(period, since=None, until=None)
        found += [period] if period else []
    return found


def _range(text: str, first: DatePhrase, last: DatePhrase | None) -> Period | None:
    """The time of "between May and June 2018" or "from 2015 to 2017"."""
    lead = _lead(text, first, "from")
    if lead is None or last is None:
        return None
    if not re.fullmatch(
        rf"\s*{vocabulary().times['to']}\s*",
        text[first.span.end : last.span.start],
        re.IGNORECASE,
    ):
        return None
    return Period(
        Span(lead, last.span.end),
        min(first.since, last.since),
        max(first.until, last.until),
        True,
    )


def _led(text: str, phrase: DatePhrase) -> Period | None:
    """The time of a phrase with a preposition, such as "after 7 September"."""
    onward = re.compile(rf"\s+{vocabulary().times['onward']}\b", re.IGNORECASE).match(
        text, phrase.span.end
    )
    end = onward.end() if onward else phrase.span.end
    meanings = {
        "since": (phrase.since, None),
        "after": (_moved(phrase.until, 1), None),
        "before": (None, _moved(phrase.since, -1)),
        "until": (None, phrase.until),
        "between": (phrase.since, phrase.until),
        "within": (phrase.since, None if onward else phrase.until),
    }
    for name, (since, until) in meanings.items():
        lead = _lead(text, phrase, name)
        if lead is not None:
            return Period(
                Span(lead, end), since, until, name != "within" or bool(onward)
            )
    return None


def _adverb(text: str, phrase: DatePhrase) -> Period | None:
    """The time of a phrase without preposition, such as "yesterday", where it is no part of
    a longer name.
    """
    before = _LAST_WORD.search(
        text, max(0, phrase.span.start - _LONGEST_LEAD), phrase.span.start
    )
    after = _NEXT_WORD.match(text, phrase.span.end)
    small = small_words()
    if (before and before[1].casefold() in small) or (
        after and after[1] and after[1].casefold() not in small
    ):
        return None
    return Period(phrase.span, phrase.since, phrase.until)


def _lead(text: str, phrase: DatePhrase, name: str) -> int | None:
    """Where the words begin that give a phrase the meaning of that name."""
    match = _leads(name).search(
        text, max(0, phrase.span.start - _LONGEST_LEAD), phrase.span.start
    )
    return match.start() if match else None


@cache
def _leads(name: str) -> re.Pattern[str]:
    times = vocabulary().times
    return re.compile(
        rf"\b{times[name]}\s+(?:{times['modifier']}[\s-]+)*\Z", re.IGNORECASE
    )


def _moved(day: str, days: int) -> str | None:
    try:
        return (date.fromisoformat(day) + _DAY * days).isoformat()
    except OverflowError:
        return None
