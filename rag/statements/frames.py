"""The two frames of a verb of speech: its content stands to the left of it or to the right
of it.
"""

from __future__ import annotations

from rag.language.lexicon import Cue, Frame
from rag.statements.clauses import Phrase, VerbGroup, is_complete
from rag.statements.drafts import Draft, Rules, Scene
from rag.statements.openings import Openings
from rag.statements.tokens import Token

_SEPARATORS = frozenset([",", "—", "–", "-", "--"])
_MARKS = "\"'“”‘’«»„‹›」』`"
_ADJUNCT_LIMIT, _AS_LIMIT = 25, 12


class _Frame(Rules):
    """What both frames look at."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.openings = Openings(scene)

    def _is_after_as(self, subject: Phrase, cue: Cue) -> bool:
        """Whether the subject is the X of "as X said"."""
        return (
            self.low(subject.start - 1) == "as"
            and cue.frame == "clause"
            and not cue.strict
        )


class LeftFrame(_Frame):
    """`"...," X said`, `..., said X` and `..., X said, ...`."""

    def draft(self, group: VerbGroup) -> Draft | None:
        if not group.finite or group.passive:
            return None
        subject = self.clauses.subject_before(group.start)
        if subject and self.tokens[subject.end - 1].low in self.words["relatives"]:
            return None
        after = group.place + 1
        if group.cue.frame == "told":
            after = self.openings.after_addressee(after)
        if subject:
            end = subject.start - self._is_after_as(subject, group.cue)
            if self._closes_content(end - 1, group, after):
                return self._closing("closing", group, subject, end, after)
        if self._may_be_inverted(group):
            inverted = self.clauses.subject_after(group.place + 1)
            certain = subject is None or self.kind(group.start - 1) == "quote"
            if (
                inverted
                and (certain or self._is_name(inverted))
                and self._closes_content(group.start - 1, group, inverted.end)
            ):
                return self._closing(
                    "inverted", group, inverted, group.start, inverted.end
                )
        return None

    def _is_name(self, subject: Phrase) -> bool:
        """Whether a name ends before the first mark or relative: "Ann Lee, who ...", not
        "the farmers wanted ...".
        """
        end = subject.start
        while (
            end < subject.end
            and self.tokens[end].kind == "word"
            and not self.is_("relatives", end)
        ):
            end += 1
        words = self.tokens[subject.start : end]
        return (
            bool(words)
            and words[-1].capital
            and not any(word.low.endswith("ed") for word in words)
        )

    def _may_be_inverted(self, group: VerbGroup) -> bool:
        after = group.place + 1
        quoted = self.kind(group.start - 1) == "quote"
        frames = ("clause", "told") if quoted else ("clause",)
        if (
            group.cue.frame not in frames
            or group.start < group.place
            or self.kind(after) != "word"
        ):
            return False
        if self.clauses.is_time(after):
            return False
        if self.tokens[after].capital or self.is_("determiners", after):
            return self.low(after) != "that"
        return quoted and not self.is_("prepositions", after)

    def _closes_content(self, before: int, group: VerbGroup, after: int) -> bool:
        """Whether the token at `before` ends a content that the verb group credits."""
        if before < 0:
            return False
        token = self.tokens[before]
        if token.kind == "quote":
            return not self.clauses.is_title(before) and (
                is_complete(token) or self._stands_last(token, after)
            )
        if token.low not in _SEPARATORS or before == 0:
            return False
        if self.tokens[before - 1].kind == "quote":
            return not self.clauses.is_title(before - 1)
        if group.cue.frame in ("object", "quote") or self._goes_on(group, after):
            return False
        parenthetic = self.low(after) == "," and self._continues(after + 1)
        return parenthetic or self._may_be_content(before)

    def _stands_last(self, quotation: Token, after: int) -> bool:
        """Whether a long quotation without punctuation is followed by its attribution and
        nothing else.
        """
        return quotation.text.count(" ") > 3 and self.low(after) in (
            "",
            ".",
            ",",
        )

    def _may_be_content(self, end: int) -> bool:
        """Whether the words up to `end` are more than an introduction."""
        return end >= 8 or (not self.is_("prepositions", 0) and end > 1)

    def _goes_on(self, group: VerbGroup, after: int) -> bool:
        """Whether words follow the verb that can be its content."""
        if self.kind(after) in ("", "mark"):
            return self.low(after) == ":"
        if self.low(after) in group.cue.particles:
            return True
        if self.clauses.is_infinitive(after):
            return True
        if self.is_("prepositions", after) or self.clauses.is_time(after):
            return self.openings.after_adjunct(after) is not None
        return self.low(after) not in ("as", "when", "while", "after", "before")

    def _closing(
        self, rule: str, group: VerbGroup, subject: Phrase, end: int, after: int
    ) -> Draft:
        contents = [Phrase(self._left_start(end), end)]
        rest = self._right_rest(end, after)
        if rest:
            contents = (
                [rest]
                if self._is_own_sentence(contents[0], rest)
                else [*contents, rest]
            )
        self.scene.leader = subject
        draft = self.scene.draft(rule, group, subject, contents)
        draft.covers = True
        return draft

    def _is_own_sentence(self, left: Phrase, right: Phrase) -> bool:
        """Whether the quotation after the verb begins a sentence, so that the words before
        are an introduction.
        """
        first = self.tokens[right.start]
        if self.low(right.start - 1) == ":":
            return True
        quoted = any(
            token.kind == "quote" for token in self.tokens[left.start : left.end]
        )
        return (
            not quoted
            and first.kind == "quote"
            and first.text.lstrip(_MARKS)[:1].isupper()
        )

    def _left_start(self, end: int) -> int:
        last = end - 1
        if self.tokens[last].low in _SEPARATORS:
            last -= 1
        if (
            self.tokens[last].kind == "quote"
            and self.tokens[last].text.lstrip(_MARKS)[:1].isupper()
        ):
            return last
        if self.is_("connectives", 0) and self.low(1) == ",":
            return 2
        return 0

    def _right_rest(self, end: int, after: int) -> Phrase | None:
        """The second half of a content that its attribution splits."""
        quoted = (
            self.tokens[end - 1].kind == "quote" or self.tokens[end - 2].kind == "quote"
        )
        comma = after
        while (
            comma < len(self.tokens)
            and comma - after < _ADJUNCT_LIMIT
            and self.low(comma) not in (",", ":")
        ):
            comma += 1
        start = comma + 1
        if start >= len(self.tokens):
            return None
        opens = self.kind(start) == "quote" or (
            not quoted and comma == after and self._continues(start)
        )
        return Phrase(start, self.scene.end(start)) if opens else None

    def _continues(self, start: int) -> bool:
        low = self.low(start)
        if low.endswith("ing") or low in (
            "and",
            "but",
            "who",
            "which",
            "according",
            "while",
            "as",
        ):
            return False
        return self.kind(start) == "word"


class RightFrame(_Frame):
    """`X said that ...`, `X praised ...`, `..., adding that ...`, `asked whether ...`."""

    def draft(self, group: VerbGroup) -> Draft | None:
        if self._quotes_somebody(group):
            return None
        quoted = self._quoted_object(group)
        subject, inherited = (quoted, False) if quoted else self._subject(group)
        start = self.openings.start(group)
        if subject and subject.start == 1 and self._is_after_as(subject, group.cue):
            start = self._after_comma(group)
        if (
            start is None
            or start >= len(self.tokens)
            or not self._suits(group.cue, start)
        ):
            return None
        if subject is None:
            return self._unsourced(group, start)
        if self._reports_nothing(group, subject, start):
            return None
        if group.finite and not self._is_relative(subject):
            self.scene.leader = subject
        draft = self._reported(group, subject, start, inherited)
        draft.attitude = draft.attitude or not (group.finite or inherited or quoted)
        if self.is_("quoting_verbs", group.place) and self._is_only_name(start):
            return None
        waits = start == len(self.tokens) - 1 and self.tokens[start].low == ":"
        return draft if draft.content or waits else None

    def _after_comma(self, group: VerbGroup) -> int | None:
        """Where the content of "As X said on Monday, ..." begins."""
        for at in range(
            group.place + 1, min(group.place + _AS_LIMIT, len(self.tokens))
        ):
            if self.low(at) == ",":
                return at + 1
            if (
                at in self.scene.cues
                or self.kind(at) != "word"
                or self.is_("nominative", at)
            ):
                return None
        return None

    def _is_only_name(self, start: int) -> bool:
        """Whether all that follows is a name, as in "citing TASS"."""
        rest = self.tokens[start : self.scene.end(start, "object")]
        return all(token.capital or token.kind == "mark" for token in rest)

    def _reported(
        self, group: VerbGroup, subject: Phrase, start: int, inherited: bool
    ) -> Draft:
        frame = self._frame_of_content(group.cue, start)
        end = self._relative_end(subject, start, self.scene.end(start, frame))
        content = Phrase(
            start, self._without_time(start, end) if frame == "object" else end
        )
        draft = self.scene.draft(
            self._rule(group, start, inherited), group, subject, [content], inherited
        )
        draft.attitude = group.cue.frame == "object" and start == group.place + 1
        return draft

    def _relative_end(self, subject: Phrase, start: int, end: int) -> int:
        """Where the clause of "Ann Lee, who praised the plan, left" ends; the sentence goes
        on behind its comma.
        """
        comma = next((at for at in range(start, end) if self.low(at) == ","), end)
        inserted = self._is_relative(subject) and self.low(subject.end - 2) == ","
        return (
            comma
            if inserted
            or (self._is_in_introduction(subject) and self._begins_main(comma + 1))
            else end
        )

    def _is_in_introduction(self, subject: Phrase) -> bool:
        """Whether the clause is the first of "When Ann Lee praised the plan, he left"."""
        place = int(self.is_("conjunctions", 0))
        place += self.clauses.is_adverb(place)
        opens = self.is_("subordinators", place) or self.is_("prepositions", place)
        opens = opens and self.low(place) not in ("but", "so")
        return opens and all(self.low(at) != "," for at in range(subject.start))

    def _begins_main(self, place: int) -> bool:
        if place >= len(self.tokens):
            return False
        named = self.tokens[place].capital or self.is_("nominative", place)
        return named or self.is_("determiners", place)

    def _without_time(self, start: int, end: int) -> int:
        """Leave out the "on the same day" of "praised the plan on the same day", but not
        "of" or "from" a time.
        """
        last = place = end - (self.kind(end - 1) == "mark")
        while place > start + 1 and (
            self.clauses.is_time(place - 1) or self.low(place - 1) == "day"
        ):
            place -= 1
        if place == last:
            return end
        while place > start + 1 and self.is_("determiners", place - 1):
            place -= 1
        if self.low(place - 1) in ("on", "in", "at", "during"):
            place -= 1
        elif self.is_("prepositions", place - 1) or self.low(place - 1) == "'s":
            return end
        return max(place, start + 1)

    def _unsourced(self, group: VerbGroup, start: int) -> Draft | None:
        """A clause or a quotation after a verb of speech whose subject cannot be told."""
        order = group.cue.tense == "base" and self.low(group.start - 1) in (
            "",
            "and",
            "but",
            "or",
            ";",
        )
        if group.cue.frame == "object" or order:
            return None
        return self.scene.draft(
            "unsourced", group, None, [Phrase(start, self.scene.end(start))]
        )

    def _reports_nothing(self, group: VerbGroup, subject: Phrase, start: int) -> bool:
        """Whether nothing was said ("did not praise ...", "jets attacked ...") or only
        named ("a group called ...").
        """
        if group.negated and group.cue.frame == "object":
            return True
        if group.cue.lemma in self.words["also_deeds"] and self.is_(
            "armed", subject.end - 1
        ):
            return True
        spoken_of = self.is_("possessives", start) or self.low(start) in (
            "it",
            "him",
            "them",
        )
        if group.cue.lemma != "call" or start > group.place + 1 or spoken_of:
            return False
        comma = next(
            (at for at in range(subject.start, subject.end) if self.low(at) == ","),
            subject.end,
        )
        places = range(comma - 1, subject.start - 1, -1)
        determiner = next(
            (self.low(at) for at in places if self.is_("determiners", at)),
            "",
        )
        asked = self.low(subject.start - 1) == "what" and self.kind(start) != "quote"
        return asked or determiner in ("a", "an")

    def _suits(self, cue: Cue, start: int) -> bool:
        """Whether what begins at `start` is what the verb reports: a quotation, a clause or
        anything.
        """
        if (
            cue.frame == "quote"
            and self.kind(start) == "quote"
            and self.clauses.is_title(start)
        ):
            return False
        reported = self.kind(start) in ("quote", "mark") or self.low(start) == "that"
        if (
            reported
            or self.low(start - 1) == ":"
            or not (cue.strict or cue.frame == "quote")
        ):
            return True
        return cue.frame != "quote" and (
            self.clauses.is_infinitive(start) or self._holds_finite_verb(start)
        )

    def _frame_of_content(self, cue: Cue, start: int) -> Frame:
        """What "announced" reports in "announced his return" is an object, not a clause."""
        opens = self.kind(start) != "word" or self.low(start) in (
            "that",
            "to",
        )
        if (
            not opens
            and self.low(start - 1) in cue.particles
            and not self.is_("clause_openers", start)
        ):
            return "object"
        return (
            cue.frame
            if opens or cue.frame != "clause" or self._holds_finite_verb(start)
            else "object"
        )

    def _holds_finite_verb(self, start: int) -> bool:
        """Whether a pronoun or an auxiliary before the next mark shows that a clause begins
        here.
        """
        for at in range(start, min(start + 12, len(self.tokens))):
            if self.kind(at) == "mark":
                return False
            if self.is_("auxiliaries", at) or self.is_("nominative", at):
                return True
        return False

    def _is_relative(self, subject: Phrase) -> bool:
        return self.tokens[subject.end - 1].low in self.words["relatives"]

    def _rule(self, group: VerbGroup, start: int, inherited: bool) -> str:
        rule = "quotation" if self.kind(start) == "quote" else "bare"
        if self.low(start) == "that":
            rule = "that"
        if group.cue.frame == "object":
            rule = "object"
        return f"inherited {rule}" if inherited else rule

    def _subject(self, group: VerbGroup) -> tuple[Phrase | None, bool]:
        before = self.low(group.start - 1)
        detached = (
            group.start == 0
            or before in _SEPARATORS
            or self.kind(group.start - 1) == "quote"
        )
        if not group.finite:
            openers = ("conjunctions", "subordinators", "prepositions")
            if detached or any(before in self.words[name] for name in openers):
                return self._inherited(group), True
            subject = self.clauses.subject_before(group.start)
            if subject and self.low(subject.start).endswith(("ed", "ing")):
                return self._inherited(group), True
            return subject, False
        listed = (
            before == "," and self.scene.leader and self.low(group.place + 1) == "that"
        )
        infinitive = before == "to" and group.cue.tense == "base"
        joined = (
            self.low(self.clauses.before_adjunct(group.start) - 1)
            in self.words["conjunctions"]
        )
        goes_on = before == "," and self.low(group.start) == "then"
        if listed or infinitive or joined or goes_on:
            subject = self._inherited(group)
            return (
                (subject, True)
                if infinitive or self._agrees(group, subject)
                else (None, True)
            )
        return self.clauses.subject_before(group.start), False

    def _agrees(self, group: VerbGroup, subject: Phrase | None) -> bool:
        """Whether a subject in front can be that of the verb: "they came and say", but not
        "Forget it and say".
        """
        if group.cue.tense != "base" or group.start < group.place or subject is None:
            return True
        words = [token.low for token in self.tokens[subject.start : subject.end]]
        return (
            words[-1].endswith("s")
            or "and" in words
            or words[0] in self.words["subject_pronouns"]
        )

    def _quoted_object(self, group: VerbGroup) -> Phrase | None:
        """The Peskov of "TASS quoted Peskov as saying"."""
        if group.cue.tense != "gerund" or self.low(group.start - 1) != "as":
            return None
        for place in range(group.start - 3, max(-1, group.start - 12), -1):
            if self.is_("quoting_verbs", place):
                return Phrase(place + 1, group.start - 1)
        return None

    def _quotes_somebody(self, group: VerbGroup) -> bool:
        """Whether "as saying" follows, so that the words are those of the person quoted."""
        if not self.is_("quoting_verbs", group.place):
            return False
        nearby = range(group.place + 1, min(group.place + 12, len(self.tokens) - 1))
        return any(self.low(at) == "as" and at + 1 in self.scene.cues for at in nearby)

    def _inherited(self, group: VerbGroup) -> Phrase | None:
        return self.scene.leader or self.clauses.main_subject(group.start)
