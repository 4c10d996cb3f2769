"""Statements that no verb introduces: a name and a colon, "according to", a noun of speech."""

from __future__ import annotations

import re

from rag.statements.drafts import Draft, Rules, Scene
from rag.statements.rows import Phrase
from rag.statements.tokens import Token, Tokens
from rag.statements.vocabulary import (
    ASIDE,
    AUXILIARY,
    CAPITAL,
    CONJUNCTION,
    CONNECTIVE,
    MARK,
    PARTICLE,
    POSSESSIVE,
    PREPOSITION,
    QUOTE,
    WORD,
)
from rag.types import Span

# "Former Secretary of State Ann Lee (R-Ohio) to Bob Ray on Sunday:"
_LONGEST_NAME = 13

# "Plan failed – Russian Foreign Ministry"
_LONGEST_CREDIT = 3

# "So, according to Ann Lee, ...", "In Ohio, according to ...": with more words before it, the
# content stands before "according to".
_LONGEST_LEAD = 3

# "his call", "Trump's latest angry call"
_POSSESSOR_WITHIN = 3

_CAPITALISED_WORD = r"[A-ZÀ-ÖØ-Þ]\w*(?:[’'](?!s\b)\w+|[.-]\w+)*"
_CAPITALISED = re.compile(
    rf"\b(?P<run>{_CAPITALISED_WORD}(?: {_CAPITALISED_WORD})*)(?P<colon>:?)"
)


class Written:
    """The capitalised words of an article, so that "Lee:" is told from "Breaking:" and
    "SYSTEM:", which the article has nowhere else.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._is_read = False
        self._free: set[str] = set()  # not right before a colon
        self._surnames: set[str] = set()  # behind another capitalised word
        self._once: set[str] = set()
        self._twice: set[str] = set()

    def has(self, name: str, in_full: bool) -> bool:
        """Whether the article has the name apart from "NAME:", or in a transcript both "ANN
        LEE:" and "LEE:".
        """
        if not self._is_read:
            self._read()
        written = {name, name.title()}
        if not self._free.isdisjoint(written):
            return True
        if self._surnames.isdisjoint(written):
            return False
        return not in_full or not self._twice.isdisjoint(written)

    def _read(self) -> None:
        """Sort the article's words; only an article with a colon behind a name needs it."""
        self._is_read = True
        for match in _CAPITALISED.finditer(self.text):
            words = match["run"].split()
            self._surnames.update(words[1:])
            for word in words:
                known = self._twice if word in self._once else self._once
                known.add(word)
            if match["colon"]:
                words.pop()
            self._free.update(words)


