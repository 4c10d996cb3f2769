"""The subject of a verb: where its noun phrase begins and ends, before the verb or behind it."""

from __future__ import annotations

from rag.statements.cases import ANY, Cases, after, no, none, one, yes
from rag.statements.clauses import DASHES, TIME, Reader
from rag.statements.rows import Phrase
from rag.statements.vocabulary import (
    ADVERB,
    APPOSITION_STARTER,
    ASIDE,
    AUXILIARY,
    CAPITAL,
    COMMA_QUOTE,
    CONJUNCTION,
    CONNECTIVE,
    DETERMINER,
    ED,
    FINITE,
    INFLECTED,
    ING,
    MARK,
    NAME_OR_AUXILIARY,
    POSSESSIVE,
    PREPOSITION,
    QUOTE,
    RELATIVE,
    SMALL_PLURAL,
    SUBJECT_PRONOUN,
    SUBORDINATOR,
    TIME_WORD,
    TITLE,
    WORD,
)

# No noun phrase of an article is longer; the limit keeps "A, B, A, B, ..." linear.
_LONGEST_PHRASE = 40

# How far a relative clause reaches back to its "who": half a phrase, since the antecedent
# belongs to the phrase, too.
_LONGEST_RELATIVE = 20

# In `"Morning Joe," Ann Lee said` the quotation is what she said, so that an apposition in
# quotation marks, as in `Ann Lee, host of "Morning Joe," said`, has three words before it.
_FIRST_TITLE = 3

# In "the plan he praised" only "he" praised: such a pronoun is a phrase of its own.
_PRONOUNS = ("he", "she", "they", "we", "i", "it")

# No noun phrase ends in these; "the" and "to" begin one.
_NEVER_LAST = (
    *("the", "a", "an", "to", "'s"),
    *(PREPOSITION, CONJUNCTION, SUBORDINATOR, POSSESSIVE, MARK),
)

# Words between a subject and its verb
_ADJUNCT = Cases(
    yes(one(ASIDE)),  # "Ann Lee (R-Ohio)"
    yes(after(ASIDE), one(*DASHES)),
    # "last week"; "may" is more often the auxiliary of another verb than the month
    yes(one(TIME_WORD, but=["may"])),
)

# Whether a word goes on, to the left, with the noun phrase behind it
_NEVER_INSIDE = [SUBORDINATOR, CONJUNCTION, RELATIVE, AUXILIARY, *_PRONOUNS]
_IN_PHRASE = Cases(
    # A verb of speech ends the phrase, but its base is more often a noun: "the report".
    yes(one(WORD, but=[INFLECTED, *_NEVER_INSIDE])),
    yes(one(CAPITAL, but=_NEVER_INSIDE)),
    yes(one(NAME_OR_AUXILIARY)),  # "George Will"
    yes(one("'s", ASIDE)),
    yes(
        one("he", "she"), one("and")
    ),  # "He and Ann Lee said", not "the plan he praised"
    # "farmers and workers", but "... and his workers" begins anew
    no(after(WORD), one("and"), one("his", "its", but=[CAPITAL])),
    yes(after(WORD), one("and"), one(SMALL_PLURAL)),
    yes(after("he", "she", "current"), one("and")),  # "current and former aides"
    yes(
        after(CAPITAL), one("and"), one(CAPITAL, POSSESSIVE)
    ),  # "Ann Lee and her aides"
    yes(after(CAPITAL), one("and"), one("other", "others", "another")),
)

# Whether a phrase before an apposition introduces the sentence: "In the end, a farmer, ..."
_INTRODUCTION = Cases(
    no(
        after(SUBORDINATOR), one(CAPITAL, but=[DETERMINER])
    ),  # "as Ann Lee, a farmer, said"
    yes(after(PREPOSITION, but=["of"]), ANY),
)
_IN_RELATIVE_CLAUSE = Cases(
    no(after("that"), one(CAPITAL)),  # "that Ann Lee, a farmer, said"
    yes(after(RELATIVE), ANY),
)

