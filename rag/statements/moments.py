"""When something was said: the words of the attribution that may hold the day ("said on
Tuesday that ...").
"""

from __future__ import annotations

import re
from bisect import bisect_left

from rag.language import dates
from rag.statements.drafts import Draft, Rules, Scene
from rag.statements.tokens import Unit
from rag.statements.vocabulary import (
    AUXILIARY,
    CAPITAL,
    OCCASION,
    PAST_PERFECT,
    PREPOSITION,
    RELATIVE,
    SUBORDINATOR,
    UNDATED,
    WORD,
)
from rag.types import Article, Span

_YEAR = re.compile(r"(?:1[89]|20)\d\d")

# "a 2016 interview", "a 2016 television interview"
_OCCASION_WITHIN = 2

# "In the Iranian capital of Tehran on 7 September 2018 the two leaders had": the verb of a
# setting stands among the first words; one further back is that of another clause.
_LONGEST_OPENING = 14


class Moments(Rules):
    """Finds the words of one unit in which a statement's day may stand."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.starts = [token.start for token in self.tokens]

    def around(self, draft: Draft) -> list[Span]:
        """The words behind the verb, between subject and verb, behind an object, and before
        the subject, in this order.
        """
        source = draft.cue
        if draft.source:
            source = Span(draft.source[0].start, draft.source[-1].end)
        follows = source.start > draft.cue.start  # "said Ann Lee on Monday"
        precedes = not follows and not draft.inherited
        ends = [max(draft.cue.end, source.end) if follows else draft.cue.end]
        if precedes:
            ends.append(source.end)
        if draft.attitude and draft.content:
            ends.append(draft.content[-1].end)
        spans = [self._from(self._place(end), draft) for end in ends]
        if precedes:
            spans.append(self._introduction(source.start, draft))
        return [span for span in spans if span]

    def _place(self, position: int) -> int:
        return bisect_left(self.starts, position)

    def _from(self, start: int, draft: Draft) -> Span | None:
        """The words from a place to the first mark, clause, verb or content; only the year
        of "a 2016 interview".
        """
        end = start
        while end < len(self.tokens) and not self._stops(end, draft):
            if self._dates_occasion(end):
                return Span(self.tokens[end].start, self.tokens[end].end)
            end += 1
        if end == start:
            return None
        return Span(self.tokens[start].start, self.tokens[end - 1].end)

    def _stops(self, place: int, draft: Draft) -> bool:
        token = self.tokens[place]
        if not token.is_(WORD):
            return not self._continues_date(place)
        if place in self.cues and token.start != draft.cue.start:
            return True
        is_limit = token.is_(RELATIVE, SUBORDINATOR, AUXILIARY, UNDATED)
        if is_limit and not self._is_month(place):
            return True
        return any(span.start <= token.start < span.end for span in draft.content)

    def _is_month(self, place: int) -> bool:
        """Whether the word is the "May" of "20 May" or "May 20"."""
        if not self.is_(place, CAPITAL):
            return False
        return self._begins_with_digit(place - 1) or self._begins_with_digit(place + 1)

    def _continues_date(self, comma: int) -> bool:
        """Whether the comma of "Sept. 5, 2018" stands here."""
        if not self.is_(comma, ",") or not self._begins_with_digit(comma - 1):
            return False
        return _YEAR.fullmatch(self.low(comma + 1)) is not None

    def _begins_with_digit(self, place: int) -> bool:
        return 0 <= place < len(self.tokens) and self.tokens[place].text[0].isdigit()

    def _dates_occasion(self, place: int) -> bool:
        """Whether the year of "a 2016 television interview" stands here."""
        if not _YEAR.fullmatch(self.low(place)):
            return False
        last = place + _OCCASION_WITHIN
        return self.find(place + 1, last + 1, OCCASION) <= last

    def _introduction(self, end: int, draft: Draft) -> Span | None:
        """The first words of "On Tuesday, Ann Lee said" and "Speaking in Ohio on Tuesday,
        Ann Lee said".
        """
        if not self.is_(0, "speaking", PREPOSITION) and not self.is_time(0):
            return None
        span = self._from(0, draft)
        return span if span and span.end <= end else None


def setting(unit: Unit) -> Span | None:
    """The opening of a sentence in the past perfect, which dates what its paragraph goes on
    to tell.

    "In Tehran on 7 September the two had been further apart. Lee asked for ..."
    """
    first = unit.tokens[0]
    if not first.is_(PREPOSITION):
        return None
    for token in unit.tokens[1:_LONGEST_OPENING]:
        if token.is_(PAST_PERFECT):
            return Span(first.start, token.start)
    return None


def spoken(article: Article, around: list[Span]) -> tuple[str | None, Span | None]:
    """The day (ISO; a month or a year where no more is known) that the words around an
    attribution name, and its words.
    """
    language = article.language or "en"
    for region in around:
        for phrase in dates.find(region.of(article.text), article.date, language):
            day = dates.said_on(phrase)
            # What an article of the 7th dates to the 9th is announced, not said.
            is_future = day and article.date and day > article.date
            if day and not is_future:
                start = region.start + phrase.span.start
                return day, Span(start, start + len(phrase.span))
    return None, None
