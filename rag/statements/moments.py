"""When something was said: the words of the attribution that may hold the day ("said on
Tuesday that ...").
"""

from __future__ import annotations

from bisect import bisect_left

from rag.language import dates
from rag.statements.cases import ANY, Cases, after, no, one, yes
from rag.statements.clauses import TIME
from rag.statements.drafts import Draft, Rules, Scene
from rag.statements.tokens import Unit
from rag.statements.vocabulary import (
    ASIDE,
    AUXILIARY,
    CAPITAL,
    MARK,
    NUMBER,
    OCCASION,
    PAST_PERFECT,
    PREPOSITION,
    QUOTE,
    RELATIVE,
    SUBORDINATOR,
    UNDATED,
    VERB,
    YEAR,
)
from rag.types import Article, Span

# Whether the words that may hold the day end before a word
_ENDS = Cases(
    no(after(NUMBER), one(","), one(YEAR)),  # "Sept. 5, 2018"
    yes(one(MARK, QUOTE, ASIDE)),
    no(after(NUMBER), one(CAPITAL)),  # "20 May", which is no auxiliary
    no(one(CAPITAL), one(NUMBER)),
    yes(one(RELATIVE, SUBORDINATOR, AUXILIARY, UNDATED)),
)
_YEAR_OF_OCCASION = Cases(
    yes(one(YEAR), one(OCCASION)),  # "a 2016 interview"
    yes(one(YEAR), ANY, one(OCCASION)),  # "a 2016 television interview"
)

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
        is_inverted = source.start > draft.cue.start
        precedes = not is_inverted and not draft.inherited
        positions = [draft.cue.end]
        if is_inverted:
            # "said Ann Lee on Monday"
            positions = [max(draft.cue.end, source.end)]
        if precedes:
            positions.append(source.end)
        if draft.attitude and draft.content:
            positions.append(draft.content[-1].end)
        spans = []
        for position in positions:
            place = bisect_left(self.starts, position)
            spans.append(self._from(place, draft))
        if precedes:
            spans.append(self._introduction(source.start, draft))
        return [span for span in spans if span]

    def _from(self, start: int, draft: Draft) -> Span | None:
        """The words from a place to the first mark, clause, verb or content; only the year
        of "a 2016 interview".
        """
        end = start
        while end < len(self.tokens) and not self._ends(end, draft):
            if self.fits(end, _YEAR_OF_OCCASION):
                return Span(self.tokens[end].start, self.tokens[end].end)
            end += 1
        if end == start:
            return None
        return Span(self.tokens[start].start, self.tokens[end - 1].end)

    def _ends(self, place: int, draft: Draft) -> bool:
        start = self.tokens[place].start
        is_other_verb = self.is_(place, VERB) and start != draft.cue.start
        if is_other_verb or self.fits(place, _ENDS):
            return True
        return any(span.start <= start < span.end for span in draft.content)

    def _introduction(self, end: int, draft: Draft) -> Span | None:
        """The first words of "On Tuesday, Ann Lee said" and "Speaking in Ohio on Tuesday,
        Ann Lee said".
        """
        is_time = self.fits(0, TIME)
        if not is_time and not self.is_(0, "speaking", PREPOSITION):
            return None
        span = self._from(0, draft)
        is_before = span is not None and span.end <= end
        return span if is_before else None


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