# Whether a name before a comma is no part of a list: "In Ohio, Ann Lee and Bob Ray said", but
# "the leaders of Russia, Turkey and Iran said"
_NO_PART_OF_LIST = Cases(
    yes(one(PREPOSITION)),
    yes(after(PREPOSITION, but=["of"]), ANY),
)

# Whether the subject of the main clause ends before a word
_BEHIND_SUBJECT = Cases(
    no(one(CAPITAL, ASIDE, TITLE)),
    no(after(CAPITAL), one(CONJUNCTION), one(CAPITAL)),  # "Ann Lee and Bob Ray left"
    no(after(CAPITAL), one("'s")),  # "Ann Lee's farm"
    yes(one(MARK, QUOTE, CONJUNCTION, AUXILIARY, RELATIVE, ADVERB, INFLECTED)),
    no(after(DETERMINER), one(WORD)),  # "the proposed law"
    yes(one(ED)),  # "farmers wanted"
    no(one(PREPOSITION)),  # "Ann Lee of Ohio"
    yes(after(CAPITAL), one(WORD)),  # "Ann Lee left"
)

# Whether a sentence that begins so may have an introduction before its subject
_INTRODUCES = Cases(
    yes(one(PREPOSITION, SUBORDINATOR, CONNECTIVE, TIME_WORD, ADVERB)),
    yes(one(ING, ED)),  # "Noting that it failed, ...", "Asked about it, ..."
)

# Whether the subject of an inverted verb ends before a word
_BEHIND_INVERTED = Cases(
    yes(one(","), none(APPOSITION_STARTER)),  # "said Ann Lee, a farmer, on Monday"
    no(one(",")),
    yes(one(MARK, QUOTE)),
)
_BEHIND_NAME = ("in", "on", "during", "as", "when", "while", "after", "before")

# Whether the words behind an inverted verb are a clause
_SHOWS_CLAUSE = Cases(
    no(one("'s")),  # "said Ann Lee's aide"
    yes(one(AUXILIARY)),
    yes(one(FINITE, but=[CAPITAL])),
)


