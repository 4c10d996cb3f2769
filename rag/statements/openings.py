"""Where the content to the right of a verb begins, past its particle, its addressee and its
adjuncts.
"""

from __future__ import annotations

from rag.language.lexicon import Cue
from rag.statements.clauses import Reader, VerbGroup, is_complete
from rag.statements.vocabulary import (
    ADDRESSEE_END,
    ADVERB,
    ASIDE,
    AUXILIARY,
    CAPITAL,
    CLAUSE_OPENER,
    DETERMINER,
    MARK,
    NOMINATIVE,
    PREPOSITION,
    QUOTE,
    TIME_WORD,
    WORD,
)

# "told the crowd at the town hall in Lima on Monday why it failed"
_LONGEST_ADDRESSEE = 15

# "said in an interview with the local radio station on Sunday that it failed"
_LONGEST_ADJUNCT = 25

# "asked on the same day for", "talked with reporters about"
_PARTICLE_WITHIN = 8

# "expressed deep and growing concern about"
_FEELING_WITHIN = 5


class Openings(Reader):
    """Finds the first token of what a verb reports."""

    def start(self, group: VerbGroup) -> int | None:
        """Where the content of the verb begins; None where what follows is no content."""
        cue, place = group.cue, group.place + 1
        particle = self._particle(place, cue)
        if particle is not None:
            place = particle + 1
        elif cue.needs:
            return None  # "spoke softly"
        if cue.lemma == "express":
            return self._after_feeling(place)
        if cue.frame == "object":
            # "called off the deal" calls nothing anything.
            has_none = particle is None and self.is_(place, "in", "on", "from", "off")
            follows = self.is_(place, WORD, QUOTE)
            return place if follows and not has_none else None
        if cue.frame == "told" and particle is None:
            end = self.after_addressee(place)
            # In "asked the envoy to stay" what was asked for includes the envoy.
            if not self.clauses.is_infinitive(end):
                place = end
        # "The zone that they agreed on is to be patrolled": it goes on with another verb.
        if particle is not None and self.is_(place, AUXILIARY):
            return None
        return self._opening(self._after_adverbs(place))

    def _particle(self, place: int, cue: Cue) -> int | None:
        """The "about" of "talked with reporters about ...", the "for" of "asked on Monday
        for ...".
        """
        if self.is_(place, *cue.particles):
            return None if self.clauses.is_infinitive(place) else place
        if cue.frame == "clause":
            return None
        remote = cue.particles & {"about", "of"}
        if cue.frame == "told":
            remote = cue.particles & {"about", "of", "for"}
        end = min(place + _PARTICLE_WITHIN, len(self.tokens))
        stops = ("to", "he", "she", "they", CLAUSE_OPENER, MARK, QUOTE, ASIDE)
        return self.reach(place, end, remote, stops)

    def _after_feeling(self, place: int) -> int:
        """Where the content of "expressed deep concern about ..." begins."""
        end = min(place + _FEELING_WITHIN, len(self.tokens) - 1)
        at = self.find(place, end, "that", "about", "over", "for", "in", "with", "at")
        if at >= end:
            return place
        return at if self.is_(at, "that") else at + 1

    def _after_adverbs(self, place: int) -> int:
        """Leave out the adverb of "acknowledged privately that ..." and the "there" of
        "said there that ...".
        """
        end = self.skip(place, "there", "here", "this", ADVERB)
        if self.is_(end, "that", ":", QUOTE):
            return end
        has_quote = self.is_(end, ",") and self.is_(end + 1, QUOTE)
        return end if has_quote else place

    def _opening(self, place: int) -> int | None:
        """The content that begins at this place, or behind the adjunct that begins there."""
        if self.is_(place, "that", QUOTE):
            return place
        if self.is_(place, ":"):
            return self._after_colon(place)
        if self.is_(place, ","):
            # "said, “We stay”", "said, Ann Lee left", but "said, on Monday, that ..."
            if self.is_(place + 1, "that", QUOTE, NOMINATIVE, CAPITAL):
                return place + 1
            return self.after_adjunct(place + 1)
        if not self.is_(place, WORD, ASIDE):
            return None
        if self.clauses.is_infinitive(place):
            return place
        # "said as she left", "said and left"
        if self.is_(
            place, "as", "when", "while", "after", "before", "and", "or", "but"
        ):
            return None
        if self.is_(place, PREPOSITION) or self.is_time(place):
            opening = self.after_adjunct(place)
            return self._after_time(place) if opening is None else opening
        return place

    def _after_colon(self, colon: int) -> int:
        """Behind the colon; the colon itself where the unit ends, so that the quotation of
        the next one can follow.
        """
        return min(colon + 1, len(self.tokens) - 1)

    def after_adjunct(self, place: int) -> int | None:
        """The `that`, question, quotation or colon that follows "in an interview on
        Sunday", or None.
        """
        for at in range(place, min(place + _LONGEST_ADJUNCT, len(self.tokens))):
            if self.is_(at, "that", "how", "why", "whether") and at > place:
                return at
            if self.is_(at, ":"):
                return self._after_colon(at)
            if self.is_(at, QUOTE):
                # `in a "frank" talk` goes on, `on Monday, "we stay"` and `"We stay."` begin.
                begins = self.is_(at - 1, ",", "that") or is_complete(self.tokens[at])
                if begins:
                    return None if self.clauses.is_title(at) else at
            if at in self.cues or self.is_(at, "and", "but", ";"):
                return None
        return None

    def _after_time(self, place: int) -> int | None:
        """Behind "on Monday" in "said on Monday it failed", or None where no time stands."""
        start = place
        if self.is_(start, "on"):
            start += 1
        start = self.skip(start, TIME_WORD)
        if start == place or not self.is_(start, WORD, QUOTE):
            return None
        # "vowed on Tuesday to stay", but not "spoke on Tuesday in Ohio"
        goes_on = self.is_(start, PREPOSITION) and not self.clauses.is_infinitive(start)
        return None if goes_on else start

    def after_addressee(self, place: int) -> int:
        """Where the addressee of "told reporters that ..." ends."""
        end = place
        limit = min(place + _LONGEST_ADDRESSEE, len(self.tokens))
        while end < limit and not self._ends_addressee(end, place):
            end += 1
        return end

    def _ends_addressee(self, place: int, start: int) -> bool:
        if self.is_(place, QUOTE):
            return not self.clauses.is_title(place)  # `told "Meet the Press" that`
        if self.is_(place, ADDRESSEE_END):
            return place > start or not self.is_(place, "it")
        if self.is_(place, MARK):
            return True
        # "told reporters the plan failed", but "told the head of the party that"
        if self.is_(place - 1, "of", "from", "for", "with", "and"):
            return False
        return place > start and self.is_(place, DETERMINER)
