"""Verbs of speech without a subject before them: participles at the start, passives,
questions put to somebody.
"""

from __future__ import annotations

from rag.statements.cases import Cases, one, yes
from rag.statements.clauses import VerbGroup
from rag.statements.drafts import Draft, Rules
from rag.statements.rows import Phrase
from rag.statements.vocabulary import (
    ASIDE,
    CAPITAL,
    COMPLETE,
    MARK,
    NOMINATIVE,
    PREPOSITION,
    QUESTION_WORD,
    QUOTE,
    SHOUTED,
    VERB,
    WORD,
)

# "was sharply criticized on Monday by", "was criticized in a speech to farmers by"
_AGENT_WITHIN = 8

# "asked by a reporter of the local paper on Monday whether"
_QUESTION_WITHIN = 12

# Where a leading clause ends: "Noting that it failed, Ann Lee left"
_BEFORE_SUBJECT = Cases(
    yes(one(",", COMPLETE), one("the", CAPITAL, NOMINATIVE)),
)


class Participles(Rules):
    """`Noting that ..., X left`, `the plan was criticized by X`, `asked whether ...`."""

    def handles(self, group: VerbGroup) -> bool:
        """Whether the verb has no subject before it."""
        if group.passive or self._is_leading(group):
            return True
        if group.cue.tense != "past":
            return False
        # "When asked about it, she left"
        before = group.start - 1
        is_detached = self.is_(before, "when", "if", "after", "repeatedly", "then")
        return group.start == 0 or is_detached

    def draft(self, group: VerbGroup) -> Draft | None:
        """The statement of a verb that `handles` accepts."""
        if self._is_leading(group):
            return self._leading(group)
        draft = self._asked(group) or self._opening_verb(group)
        if draft is None and group.passive:
            return self._passive(group)
        return draft

    def _is_leading(self, group: VerbGroup) -> bool:
        """Whether the verb is the "noting" of "Noting that ..." or "Also noting that ..."."""
        if group.finite or group.start > 1:
            return False
        # "LEE saying ..." is the caption of a picture.
        is_second = self.is_(0, WORD, but=[SHOUTED])
        return group.start == 0 or is_second

    def _leading(self, group: VerbGroup) -> Draft | None:
        """`Noting that ..., Trump said`: the subject follows the content."""
        start = self.openings.start(group)
        if start is None:
            return None
        comma = self._comma_before_subject(start)
        if comma is None:
            return None
        subject = self.subjects.main(len(self.tokens), comma + 1)
        if subject is None:
            return None
        content = Phrase(start, comma)
        return self.scene.draft("leading", group, subject, [content], inherited=True)

    def _comma_before_subject(self, start: int) -> int | None:
        """Where the leading clause ends: at a comma, or behind a quotation that has one."""
        for place in range(start, len(self.tokens) - 2):
            if self.fits(place, _BEFORE_SUBJECT):
                return self.skip(place, QUOTE)
        return None

    def _opening_verb(self, group: VerbGroup) -> Draft | None:
        """`Said Ann Lee, a farmer: "..."`."""
        if group.place > 0 or group.cue.frame not in ("clause", "quote"):
            return None
        subject = self.subjects.after(1)
        if subject is None or not self.is_(subject.end + 1, QUOTE):
            return None
        start = subject.end + 1
        content = Phrase(start, self.endings.end(start))
        return self.scene.draft("inverted", group, subject, [content])

    def _passive(self, group: VerbGroup) -> Draft | None:
        """`The plan was criticized by X`: what is spoken of is the content."""
        first = group.place + 1
        limit = min(group.place + _AGENT_WITHIN, len(self.tokens))
        by = self.find(first, limit, "by")
        if by == limit:
            return None
        # In "was quoted as saying by TASS" the agency has said nothing.
        if self.holds(first, by, VERB):
            return None
        content = self.subjects.before(group.start)
        agent = self._agent(by + 1)
        if agent is None or content is None:
            return None
        return self.scene.draft("passive", group, agent, [content])

    def _asked(self, group: VerbGroup) -> Draft | None:
        """`Asked whether ...`: a question that the article credits to nobody, or to the one
        after "by".
        """
        if group.cue.lemma != "ask":
            return None
        place, subject = group.place + 1, None
        if self.is_(place, "by"):
            subject = self._agent(place + 1)
        limit = min(place + _QUESTION_WITHIN, len(self.tokens))
        start = self.reach(place, limit, [QUESTION_WORD], [MARK, QUOTE, ASIDE])
        if start is None:
            return None
        if self.is_(start, "about", "for"):
            start += 1
        # The question ends at its comma: "Asked whether it failed, the farmer left."
        comma = self.find(start, len(self.tokens), ",")
        end = min(comma, self.endings.end(start))
        if end <= start:
            return None
        return self.scene.draft("asked", group, subject, [Phrase(start, end)])

    def _agent(self, place: int) -> Phrase | None:
        """The noun phrase after "by", up to a question word or preposition."""
        end = place
        while self.is_(end, WORD) and not self.is_(end, QUESTION_WORD, PREPOSITION):
            end += 1
        return Phrase(place, end) if end > place else None