class Credits(Rules):
    """The statements of one unit that are credited without a verb."""

    def __init__(self, scene: Scene, reading: Tokens, names: Written) -> None:
        super().__init__(scene)
        self.names = names
        self.text = reading.text
        self.paragraph_end = reading.paragraphs[scene.unit.paragraph].end

    def drafts(self) -> list[Draft]:
        """The credits of the unit, the name before a colon first."""
        found = [self._name_and_colon(), self._dash_and_name(), self._according_to()]
        nouns = self.scene.language.speech_nouns
        for place, token in enumerate(self.tokens[:-2]):
            if token.low in nouns and place > 0:
                found.append(self._speech_noun(place, nouns[token.low]))
        return [draft for draft in found if draft]

    # A name and a mark

    def _name_and_colon(self) -> Draft | None:
        """`Name: what was said`, in a headline, in a transcript or before a quotation."""
        colon = self._colon_after_name()
        if colon is None or self.tokens[0].low in self.scene.language.cues:
            return None  # "Answer: it failed."
        name = self.tokens[:colon]
        if self._is_shouted(name):
            rule = "transcript"  # "LEE: Why is that?"
        elif self.scene.unit.paragraph == 0:
            rule = "headline"  # "Lee: The Plan Has Failed"
        elif self.is_(colon + 1, QUOTE):
            rule = "name and quotation"  # "Ann Lee: “We stay.”"
        else:
            return None
        if not self._is_somebody(name):
            return None
        content = Phrase(colon + 1, len(self.tokens))
        cue = self._cue(colon, colon)
        draft = self.scene.credit(rule, cue, Phrase(0, colon), [content])
        if not draft.content:
            return None
        # In a transcript all sentences of the paragraph are the speaker's.
        if rule == "transcript":
            draft.content = [Span(draft.content[0].start, self.paragraph_end)]
        return draft

    def _colon_after_name(self) -> int | None:
        """The colon of "Ann Lee (R-Ohio) to Bob Ray:"."""
        colon = self.skip(1, "to", "on", "of", CAPITAL, ASIDE)
        is_colon = self.is_(colon, ":") and colon < len(self.tokens) - 1
        return colon if is_colon and colon <= _LONGEST_NAME else None

    def _is_shouted(self, name: list[Token]) -> bool:
        for token in name:
            if not token.text.isupper():
                return False
        # "A: we stay", "I: ..." are no transcript of a person's name.
        return len(name[0].text) > 1

    def _is_somebody(self, name: list[Token]) -> bool:
        """Whether the words before a colon are a person's: a given name, or a name that the
        article has elsewhere.
        """
        people, first = self.scene.language.people, name[0].low
        is_given_name = first in people["male"] or first in people["female"]
        if is_given_name and len(name) > 1:
            return True
        words = [token.text for token in name if token.is_(CAPITAL)]
        if not words:
            return False
        return self.names.has(words[-1], in_full=len(words) > 1)

    def _dash_and_name(self) -> Draft | None:
        """`What was said – Name` in a headline, when the article names them again."""
        if self.scene.unit.paragraph > 0:
            return None
        last = len(self.tokens) - 1
        for place in range(last, max(0, last - 1 - _LONGEST_CREDIT), -1):
            if self.is_(place, "–", "—"):
                return self._credited_behind(place)
        return None

    def _credited_behind(self, dash: int) -> Draft | None:
        end = len(self.tokens)
        name = Phrase(dash + 1, end)
        if dash + 1 == end or not self.are_all(dash + 1, end, CAPITAL):
            return None
        start, stop = self.tokens[dash + 1].start, self.tokens[-1].end
        is_named_again = self.text.find(self.text[start:stop], self.paragraph_end) >= 0
        if not is_named_again or stop != self.paragraph_end:
            return None
        cue = self._cue(dash, dash)
        return self.scene.credit("headline", cue, name, [Phrase(0, dash)])

    def _cue(self, first: int, last: int) -> Span:
        return Span(self.tokens[first].start, self.tokens[last].end)

    # According to

    def _according_to(self) -> Draft | None:
        for place, token in enumerate(self.tokens[:-2]):
            if token.low == "according" and self.is_(place + 1, "to"):
                return self._credit(place)
        return None

    def _credit(self, place: int) -> Draft | None:
        """The statement that the "according" at `place` credits."""
        start = self._without_connective(place)
        lead = place - start
        # "According to Ann Lee, ...", "In Ohio, according to Ann Lee, ..."
        introduces = lead == 0 or self.is_(start, PREPOSITION)
        introduces = introduces and lead <= _LONGEST_LEAD
        source = Phrase(place + 2, self._source_end(place + 2, introduces))
        has_comma = self.is_(source.end, ",")
        if source.end == source.start or (introduces and not has_comma):
            return None
        rest = source.end + 1
        contents = [Phrase(start, place)]
        if introduces:
            contents = [Phrase(rest, len(self.tokens))]
        # "The plan, according to Ann Lee, has failed."
        if has_comma and self.is_(rest, AUXILIARY):
            contents.append(Phrase(rest, self.endings.end(rest)))
        cue = self._cue(place, place + 1)
        draft = self.scene.credit("according to", cue, source, contents)
        draft.covers = True
        return draft

    def _without_connective(self, end: int) -> int:
        """Where the words before "according" begin: behind "It began:" and "However,"."""
        start = 0
        for place in range(end - 1, 0, -1):
            if self.is_(place, ":", ";"):
                start = place + 1
                break
        return min(end, self.skip(start, ",", "so", CONJUNCTION, CONNECTIVE))

    def _source_end(self, place: int, introduces: bool) -> int:
        end = place
        if not introduces:
            # "according to Ann Lee, a farmer"
            phrase = self.subjects.after(place)
            end = phrase.end if phrase else place
        return self.skip(end, WORD, ASIDE)

    # Nouns of speech

    def _speech_noun(self, place: int, particles: frozenset[str]) -> Draft | None:
        """`his call for ...`, `a statement by the ministry that ...`."""
        particle = place + 1
        if self.is_(particle, "by", "from"):
            particle = self._particle_after_agent(place + 2)
            source: Phrase | None = Phrase(place + 2, particle)
        else:
            source = self._possessor(place)
        has_content = particle + 1 < len(self.tokens)
        if source is None or not has_content or not self.is_(particle, *particles):
            return None
        if self.is_(particle, "that"):
            content = Phrase(particle, self.endings.end(particle))
        else:
            content = Phrase(particle + 1, self._noun_phrase_end(particle + 1))
        draft = self.scene.credit("noun", self._cue(place, place), source, [content])
        draft.attitude = True
        return draft if draft.content else None

    def _particle_after_agent(self, place: int) -> int:
        end = place
        while self.is_(end, WORD) and not self.is_(end, PARTICLE):
            end += 1
        return end

    def _possessor(self, noun: int) -> Phrase | None:
        """The "his" or "Trump's" that stands at most two words before a noun."""
        for place in range(noun - 1, noun - 1 - _POSSESSOR_WITHIN, -1):
            if self.is_(place, POSSESSIVE):
                return Phrase(place, place + 1)
            if self.is_(place, "'s"):
                return self.subjects.before(place)
            if self.is_(place, PREPOSITION, MARK, QUOTE, ASIDE):
                return None
        return None

    def _noun_phrase_end(self, start: int) -> int:
        """Where the object of a noun ends: at a mark, or at the verb whose subject the noun is."""
        end = start
        while self.is_(end, WORD, QUOTE, ASIDE) and not self.is_(end, AUXILIARY):
            end += 1
        return end
