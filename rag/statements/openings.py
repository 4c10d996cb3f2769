"""Where the content to the right of a verb begins, past its particle, its addressee and its
adjuncts.
"""

from __future__ import annotations

from rag.language.lexicon import Cue
from rag.statements.cases import Cases, after, no, one, yes
from rag.statements.clauses import INFINITIVE, NAME_OF_THING, TIME, Reader, VerbGroup
from rag.statements.vocabulary import (
    ADDRESSEE_END,
    ADVERB,
    ASIDE,
    AUXILIARY,
    CAPITAL,
    CLAUSE_OPENER,
    COMPLETE,
    DETERMINER,
    MARK,
    NOMINATIVE,
    PREPOSITION,
    QUOTE,
    TIME_WORD,
    TITLE_CASE,
    VERB,
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

# What no particle stands behind: in "asked on Monday to speak about it" "about" is not that of
# "asked".
_ENDS_SEARCH = ("to", "he", "she", "they", CLAUSE_OPENER, MARK, QUOTE, ASIDE)

# Whether there is no addressee, since the content begins right behind "told"
_NO_ADDRESSEE = Cases(
    no(after("'s", PREPOSITION), one(TITLE_CASE)),  # `told ABC's "This Week" that`
    yes(one(MARK, QUOTE)),
    yes(one(ADDRESSEE_END, but=["it"])),
)
_BEHIND_ADDRESSEE = Cases(
    no(after("'s", PREPOSITION), one(TITLE_CASE)),
    yes(one(MARK, QUOTE, ADDRESSEE_END)),
    no(
        after("of", "from", "for", "with", "and"), one(DETERMINER)
    ),  # "the head of the party"
    yes(one(DETERMINER)),  # "told reporters the plan failed"
)

# Words behind a verb that show that it reports nothing: "said as she left", "said and left"
_NO_CONTENT = ("as", "when", "while", "after", "before", "and", "or", "but")

# Whether a quotation behind an adjunct is the content: `on Monday, "we stay"` and `on Monday "We
# stay."`, but not `in a "frank" talk`
_BEGINS_QUOTATION = Cases(
    yes(after(",", "that"), one(QUOTE)),
    yes(one(COMPLETE)),
)


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
            return self._object(place, particle is not None)
        if particle is None:
            place = self._after_addressee_of(cue, place)
        elif self.is_(place, AUXILIARY):
            # "The zone that they agreed on is to be patrolled": a verb of its own
            return None
        return self._opening(self._after_adverbs(place))

    def _particle(self, place: int, cue: Cue) -> int | None:
        """The "about" of "talked with reporters about ...", the "for" of "asked on Monday
        for ...".
        """
        if self.is_(place, *cue.particles):
            is_infinitive = self.fits(place, INFINITIVE)
            return None if is_infinitive else place
        if cue.frame == "clause":
            return None
        remote = {"about", "of"}
        if cue.frame == "told":
            remote.add("for")
        end = min(place + _PARTICLE_WITHIN, len(self.tokens))
        return self.reach(place, end, cue.particles & remote, _ENDS_SEARCH)

    def _after_feeling(self, place: int) -> int:
        """Where the content of "expressed deep concern about ..." begins."""
        end = min(place + _FEELING_WITHIN, len(self.tokens) - 1)
        at = self.find(place, end, "that", "about", "over", "for", "in", "with", "at")
        if at >= end:
            return place
        return at if self.is_(at, "that") else at + 1

    def _object(self, place: int, has_particle: bool) -> int | None:
        """The object of "praised the plan"; "called off the deal" calls nothing anything."""
        is_other_verb = self.is_(place, "in", "on", "from", "off")
        if is_other_verb and not has_particle:
            return None
        return place if self.is_(place, WORD, QUOTE) else None

    def _after_addressee_of(self, cue: Cue, place: int) -> int:
        if cue.frame != "told":
            return place
        end = self.after_addressee(place)
        # In "asked the envoy to stay" what was asked for includes the envoy.
        includes_addressee = self.fits(end, INFINITIVE)
        return place if includes_addressee else end

    def after_addressee(self, place: int) -> int:
        """Where the addressee of "told reporters that ..." ends."""
        end = min(place + _LONGEST_ADDRESSEE, len(self.tokens))
        if self.fits(place, _NO_ADDRESSEE):
            return place
        for at in range(place + 1, end):
            if self.fits(at, _BEHIND_ADDRESSEE):
                return at
        return max(place, end)

    def _after_adverbs(self, place: int) -> int:
        """Leave out the adverb of "acknowledged privately that ..." and the "there" of
        "said there that ...".
        """
        end = self.skip(place, "there", "here", "this", ADVERB)
        quotation = end
        if self.is_(quotation, ","):
            quotation += 1
        is_content = self.is_(quotation, QUOTE) or self.is_(end, "that", ":")
        return end if is_content else place

    def _opening(self, place: int) -> int | None:
        """The content that begins at this place, or behind the adjunct that begins there."""
        if self.is_(place, "that", QUOTE) or self.fits(place, INFINITIVE):
            return place
        if self.is_(place, ":"):
            return self._after_colon(place)
        if self.is_(place, ","):
            return self._after_comma(place)
        is_word = self.is_(place, WORD, ASIDE)
        if not is_word or self.is_(place, *_NO_CONTENT):
            return None
        is_adjunct = self.is_(place, PREPOSITION) or self.fits(place, TIME)
        if not is_adjunct:
            return place
        opening = self.after_adjunct(place)
        return self._after_time(place) if opening is None else opening

    def _after_colon(self, colon: int) -> int:
        """Behind the colon; the colon itself where the unit ends, so that the quotation of
        the next one can follow.
        """
        return min(colon + 1, len(self.tokens) - 1)

    def _after_comma(self, comma: int) -> int | None:
        """Behind "said, “We stay”" and "said, Ann Lee left", or behind the adjunct of "said,
        on Monday, that ...".
        """
        place = comma + 1
        is_content = self.is_(place, "that", QUOTE, NOMINATIVE, CAPITAL)
        return place if is_content else self.after_adjunct(place)

    def after_adjunct(self, place: int) -> int | None:
        """The `that`, question, quotation or colon that follows "in an interview on
        Sunday", or None.
        """
        for at in range(place, min(place + _LONGEST_ADJUNCT, len(self.tokens))):
            opens_clause = self.is_(at, "that", "how", "why", "whether")
            if opens_clause and at > place:
                return at
            if self.is_(at, ":"):
                return self._after_colon(at)
            if self.fits(at, _BEGINS_QUOTATION):
                is_title = self.fits(at, NAME_OF_THING)
                return None if is_title else at
            if self.is_(at, "and", "but", ";", VERB):
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
        is_adjunct = self.is_(start, PREPOSITION)
        goes_on = is_adjunct and not self.fits(start, INFINITIVE)
        return None if goes_on else start
