"""The two frames of a verb of speech: its content stands to the left of it or to the right
of it.
"""

from __future__ import annotations

from rag.language.lexicon import Cue, Frame
from rag.statements.clauses import (
    DASHES,
    QUOTATION_MARKS,
    Phrase,
    VerbGroup,
    is_complete,
)
from rag.statements.drafts import Draft, Rules
from rag.statements.tokens import Token
from rag.statements.vocabulary import (
    ADVERB,
    ARMED,
    ASIDE,
    AUXILIARY,
    CAPITAL,
    CLAUSE_OPENER,
    CONJUNCTION,
    CONNECTIVE,
    DETERMINER,
    MARK,
    NOMINATIVE,
    POSSESSIVE,
    PREPOSITION,
    QUOTE,
    QUOTING_VERB,
    RELATIVE,
    SUBJECT_PRONOUN,
    SUBORDINATOR,
    WORD,
)

# `..., Ann Lee said in an interview with the local radio station on Sunday, "..."`
_LONGEST_ADJUNCT = 25

# "As Ann Lee said in the town hall of Lima on Monday, ..."
_LONGEST_AS = 12

# "In the end, Ann Lee said" has no content on the left; eight words before the comma are
# more than an introduction, though they begin with "in".
_SHORTEST_CONTENT = 8

# `the "Swift" boat` is a name; five words in quotation marks can be a statement.
_SHORTEST_QUOTATION = 5

# How many words may stand between "quoted" and "as saying".
_QUOTED_WITHIN = 12

# A clause shows its pronoun or auxiliary among so many first words: "announced the old plan
# of the ministry will fail".
_VERB_WITHIN = 12


def _begins_sentence(quotation: Token) -> bool:
    return quotation.text.lstrip(QUOTATION_MARKS)[:1].isupper()


class _Frame(Rules):
    """What both frames look at."""

    def _is_after_as(self, subject: Phrase, cue: Cue) -> bool:
        """Whether the subject is the X of "as X said"."""
        is_clause = cue.frame == "clause" and not cue.strict
        return is_clause and self.is_(subject.start - 1, "as")


