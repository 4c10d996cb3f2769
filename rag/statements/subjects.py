"""The subject of a verb: where its noun phrase begins and ends, before the verb or behind it."""

from __future__ import annotations

from rag.statements.clauses import DASHES, QUOTATION_MARKS, Phrase, Reader
from rag.statements.vocabulary import (
    ADVERB,
    APPOSITION_STARTER,
    ASIDE,
    AUXILIARY,
    CAPITAL,
    CONJUNCTION,
    CONNECTIVE,
    DETERMINER,
    FINITE,
    INFLECTED,
    MARK,
    POSSESSIVE,
    PREPOSITION,
    QUOTE,
    RELATIVE,
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

# In "the plan he praised" only "he" praised: such a pronoun is a phrase of its own.
_PRONOUNS = ("he", "she", "they", "we", "i", "it")

# "said Ann Lee on Monday", "said Ann Lee as she left"
_AFTER_NAME = ("in", "on", "during", "as", "when", "while", "after", "before")


class Subjects(Reader):
    """Finds the subjects of verbs in one unit."""

    # Before the verb

    def before(self, end: int) -> Phrase | None:
        """The noun phrase that ends right before a verb group, appositions passed over, or None."""
        end = self.before_adjunct(end)
        if end <= 0:
            return None
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
        while True:
            last = end - 1
            is_dash = self.is_(last, *DASHES) and self.is_(last - 1, ASIDE)
            if is_dash or self.is_(last, ASIDE):
                end = last
                continue
            # "may" is more often the auxiliary of another verb than the month.
            if not self.is_(last, TIME_WORD) or self.is_(last, "may"):
                return end
            end = last
            if self.is_(end - 1, "on", "in", "late", "early"):
                end -= 1

    def _is_title_with_comma(self, place: int) -> bool:
        """Whether the apposition ends in a quotation, as in `host of "Morning Joe," said`."""
        if not self.is_(place, QUOTE) or place < 3:
            return False
        return self.tokens[place].text.rstrip(QUOTATION_MARKS + " ").endswith(",")

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
        if not self.is_(comma, ","):
            return phrase
        town = self.back(comma, CAPITAL)
        if not self.is_(town - 1, "of", "in", "from", "near"):
            return phrase
        named = self._phrase_before(town - 1)
        if named is None or not self.are_all(phrase.start, phrase.end, CAPITAL):
            return phrase
        # A single word may be the first of any sentence: "Shops in Lima, Ohio, said".
        is_full_name = named.end - named.start > 1
        if is_full_name and self.are_all(named.start, named.end, CAPITAL):
            return Phrase(named.start, phrase.end)
        return phrase

    # Appositions

    def _before_apposition(self, comma: int, mark: str) -> Phrase | None:
        """The phrase before the parenthesis that `mark` closes at `comma`: the nearest
        name, else the nearest phrase.
        """
        fallback: Phrase | None = None
        for place in range(comma - 1, max(0, comma - _LONGEST_PHRASE), -1):
            if self.low(place) != mark:
                continue
            # "left, and the envoy, said" joins; "Lee, then 38, said" has an apposition.
            joins = self.is_(place + 1, CONJUNCTION) and mark == ","
            if joins and not self.is_(place + 1, "then"):
                continue
            phrase = self._phrase_before(place)
            if phrase is None or self._is_no_subject(phrase):
                continue
            subject = Phrase(phrase.start, comma)
            if self._begins_with_name(phrase):
                return subject
            # "the finance minister, Lou Jiwei (left), said"
            is_role = not self.is_(phrase.end - 1, CAPITAL)
            if is_role and self.are_all(place + 1, comma, CAPITAL, ASIDE):
                return subject
            fallback = fallback or subject
        return fallback

    def _is_no_subject(self, phrase: Phrase) -> bool:
        """Whether the phrase before an apposition is an introduction, a relative clause or
        the state behind a town.
        """
        first, before = phrase.start, phrase.start - 1
        # "In the end, a farmer, ...", but "the head of the party, ..." and, since her clause
        # begins there, "as Ann Lee, a farmer, said"
        introduces = self.is_(before, PREPOSITION) and not self.is_(before, "of")
        opens_clause = self.is_(before, SUBORDINATOR)
        if introduces and not (opens_clause and self._begins_with_name(phrase)):
            return True
        # "Ohio." in "Ann Lee of Lima, Ohio., said"
        is_one_word = phrase.end - first == 1
        if is_one_word and self.tokens[first].text.endswith("."):
            return True
        # "the farmer who lives, they say, ...", but "that Ann Lee, a farmer, said"
        if self.is_(before, "that") and self.is_(first, CAPITAL):
            return False
        return self.is_(before, RELATIVE)

    def _begins_with_name(self, phrase: Phrase) -> bool:
        is_capital = self.is_(phrase.start, CAPITAL)
        return is_capital and not self.is_(phrase.start, DETERMINER)

    # One phrase

    def _phrase_before(self, end: int) -> Phrase | None:
        """The noun phrase whose last word stands before `end`."""
        if end <= 0 or not self._may_be_last(end - 1):
            return None
        start = end - 1
        if self.is_(start, SUBJECT_PRONOUN) and not self.is_(start - 1, "and"):
            return Phrase(start, end)
        first = max(0, end - _LONGEST_PHRASE)
        while start > first and self._belongs_to_phrase(start - 1):
            start -= 1
        start = self._list_start(start, end)
        antecedent = self._past_relative_clause(start)
        if antecedent is not None:
            return Phrase(antecedent, end)
        start = self._without_introduction(start, end)
        return Phrase(start, end) if start < end else None

    def _may_be_last(self, place: int) -> bool:
        """Whether a noun phrase may end in this word; "the" and "to" begin one."""
        joins = self.is_(place, PREPOSITION, CONJUNCTION, SUBORDINATOR)
        opens = self.is_(place, "the", "a", "an", "to", "'s", POSSESSIVE)
        return not joins and not opens and not self.is_(place, MARK)

    def _belongs_to_phrase(self, place: int) -> bool:
        """Whether the word goes on, to the left, with the noun phrase behind it."""
        if self.is_(place, "'s", ASIDE):
            return True
        if self.is_(place, "and"):
            return self._joins_nouns(place)
        if self.is_(place, MARK, QUOTE, SUBORDINATOR, CONJUNCTION, RELATIVE):
            return False
        if self.is_(place, *_PRONOUNS):
            # "He and Ann Lee said", but "the plan he praised"
            return self.is_(place, "he", "she") and self.is_(place + 1, "and")
        if self.is_(place, AUXILIARY) and not self.clauses.is_name_inside(place):
            return False
        # A verb of speech ends the phrase, but its base is more often a noun: "the report".
        return self.is_(place, CAPITAL) or not self.is_(place, INFLECTED)

    def _joins_nouns(self, place: int) -> bool:
        """Whether the "and" joins two nouns of one phrase, and not two clauses."""
        before, after = place - 1, place + 1
        # "farmers and workers said"
        is_plural = self.low(after).endswith("s") and self.tokens[after].text.islower()
        if is_plural and self.is_(before, WORD):
            return not self.is_(after, POSSESSIVE)
        # "he and Ann Lee", "current and former aides"
        if self.is_(before, "he", "she", "current"):
            return True
        # "Ann Lee and Bob Ray", "Ann Lee and her aides", "Ann Lee and others"
        joins = self.is_(after, CAPITAL, POSSESSIVE, "other", "others", "another")
        return joins and self.is_(before, CAPITAL)

    def _list_start(self, start: int, end: int) -> int:
        """Where "Russia, Turkey and Iran" begins when the phrase is only "Turkey and Iran"."""
        if not self.is_(start, CAPITAL) or self.find(start, end, "and") == end:
            return start
        while self.is_(start - 1, ",") and self.is_(start - 2, CAPITAL):
            name = self.back(start - 2, CAPITAL)
            # "In Ohio, Ann Lee and Bob Ray said", but "the leaders of Russia, Turkey and Iran"
            is_place = self.is_(name - 1, PREPOSITION) and not self.is_(name - 1, "of")
            if is_place or self.is_(name, PREPOSITION):
                break
            start = name
        while self.is_(start - 1, "of") or self._begins_with_of(start, end):
            start -= 1
            while start > 0 and self._belongs_to_phrase(start - 1):
                start -= 1
        return start

    def _begins_with_of(self, start: int, end: int) -> bool:
        return self.is_(start, "of") and start < end - 1

    def _past_relative_clause(self, start: int) -> int | None:
        """Where the antecedent begins when the words before `start` are in its relative clause.

        "Farmers who were asked say": the words before "asked" are "Farmers who were".
        """
        if not self.is_(start - 1, AUXILIARY, FINITE):
            return None
        for place in range(start - 1, max(0, start - _LONGEST_RELATIVE), -1):
            if self.is_(place, "who", "which", "whose"):
                phrase = self._phrase_before(place)
                return phrase.start if phrase else None
            if self.is_(place, "and", "but", "that", MARK, QUOTE):
                return None
        return None

    def _without_introduction(self, start: int, end: int) -> int:
        """Leave out an introduction without a comma, as in "On Tuesday night Trump said"."""
        first = min(self.skip(start, ADVERB), end - 1)
        if not self.is_(first, PREPOSITION, TIME_WORD):
            return first
        for place in range(end - 1, first, -1):
            if self.is_(place, DETERMINER):
                return place
            if self.is_(place - 1, PREPOSITION, TIME_WORD):
                return place
        return end - 1

    # The subject of the whole sentence

    def main(self, end: int, begin: int | None = None) -> Phrase | None:
        """The subject of the first finite verb between `begin` and `end`, an introduction
        left out.
        """
        start = self._after_introduction(end) if begin is None else begin
        if self.is_(start, *_PRONOUNS):
            return Phrase(start, start + 1)
        place = start
        while place < end and not self._ends_subject(place):
            place += 1
        while place > start and not self._may_be_last(place - 1):
            place -= 1
        return Phrase(start, place) if place > start else None

    def _after_introduction(self, end: int) -> int:
        """Where the main clause begins: past "Meanwhile,", "In the end," or "After he left,"."""
        start = min(end, self.skip(0, MARK, QUOTE, ASIDE, CONJUNCTION))
        if not self._introduces(start):
            return start
        for place in range(start, min(end, start + _LONGEST_PHRASE)):
            # `On "Morning Joe," Ann Lee left` has its comma inside the quotation.
            if self.is_(place, ",") or self._is_title_with_comma(place):
                return self._after_more_introduction(place + 1, end)
        return min(end, self.skip(start, SUBORDINATOR, ADVERB))

    def _introduces(self, place: int) -> bool:
        """Whether a sentence that begins so may have an introduction before its subject."""
        if self.is_(place, PREPOSITION, SUBORDINATOR, CONNECTIVE, TIME_WORD, ADVERB):
            return True
        # "Noting that it failed, ...", "Asked about it, ...", "One Monday ..."
        return self.low(place).endswith(("ing", "ed")) or self.is_time(place + 1)

    def _after_more_introduction(self, start: int, end: int) -> int:
        """Past "Ohio, on Monday," when "At a rally in Lima," came before."""
        comma = self.find(start, end, ",")
        is_place = comma == start + 1 and self.is_(start, CAPITAL)
        is_more = is_place or self.is_(start, PREPOSITION)
        if is_more and comma + 1 < end:
            return self._after_more_introduction(comma + 1, end)
        return start

    def _ends_subject(self, place: int) -> bool:
        """Whether the subject of the main clause ends before this word."""
        before = place - 1
        if self.is_(place, CAPITAL, ASIDE, TITLE):
            return False
        if self.is_(place, CONJUNCTION) and self.is_(before, CAPITAL):
            return not self.is_(place + 1, CAPITAL)  # "Ann Lee and Bob Ray left"
        if self.is_(place, "'s") and self.is_(before, CAPITAL):
            return False  # "Ann Lee's farm"
        if self.is_(place, MARK, QUOTE, CONJUNCTION, AUXILIARY):
            return True
        if self.is_(place, RELATIVE, ADVERB, INFLECTED):
            return True
        # "The proposed law" goes on, "The law failed" ends.
        if self.is_(before, DETERMINER):
            return False
        if self.low(place).endswith("ed"):
            return True
        # "Ann Lee left", but "Ann Lee of Ohio left"
        return self.is_(before, CAPITAL) and not self.is_(place, PREPOSITION)

    # Behind the verb

    def after(self, place: int) -> Phrase | None:
        """The noun phrase that begins at `place`, with its appositions: the subject of an
        inverted verb.
        """
        end = place
        limit = min(len(self.tokens), place + _LONGEST_PHRASE)
        while end < limit and not self._ends_inverted(end, place):
            end += 1
        if end <= place or self._is_clause(place, end):
            return None
        return Phrase(place, end)

    def _ends_inverted(self, place: int, start: int) -> bool:
        """Whether the subject of "said Ann Lee, a farmer, on Monday" ends before this word."""
        if self.is_(place, ","):
            return not self.is_(place + 1, APPOSITION_STARTER)
        if self.is_(place, MARK, QUOTE):
            return True
        return place > start and self.is_(place, *_AFTER_NAME)

    def _is_clause(self, start: int, end: int) -> bool:
        """Whether the words up to the first mark or relative hold a finite verb, so that
        they are a clause.
        """
        for place in range(start + 1, end):
            if self.is_(place, MARK, RELATIVE):
                return False
            if self.is_(place, "'s"):
                continue  # "said Ann Lee's aide"
            if self.is_(place, AUXILIARY):
                return True
            if self.is_(place, FINITE) and not self.is_(place, CAPITAL):
                return True
        return False
