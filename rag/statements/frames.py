"""The two frames of a verb of speech: its content stands to the left of it or to the right
of it.
"""

from __future__ import annotations

from rag.language.lexicon import Cue, Frame
from rag.statements.cases import Cases, after, no, one, yes
from rag.statements.clauses import DASHES, INFINITIVE, NAME_OF_THING, TIME, VerbGroup
from rag.statements.drafts import Draft, Rules
from rag.statements.rows import Phrase
from rag.statements.vocabulary import (
    ADVERB,
    ARMED,
    ASIDE,
    AUXILIARY,
    CAPITAL,
    CAPITAL_QUOTE,
    CLAUSE_OPENER,
    COMPLETE,
    CONJUNCTION,
    CONNECTIVE,
    DETERMINER,
    ED,
    ING,
    MARK,
    NOMINATIVE,
    PLURAL,
    POSSESSIVE,
    PREPOSITION,
    QUOTE,
    QUOTING_VERB,
    RELATIVE,
    SUBJECT_PRONOUN,
    SUBORDINATOR,
    VERB,
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

# Whether a subject may begin behind the verb: "said Ann Lee", "said the farmer"
_BEGINS_INVERTED = Cases(
    no(one("that")),
    yes(one(CAPITAL, DETERMINER)),
)
# Whether it may behind a quotation: “We stay,” said farmers.
_BEGINS_INVERTED_AFTER_QUOTATION = Cases(
    no(one("that")),
    yes(one(CAPITAL, DETERMINER)),
    yes(one(WORD, but=[PREPOSITION])),
)

# What does not go on with the content behind "Ann Lee said,"
_OTHER_CLAUSE = ("and", "but", "who", "which", "according", "while", "as", ING)

# What is no content behind a verb: “We stay,” Ann Lee said as she left.
_NO_CONTENT = ("as", "when", "while", "after", "before")

# Whether a participle says with the subject of the verb before it: "left, adding that", "left
# while saying that"
_DETACHED = Cases(
    yes(after(",", *DASHES, QUOTE, CONJUNCTION, SUBORDINATOR, PREPOSITION), one(WORD)),
)

_AS_SAYING = Cases(yes(one("as"), one(VERB)))

# "Forget the rules and say that it failed", “... ; say that it failed”: no subject before it
_BEFORE_ORDER = ("", "and", "but", "or", ";")

# Words that belong to a time at the end of an object: "on the same day"
_TIME_OR_DAY = Cases(yes(one("day")), *TIME.cases)


class _Frame(Rules):
    """What both frames look at."""

    def _is_after_as(self, subject: Phrase, cue: Cue) -> bool:
        """Whether the subject is the X of "as X said"."""
        is_clause = cue.frame == "clause" and not cue.strict
        return is_clause and self.is_(subject.start - 1, "as")


class LeftFrame(_Frame):
    """`"...," X said`, `..., said X` and `..., X said, ...`."""

    def draft(self, group: VerbGroup) -> Draft | None:
        """The statement whose content stands to the left of the verb."""
        if not group.finite or group.passive:
            return None
        subject = self.subjects.before(group.start)
        # "Ann Lee, who praised the plan, has left."
        if subject and self.is_(subject.end - 1, RELATIVE):
            return None
        closing = self._closed(group, subject) if subject else None
        return closing or self._inverted(group, subject)

    def _closed(self, group: VerbGroup, subject: Phrase) -> Draft | None:
        """`“We stay,” Ann Lee said.`"""
        end, after_verb = subject.start, group.place + 1
        if group.cue.frame == "told":
            after_verb = self.openings.after_addressee(after_verb)
        # The old plan has failed, as Ann Lee said.
        if self._is_after_as(subject, group.cue):
            end -= 1
        if not self._closes_content(end - 1, group, after_verb):
            return None
        return self._draft("closing", group, subject, end, after_verb)

    def _inverted(self, group: VerbGroup, before: Phrase | None) -> Draft | None:
        """`“We stay,” said Ann Lee.`"""
        subject = self._inverted_subject(group)
        if subject is None:
            return None
        # Without quotation marks "it failed, the farmers said the vote ..." looks the same.
        is_quoted = self.is_(group.start - 1, QUOTE)
        is_certain = is_quoted or before is None
        if not is_certain and not self._is_name(subject):
            return None
        if not self._closes_content(group.start - 1, group, subject.end):
            return None
        return self._draft("inverted", group, subject, group.start, subject.end)

    def _inverted_subject(self, group: VerbGroup) -> Phrase | None:
        """The subject behind the verb, where one may stand there."""
        place = group.place + 1
        is_quoted = self.is_(group.start - 1, QUOTE)
        # “Why stay?” asked Ann Lee; without a quotation "told Ann Lee" has an addressee.
        frames = ("clause", "told") if is_quoted else ("clause",)
        has_help = group.start < group.place
        if has_help or group.cue.frame not in frames:
            return None
        begins = _BEGINS_INVERTED_AFTER_QUOTATION if is_quoted else _BEGINS_INVERTED
        is_time = self.fits(place, TIME)
        if is_time or not self.fits(place, begins):
            return None
        return self.subjects.after(place)

    def _is_name(self, subject: Phrase) -> bool:
        """Whether a name ends before the first mark or relative: "Ann Lee, who ...", not
        "the farmers wanted ...".
        """
        start = subject.start
        end = self.find(start, subject.end, MARK, QUOTE, ASIDE, RELATIVE)
        ends_in_name = end > start and self.is_(end - 1, CAPITAL)
        return ends_in_name and not self.holds(start, end, ED)

    def _closes_content(self, before: int, group: VerbGroup, after_verb: int) -> bool:
        """Whether the token at `before` ends a content that the verb group credits."""
        if self.is_(before, QUOTE):
            return self._closes_quotation(before, after_verb)
        if before == 0 or not self.is_(before, ",", *DASHES):
            return False
        if self.is_(before - 1, QUOTE):
            return not self.fits(before - 1, NAME_OF_THING)
        is_clause = group.cue.frame in ("clause", "told")
        if not is_clause or self._goes_on(group, after_verb):
            return False
        # "The plan, Ann Lee said, will fail."
        is_inserted = self.is_(after_verb, ",") and self._continues(after_verb + 1)
        # "In the end, Ann Lee said": an introduction is no content
        is_introduction = self.is_(0, PREPOSITION) or before == 1
        return is_inserted or not is_introduction or before >= _SHORTEST_CONTENT

    def _closes_quotation(self, place: int, after_verb: int) -> bool:
        if self.fits(place, NAME_OF_THING):
            return False
        if self.is_(place, COMPLETE):
            return True
        # A long quotation without punctuation, and nothing behind its attribution
        words = self.tokens[place].text.count(" ") + 1
        stands_last = self.low(after_verb) in ("", ".", ",")
        return stands_last and words >= _SHORTEST_QUOTATION

    def _goes_on(self, group: VerbGroup, place: int) -> bool:
        """Whether words follow the verb that can be its content."""
        if self.is_(place, *group.cue.particles) or self.fits(place, INFINITIVE):
            return True
        is_adjunct = self.is_(place, PREPOSITION) or self.fits(place, TIME)
        if is_adjunct:
            return self.openings.after_adjunct(place) is not None
        return self.is_(place, ":", WORD, QUOTE, ASIDE, but=_NO_CONTENT)

    def _continues(self, start: int) -> bool:
        """Whether the words behind the comma of "Ann Lee said," can go on with the content."""
        return self.is_(start, WORD, but=_OTHER_CLAUSE)

    def _draft(
        self, rule: str, group: VerbGroup, subject: Phrase, end: int, after_verb: int
    ) -> Draft:
        """The statement whose content ends at `end`, with what follows its attribution."""
        left = Phrase(self._left_start(end), end)
        right = self._right_rest(end, after_verb)
        contents = [left]
        if right:
            contents.append(right)
        if right and self._is_own_sentence(left, right):
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
        if self.is_(last, CAPITAL_QUOTE):
            return last
        # "Meanwhile, the plan will fail, Ann Lee said."
        has_connective = self.is_(0, CONNECTIVE) and self.is_(1, ",")
        return 2 if has_connective else 0

    def _right_rest(self, end: int, after_verb: int) -> Phrase | None:
        """The second half of a content that its attribution splits."""
        limit = min(after_verb + _LONGEST_ADJUNCT, len(self.tokens))
        comma = self.find(after_verb, limit, ",", ":")
        start = comma + 1
        # The plan, Ann Lee said, will fail.
        is_quoted = self.is_(end - 1, QUOTE) or self.is_(end - 2, QUOTE)
        is_split = comma == after_verb and self._continues(start)
        goes_on = is_split and not is_quoted
        # “We stay,” Ann Lee said on Monday, “and we fight.”
        if goes_on or self.is_(start, QUOTE):
            return Phrase(start, self.endings.end(start))
        return None

    def _is_own_sentence(self, left: Phrase, right: Phrase) -> bool:
        """Whether the quotation after the verb begins a sentence, so that the words before
        are an introduction.
        """
        if self.is_(right.start - 1, ":"):
            return True
        begins_sentence = self.is_(right.start, CAPITAL_QUOTE)
        return begins_sentence and not self.holds(left.start, left.end, QUOTE)


class RightFrame(_Frame):
    """`X said that ...`, `X praised ...`, `..., adding that ...`, `asked whether ...`."""

    def draft(self, group: VerbGroup) -> Draft | None:
        """The statement whose content stands to the right of the verb."""
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
        is_participle = not group.finite and not inherited
        if is_participle and not quoted:
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
        places = range(group.place + 1, end)
        return any(self.fits(place, _AS_SAYING) for place in places)

    def _quoted_object(self, group: VerbGroup) -> Phrase | None:
        """The Peskov of "TASS quoted Peskov as saying"."""
        end = group.start - 1
        if group.cue.tense != "gerund" or not self.is_(end, "as"):
            return None
        verb = self.last(end + 2 - _QUOTED_WITHIN, end - 1, QUOTING_VERB)
        return None if verb is None else Phrase(verb + 1, end)

    def _subject(self, group: VerbGroup) -> tuple[Phrase | None, bool]:
        """The subject, and whether it is that of a verb before: "X left, adding that ..."."""
        if not group.finite:
            return self._subject_of_participle(group)
        # "wants to say that"
        is_infinitive = group.cue.tense == "base" and self.is_(group.start - 1, "to")
        if is_infinitive:
            return self._inherited(group), True
        if not self._goes_on_from_verb(group):
            return self.subjects.before(group.start), False
        subject = self._inherited(group)
        agrees = subject is not None and self._agrees(group, subject)
        return subject if agrees else None, True

    def _goes_on_from_verb(self, group: VerbGroup) -> bool:
        """Whether a verb before this one may have its subject."""
        start = group.start
        joined = self.subjects.before_adjunct(start) - 1
        if self.is_(joined, CONJUNCTION):
            return True  # "left and said"
        if not self.is_(start - 1, ","):
            return False
        # "left, then said"; "said that it failed, stressed that it is over"
        is_listed = self.is_(group.place + 1, "that") and self.scene.leader is not None
        return is_listed or self.is_(start, "then")

    def _subject_of_participle(self, group: VerbGroup) -> tuple[Phrase | None, bool]:
        is_detached = group.start == 0 or self.fits(group.start, _DETACHED)
        if is_detached:
            return self._inherited(group), True
        subject = self.subjects.before(group.start)
        # "Asked about it saying": a participle is no subject
        if subject and self.is_(subject.start, ED, ING):
            return self._inherited(group), True
        return subject, False

    def _inherited(self, group: VerbGroup) -> Phrase | None:
        return self.scene.leader or self.subjects.main(group.start)

    def _agrees(self, group: VerbGroup, subject: Phrase) -> bool:
        """Whether a subject in front can be that of the verb: "they came and say", but not
        "Forget it and say".
        """
        has_help = group.start < group.place
        if has_help or group.cue.tense != "base":
            return True
        is_plural = self.is_(subject.end - 1, PLURAL)
        is_pronoun = self.is_(subject.start, SUBJECT_PRONOUN)
        return is_plural or is_pronoun or self.holds(subject.start, subject.end, "and")

    def _is_relative(self, subject: Phrase) -> bool:
        return self.is_(subject.end - 1, RELATIVE)

    # What is said

    def _start(self, group: VerbGroup, subject: Phrase | None) -> int | None:
        """Where the content begins, if any words are left for it."""
        start = self.openings.start(group)
        is_second = subject is not None and subject.start == 1
        if subject and is_second and self._is_after_as(subject, group.cue):
            start = self._behind_as(group)
        if start is None or start >= len(self.tokens):
            return None
        return start

    def _behind_as(self, group: VerbGroup) -> int | None:
        """Where the content of "As Ann Lee said on Monday, the plan has failed" begins."""
        limit = min(group.place + _LONGEST_AS, len(self.tokens))
        stops = (MARK, QUOTE, ASIDE, NOMINATIVE, VERB)
        comma = self.reach(group.place + 1, limit, [","], stops)
        return None if comma is None else comma + 1

    def _suits(self, cue: Cue, start: int) -> bool:
        """Whether what begins at `start` is what the verb reports: a quotation, a clause or
        anything.
        """
        is_title = self.fits(start, NAME_OF_THING)
        if is_title and cue.frame == "quote":
            return False
        is_marked = self.is_(start, "that", QUOTE, MARK) or self.is_(start - 1, ":")
        if is_marked or cue.frame == "quote":
            return is_marked
        if not cue.strict or self.fits(start, INFINITIVE):
            return True
        # "wrote it failed", but not "wrote a book"
        return self._holds_finite_verb(start)

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
        lemma = group.cue.lemma
        if group.negated and group.cue.frame == "object":
            return True
        is_armed = self.is_(subject.end - 1, ARMED)
        if is_armed and lemma in self.scene.language.words["also_deeds"]:
            return True
        is_naming = lemma == "call" and start == group.place + 1
        return is_naming and self._only_names(subject, start)

    def _only_names(self, subject: Phrase, start: int) -> bool:
        """Whether "called" gives a name: "a company called “Hooli”", "what they call the zone"."""
        # "A writer for the Post called it “a mess.”"
        if self.is_(start, "it", "him", "them", POSSESSIVE):
            return False
        is_what = self.is_(subject.start - 1, "what")
        if is_what and not self.is_(start, QUOTE):
            return True
        # The determiner next to the verb decides: "a group of farmers called Green Hands".
        end = self.find(subject.start, subject.end, ",")
        determiner = self.last(subject.start, end, DETERMINER)
        return determiner is not None and self.is_(determiner, "a", "an")

    def _is_only_name(self, start: int) -> bool:
        """Whether all that follows is a name, as in "citing TASS"."""
        end = self.endings.end(start, "object")
        return self.are_all(start, end, CAPITAL, MARK)

    def _unsourced(self, group: VerbGroup, start: int) -> Draft | None:
        """A clause or a quotation after a verb of speech whose subject cannot be told."""
        before = self.low(group.start - 1)
        # "Forget the rules and say that it failed"
        is_order = group.cue.tense == "base" and before in _BEFORE_ORDER
        if is_order or group.cue.frame == "object":
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
        is_word = self.is_(start, WORD, but=["that", "to"])
        if not is_word:
            return cue.frame
        # "asked for a ceasefire", but "asked about how it failed"
        has_particle = self.is_(start - 1, *cue.particles)
        is_thing = has_particle and not self.is_(start, CLAUSE_OPENER)
        is_clause = cue.frame != "clause" or self._holds_finite_verb(start)
        return "object" if is_thing or not is_clause else cue.frame

    # Where it ends

    def _relative_end(self, subject: Phrase, start: int, end: int) -> int:
        """Where the clause of "Ann Lee, who praised the plan, left" ends; the sentence goes
        on behind its comma.
        """
        comma = self.find(start, end, ",")
        is_inserted = self._is_relative(subject) and self.is_(subject.end - 2, ",")
        if is_inserted:
            return comma
        # "When Ann Lee praised the plan, he left"
        is_main = self.is_(comma + 1, CAPITAL, NOMINATIVE, DETERMINER)
        is_first = is_main and self._is_in_introduction(subject)
        return comma if is_first else end

    def _is_in_introduction(self, subject: Phrase) -> bool:
        """Whether the clause is the first of "When Ann Lee praised the plan, he left"."""
        place = 0
        if self.is_(place, CONJUNCTION):
            place += 1
        if self.is_(place, ADVERB):
            place += 1
        opens = self.is_(place, SUBORDINATOR, PREPOSITION, but=["but", "so"])
        return opens and not self.holds(0, subject.start, ",")

    def _without_time(self, start: int, end: int) -> int:
        """Leave out the "on the same day" of "praised the plan on the same day", but not
        "of" or "from" a time.
        """
        first = start + 1
        last = end
        if self.is_(end - 1, MARK):
            last -= 1
        place = last
        while place > first and self.fits(place - 1, _TIME_OR_DAY):
            place -= 1
        if place == last:
            return end
        place = max(first, self.back(place, DETERMINER))
        if self.is_(place - 1, "on", "in", "at", "during"):
            place -= 1
        elif self.is_(place - 1, "'s", PREPOSITION):
            return end
        return max(place, first)
