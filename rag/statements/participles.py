"""Verbs of speech without a subject before them: participles at the start, passives,
questions put to somebody.
"""

from __future__ import annotations

from rag.statements.clauses import Phrase, VerbGroup, is_complete
from rag.statements.drafts import Draft, Rules, Scene
from rag.statements.openings import Openings

_AGENT_LIMIT, _QUESTION_LIMIT = 8, 12


class Participles(Rules):
    """`Noting that ..., X left`, `the plan was criticized by X`, `asked whether ...`."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.openings = Openings(scene)

    def handles(self, group: VerbGroup) -> bool:
        """Whether the verb has no subject before it."""
        return (
            group.passive
            or self._is_detached_participle(group)
            or self._is_leading(group)
        )

    def draft(self, group: VerbGroup) -> Draft | None:
        """The statement of a verb that `handles` accepts."""
        if self._is_leading(group):
            return self._leading(group)
        return (
            self._asked(group)
            or self._opening_verb(group)
            or (self._passive(group) if group.passive else None)
        )

    def _is_leading(self, group: VerbGroup) -> bool:
        second = (
            group.start == 1
            and self.tokens[0].kind == "word"
            and not self.tokens[0].text.isupper()
        )
        return not group.finite and (group.start == 0 or second)

    def _is_detached_participle(self, group: VerbGroup) -> bool:
        """Whether the verb is the "asked" of "When asked about it, she left"."""
        before = self.low(group.start - 1)
        return group.cue.tense == "past" and (
            group.start == 0 or before in ("when", "if", "after", "repeatedly", "then")
        )

    def _leading(self, group: VerbGroup) -> Draft | None:
        """`Noting that ..., Trump said`: the subject follows the content."""
        start = self.openings.start(group)
        comma = self._comma_before_subject(start) if start is not None else None
        if start is None or comma is None:
            return None
        subject = self.clauses.main_subject(len(self.tokens), comma + 1)
        return (
            self.scene.draft(
                "leading", group, subject, [Phrase(start, comma)], inherited=True
            )
            if subject
            else None
        )

    def _comma_before_subject(self, start: int) -> int | None:
        for at in range(start, len(self.tokens) - 2):
            ends = self.tokens[at].low == "," or (
                self.tokens[at].kind == "quote" and is_complete(self.tokens[at])
            )
            opens = (
                self.tokens[at + 1].capital
                or self.is_("nominative", at + 1)
                or self.low(at + 1) == "the"
            )
            if ends and opens:
                return at if self.tokens[at].low == "," else at + 1
        return None

    def _opening_verb(self, group: VerbGroup) -> Draft | None:
        """`Said Ann Lee, a farmer: "..."`."""
        subject = (
            self.clauses.subject_after(1)
            if group.place == 0 and group.cue.frame in ("clause", "quote")
            else None
        )
        if subject is None or self.kind(subject.end + 1) != "quote":
            return None
        return self.scene.draft(
            "inverted",
            group,
            subject,
            [Phrase(subject.end + 1, self.scene.end(subject.end + 1))],
        )

    def _passive(self, group: VerbGroup) -> Draft | None:
        """`The plan was criticized by X`: what is spoken of is the content."""
        nearby = range(
            group.place + 1, min(group.place + _AGENT_LIMIT, len(self.tokens))
        )
        by = next((at for at in nearby if self.tokens[at].low == "by"), None)
        content = self.clauses.subject_before(group.start)
        agent = self._agent(by + 1) if by else None
        # "was quoted as saying by"
        is_quoted = by and any(
            at in self.scene.cues for at in range(group.place + 1, by)
        )
        if agent is None or content is None or is_quoted:
            return None
        return self.scene.draft("passive", group, agent, [content])

    def _asked(self, group: VerbGroup) -> Draft | None:
        """`Asked whether ...`: a question that the article credits to nobody, or to the one
        after "by".
        """
        if group.cue.lemma != "ask":
            return None
        place, subject = group.place + 1, None
        if self.low(place) == "by":
            subject = self._agent(place + 1)
        opening = self._question_opening(place)
        if opening is None:
            return None
        start = opening + (self.low(opening) in ("about", "for"))
        end = (
            min(self.scene.end(start), self._comma_after(start))
            if start < len(self.tokens)
            else start
        )
        return (
            self.scene.draft("asked", group, subject, [Phrase(start, end)])
            if end > start
            else None
        )

    def _question_opening(self, place: int) -> int | None:
        for at in range(place, min(place + _QUESTION_LIMIT, len(self.tokens))):
            if self.is_("question_words", at):
                return at
            if self.kind(at) != "word":
                return None
        return None

    def _agent(self, place: int) -> Phrase | None:
        """The noun phrase after "by", up to a question word or preposition."""
        end = place
        while self.kind(end) == "word" and not (
            self.is_("question_words", end) or self.is_("prepositions", end)
        ):
            end += 1
        return Phrase(place, end) if end > place else None

    def _comma_after(self, start: int) -> int:
        return next(
            (at for at in range(start, len(self.tokens)) if self.tokens[at].low == ","),
            len(self.tokens),
        )
