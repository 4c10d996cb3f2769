"""Where a verb's subject stands and where its clause ends, told from the tokens of one unit
without a parser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.language.lexicon import Cue, Frame, Language
from rag.statements.tokens import Token
from rag.types import Span

_LONGEST_PHRASE = 40
_MARKS = "\"'“”‘’«»„‹›」』` "
_COMPLETE = (",", "?", "!", ".", "…", "-", "—", ";")
_DASHES = frozenset(["—", "–", "-", "--"])


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
    return quotation.text.rstrip(_MARKS).endswith(_COMPLETE)


class Clauses:
    """One unit's tokens, and what can be asked of them."""

    def __init__(
        self, tokens: list[Token], language: Language, capitals_mean_names: bool = True
    ) -> None:
        self.tokens = tokens
        self.capitals_mean_names = capitals_mean_names
        self.language = language
        self.words = language.words

    def low(self, place: int) -> str:
        return self.tokens[place].low if 0 <= place < len(self.tokens) else ""

    def kind(self, place: int) -> str:
        return self.tokens[place].kind if 0 <= place < len(self.tokens) else ""

    def is_(self, name: str, place: int) -> bool:
        return self.low(place) in self.words[name]

    def is_adverb(self, place: int) -> bool:
        low = self.low(place)
        if low in self.words["adverbs"]:
            return True
        return (
            low.endswith("ly")
            and len(low) > 4
            and low not in self.words["ly_nouns"]
            and not self.tokens[place].capital
        )

    def is_infinitive(self, place: int) -> bool:
        following = place + 1
        if self.low(place) != "to" or self.kind(following) not in ("word", "quote"):
            return False
        return not (
            self.tokens[following].capital
            or self.is_("determiners", following)
            or self.low(following).endswith("s")
        )

    def is_time(self, place: int) -> bool:
        if self.low(place) in ("this", "last", "next"):
            return self.is_("time_words", place + 1)
        return self.is_("time_words", place) and self.low(place + 1) != "'s"

    def is_empty(self, place: int) -> bool:
        """Whether the word alone says nothing: a number, a time, a preposition or an adverb."""
        small = self.is_("prepositions", place) or self.is_adverb(place)
        return small or self.is_time(place) or self.low(place).isdigit()

    def is_title(self, place: int) -> bool:
        """Whether a quotation is the name of something, as in `on ABC's "This Week,"`."""
        introduced = self.low(place - 1) == "'s" or self.is_("prepositions", place - 1)
        words = self.tokens[place].text.strip(_MARKS).split()
        return (
            introduced
            and len(words) < 6
            and words[-1][:1].isupper()
            and words[0][:1].isupper()
        )

    def span(self, phrase: Phrase) -> Span | None:
        """The text range of a phrase without the punctuation at its ends."""
        start, end = phrase.start, phrase.end
        while start < end and self.tokens[start].kind == "mark":
            start += 1
        while start < end and self.tokens[end - 1].kind == "mark":
            end -= 1
        return (
            Span(self.tokens[start].start, self.tokens[end - 1].end)
            if start < end
            else None
        )

    # Verbs

    def verb_groups(self) -> list[VerbGroup]:
        """The cues of the unit that read as verbs, from left to right."""
        groups = []
        for place, token in enumerate(self.tokens):
            cue = self.language.cues.get(token.low) if token.kind == "word" else None
            if cue and not (
                token.capital
                and self.capitals_mean_names
                and (place or cue.tense in ("base", "third"))
            ):
                group = self._verb_group(place, cue)
                if self._reads_as_verb(group):
                    groups.append(group)
        return groups

    def _verb_group(self, place: int, cue: Cue) -> VerbGroup:
        start, negated, passive = place, False, False
        for phrase, refuses in self.language.governors.get(self.low(place - 1), ()):
            if all(
                self.low(place - len(phrase) + at) == word
                for at, word in enumerate(phrase)
            ):
                start, negated = place - len(phrase), refuses
        start = self._quoting_verb(start)
        while start > 0 and (
            self._is_auxiliary(start - 1)
            or self.is_adverb(start - 1)
            or self._is_floating(start - 1)
        ):
            start -= 1
            negated = negated or self.is_("negations", start)
            passive = (
                passive or self.is_("be", start) or self.low(start) in ("been", "being")
            )
        passive = passive and cue.tense in ("past", "participle")
        return VerbGroup(
            start, place, cue, self._is_finite(start, place, cue), negated, passive
        )

    def _is_finite(self, start: int, place: int, cue: Cue) -> bool:
        if self.low(start) in ("having", "being"):
            return False
        helped = any(
            self.is_("auxiliaries", at) or self.is_("quoting_verbs", at)
            for at in range(start, place)
        )
        return cue.tense != "gerund" or helped

    def _quoting_verb(self, start: int) -> int:
        """The "quoted" of "was quoted by TASS as" before a gerund, or `start` itself."""
        if self.low(start - 1) != "as":
            return start
        for place in range(start - 2, max(-1, start - 8), -1):
            if self.is_("quoting_verbs", place):
                return (
                    place
                    if place == start - 2 or self.low(place + 1) == "by"
                    else start
                )
        return start

    def _is_floating(self, place: int) -> bool:
        """Whether "all" or "both" stands between a subject and its verb."""
        follows_noun = (
            place > 0
            and self.kind(place - 1) == "word"
            and not self.is_("conjunctions", place - 1)
        )
        return follows_noun and self.low(place) in ("all", "both", "each")

    def _is_auxiliary(self, place: int) -> bool:
        """Whether an auxiliary stands here; 's is one only after a pronoun."""
        if self.low(place) == "'s":
            return self.is_("nominative", place - 1) or self.low(place - 1) == "that"
        return self.is_("auxiliaries", place) and not self._is_name_inside(place)

    def _is_name_inside(self, place: int) -> bool:
        """Whether a capitalised auxiliary inside the sentence is a name: the columnist
        Will, the minister May.
        """
        return (
            place > 0
            and self.is_("named_auxiliaries", place)
            and self.tokens[place].capital
        )

    def _reads_as_verb(self, group: VerbGroup) -> bool:
        before, after = self.low(group.start - 1), self.low(group.place + 1)
        if group.start < group.place:
            return True
        determined = (
            before in self.words["determiners"]
            and before not in self.words["subject_pronouns"]
        )
        if determined or before == "'s" or before in ("of", "for", "with"):
            return False
        if group.cue.tense in ("past", "participle"):
            told_by = after == "by" and not self.is_("means", group.place + 2)
            return (
                not told_by or group.cue.lemma == "ask"
            ) and before not in self.words["prepositions"]
        if group.cue.tense == "gerund":
            return True
        return self._stands_as_verb(group, before)

    def _stands_as_verb(self, group: VerbGroup, before: str) -> bool:
        """Whether a form like "claims" or "report" is a verb where it stands."""
        after = group.place + 1
        opens = self.low(after) in ("that", ":") or self.kind(after) == "quote"
        opens = opens or self.is_("nominative", after) or self.is_("determiners", after)
        if group.cue.tense == "third":
            capital = self.tokens[group.start - 1].capital and not self.is_(
                "determiners", group.start - 1
            )
            named = before in self.words["singular_pronouns"] or capital
            named = named or (before == "and" and not group.cue.noun)
            return named or opens or not group.cue.noun
        if (
            before == "who"
            or before
            in self.words["subject_pronouns"] - self.words["singular_pronouns"]
        ):
            return True
        if before == "and":
            return opens or not group.cue.noun
        plural = (
            before.endswith("s")
            or before in ("people", "percent")
            or before in self.words["numbers"]
        )
        plural = plural or before.endswith("%")
        return (opens and (plural or not group.cue.noun)) or (
            plural and not group.cue.noun
        )

    # Subjects

    def subject_before(self, end: int) -> Phrase | None:
        """The noun phrase that ends right before a verb group, appositions passed over, or None."""
        end = self.before_adjunct(end)
        if end <= 0:
            return None
        mark = "," if self._is_title_with_comma(end - 1) else self.low(end - 1)
        if mark == "," or mark in _DASHES:
            return self._before_apposition(end - 1, mark)
        if self.is_("relatives", end - 1):
            return self._antecedent(end - 1)
        phrase = self._phrase_before(end)
        return self._before_place(phrase) if phrase else None

    def _before_place(self, phrase: Phrase) -> Phrase:
        """The phrase with the name that a town precedes it with: "Stacy Baker of Columbia,
        South Carolina".
        """
        town = phrase.start - 1
        if self.low(town) != "," or not all(
            token.capital for token in self.tokens[phrase.start : phrase.end]
        ):
            return phrase
        while self.kind(town - 1) == "word" and self.tokens[town - 1].capital:
            town -= 1
        named = (
            self._phrase_before(town - 1)
            if self.low(town - 1) in ("of", "in", "from", "near")
            else None
        )
        if (
            named
            and named.end - named.start > 1
            and all(t.capital for t in self.tokens[named.start : named.end])
        ):
            return Phrase(named.start, phrase.end)
        return phrase

    def before_adjunct(self, end: int) -> int:
        """Leave out "(R-Fla.)" and "last week" between a subject and its verb."""
        while end > 0:
            parenthesis = self.low(end - 1) in _DASHES and self.kind(end - 2) == "aside"
            when = self.is_("time_words", end - 1) and self.low(end - 1) != "may"
            if not (parenthesis or when or self.kind(end - 1) == "aside"):
                break
            end -= (
                2 if when and self.low(end - 2) in ("on", "in", "late", "early") else 1
            )
        return end

    def _is_title_with_comma(self, place: int) -> bool:
        """Whether the apposition ends in a quotation, as in `host of "Morning Joe," said`."""
        return (
            self.kind(place) == "quote"
            and place > 2
            and self.tokens[place].text.rstrip(_MARKS).endswith(",")
        )

    def _before_apposition(self, comma: int, mark: str) -> Phrase | None:
        """The phrase before the parenthesis that `mark` closes at `comma`: the nearest
        name, else the nearest phrase.
        """
        fallback: Phrase | None = None
        for place in range(comma - 1, max(0, comma - _LONGEST_PHRASE), -1):
            if self.low(place) != mark or (
                mark == "," and self._coordinated(place + 1)
            ):
                continue
            phrase = self._phrase_before(place)
            if (
                phrase is None
                or self._is_introduction(phrase)
                or self._is_no_name(phrase)
            ):
                continue
            if self._begins_with_name(phrase) or self._names_role(phrase, place, comma):
                return Phrase(phrase.start, comma)
            fallback = fallback or Phrase(phrase.start, comma)
        return fallback

    def _coordinated(self, place: int) -> bool:
        """Whether a conjunction stands here; "then" is none in "Lee, then 38, said"."""
        return self.is_("conjunctions", place) and self.low(place) != "then"

    def _is_no_name(self, phrase: Phrase) -> bool:
        """Whether the phrase is in a relative clause, or the state behind a town, as in
        "Lima, Ohio."
        """
        state = phrase.end - phrase.start == 1 and self.tokens[
            phrase.start
        ].text.endswith(".")
        named_clause = (
            self.low(phrase.start - 1) == "that" and self.tokens[phrase.start].capital
        )
        return state or (self.is_("relatives", phrase.start - 1) and not named_clause)

    def _begins_with_name(self, phrase: Phrase) -> bool:
        return self.tokens[phrase.start].capital and not self.is_(
            "determiners", phrase.start
        )

    def _names_role(self, phrase: Phrase, comma: int, end: int) -> bool:
        """Whether "the finance minister, Lou Jiwei," stands here."""
        between = self.tokens[comma + 1 : end]
        return not self.tokens[phrase.end - 1].capital and all(
            token.capital or token.kind == "aside" for token in between
        )

    def _is_introduction(self, phrase: Phrase) -> bool:
        before = self.low(phrase.start - 1)
        if before in self.words["subordinators"] and self._begins_with_name(phrase):
            return False
        return before in self.words["prepositions"] and before != "of"

    def _antecedent(self, relative: int) -> Phrase | None:
        end = relative - 1 if self.low(relative - 1) == "," else relative
        phrase = self._phrase_before(end) if end > 0 else None
        return Phrase(phrase.start, relative + 1) if phrase else None

    def _phrase_before(self, end: int) -> Phrase | None:
        if end <= 0 or not self._may_end_phrase(end - 1):
            return None
        start = end - 1
        if self.is_("subject_pronouns", start) and self.low(start - 1) != "and":
            return Phrase(start, end)
        while (
            start > 0
            and end - start < _LONGEST_PHRASE
            and self._belongs_to_phrase(start - 1)
        ):
            start -= 1
        start = self._list_start(start, end)
        antecedent = self._past_relative_clause(start)
        if antecedent is not None:
            return Phrase(antecedent, end)
        start = self._without_introduction(start, end)
        return Phrase(start, end) if start < end else None

    def _list_start(self, start: int, end: int) -> int:
        """Where "Russia, Turkey and Iran" begins when the phrase is only "Turkey and Iran"."""
        if not (
            self.tokens[start].capital
            and any(self.low(place) == "and" for place in range(start, end))
        ):
            return start
        while (
            start > 1 and self.low(start - 1) == "," and self.tokens[start - 2].capital
        ):
            run = start - 2
            while run > 0 and self.tokens[run - 1].capital:
                run -= 1
            if self.is_("prepositions", run) or (
                self.is_("prepositions", run - 1) and self.low(run - 1) != "of"
            ):
                break
            start = run
        while self.low(start - 1) == "of" or (
            start < end - 1 and self.low(start) == "of"
        ):
            start -= 1
            while start > 0 and self._belongs_to_phrase(start - 1):
                start -= 1
        return start

    def _past_relative_clause(self, start: int) -> int | None:
        """Where the antecedent begins when the words before `start` are in its relative clause."""
        if start == 0 or not self._is_finite_verb(start - 1):
            return None
        for place in range(start - 1, max(0, start - _LONGEST_PHRASE // 2), -1):
            if self.low(place) in ("who", "which", "whose"):
                phrase = self._phrase_before(place)
                return phrase.start if phrase else None
            if self.kind(place) in ("mark", "quote") or self.low(place) in (
                "and",
                "but",
                "that",
            ):
                return None
        return None

    def _is_finite_verb(self, place: int) -> bool:
        cue = self.language.cues.get(self.low(place))
        return self.is_("auxiliaries", place) or bool(
            cue and cue.tense in ("past", "third")
        )

    def _may_end_phrase(self, place: int) -> bool:
        token = self.tokens[place]
        if token.kind == "mark":
            return False
        return token.kind != "word" or not (
            token.low in self.words["prepositions"]
            or token.low in self.words["conjunctions"]
            or token.low in self.words["subordinators"]
            or token.low in self.words["possessives"]
            or token.low in ("the", "a", "an", "to", "'s")
        )

    def _belongs_to_phrase(self, place: int) -> bool:
        token = self.tokens[place]
        if token.kind == "aside":
            return True
        if token.kind != "word":
            return False
        low = token.low
        if low in ("and", "&"):
            if (
                self.tokens[place + 1].text.islower()
                and self.low(place + 1).endswith("s")
                and self.kind(place - 1) == "word"
            ):
                return not self.is_("possessives", place + 1)
            joins = (
                self.tokens[place + 1].capital
                or self.is_("possessives", place + 1)
                or self.low(place + 1) in ("other", "others", "another")
            )
            paired = (
                self.low(place - 1) in ("he", "she") or self.low(place - 1) == "current"
            )
            return (joins and place > 0 and self.tokens[place - 1].capital) or (
                place > 0 and paired
            )
        if low == "'s":
            return True
        if (
            low in self.words["subordinators"]
            or low in self.words["conjunctions"]
            or low in self.words["relatives"]
        ):
            return False
        if low in ("he", "she") and self.low(place + 1) == "and":
            return True
        if low in ("he", "she", "they", "we", "i", "it"):
            return False
        if low in self.words["auxiliaries"] and not self._is_name_inside(place):
            return False
        cue = self.language.cues.get(low)
        return cue is None or cue.tense in ("base",) or token.capital

    def _without_introduction(self, start: int, end: int) -> int:
        """Leave out an introduction without a comma, as in "On Tuesday night Trump said"."""
        while start < end - 1 and self.is_adverb(start):
            start += 1
        if not (self.is_("prepositions", start) or self.is_("time_words", start)):
            return start
        for place in range(end - 1, start, -1):
            before = self.low(place - 1)
            if (
                before in self.words["prepositions"]
                or before in self.words["time_words"]
            ):
                return place
            if self.is_("determiners", place):
                return place
        return end - 1

    def main_subject(self, end: int, begin: int | None = None) -> Phrase | None:
        """The subject of the first finite verb between `begin` and `end`, an introduction
        left out.
        """
        start = place = self._after_introduction(end) if begin is None else begin
        if self.low(start) in ("he", "she", "they", "we", "i", "it"):
            return Phrase(start, start + 1)
        while place < end and not self._ends_subject(place):
            place += 1
        while place > start and not self._may_end_phrase(place - 1):
            place -= 1
        return Phrase(start, place) if place > start else None

    def _after_introduction(self, end: int) -> int:
        start = 0
        while start < end and (
            self.kind(start) != "word" or self.is_("conjunctions", start)
        ):
            start += 1
        introduces = (
            self.is_("prepositions", start)
            or self.is_("subordinators", start)
            or self.is_adverb(start)
        )
        introduces = (
            introduces
            or self.is_("connectives", start)
            or self.is_("time_words", start)
        )
        introduces = introduces or self.low(start).endswith(("ing", "ed"))
        if not introduces and not self.is_time(start + 1):
            return start
        for place in range(start, min(end, start + _LONGEST_PHRASE)):
            if self.low(place) == "," or (
                self.kind(place) == "quote" and self._is_title_with_comma(place)
            ):
                return self._after_more_introduction(place + 1, end)
        while start < end and (
            self.is_("subordinators", start) or self.is_adverb(start)
        ):
            start += 1
        return start

    def _after_more_introduction(self, start: int, end: int) -> int:
        """Past "Iowa, on Sunday," when "In Ames," came before."""
        comma = next((at for at in range(start, end) if self.low(at) == ","), end)
        more = self.is_("prepositions", start) or (
            comma == start + 1 and self.tokens[start].capital
        )
        return (
            self._after_more_introduction(comma + 1, end)
            if more and comma + 1 < end
            else start
        )

    def _ends_subject(self, place: int) -> bool:
        token = self.tokens[place]
        if token.kind in ("quote", "mark"):
            return True
        low = token.low
        if token.capital or token.kind == "aside" or low in self.language.titles:
            return False
        if low in self.words["conjunctions"]:
            return not (
                self.tokens[place - 1].capital
                and place + 1 < len(self.tokens)
                and self.tokens[place + 1].capital
            )
        if low in self.words["auxiliaries"]:
            return low != "'s" or not self.tokens[place - 1].capital
        if low in self.words["relatives"] or self.is_adverb(place):
            return True
        cue = self.language.cues.get(low)
        if cue and cue.tense != "base":
            return True
        named = (
            place > 0
            and self.tokens[place - 1].capital
            and not self.is_("determiners", place - 1)
        )
        participle = low.endswith("ed") and not self.is_("determiners", place - 1)
        return participle or (named and low not in self.words["prepositions"])

    def subject_after(self, place: int) -> Phrase | None:
        """The noun phrase that begins at `place`, with its appositions: the subject of an
        inverted verb.
        """
        end = place
        while (
            end < len(self.tokens)
            and end - place < _LONGEST_PHRASE
            and not self._closes_inverted(end, place)
        ):
            end += 1
        return (
            Phrase(place, end)
            if end > place and not self._holds_verb(place, end)
            else None
        )

    def _holds_verb(self, start: int, end: int) -> bool:
        """Whether the words up to the first mark or relative hold a finite verb, so that
        they are a clause.
        """
        for place in range(start + 1, end):
            if self.kind(place) == "mark" or self.is_("relatives", place):
                return False
            if self.is_("auxiliaries", place) and self.low(place) != "'s":
                return True
            cue = self.language.cues.get(self.low(place))
            if (
                cue
                and cue.tense in ("past", "third")
                and not self.tokens[place].capital
            ):
                return True
        return False

    def _closes_inverted(self, place: int, start: int) -> bool:
        token = self.tokens[place]
        if token.low == ",":
            return not self.is_("apposition_starters", place + 1)
        if token.kind in ("mark", "quote"):
            return True
        return (
            token.low
            in ("in", "on", "during", "as", "when", "while", "after", "before")
            and place - start > 0
        )

    # Ends

    def clause_end(
        self, start: int, frame: Frame, cues: Mapping[int, VerbGroup]
    ) -> int:
        """Where the content that begins at `start` ends (exclusive)."""
        parenthesis = self.low(start) == "that" and self.low(start + 1) == ","
        for place in range(start + 3 if parenthesis else start + 1, len(self.tokens)):
            if self.low(place) == ";" or self._cuts(place, frame, cues):
                return place
        return len(self.tokens)

    def _cuts(self, place: int, frame: Frame, cues: Mapping[int, VerbGroup]) -> bool:
        """Whether the content ends before this word; which words end it was counted on
        annotated articles.
        """
        low = self.low(place)
        if self.kind(place) != "word":
            return False
        if low == "according" or (
            low in ("while", "before", "after", "without")
            and self._is_speech_gerund(place + 1, cues)
        ):
            return True
        if low in ("and", "but", "then") and self._coordinates(place + 1, cues):
            return True
        if (
            frame == "object"
            and low in ("and", "but")
            and self.low(place + 1).endswith("ed")
        ):
            return True
        if low == "as" and self._attributes(place + 1, cues):
            return True
        if frame == "object" and (
            low in self.words["object_endings"] or self._begins_clause(place, cues)
        ):
            return True
        return self._is_break(place - 1) and self._cuts_after_break(place, frame, cues)

    def _begins_clause(self, place: int, cues: Mapping[int, VerbGroup]) -> bool:
        """Whether "and the envoy asked" stands here: a conjunction, a subject of its own
        and its verb.
        """
        if self.low(place) not in ("and", "but"):
            return False
        for at in range(place + 1, place + 8):
            if (
                self.kind(at) != "word"
                or self.is_("clause_openers", at)
                or self.is_("nominative", at)
            ):
                return False
            if (
                at > place + 1
                and at in cues
                and cues[at].finite
                and cues[at].cue.tense != "base"
            ):
                return True
        return False

    def _cuts_after_break(
        self, place: int, frame: Frame, cues: Mapping[int, VerbGroup]
    ) -> bool:
        low = self.low(place)
        if self._is_gerund(place):
            return frame == "object" or place in cues
        if low in ("and", "but"):
            if self.is_("nominative", place + 1):
                return True
            if low == "but" and place + 1 < len(self.tokens):
                return frame == "object" or self.tokens[place + 1].capital
        if place in cues and cues[place].cue.tense in ("past", "third"):
            return True
        if low in self.words["relatives"] and self._is_inserted(place):
            return False
        return low in self.words["cutters"] or (
            frame == "object" and low in self.words["object_cutters"]
        )

    def _is_inserted(self, relative: int) -> bool:
        """Whether the sentence goes on after the relative clause: "groups, which are active
        there, have joined".
        """
        for place in range(relative, len(self.tokens) - 1):
            if self.low(place) == ",":
                return self._is_finite_verb(place + 1)
        return False

    def _is_break(self, place: int) -> bool:
        """Whether a comma, a dash or a quotation that ends in punctuation stands here."""
        if self.kind(place) == "quote":
            return is_complete(self.tokens[place])
        return self.low(place) == "," or self.low(place) in _DASHES

    def _attributes(self, place: int, cues: Mapping[int, VerbGroup]) -> bool:
        """Whether "he said" stands here."""
        return self.is_("nominative", place) and any(
            at in cues for at in (place + 1, place + 2)
        )

    def _is_speech_gerund(self, place: int, cues: Mapping[int, VerbGroup]) -> bool:
        return place in cues and self._is_gerund(place)

    def _is_gerund(self, place: int) -> bool:
        low = self.low(place)
        return (
            low.endswith("ing")
            and len(low) > 4
            and low not in self.words["gerund_nouns"]
            and self.kind(place) == "word"
        )

    def _coordinates(self, place: int, cues: Mapping[int, VerbGroup]) -> bool:
        """Whether a cue in the past or third person follows right after a conjunction."""
        while self.is_adverb(place) or self.is_("auxiliaries", place):
            place += 1
        return place in cues and cues[place].cue.tense in ("past", "third")