class Subjects(Reader):
    """Finds the subjects of verbs in one unit."""

    # Before the verb

    def before(self, end: int) -> Phrase | None:
        """The noun phrase that ends right before a verb group, appositions passed over, or None."""
        end = self.before_adjunct(end)
        last = end - 1
        if self._is_title_with_comma(last):
            return self._before_apposition(last, ",")
        if self.is_(last, ",", *DASHES):
            return self._before_apposition(last, self.low(last))
        if self.is_(last, RELATIVE):
            return self._antecedent(last)
        phrase = self._phrase_before(end)
        return self._with_name_before_town(phrase) if phrase else None

    def before_adjunct(self, end: int) -> int:
        """Leave out "(R-Fla.)" and "last week" between a subject and its verb."""
        while self.fits(end - 1, _ADJUNCT):
            end -= 1
            is_time = self.is_(end, TIME_WORD)
            if is_time and self.is_(end - 1, "on", "in", "late", "early"):
                end -= 1
        return end

    def _is_title_with_comma(self, place: int) -> bool:
        """Whether the apposition ends in a quotation, as in `host of "Morning Joe," said`."""
        return place >= _FIRST_TITLE and self.is_(place, COMMA_QUOTE)

    def _antecedent(self, relative: int) -> Phrase | None:
        """The "Ann Lee, who" of "Ann Lee, who praised the plan, left"."""
        end = relative
        if self.is_(end - 1, ","):
            end -= 1
        phrase = self._phrase_before(end)
        return Phrase(phrase.start, relative + 1) if phrase else None

    def _with_name_before_town(self, phrase: Phrase) -> Phrase:
        """The phrase with the name that a town precedes it with: "Stacy Baker of Columbia,
        South Carolina".
        """
        comma = phrase.start - 1
        if not self.is_(comma, ",") or not self._is_name(phrase):
            return phrase
        town = self.back(comma, CAPITAL)
        if not self.is_(town - 1, "of", "in", "from", "near"):
            return phrase
        named = self._phrase_before(town - 1)
        # A single word may be the first of any sentence: "Shops in Lima, Ohio, said".
        if named is None or named.end - named.start == 1:
            return phrase
        return Phrase(named.start, phrase.end) if self._is_name(named) else phrase

    def _is_name(self, phrase: Phrase) -> bool:
        return self.are_all(phrase.start, phrase.end, CAPITAL)

    # Appositions

    def _before_apposition(self, comma: int, mark: str) -> Phrase | None:
        """The phrase before the parenthesis that `mark` closes at `comma`: the nearest
        name, else the nearest phrase.
        """
        fallback: Phrase | None = None
        first = max(1, comma + 1 - _LONGEST_PHRASE)
        for place in range(comma - 1, first - 1, -1):
            if not self.is_(place, mark):
                continue
            # "left, and the envoy, said" joins; "Lee, then 38, said" has an apposition.
            joins = self.is_(place + 1, CONJUNCTION, but=["then"])
            if joins and mark == ",":
                continue
            phrase = self._phrase_before(place)
            if phrase is None or self._is_no_subject(phrase):
                continue
            subject = Phrase(phrase.start, comma)
            if self.is_(phrase.start, CAPITAL, but=[DETERMINER]):
                return subject
            # "the finance minister, Lou Jiwei (left), said"
            is_role = not self.is_(phrase.end - 1, CAPITAL)
            if is_role and self.are_all(place + 1, comma, CAPITAL, ASIDE):
                return subject
            fallback = fallback or subject
        return fallback

    def _is_no_subject(self, phrase: Phrase) -> bool:
        """Whether the phrase before an apposition is an introduction, a relative clause or
        the state behind a town ("Ohio." in "Ann Lee of Lima, Ohio., said").
        """
        first = phrase.start
        is_one_word = phrase.end - first == 1
        is_state = is_one_word and self.tokens[first].text.endswith(".")
        introduces = self.fits(first, _INTRODUCTION)
        return is_state or introduces or self.fits(first, _IN_RELATIVE_CLAUSE)

    # One phrase

    def _phrase_before(self, end: int) -> Phrase | None:
        """The noun phrase whose last word stands before `end`."""
        start = end - 1
        if end <= 0 or self.is_(start, *_NEVER_LAST):
            return None
        is_pronoun = self.is_(start, SUBJECT_PRONOUN)
        if is_pronoun and not self.is_(start - 1, "and"):
            return Phrase(start, end)
        first = max(0, end - _LONGEST_PHRASE)
        while start > first and self.fits(start - 1, _IN_PHRASE):
            start -= 1
        start = self._list_start(start, end)
        antecedent = self._past_relative_clause(start)
        if antecedent is not None:
            return Phrase(antecedent, end)
        start = self._without_introduction(start, end)
        return Phrase(start, end) if start < end else None

    def _list_start(self, start: int, end: int) -> int:
        """Where "Russia, Turkey and Iran" begins when the phrase is only "Turkey and Iran"."""
        if not self.is_(start, CAPITAL) or not self.holds(start, end, "and"):
            return start
        while self.is_(start - 1, ",") and self.is_(start - 2, CAPITAL):
            name = self.back(start - 2, CAPITAL)
            if self.fits(name, _NO_PART_OF_LIST):
                break
            start = name
        # "the leaders of Russia, Turkey and Iran"
        while self.is_(start - 1, "of") or self._begins_with_of(start, end):
            start -= 1
            while start > 0 and self.fits(start - 1, _IN_PHRASE):
                start -= 1
        return start

    def _begins_with_of(self, start: int, end: int) -> bool:
        return 0 < start < end - 1 and self.is_(start, "of")

    def _past_relative_clause(self, start: int) -> int | None:
        """Where the antecedent begins when the words before `start` are in its relative clause.

        "Farmers who were asked say": the words before "asked" are "Farmers who were".
        """
        if not self.is_(start - 1, AUXILIARY, FINITE):
            return None
        relatives, stops = (
            ("who", "which", "whose"),
            ("and", "but", "that", MARK, QUOTE),
        )
        first = max(1, start + 1 - _LONGEST_RELATIVE)
        place = self.last(first, start, *relatives, *stops)
        if place is None or not self.is_(place, *relatives):
            return None
        phrase = self._phrase_before(place)
        return phrase.start if phrase else None

    def _without_introduction(self, start: int, end: int) -> int:
        """Leave out an introduction without a comma, as in "On Tuesday night Trump said"."""
        first, last = self.skip(start, ADVERB), end - 1
        if first >= last:
            return last
        if not self.is_(first, PREPOSITION, TIME_WORD):
            return first
        for place in range(last, first, -1):
            is_behind = self.is_(place - 1, PREPOSITION, TIME_WORD)
            if is_behind or self.is_(place, DETERMINER):
                return place
        return last

    # The subject of the whole sentence

    def main(self, end: int, begin: int | None = None) -> Phrase | None:
        """The subject of the first finite verb between `begin` and `end`, an introduction
        left out.
        """
        start = self._after_introduction(end) if begin is None else begin
        if self.is_(start, *_PRONOUNS):
            return Phrase(start, start + 1)
        place = start
        while place < end and not self.fits(place, _BEHIND_SUBJECT):
            place += 1
        while place > start and self.is_(place - 1, *_NEVER_LAST):
            place -= 1
        return Phrase(start, place) if place > start else None

    def _after_introduction(self, end: int) -> int:
        """Where the main clause begins: past "Meanwhile,", "In the end," or "After he left,"."""
        start = min(end, self.skip(0, MARK, QUOTE, ASIDE, CONJUNCTION))
        # "One Monday ..."
        has_time = self.fits(start + 1, TIME)
        if not has_time and not self.fits(start, _INTRODUCES):
            return start
        for place in range(start, min(end, start + _LONGEST_PHRASE)):
            # `On "Morning Joe," Ann Lee left` has its comma inside the quotation.
            if self.is_(place, ",") or self._is_title_with_comma(place):
                return self._after_more_introduction(place + 1, end)
        return min(end, self.skip(start, SUBORDINATOR, ADVERB))

    def _after_more_introduction(self, start: int, end: int) -> int:
        """Past "Ohio, on Monday," when "At a rally in Lima," came before."""
        comma = self.find(start, end, ",")
        is_place = comma == start + 1 and self.is_(start, CAPITAL)
        is_more = is_place or self.is_(start, PREPOSITION)
        if is_more and comma + 1 < end:
            return self._after_more_introduction(comma + 1, end)
        return start

    # Behind the verb

    def after(self, place: int) -> Phrase | None:
        """The noun phrase that begins at `place`, with its appositions: the subject of an
        inverted verb.
        """
        end = place
        limit = min(len(self.tokens), place + _LONGEST_PHRASE)
        while end < limit and not self.fits(end, _BEHIND_INVERTED):
            # "said Ann Lee on Monday"
            if end > place and self.is_(end, *_BEHIND_NAME):
                break
            end += 1
        if end <= place or self._is_clause(place, end):
            return None
        return Phrase(place, end)

    def _is_clause(self, start: int, end: int) -> bool:
        """Whether the words up to the first mark or relative hold a finite verb, so that
        they are a clause.
        """
        stop = self.find(start + 1, end, MARK, RELATIVE)
        return any(self.fits(at, _SHOWS_CLAUSE) for at in range(start + 1, stop))
