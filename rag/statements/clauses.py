"""One sentence without a parser: which of its words are verbs of speech, and what belongs to
each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.language.lexicon import Cue, Language
from rag.statements.cases import Cases, after, no, none, one, yes
from rag.statements.rows import Row
from rag.statements.tokens import Token
from rag.statements.vocabulary import (
    ADVERB,
    AUXILIARY,
    BE,
    CAPITAL,
    CONJUNCTION,
    DETERMINER,
    DIGITS,
    FINITE,
    GERUND,
    INFLECTED,
    MEANS,
    NAME_OR_AUXILIARY,
    NEGATION,
    NOMINATIVE,
    NUMERAL,
    PERCENTAGE,
    PLURAL,
    PREDICATE,
    PREPOSITION,
    QUOTE,
    QUOTING_VERB,
    SAYING,
    SAYS,
    SINGULAR_PRONOUN,
    SUBJECT_PRONOUN,
    TIME_WORD,
    TITLE_CASE,
    VERB,
    WORD,
)

DASHES = ("—", "–", "-", "--")

TIME = Cases(
    yes(one("this", "last", "next"), one(TIME_WORD)),  # "last week"
    no(one("this", "last", "next")),
    yes(one(TIME_WORD), none("'s")),  # "Monday", but not "Monday's vote"
)
INFINITIVE = Cases(
    # "to stay", but not "to Ohio", "to the farmers" or "to farmers"
    yes(one("to"), one(WORD, QUOTE, but=[CAPITAL, DETERMINER, PLURAL])),
)
NAME_OF_THING = Cases(
    yes(after("'s", PREPOSITION), one(TITLE_CASE)),  # `on ABC's "This Week,"`
)

_IN_VERB_GROUP = Cases(
    # "he's said", but not "Trump's said": there it marks a possessor
    yes(after("that", NOMINATIVE), one("'s")),
    no(one("'s")),
    yes(after(WORD, but=[CONJUNCTION]), one("all", "both", "each")),
    yes(one(ADVERB)),
    yes(one(AUXILIARY, but=[NAME_OR_AUXILIARY])),
)

# Whether a form is a verb where it stands, or a noun or an adjective
_MAY_BE_VERB = Cases(
    # "His claims were met" has a noun; "all" of "all claim" is a determiner, too.
    no(after(DETERMINER, but=[SUBJECT_PRONOUN]), one(WORD)),
    no(after("'s", "of", "for", "with"), one(WORD)),  # "Trump's demand", "with claims"
    yes(one(WORD)),
)
_ALWAYS = Cases(yes(one(WORD)))
_PAST = Cases(
    no(after(PREPOSITION), one(WORD)),  # "in proposed laws"
    yes(one("asked")),  # "asked by reporters" opens a question
    yes(one(WORD), one("by"), one(MEANS)),  # "said by telephone"
    no(one(WORD), one("by")),  # "the plan criticized by Ann Lee"
    yes(one(WORD)),
)
_WITH_PRONOUN = (
    yes(after("who"), one(WORD)),
    yes(after(SUBJECT_PRONOUN, but=[SINGULAR_PRONOUN]), one(WORD)),  # "they claim"
)
_BEHIND_PLURAL = after("people", "percent", "and", NUMERAL, PLURAL, PERCENTAGE)
_BEFORE_CONTENT = one("that", ":", QUOTE, NOMINATIVE, DETERMINER)
_FORMS = {
    "base": Cases(
        *_WITH_PRONOUN,
        yes(_BEHIND_PLURAL, one(WORD)),  # "farmers say"
        yes(one(WORD), _BEFORE_CONTENT),
    ),
    "third": _ALWAYS,
    "past": _PAST,
    "gerund": _ALWAYS,
    "participle": _PAST,
}
_FORMS_OF_NOUNS = _FORMS | {
    "base": Cases(
        *_WITH_PRONOUN,
        yes(_BEHIND_PLURAL, one(WORD), _BEFORE_CONTENT),  # "farmers claim that"
    ),
    "third": Cases(
        yes(after(SINGULAR_PRONOUN), one(WORD)),  # "she claims"
        yes(after(CAPITAL, but=[DETERMINER]), one(WORD)),  # "Ann Lee claims"
        yes(one(WORD), _BEFORE_CONTENT),  # "the mayor claims that"
    ),
}

# How far "quoted" stands before "as": "was quoted by the state agency as saying".
_QUOTED_AS = 6


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


class Clauses(Row):
    """One unit's tokens, and its verbs of speech from left to right."""

    def __init__(
        self, tokens: list[Token], language: Language, capitals_mean_names: bool = True
    ) -> None:
        super().__init__(tokens)
        self.language = language
        # A sentence begins with a capital, so that its first "Will" is no name.
        self.names[0] -= {NAME_OR_AUXILIARY}
        self.groups: list[VerbGroup] = []
        for group in self._candidates(capitals_mean_names):
            if self._reads_as_verb(group):
                self.groups.append(group)
        for group in self.groups:
            self._mark(group)

    def _candidates(self, capitals_mean_names: bool) -> Iterator[VerbGroup]:
        """Each form of a verb of speech, with what would belong to it as a verb."""
        for place, token in enumerate(self.tokens):
            cue = self.language.cues.get(token.low)
            if cue is None:
                continue
            # "the Clean Claims Act" has no verb; a participle may open a sentence: "Asked
            # whether it failed, ..."
            may_be_name = place > 0 or cue.tense in ("base", "third")
            if capitals_mean_names and may_be_name and token.is_(CAPITAL):
                continue
            yield self._verb_group(place, cue)

    def _verb_group(self, place: int, cue: Cue) -> VerbGroup:
        governor, refuses = self._governor(place)
        end = self._quoting_verb(governor)
        start = end
        while self.fits(start - 1, _IN_VERB_GROUP):
            start -= 1
        is_participle = cue.tense in ("past", "participle")
        has_help = self.holds(start, place, AUXILIARY, QUOTING_VERB)
        is_finite = has_help or cue.tense != "gerund"
        return VerbGroup(
            start=start,
            place=place,
            cue=cue,
            finite=is_finite and not self.is_(start, "having", "being"),
            negated=refuses or self.holds(start, end, NEGATION),
            passive=is_participle and self.holds(start, end, BE),
        )

    def _governor(self, place: int) -> tuple[int, bool]:
        """Where the "declined to" of "declined to say" begins, or the verb itself, and
        whether it denies what follows.
        """
        start, refuses = place, False
        for phrase, denies in self.language.governors.get(self.low(place - 1), ()):
            first = place - len(phrase)
            words = tuple(token.low for token in self.tokens[first:place])
            if words == phrase:
                start, refuses = first, denies
        return start, refuses

    def _quoting_verb(self, start: int) -> int:
        """The place of "quoted" in "was quoted by TASS as saying", or `start` itself."""
        at_as = start - 1
        if not self.is_(at_as, "as"):
            return start
        place = self.last(at_as - _QUOTED_AS, at_as, QUOTING_VERB)
        if place is None:
            return start
        # In "quoted Peskov as saying" the subject of "saying" stands between.
        is_passive = place + 1 == at_as or self.is_(place + 1, "by")
        return place if is_passive else start

    def _reads_as_verb(self, group: VerbGroup) -> bool:
        """Whether a form that may be a noun or an adjective, too, is a verb where it stands."""
        if group.start < group.place:
            return True  # "has claimed", "declined to say"
        forms = _FORMS_OF_NOUNS if group.cue.noun else _FORMS
        is_verb = self.fits(group.place, forms[group.cue.tense])
        return is_verb and self.fits(group.place, _MAY_BE_VERB)

    def _mark(self, group: VerbGroup) -> None:
        """Let rules ask for the verb by what it is where it stands."""
        names = {VERB}
        if self.is_(group.place, FINITE):
            names.add(SAYS)
        if self.is_(group.place, GERUND):
            names.add(SAYING)
        if group.finite and self.is_(group.place, INFLECTED):
            names.add(PREDICATE)
        self.names[group.place] |= names

    def is_empty(self, place: int) -> bool:
        """Whether the word alone says nothing: a number, a time, a preposition or an adverb."""
        is_small = self.is_(place, PREPOSITION, ADVERB, DIGITS)
        return is_small or self.fits(place, TIME)


class Reader:
    """What reads one unit; what it asks all the time is at hand."""

    def __init__(self, clauses: Clauses) -> None:
        self.clauses = clauses
        self.tokens = clauses.tokens
        self.low = clauses.low
        self.is_ = clauses.is_
        self.fits = clauses.fits
        self.find = clauses.find
        self.last = clauses.last
        self.holds = clauses.holds
        self.reach = clauses.reach
        self.skip = clauses.skip
        self.back = clauses.back
        self.are_all = clauses.are_all
