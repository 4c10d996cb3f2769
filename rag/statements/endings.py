"""Where the content behind a verb ends; which words end it was counted on annotated articles."""

from __future__ import annotations

from rag.language.lexicon import Frame
from rag.statements.cases import ANY, Cases, many, no, one, yes
from rag.statements.clauses import DASHES, Reader
from rag.statements.vocabulary import (
    ADVERB,
    ASIDE,
    AUXILIARY,
    CAPITAL,
    CLAUSE_OPENER,
    COMPLETE,
    CUTTER,
    ED,
    FINITE,
    GERUND,
    MARK,
    NOMINATIVE,
    OBJECT_CUTTER,
    OBJECT_ENDING,
    PREDICATE,
    QUOTE,
    RELATIVE,
    SAYING,
    SAYS,
    VERB,
)

# Each case begins with the first word that no longer belongs to the content.
_ENDS = Cases(
    yes(one(";")),
    yes(one("according")),
    # "... while calling it unfair"
    yes(one("while", "before", "after", "without"), one(SAYING)),
    # "... and also added that"
    yes(one("and", "but", "then"), many(ADVERB, AUXILIARY), one(SAYS)),
    yes(one("as"), one(NOMINATIVE), one(VERB)),  # "... as he said"
    yes(one("as"), one(NOMINATIVE), ANY, one(VERB)),  # "... as he also said"
)
_ENDS_OBJECT = Cases(
    yes(one(OBJECT_ENDING)),  # "praised the plan after ..."
    yes(one("and", "but"), one(ED)),  # "praised the plan and promised more"
)
_BREAK = (",", COMPLETE, *DASHES)
_ENDS_BEHIND_BREAK = Cases(
    yes(one(SAYING)),  # "..., adding that"
    no(one(GERUND)),
    yes(one("and", "but"), one(NOMINATIVE)),  # "says it failed, but she stays"
    yes(one("but"), one(CAPITAL)),
    no(one("but"), ANY),
    yes(one(SAYS)),
    yes(one(CUTTER)),
)
_ENDS_OBJECT_BEHIND_BREAK = Cases(
    yes(one(GERUND)),  # "praised the plan, waving his hat"
    yes(one("but"), ANY),
    yes(one(OBJECT_CUTTER)),
)

# "and the two envoys of the ministry asked": a new clause shows its verb among its first words.
_FIRST_WORDS = 7


# What a subject does not begin with, nor hold
_NO_SUBJECT = (MARK, QUOTE, ASIDE, CLAUSE_OPENER, NOMINATIVE)


class Endings(Reader):
    """Finds the last token of what a verb reports."""

    def end(self, start: int, frame: Frame = "clause") -> int:
        """Where the content that begins at `start` ends (exclusive)."""
        first = start + 1
        # "said that, after the vote, it failed"
        if self.is_(start, "that") and self.is_(first, ","):
            first += 2
        for place in range(first, len(self.tokens)):
            if self._is_behind(place, frame):
                return place
        return len(self.tokens)

    def _is_behind(self, place: int, frame: Frame) -> bool:
        """Whether the word is the first that no longer belongs to the content."""
        is_object = frame == "object"
        if self.fits(place, _ENDS):
            return True
        if is_object and self._ends_object(place):
            return True
        if not self.is_(place - 1, *_BREAK) or self._is_inserted(place):
            return False
        if is_object and self.fits(place, _ENDS_OBJECT_BEHIND_BREAK):
            return True
        return self.fits(place, _ENDS_BEHIND_BREAK)

    def _ends_object(self, place: int) -> bool:
        """Whether an object ends here: "praised the plan after ...", "... and the envoy asked"."""
        if self.fits(place, _ENDS_OBJECT):
            return True
        subject = place + 1
        is_clause = self.is_(place, "and", "but") and not self.is_(
            subject, *_NO_SUBJECT
        )
        if not is_clause:
            return False
        end = subject + _FIRST_WORDS
        verb = self.reach(subject + 1, end, [PREDICATE], _NO_SUBJECT)
        return verb is not None

    def _is_inserted(self, relative: int) -> bool:
        """Whether the sentence goes on after the relative clause: "groups, which are active
        there, have joined".
        """
        if not self.is_(relative, RELATIVE):
            return False
        comma = self.find(relative, len(self.tokens), ",")
        return self.is_(comma + 1, AUXILIARY, FINITE)
