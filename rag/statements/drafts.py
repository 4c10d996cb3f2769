"""What the rules of extraction share: the statement before its speaker is known, and the
unit it stands in.

    Reader   reads the tokens of one unit; from it come the finders (Subjects, Openings, Endings)
    Scene    one unit with its finders, and what the rules remember of it as they read on
    Rules    a family of rules that turn a scene into drafts
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.language.lexicon import Language
from rag.statements.clauses import Clauses, Reader, VerbGroup
from rag.statements.endings import Endings
from rag.statements.openings import Openings
from rag.statements.rows import Phrase
from rag.statements.subjects import Subjects
from rag.statements.tokens import Token, Unit
from rag.statements.vocabulary import CAPITAL, QUOTE, QUOTING_VERB
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
        # In a headline every word is capitalised, so that a capital tells no name.
        self.clauses = Clauses(unit.tokens, language, not unit.is_headline)
        self.subjects = Subjects(self.clauses)
        self.openings = Openings(self.clauses)
        self.endings = Endings(self.clauses)
        self.leader: Phrase | None = None

    def draft(
        self,
        rule: str,
        group: VerbGroup,
        subject: Phrase | None,
        contents: list[Phrase],
        inherited: bool = False,
    ) -> Draft:
        """A statement that a verb introduces."""
        first = self.clauses.tokens[group.start]
        last = self.clauses.tokens[self._last_of_cue(group)]
        cue = Span(first.start, last.end)
        draft = self.credit(rule, cue, subject, contents)
        draft.inherited = inherited
        draft.negated = group.negated
        return draft

    def _last_of_cue(self, group: VerbGroup) -> int:
        """The cue's last token: the agency in "was quoted as saying by TASS", the "on" of
        "went on", else the verb.
        """
        last = group.place
        if group.cue.needs and group.cue.frame != "object":
            last += 1
        is_quoted = self.clauses.is_(group.start + 1, QUOTING_VERB)
        if is_quoted and self.clauses.low(last + 1) == "by":
            last += 2
            last = self.clauses.skip(last + 1, CAPITAL) - 1
        return min(last, len(self.clauses.tokens) - 1)

    def credit(
        self, rule: str, cue: Span, subject: Phrase | None, contents: list[Phrase]
    ) -> Draft:
        """A statement that something other than a verb introduces."""
        tokens = self.clauses.tokens
        source = tokens[subject.start : subject.end] if subject else []
        draft = Draft(rule, cue, [], source)
        for phrase in contents:
            span = self.clauses.span(phrase)
            if span:
                draft.content.append(span)
            for token in tokens[phrase.start : phrase.end]:
                draft.quoted = draft.quoted or token.is_(QUOTE)
        return draft


class Rules(Reader):
    """A family of rules: it turns what stands in one scene into drafts."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.clauses)
        self.scene = scene
        self.subjects = scene.subjects
        self.openings = scene.openings
        self.endings = scene.endings
