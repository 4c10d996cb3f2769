"""When something was said: the words of the attribution that may hold the day ("said on
Tuesday that ...").
"""

from __future__ import annotations

import re
from bisect import bisect_left

from rag.language import dates
from rag.language.lexicon import Language
from rag.statements.drafts import Draft, Rules, Scene
from rag.statements.tokens import Unit
from rag.types import Article, Span

_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_OCCASION_DISTANCE = 3
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
        source = (
            Span(draft.source[0].start, draft.source[-1].end)
            if draft.source
            else draft.cue
        )
        follows, own = source.start > draft.cue.start, not draft.inherited
        found = [
            self._from(
                self._place(max(draft.cue.end, source.end if follows else 0)), draft
            )
        ]
        if own and not follows:
            found.append(self._from(self._place(source.end), draft))
        if draft.attitude and draft.content:
            found.append(self._from(self._place(draft.content[-1].end), draft))
        if own and not follows:
            found.append(self._introduction(source.start, draft))
        return [span for span in found if span]

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
        return (
            Span(self.tokens[start].start, self.tokens[end - 1].end)
            if end > start
            else None
        )

    def _stops(self, place: int, draft: Draft) -> bool:
        token = self.tokens[place]
        if token.kind != "word":
            return not (token.low == "," and self._continues_date(place))
        in_content = any(span.start <= token.start < span.end for span in draft.content)
        verb = place in self.scene.cues and token.start != draft.cue.start
        limits = ("relatives", "subordinators", "auxiliaries", "undated")
        limit = any(self.is_(name, place) for name in limits) and not self._is_month(
            place
        )
        return in_content or verb or limit

    def _is_month(self, place: int) -> bool:
        """Whether the word is the "May" of "20 May" or "May 20"."""
        around = [at for at in (place - 1, place + 1) if 0 <= at < len(self.tokens)]
        return self.tokens[place].capital and any(
            self.tokens[at].text[:1].isdigit() for at in around
        )

    def _continues_date(self, comma: int) -> bool:
        """Whether the comma stands inside "Sept. 5, 2018"."""
        return bool(
            self.tokens[comma - 1].text[:1].isdigit()
            and _YEAR.fullmatch(self.low(comma + 1))
        )

    def _dates_occasion(self, place: int) -> bool:
        """Whether the year of "a 2016 television interview" stands here."""
        if not _YEAR.fullmatch(self.tokens[place].low):
            return False
        return any(
            self.is_("occasions", place + step) for step in range(1, _OCCASION_DISTANCE)
        )

    def _introduction(self, end: int, draft: Draft) -> Span | None:
        """The first words of "On Tuesday, Ann Lee said" and "Speaking in Ohio on Tuesday,
        Ann Lee said".
        """
        span = self._from(0, draft)
        opens = (
            self.is_("prepositions", 0)
            or self.clauses.is_time(0)
            or self.low(0) == "speaking"
        )
        return span if span and opens and span.end <= end else None


def setting(unit: Unit, language: Language) -> Span | None:
    """The opening of a sentence in the past perfect, which dates what its paragraph goes on
    to tell.

    "In Tehran on 7 September the two had been further apart. Lee asked for ..."
    """
    opening = [token.low for token in unit.tokens[:_LONGEST_OPENING]]
    perfect = next(
        (
            at
            for at, word in enumerate(opening)
            if word in language.words["past_perfect"]
        ),
        0,
    )
    if not perfect or opening[0] not in language.words["prepositions"]:
        return None
    return Span(unit.tokens[0].start, unit.tokens[perfect].start)


def spoken(article: Article, around: list[Span]) -> tuple[str | None, Span | None]:
    """The day (ISO; a month or a year where no more is known) that the words around an
    attribution name, and its words.
    """
    for region in around:
        for phrase in dates.find(
            region.of(article.text), article.date, article.language or "en"
        ):
            day = dates.said_on(phrase)
            if day and not (article.date and day > article.date):
                start = region.start + phrase.span.start
                return day, Span(start, start + len(phrase.span))
    return None, None
