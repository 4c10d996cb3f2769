"""One sentence without a parser: its tokens, what can be asked of them, its verbs of speech.

A place is the number of a token. A place outside the unit may be asked for, too: there stands
no word, so that the answer is "" or no.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from rag.language.lexicon import Cue, Language
from rag.statements.tokens import Token
from rag.statements.vocabulary import (
    ADVERB,
    AUXILIARY,
    BE,
    CAPITAL,
    CONJUNCTION,
    DETERMINER,
    MARK,
    MEANS,
    NAMED_AUXILIARY,
    NEGATION,
    NOMINATIVE,
    NUMERAL,
    PREPOSITION,
    QUOTE,
    QUOTING_VERB,
    SINGULAR_PRONOUN,
    SUBJECT_PRONOUN,
    TIME_WORD,
    WORD,
)
from rag.types import Span

QUOTATION_MARKS = "\"'“”‘’«»„‹›」』`"
DASHES = ("—", "–", "-", "--")

_MARKS = QUOTATION_MARKS + " "
_ENDS_OF_CLAUSES = (",", "?", "!", ".", "…", "-", "—", ";")

# `on "Meet the Press"` and `in "The Art of the Deal"` are titles; a longer quotation is mostly
# a sentence.
_LONGEST_TITLE = 5

# How far "quoted" stands before "as": "was quoted by the state agency as saying".
_QUOTED_AS = 6


@dataclass(frozen=True, slots=True)
class Phrase:
    """The tokens `start` to `end` (exclusive) of a unit."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """A cue with its auxiliaries and adverbs: `start` is the first of them, `place` the cue
    itself.
    """

    start: int
    place: int
    cue: Cue
    finite: bool = True
    negated: bool = False
    passive: bool = False


def is_complete(quotation: Token) -> bool:
    """Whether a quotation ends in punctuation, so that it can stand for a whole sentence."""
    return quotation.text.rstrip(_MARKS).endswith(_ENDS_OF_CLAUSES)


class Clauses:
    """One unit's tokens, what can be asked of them, and its verbs of speech (`groups`;
    `cues` has them by the place of the verb itself).
    """

    def __init__(
        self, tokens: list[Token], language: Language, capitals_mean_names: bool = True
    ) -> None:
        self.tokens = tokens
        self.language = language
        self.groups = self._verb_groups(capitals_mean_names)
        self.cues = {group.place: group for group in self.groups}

    # Tokens

    def low(self, place: int) -> str:
        """The word in small letters; "" for a quotation and an aside."""
        return self.tokens[place].low if 0 <= place < len(self.tokens) else ""

    def is_(self, place: int, *names: str) -> bool:
        """Whether one of these words, or of these classes of the vocabulary, stands here."""
        if 0 <= place < len(self.tokens):
            return not self.tokens[place].names.isdisjoint(names)
        return False

    def is_infinitive(self, place: int) -> bool:
        """Whether "to" begins an infinitive: "to stay", but not "to Ohio", "to the farmers"
        or "to farmers".
        """
        following = place + 1
        if self.low(place) != "to" or not self.is_(following, WORD, QUOTE):
            return False
        is_noun = self.low(following).endswith("s")
        return not is_noun and not self.is_(following, CAPITAL, DETERMINER)

    def is_time(self, place: int) -> bool:
        """Whether a time begins here: "Monday", "last week"."""
        if self.is_(place, "this", "last", "next"):
            return self.is_(place + 1, TIME_WORD)
        # "Monday's vote" is a thing, not a time.
        return self.is_(place, TIME_WORD) and self.low(place + 1) != "'s"

    def is_empty(self, place: int) -> bool:
        """Whether the word alone says nothing: a number, a time, a preposition or an adverb."""
        if self.is_(place, PREPOSITION, ADVERB):
            return True
        return self.is_time(place) or self.low(place).isdigit()

    def is_title(self, place: int) -> bool:
        """Whether a quotation is the name of something, as in `on ABC's "This Week,"`."""
        if not self.is_(place - 1, "'s", PREPOSITION):
            return False
        words = self.tokens[place].text.strip(_MARKS).split()
        is_in_title_case = words[0][:1].isupper() and words[-1][:1].isupper()
        return is_in_title_case and len(words) <= _LONGEST_TITLE

    def is_name_inside(self, place: int) -> bool:
        """Whether a capitalised auxiliary inside the sentence is a name: the columnist
        Will, the minister May.
        """
        is_capital = self.is_(place, CAPITAL) and place > 0
        return is_capital and self.is_(place, NAMED_AUXILIARY)

    # Runs of tokens

    def find(self, start: int, end: int, *names: str) -> int:
        """The first place from `start` on that is one of these; `end` where none comes
        before it.
        """
        for place in range(start, end):
            if self.is_(place, *names):
                return place
        return end

    def reach(
        self, start: int, end: int, goals: Collection[str], stops: Collection[str]
    ) -> int | None:
        """The first place from `start` on that is a goal; None where a stop or `end` comes
        before it.
        """
        for place in range(start, end):
            if self.is_(place, *goals):
                return place
            if self.is_(place, *stops):
                return None
        return None

    def skip(self, start: int, *names: str) -> int:
        """The first place from `start` on that is none of these."""
        place = start
        while self.is_(place, *names):
            place += 1
        return place

    def back(self, end: int, *names: str) -> int:
        """Where the run of such tokens begins that ends before `end`."""
        place = end
        while self.is_(place - 1, *names):
            place -= 1
        return place

    def are_all(self, start: int, end: int, *names: str) -> bool:
        """Whether each token from `start` on and before `end` is one of these."""
        return self.skip(start, *names) >= end

    def span(self, phrase: Phrase) -> Span | None:
        """The text range of a phrase without the punctuation at its ends."""
        start, end = phrase.start, phrase.end
        while start < end and self.tokens[start].is_(MARK):
            start += 1
        while start < end and self.tokens[end - 1].is_(MARK):
            end -= 1
        if start >= end:
            return None
        return Span(self.tokens[start].start, self.tokens[end - 1].end)

    # Verbs

    def _verb_groups(self, capitals_mean_names: bool) -> list[VerbGroup]:
        """The cues of the unit that read as verbs, from left to right."""
        groups = []
        for place, token in enumerate(self.tokens):
            cue = self.language.cues.get(token.low)
            if cue is None:
                continue
            # "the Clean Claims Act" has no verb; a participle may open a sentence: "Asked
            # whether it failed, ..."
            may_be_name = place > 0 or cue.tense in ("base", "third")
            if capitals_mean_names and may_be_name and token.is_(CAPITAL):
                continue
            group = self._verb_group(place, cue)
            if self._reads_as_verb(group):
                groups.append(group)
        return groups

    def _verb_group(self, place: int, cue: Cue) -> VerbGroup:
        start, negated, passive = place, False, False
        # "went on to say", "declined to say": a phrase that governs the infinitive
        for phrase, refuses in self.language.governors.get(self.low(place - 1), ()):
            first = place - len(phrase)
            if tuple(token.low for token in self.tokens[first:place]) == phrase:
                start, negated = first, refuses
        start = self._quoting_verb(start)
        while self._belongs_to_verb(start - 1):
            start -= 1
            negated = negated or self.is_(start, NEGATION)
            passive = passive or self.is_(start, BE)
        passive = passive and cue.tense in ("past", "participle")
        finite = self._is_finite(start, place, cue)
        return VerbGroup(start, place, cue, finite, negated, passive)

    def _quoting_verb(self, start: int) -> int:
        """The place of "quoted" in "was quoted by TASS as saying", or `start` itself."""
        last = start - 2
        if self.low(last + 1) != "as":
            return start
        for place in range(last, last - _QUOTED_AS, -1):
            if self.is_(place, QUOTING_VERB):
                # In "quoted Peskov as saying" the subject of "saying" stands between.
                is_passive = place == last or self.low(place + 1) == "by"
                return place if is_passive else start
        return start

    def _belongs_to_verb(self, place: int) -> bool:
        """Whether an auxiliary, an adverb or, between a subject and its verb, "all" or
        "both" stands here.
        """
        if self.is_(place, "'s"):
            # "he's said", but not "Trump's said": there it marks a possessor.
            return self.is_(place - 1, "that", NOMINATIVE)
        if self.is_(place, "all", "both", "each"):
            is_after_word = self.is_(place - 1, WORD)
            return is_after_word and not self.is_(place - 1, CONJUNCTION)
        if self.is_(place, AUXILIARY):
            return not self.is_name_inside(place)
        return self.is_(place, ADVERB)

    def _is_finite(self, start: int, place: int, cue: Cue) -> bool:
        if self.is_(start, "having", "being"):
            return False
        # "is saying", "was quoted as saying"
        has_help = self.find(start, place, AUXILIARY, QUOTING_VERB) < place
        return has_help or cue.tense != "gerund"

    def _reads_as_verb(self, group: VerbGroup) -> bool:
        """Whether a form that may be a noun or an adjective, too, is a verb where it stands."""
        before, tense = group.start - 1, group.cue.tense
        if group.start < group.place:
            return True  # "has claimed", "declined to say"
        # "His claims were met" has a noun; "all" of "all claim" is a determiner, too.
        is_determined = self.is_(before, DETERMINER)
        if is_determined and not self.is_(before, SUBJECT_PRONOUN):
            return False
        if self.is_(before, "'s", "of", "for", "with"):
            return False  # "Trump's demand", "with claims"
        if tense == "third":
            return self._third_person_is_verb(group)
        if tense == "base":
            return self._base_is_verb(group)
        if tense == "gerund":
            return True
        if self.is_(before, PREPOSITION):
            return False  # "in proposed laws"
        # "the plan criticized by Ann Lee" tells it as no verb does; "said by telephone"
        # names no agent, and "asked by reporters" opens a question.
        has_agent = self.low(group.place + 1) == "by"
        if has_agent and not self.is_(group.place + 2, MEANS):
            return group.cue.lemma == "ask"
        return True

    def _third_person_is_verb(self, group: VerbGroup) -> bool:
        """Whether "claims" is a verb where it stands, and no plural."""
        if not group.cue.noun:
            return True  # "says"
        before = group.start - 1
        if self.is_(before, SINGULAR_PRONOUN):
            return True  # "she claims"
        if self.is_(before, CAPITAL) and not self.is_(before, DETERMINER):
            return True  # "Ann Lee claims"
        return self._opens_content(group.place + 1)

    def _base_is_verb(self, group: VerbGroup) -> bool:
        """Whether "claim" is a verb where it stands, and no noun."""
        before, is_clear = group.start - 1, not group.cue.noun
        if self.is_(before, "who"):
            return True
        is_pronoun = self.is_(before, SUBJECT_PRONOUN)
        if is_pronoun and not self.is_(before, SINGULAR_PRONOUN):
            return True  # "they claim"
        opens = self._opens_content(group.place + 1)
        # "farmers claim", "47% claim", "two claim", "came and say"
        is_plural = self.low(before).endswith(("s", "%"))
        if is_plural or self.is_(before, "people", "percent", "and", NUMERAL):
            return opens or is_clear
        return opens and is_clear

    def _opens_content(self, place: int) -> bool:
        """Whether what stands right behind a verb is the first word of a content: "claim
        that", "claim he", "claim the".
        """
        return self.is_(place, "that", ":", QUOTE, NOMINATIVE, DETERMINER)


class Reader:
    """What reads one unit; what it asks all the time is at hand."""

    def __init__(self, clauses: Clauses) -> None:
        self.clauses = clauses
        self.tokens = clauses.tokens
        self.cues = clauses.cues
        self.low = clauses.low
        self.is_ = clauses.is_
        self.is_time = clauses.is_time
        self.find = clauses.find
        self.reach = clauses.reach
        self.skip = clauses.skip
        self.back = clauses.back
        self.are_all = clauses.are_all