class LeftFrame(_Frame):
    """`"...," X said`, `..., said X` and `..., X said, ...`."""

    def draft(self, group: VerbGroup) -> Draft | None:
        if not group.finite or group.passive:
            return None
        subject = self.subjects.before(group.start)
        after = group.place + 1
        if group.cue.frame == "told":
            after = self.openings.after_addressee(after)
        # “We stay,” Ann Lee said.
        if subject:
            if self.is_(subject.end - 1, RELATIVE):
                return None  # "Ann Lee, who praised the plan, has left."
            end = subject.start
            if self._is_after_as(subject, group.cue):
                end -= 1  # The old plan has failed, as Ann Lee said.
            if self._closes_content(end - 1, group, after):
                return self._closing("closing", group, subject, end, after)
        # “We stay,” said Ann Lee.
        inverted = self._inverted_subject(group)
        if inverted is None:
            return None
        # Without quotation marks "it failed, the farmers said the vote ..." looks the same.
        is_certain = subject is None or self.is_(group.start - 1, QUOTE)
        if not is_certain and not self._is_name(inverted):
            return None
        end = group.start
        if not self._closes_content(end - 1, group, inverted.end):
            return None
        return self._closing("inverted", group, inverted, end, inverted.end)

    def _inverted_subject(self, group: VerbGroup) -> Phrase | None:
        """The subject behind the verb, where one may stand there."""
        after = group.place + 1
        if group.start < group.place or not self.is_(after, WORD):
            return None
        is_quoted = self.is_(group.start - 1, QUOTE)
        # “Why stay?” asked Ann Lee; without a quotation "told Ann Lee" has an addressee.
        is_asked = is_quoted and group.cue.frame == "told"
        if group.cue.frame != "clause" and not is_asked:
            return None
        if self.is_time(after) or self.is_(after, "that"):
            return None
        begins = self.is_(after, CAPITAL, DETERMINER)
        # “We stay,” said farmers.
        if not begins and (not is_quoted or self.is_(after, PREPOSITION)):
            return None
        return self.subjects.after(after)

    def _is_name(self, subject: Phrase) -> bool:
        """Whether a name ends before the first mark or relative: "Ann Lee, who ...", not
        "the farmers wanted ...".
        """
        start = subject.start
        end = self.find(start, subject.end, MARK, QUOTE, ASIDE, RELATIVE)
        if end == start or not self.is_(end - 1, CAPITAL):
            return False
        words = self.tokens[start:end]
        return not any(word.low.endswith("ed") for word in words)

    def _closes_content(self, before: int, group: VerbGroup, after: int) -> bool:
        """Whether the token at `before` ends a content that the verb group credits."""
        if self.is_(before, QUOTE):
            if self.clauses.is_title(before):
                return False
            quotation = self.tokens[before]
            return is_complete(quotation) or self._stands_last(quotation, after)
        if not self.is_(before, ",", *DASHES) or before == 0:
            return False
        if self.is_(before - 1, QUOTE):
            return not self.clauses.is_title(before - 1)
        if group.cue.frame in ("object", "quote") or self._goes_on(group, after):
            return False
        # "The plan, Ann Lee said, will fail."
        if self.is_(after, ",") and self._continues(after + 1):
            return True
        # "In the end, Ann Lee said": an introduction is no content
        is_long = before >= _SHORTEST_CONTENT
        return is_long or (before > 1 and not self.is_(0, PREPOSITION))

    def _stands_last(self, quotation: Token, after: int) -> bool:
        """Whether a long quotation without punctuation is followed by its attribution and
        nothing else.
        """
        is_long = quotation.text.count(" ") + 1 >= _SHORTEST_QUOTATION
        return is_long and self.low(after) in ("", ".", ",")

    def _goes_on(self, group: VerbGroup, after: int) -> bool:
        """Whether words follow the verb that can be its content."""
        if not self.is_(after, WORD, QUOTE, ASIDE):
            return self.is_(after, ":")
        if self.is_(after, *group.cue.particles):
            return True
        if self.clauses.is_infinitive(after):
            return True
        if self.is_(after, PREPOSITION) or self.is_time(after):
            return self.openings.after_adjunct(after) is not None
        return not self.is_(after, "as", "when", "while", "after", "before")

    def _closing(
        self, rule: str, group: VerbGroup, subject: Phrase, end: int, after: int
    ) -> Draft:
        """The statement whose content ends at `end`, with what follows its attribution."""
        left = Phrase(self._left_start(end), end)
        right = self._right_rest(end, after)
        contents = [left]
        if right:
            contents.append(right)
            if self._is_own_sentence(left, right):
                contents.remove(left)
        self.scene.leader = subject
        draft = self.scene.draft(rule, group, subject, contents)
        draft.covers = True
        return draft

    def _left_start(self, end: int) -> int:
        """Where the content to the left begins: with its last sentence, if that is a
        quotation, else with the unit.
        """
        last = end - 1
        if self.is_(last, ",", *DASHES):
            last -= 1
        quotation = self.tokens[last]
        if quotation.is_(QUOTE) and _begins_sentence(quotation):
            return last
        # "Meanwhile, the plan will fail, Ann Lee said."
        if self.is_(0, CONNECTIVE) and self.is_(1, ","):
            return 2
        return 0

    def _right_rest(self, end: int, after: int) -> Phrase | None:
        """The second half of a content that its attribution splits."""
        limit = min(after + _LONGEST_ADJUNCT, len(self.tokens))
        comma = self.find(after, limit, ",", ":")
        start = comma + 1
        if start >= len(self.tokens):
            return None
        # The plan, Ann Lee said, will fail.
        is_quoted = self.is_(end - 1, QUOTE) or self.is_(end - 2, QUOTE)
        splits = comma == after and self._continues(start) and not is_quoted
        # “We stay,” Ann Lee said on Monday, “and we fight.”
        if splits or self.is_(start, QUOTE):
            return Phrase(start, self.endings.end(start))
        return None

    def _is_own_sentence(self, left: Phrase, right: Phrase) -> bool:
        """Whether the quotation after the verb begins a sentence, so that the words before
        are an introduction.
        """
        if self.is_(right.start - 1, ":"):
            return True
        first = self.tokens[right.start]
        if not first.is_(QUOTE) or not _begins_sentence(first):
            return False
        return self.find(left.start, left.end, QUOTE) == left.end

    def _continues(self, start: int) -> bool:
        """Whether the words behind the comma of "Ann Lee said," can go on with the content."""
        if self.low(start).endswith("ing"):
            return False
        if self.is_(start, "and", "but", "who", "which", "according", "while", "as"):
            return False
        return self.is_(start, WORD)


