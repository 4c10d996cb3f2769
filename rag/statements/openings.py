"""Where the content to the right of a verb begins, past its particle, its addressee and its
adjuncts.
"""

from __future__ import annotations

from rag.language.lexicon import Cue
from rag.statements.clauses import VerbGroup, is_complete
from rag.statements.drafts import Rules

_NO_OBJECT = frozenset(["in", "on", "from", "off"])
_ADDRESSEE_LIMIT, _ADJUNCT_LIMIT = 15, 25


class Openings(Rules):
    """Finds the first token of what a verb reports."""

    def start(self, group: VerbGroup) -> int | None:
        place = group.place + 1
        particle = self._particle(place, group.cue)
        if particle is None and group.cue.needs:
            return None
        place = place if particle is None else particle + 1
        if group.cue.lemma == "express":
            return self._after_feeling(place)
        if group.cue.frame == "object":
            follows = self.kind(place) in ("word", "quote")
            has_none = particle is None and self.low(place) in _NO_OBJECT
            return place if follows and not has_none else None
        if group.cue.frame == "told" and particle is None:
            end = self.after_addressee(place)
            place = place if self.clauses.is_infinitive(end) else end
        if particle is not None and self.is_("auxiliaries", place):
            return None
        return self._opening(self._after_adverbs(place))

    def _after_adverbs(self, place: int) -> int:
        """Leave out the adverb of "acknowledged privately that ..." and the "there" of
        "said there that ...".
        """
        end = place
        while self.clauses.is_adverb(end) or self.low(end) in (
            "there",
            "here",
            "this",
        ):
            end += 1
        quoted = self.kind(end + (self.low(end) == ",")) == "quote"
        return end if quoted or self.low(end) in ("that", ":") else place

    def _particle(self, place: int, cue: Cue) -> int | None:
        """The "about" of "talked with reporters about ...", the "for" of "asked on Monday
        for ...".
        """
        if self.low(place) in cue.particles:
            return None if self.clauses.is_infinitive(place) else place
        remote = cue.particles & (
            {"about", "of", "for"} if cue.frame == "told" else {"about", "of"}
        )
        if cue.frame == "clause" or not remote:
            return None
        for at in range(place, min(place + 8, len(self.tokens))):
            low = self.low(at)
            if low in remote:
                return at
            if (
                self.kind(at) != "word"
                or low in ("to", "he", "she", "they")
                or low in self.words["clause_openers"]
            ):
                return None
        return None

    def _after_feeling(self, place: int) -> int:
        """Where the content of "expressed deep concern about ..." begins."""
        for at in range(place, min(place + 5, len(self.tokens) - 1)):
            if self.low(at) == "that":
                return at
            if self.low(at) in ("about", "over", "for", "in", "with", "at"):
                return at + 1
        return place

    def _opening(self, place: int) -> int | None:
        low, kind = self.low(place), self.kind(place)
        if kind == "quote" or low == "that":
            return place
        if low == ":":
            return place + 1 if place + 1 < len(self.tokens) else place
        if low == ",":
            return (
                place + 1
                if self._may_follow_comma(place + 1)
                else self.after_adjunct(place + 1)
            )
        if kind in ("mark", ""):
            return None
        if low == "to" and self.clauses.is_infinitive(place):
            return place
        if low in ("as", "when", "while", "after", "before", "and", "or", "but"):
            return None
        if self.is_("prepositions", place) or self.clauses.is_time(place):
            opening = self.after_adjunct(place)
            return opening if opening is not None else self._after_time(place)
        return place

    def _may_follow_comma(self, place: int) -> bool:
        if self.kind(place) == "quote" or self.low(place) == "that":
            return True
        return self.is_("nominative", place) or (
            self.kind(place) == "word" and self.tokens[place].capital
        )

    def after_adjunct(self, place: int) -> int | None:
        """The `that`, question, quotation or colon that follows "in an interview on
        Sunday", or None.
        """
        for at in range(place, min(place + _ADJUNCT_LIMIT, len(self.tokens))):
            low, before = self.low(at), self.low(at - 1)
            if at > place and low in ("that", "how", "why", "whether"):
                return at
            if low == ":":
                return at + 1 if at + 1 < len(self.tokens) else at
            if self.kind(at) == "quote" and (
                before in (",", "that") or is_complete(self.tokens[at])
            ):
                return None if self.clauses.is_title(at) else at
            if at in self.scene.cues or low in ("and", "but", ";"):
                return None
        return None

    def _after_time(self, place: int) -> int | None:
        start = place
        if self.low(start) == "on":
            start += 1
        while self.is_("time_words", start):
            start += 1
        opens = not self.is_("prepositions", start) or self.clauses.is_infinitive(start)
        return (
            start
            if start > place and opens and self.kind(start) in ("word", "quote")
            else None
        )

    def after_addressee(self, place: int) -> int:
        """Where the addressee of "told reporters that ..." ends."""
        start = place
        while (
            place < len(self.tokens)
            and place - start < _ADDRESSEE_LIMIT
            and not self._ends_addressee(place, start)
        ):
            place += 1
        return place

    def _ends_addressee(self, place: int, start: int) -> bool:
        low = self.low(place)
        if self.kind(place) in ("mark", "quote"):
            return self.kind(place) == "mark" or not self.clauses.is_title(place)
        if self.is_("addressee_ends", place):
            return low != "it" or place > start
        previous = self.low(place - 1)
        return (
            place > start
            and low in self.words["determiners"]
            and previous not in ("of", "from", "for", "with", "and")
        )
