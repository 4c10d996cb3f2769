"""What the rules of extraction share: the statement before its speaker is known, and the
unit it stands in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.language.lexicon import Frame, Language
from rag.statements.clauses import Clauses, Phrase, VerbGroup
from rag.statements.tokens import Token, Unit
from rag.types import Span


@dataclass(slots=True)
class Draft:
    """A statement whose speaker is not resolved yet; `source` are the tokens that name it.

    An `attitude` ("praised the plan") counts where the article tells it, not inside
    somebody else's words. A draft that `covers` its content keeps the verbs inside it from
    being read; a `quoted` one ends in a quotation. `around` are the words that may tell
    when it was said.
    """

    rule: str
    cue: Span
    content: list[Span]
    source: list[Token]
    inherited: bool = False
    negated: bool = False
    attitude: bool = False
    covers: bool = False
    quoted: bool = False
    around: list[Span] = field(default_factory=list)


class Scene:
    """One unit, with its verbs of speech and, as reading goes on, the last subject of one
    of them.
    """

    def __init__(self, unit: Unit, language: Language) -> None:
        self.unit = unit
        self.language = language
        self.clauses = Clauses(unit.tokens, language, not unit.is_headline)
        self.groups = self.clauses.verb_groups()
        self.cues = {group.place: group for group in self.groups}
        self.leader: Phrase | None = None

    def end(self, start: int, frame: Frame = "clause") -> int:
        return self.clauses.clause_end(start, frame, self.cues)

    def draft(
        self,
        rule: str,
        group: VerbGroup,
        subject: Phrase | None,
        contents: list[Phrase],
        inherited: bool = False,
    ) -> Draft:
        """A statement that a verb introduces."""
        cue = Span(
            self.clauses.tokens[group.start].start,
            self.clauses.tokens[self._last(group)].end,
        )
        draft = self.credit(rule, cue, subject, contents)
        draft.inherited = inherited
        draft.negated = group.negated
        return draft

    def _last(self, group: VerbGroup) -> int:
        """The cue's last token: the agency in "was quoted as saying by TASS", the "on" of
        "went on", else the verb.
        """
        last = group.place
        if group.cue.frame != "object" and group.cue.needs:
            last += 1
        if (
            self.clauses.is_("quoting_verbs", group.start + 1)
            and self.clauses.low(last + 1) == "by"
        ):
            last += 2
            while (
                self.clauses.kind(last + 1) == "word"
                and self.clauses.tokens[last + 1].capital
            ):
                last += 1
        return min(last, len(self.clauses.tokens) - 1)

    def credit(
        self, rule: str, cue: Span, subject: Phrase | None, contents: list[Phrase]
    ) -> Draft:
        """A statement that something other than a verb introduces."""
        tokens = self.clauses.tokens
        spans = [span for phrase in contents if (span := self.clauses.span(phrase))]
        source = tokens[subject.start : subject.end] if subject else []
        quoted = any(
            tokens[at].kind == "quote"
            for phrase in contents
            for at in range(phrase.start, phrase.end)
        )
        return Draft(rule, cue, spans, source, quoted=quoted)


class Rules:
    """A family of rules that read one scene; what they ask of its tokens is at hand."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.clauses = scene.clauses
        self.tokens = scene.clauses.tokens
        self.words = scene.clauses.words
        self.low = scene.clauses.low
        self.kind = scene.clauses.kind
        self.is_ = scene.clauses.is_