class RightFrame(_Frame):
    """`X said that ...`, `X praised ...`, `..., adding that ...`, `asked whether ...`."""

    def draft(self, group: VerbGroup) -> Draft | None:
        if self._quotes_somebody(group):
            return None
        quoted, inherited = self._quoted_object(group), False
        subject = quoted
        if quoted is None:
            subject, inherited = self._subject(group)
        start = self._start(group, subject)
        if start is None or not self._suits(group.cue, start):
            return None
        if subject is None:
            return self._unsourced(group, start)
        if self._reports_nothing(group, subject, start):
            return None
        if group.finite and not self._is_relative(subject):
            self.scene.leader = subject
        if self.is_(group.place, QUOTING_VERB) and self._is_only_name(start):
            return None
        draft = self._reported(group, subject, start, inherited)
        # "TASS, calling it unfair, ...": the participle tells an attitude, too
        if not group.finite and not inherited and not quoted:
            draft.attitude = True
        # "Ann Lee said:" at the end waits for the quotation of the next unit.
        is_waiting = start == len(self.tokens) - 1 and self.is_(start, ":")
        return draft if draft.content or is_waiting else None

    # Who speaks

    def _quotes_somebody(self, group: VerbGroup) -> bool:
        """Whether "as saying" follows, so that the words are those of the person quoted."""
        if not self.is_(group.place, QUOTING_VERB):
            return False
        end = min(group.place + _QUOTED_WITHIN, len(self.tokens) - 1)
        for place in range(group.place + 1, end):
            if self.is_(place, "as") and place + 1 in self.cues:
                return True
        return False

    def _quoted_object(self, group: VerbGroup) -> Phrase | None:
        """The Peskov of "TASS quoted Peskov as saying"."""
        end = group.start - 1
        if group.cue.tense != "gerund" or not self.is_(end, "as"):
            return None
        for place in range(end - 2, end + 1 - _QUOTED_WITHIN, -1):
            if self.is_(place, QUOTING_VERB):
                return Phrase(place + 1, end)
        return None

    def _subject(self, group: VerbGroup) -> tuple[Phrase | None, bool]:
        """The subject, and whether it is that of a verb before: "X left, adding that ..."."""
        if not group.finite:
            return self._subject_of_participle(group)
        before, is_base = group.start - 1, group.cue.tense == "base"
        # "wants to say that"
        if is_base and self.is_(before, "to"):
            return self._inherited(group), True
        joined = self.subjects.before_adjunct(group.start) - 1
        goes_on = self.is_(joined, CONJUNCTION)  # "left and said"
        if self.is_(before, ","):
            # "left, then said", "said that it failed, stressed that it is over"
            is_listed = bool(self.scene.leader) and self.is_(group.place + 1, "that")
            goes_on = goes_on or is_listed or self.is_(group.start, "then")
        if not goes_on:
            return self.subjects.before(group.start), False
        subject = self._inherited(group)
        return (subject if self._agrees(group, subject) else None), True

    def _subject_of_participle(self, group: VerbGroup) -> tuple[Phrase | None, bool]:
        before = group.start - 1
        is_detached = self.is_(before, ",", *DASHES, QUOTE) or group.start == 0
        # "left, adding", "by saying", "while saying"
        if is_detached or self.is_(before, CONJUNCTION, SUBORDINATOR, PREPOSITION):
            return self._inherited(group), True
        subject = self.subjects.before(group.start)
        if subject and self.low(subject.start).endswith(("ed", "ing")):
            return self._inherited(group), True
        return subject, False

    def _inherited(self, group: VerbGroup) -> Phrase | None:
        return self.scene.leader or self.subjects.main(group.start)

    def _agrees(self, group: VerbGroup, subject: Phrase | None) -> bool:
        """Whether a subject in front can be that of the verb: "they came and say", but not
        "Forget it and say".
        """
        if group.cue.tense != "base" or group.start < group.place or subject is None:
            return True
        is_plural = self.low(subject.end - 1).endswith("s")
        if is_plural or self.is_(subject.start, SUBJECT_PRONOUN):
            return True
        return self.find(subject.start, subject.end, "and") < subject.end

    def _is_relative(self, subject: Phrase) -> bool:
        return self.is_(subject.end - 1, RELATIVE)

    # What is said

    def _start(self, group: VerbGroup, subject: Phrase | None) -> int | None:
        """Where the content begins, if any words are left for it."""
        start = self.openings.start(group)
        if subject and subject.start == 1 and self._is_after_as(subject, group.cue):
            start = self._behind_as(group)
        if start is None or start >= len(self.tokens):
            return None
        return start

    def _behind_as(self, group: VerbGroup) -> int | None:
        """Where the content of "As Ann Lee said on Monday, the plan has failed" begins."""
        limit = min(group.place + _LONGEST_AS, len(self.tokens))
        for place in range(group.place + 1, limit):
            if self.is_(place, ","):
                return place + 1
            if place in self.cues or self.is_(place, MARK, QUOTE, ASIDE, NOMINATIVE):
                return None
        return None

    def _suits(self, cue: Cue, start: int) -> bool:
        """Whether what begins at `start` is what the verb reports: a quotation, a clause or
        anything.
        """
        if cue.frame == "quote":
            if self.is_(start, QUOTE):
                return not self.clauses.is_title(start)
            return self.is_(start, "that", MARK) or self.is_(start - 1, ":")
        if not cue.strict:
            return True
        if self.is_(start, "that", QUOTE, MARK) or self.is_(start - 1, ":"):
            return True
        # "wrote it failed", but not "wrote a book"
        return self.clauses.is_infinitive(start) or self._holds_finite_verb(start)

    def _holds_finite_verb(self, start: int) -> bool:
        """Whether a pronoun or an auxiliary before the next mark shows that a clause begins
        here.
        """
        end = min(start + _VERB_WITHIN, len(self.tokens))
        return self.reach(start, end, [AUXILIARY, NOMINATIVE], [MARK]) is not None

    def _reports_nothing(self, group: VerbGroup, subject: Phrase, start: int) -> bool:
        """Whether nothing was said ("did not praise ...", "jets attacked ...") or only
        named ("a group called ...").
        """
        if group.negated and group.cue.frame == "object":
            return True
        is_armed = self.is_(subject.end - 1, ARMED)
        if is_armed and group.cue.lemma in self.scene.language.words["also_deeds"]:
            return True
        if group.cue.lemma != "call" or start > group.place + 1:
            return False
        if self.is_(start, "it", "him", "them", POSSESSIVE):
            return False  # "A writer for the Post called it “a mess.”"
        # "what they call the zone"
        if self.is_(subject.start - 1, "what") and not self.is_(start, QUOTE):
            return True
        # "a company called “Hooli”", "a group of farmers called Green Hands"
        end = self.find(subject.start, subject.end, ",")
        for place in range(end - 1, subject.start - 1, -1):
            if self.is_(place, DETERMINER):
                return self.is_(place, "a", "an")
        return False

    def _is_only_name(self, start: int) -> bool:
        """Whether all that follows is a name, as in "citing TASS"."""
        end = self.endings.end(start, "object")
        return self.are_all(start, end, CAPITAL, MARK)

    def _unsourced(self, group: VerbGroup, start: int) -> Draft | None:
        """A clause or a quotation after a verb of speech whose subject cannot be told."""
        if group.cue.frame == "object":
            return None
        # "Forget the rules and say that it failed" is an order.
        before = self.low(group.start - 1)
        if group.cue.tense == "base" and before in ("", "and", "but", "or", ";"):
            return None
        content = Phrase(start, self.endings.end(start))
        return self.scene.draft("unsourced", group, None, [content])

    def _reported(
        self, group: VerbGroup, subject: Phrase, start: int, inherited: bool
    ) -> Draft:
        frame = self._frame_of_content(group.cue, start)
        end = self._relative_end(subject, start, self.endings.end(start, frame))
        if frame == "object":
            end = self._without_time(start, end)
        rule = self._rule(group, start)
        if inherited:
            rule = f"inherited {rule}"
        content = Phrase(start, end)
        draft = self.scene.draft(rule, group, subject, [content], inherited)
        draft.attitude = group.cue.frame == "object" and start == group.place + 1
        return draft

    def _rule(self, group: VerbGroup, start: int) -> str:
        if group.cue.frame == "object":
            return "object"
        if self.is_(start, "that"):
            return "that"
        return "quotation" if self.is_(start, QUOTE) else "bare"

    def _frame_of_content(self, cue: Cue, start: int) -> Frame:
        """What "announced" reports in "announced his return" is an object, not a clause."""
        if self.is_(start, "that", "to") or not self.is_(start, WORD):
            return cue.frame
        # "asked for a ceasefire", but "asked about how it failed"
        has_particle = self.is_(start - 1, *cue.particles)
        if has_particle and not self.is_(start, CLAUSE_OPENER):
            return "object"
        if cue.frame == "clause" and not self._holds_finite_verb(start):
            return "object"
        return cue.frame

    # Where it ends

    def _relative_end(self, subject: Phrase, start: int, end: int) -> int:
        """Where the clause of "Ann Lee, who praised the plan, left" ends; the sentence goes
        on behind its comma.
        """
        comma = self.find(start, end, ",")
        is_inserted = self._is_relative(subject) and self.is_(subject.end - 2, ",")
        # "When Ann Lee praised the plan, he left"
        begins_main = self.is_(comma + 1, CAPITAL, NOMINATIVE, DETERMINER)
        if is_inserted or (begins_main and self._is_in_introduction(subject)):
            return comma
        return end

    def _is_in_introduction(self, subject: Phrase) -> bool:
        """Whether the clause is the first of "When Ann Lee praised the plan, he left"."""
        place = 0
        if self.is_(place, CONJUNCTION):
            place += 1
        if self.is_(place, ADVERB):
            place += 1
        opens = self.is_(place, SUBORDINATOR, PREPOSITION)
        if not opens or self.is_(place, "but", "so"):
            return False
        return self.find(0, subject.start, ",") == subject.start

    def _without_time(self, start: int, end: int) -> int:
        """Leave out the "on the same day" of "praised the plan on the same day", but not
        "of" or "from" a time.
        """
        last = end
        if self.is_(end - 1, MARK):
            last -= 1
        place, first = last, start + 1
        while place > first and self._is_time_or_day(place - 1):
            place -= 1
        if place == last:
            return end
        while place > first and self.is_(place - 1, DETERMINER):
            place -= 1
        if self.is_(place - 1, "on", "in", "at", "during"):
            return max(place - 1, first)
        if self.is_(place - 1, "'s", PREPOSITION):
            return end
        return max(place, first)

    def _is_time_or_day(self, place: int) -> bool:
        return self.is_time(place) or self.is_(place, "day")
