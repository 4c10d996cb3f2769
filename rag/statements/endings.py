"""Where the content behind a verb ends; which words end it was counted on annotated articles."""

from __future__ import annotations

from rag.language.lexicon import Frame
from rag.statements.clauses import DASHES, Reader, is_complete
from rag.statements.vocabulary import (
    ADVERB,
    ASIDE,
    AUXILIARY,
    CAPITAL,
    CLAUSE_OPENER,
    CUTTER,
    FINITE,
    GERUND,
    INFLECTED,
    MARK,
    NOMINATIVE,
    OBJECT_CUTTER,
    OBJECT_ENDING,
    QUOTE,
    RELATIVE,
)

# "and the two envoys of the ministry asked": a new clause shows its verb among its first words.
_FIRST_WORDS = 7


class Endings(Reader):
    """Finds the last token of what a verb reports."""

    def end(self, start: int, frame: Frame = "clause") -> int:
        """Where the content that begins at `start` ends (exclusive)."""
        first = start + 1
        if self.is_(start, "that") and self.is_(first, ","):
            first += 2  # "said that, after the vote, it failed"
        for place in range(first, len(self.tokens)):
            if self.is_(place, ";") or self._cuts(place, frame):
                return place
        return len(self.tokens)

    def _cuts(self, place: int, frame: Frame) -> bool:
        """Whether the content ends before this word."""
        after = place + 1
        if self.is_(place, "according"):
            return True
        # "... while calling it unfair"
        is_gerund = after in self.cues and self.is_(after, GERUND)
        if is_gerund and self.is_(place, "while", "before", "after", "without"):
            return True
        # "... and added that", "... but then said"
        if self.is_(place, "and", "but", "then"):
            verb = self.skip(after, ADVERB, AUXILIARY)
            if verb in self.cues and self.is_(verb, FINITE):
                return True
        # "... as he said", "... as he also said"
        is_told = after + 1 in self.cues or after + 2 in self.cues
        if is_told and self.is_(place, "as") and self.is_(after, NOMINATIVE):
            return True
        if frame == "object" and self._ends_object(place):
            return True
        return self._is_break(place - 1) and self._cuts_after_break(place, frame)

    def _ends_object(self, place: int) -> bool:
        """Whether an object ends here: "praised the plan after ...", "... and the envoy asked"."""
        if self.is_(place, OBJECT_ENDING):
            return True
        if not self.is_(place, "and", "but"):
            return False
        # "praised the plan and promised more"
        if self.low(place + 1).endswith("ed"):
            return True
        return self._is_clause(place + 1)

    def _is_clause(self, start: int) -> bool:
        """Whether a subject and its verb of speech stand here: "the envoy asked"."""
        for place in range(start, start + _FIRST_WORDS):
            if self.is_(place, MARK, QUOTE, ASIDE, CLAUSE_OPENER, NOMINATIVE):
                return False
            is_verb = place in self.cues and self.is_(place, INFLECTED)
            if is_verb and place > start and self.cues[place].finite:
                return True
        return False

    def _is_break(self, place: int) -> bool:
        """Whether a comma, a dash or a quotation that ends in punctuation stands here."""
        if self.is_(place, QUOTE):
            return is_complete(self.tokens[place])
        return self.is_(place, ",", *DASHES)

    def _cuts_after_break(self, place: int, frame: Frame) -> bool:
        """Whether the content ends before this word, which stands behind a comma or a dash."""
        is_object, is_verb = frame == "object", place in self.cues
        # "..., adding that" ends any content, "..., waving his hat" only an object.
        if self.is_(place, GERUND):
            return is_object or is_verb
        # "says it failed, but she stays"
        if self.is_(place, "and", "but") and self.is_(place + 1, NOMINATIVE):
            return True
        if self.is_(place, "but") and place + 1 < len(self.tokens):
            return is_object or self.is_(place + 1, CAPITAL)
        if is_verb and self.is_(place, FINITE):
            return True
        # "said the plan, which is old, has failed"
        if self.is_(place, RELATIVE) and self._is_inserted(place):
            return False
        if is_object and self.is_(place, OBJECT_CUTTER):
            return True
        return self.is_(place, CUTTER)

    def _is_inserted(self, relative: int) -> bool:
        """Whether the sentence goes on after the relative clause: "groups, which are active
        there, have joined".
        """
        comma = self.find(relative, len(self.tokens), ",")
        return self.is_(comma + 1, AUXILIARY, FINITE)
