"""Statements that no verb introduces: a name and a colon, "according to", a noun of speech."""

from __future__ import annotations

import re
from functools import cached_property

from rag.statements.clauses import Phrase
from rag.statements.drafts import Draft, Rules, Scene
from rag.statements.tokens import Tokens
from rag.types import Span

_LONGEST_NAME = 14
_CAPITALISED_WORD = r"[A-ZÀ-ÖØ-Þ]\w*(?:[’'](?!s\b)\w+|[.-]\w+)*"
_CAPITALISED = re.compile(
    rf"\b(?P<run>{_CAPITALISED_WORD}(?: {_CAPITALISED_WORD})*)(?P<colon>:?)"
)


class Written:
    """The capitalised words of an article: those without a colon behind them, those with a
    name before them, all.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def has(self, name: str, in_full: bool) -> bool:
        """Whether the article has the name apart from "NAME:", or in a transcript both "ANN
        LEE:" and "LEE:".
        """
        written = {name, name.title()}
        if not self._counts["free"].isdisjoint(written):
            return True
        surname = not self._counts["surname"].isdisjoint(written)
        return surname and (
            not in_full or not self._counts["twice"].isdisjoint(written)
        )

    @cached_property
    def _counts(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {
            "free": set(),
            "surname": set(),
            "once": set(),
            "twice": set(),
        }
        for match in _CAPITALISED.finditer(self.text):
            *before, last = match["run"].split()
            found["free"].update(before if match["colon"] else [*before, last])
            found["surname"].update([*before, last][1:])
            for word in [*before, last]:
                found["twice" if word in found["once"] else "once"].add(word)
        return found


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
        found.extend(
            self._speech_noun(place) for place in range(1, len(self.tokens) - 2)
        )
        return [draft for draft in found if draft]

    def _name_and_colon(self) -> Draft | None:
        """`Name: what was said`, in a headline, in a transcript or before a quotation."""
        colon = self._colon_after_name()
        if colon is None or self.tokens[0].low in self.scene.language.cues:
            return None
        shouted = (
            all(token.text.isupper() for token in self.tokens[:colon])
            and len(self.tokens[0].text) > 1
        )
        headline = self.scene.unit.paragraph == 0
        if not (headline or shouted or self.kind(colon + 1) == "quote"):
            return None
        if not self._is_somebody(colon):
            return None
        rule = (
            "transcript"
            if shouted
            else "headline"
            if headline
            else "name and quotation"
        )
        draft = self.scene.credit(
            rule,
            self._cue(colon, colon),
            Phrase(0, colon),
            [Phrase(colon + 1, len(self.tokens))],
        )
        if shouted and draft.content:
            draft.content = [Span(draft.content[0].start, self.paragraph_end)]
        return draft if draft.content else None

    def _is_somebody(self, colon: int) -> bool:
        """Whether the words before a colon are a person's: a given name, or a name that the
        article has elsewhere.
        """
        people = self.scene.language.people
        if colon > 1 and self.tokens[0].low in people["male"] | people["female"]:
            return True
        named = [token for token in self.tokens[:colon] if token.capital]
        return bool(named) and self.names.has(named[-1].text, in_full=len(named) > 1)

    def _dash_and_name(self) -> Draft | None:
        """`What was said – Name` in a headline, when the article names them again."""
        end = len(self.tokens)
        dash = next(
            (
                at
                for at in range(end - 1, max(0, end - 5), -1)
                if self.low(at) in ("–", "—")
            ),
            end,
        )
        name = self.tokens[dash + 1 :]
        if (
            self.scene.unit.paragraph
            or not name
            or not all(token.capital for token in name)
        ):
            return None
        again = (
            self.text.find(self.text[name[0].start : name[-1].end], self.paragraph_end)
            >= 0
        )
        closes = name[-1].end == self.paragraph_end
        if not (again and closes):
            return None
        return self.scene.credit(
            "headline", self._cue(dash, dash), Phrase(dash + 1, end), [Phrase(0, dash)]
        )

    def _cue(self, first: int, last: int) -> Span:
        return Span(self.tokens[first].start, self.tokens[last].end)

    def _colon_after_name(self) -> int | None:
        for place in range(1, min(_LONGEST_NAME, len(self.tokens) - 1)):
            token = self.tokens[place]
            if token.low == ":":
                return place
            if not (
                token.capital
                or token.kind == "aside"
                or token.low in ("to", "on", "of")
            ):
                return None
        return None

    def _according_to(self) -> Draft | None:
        for place in range(len(self.tokens) - 2):
            if self.tokens[place].low == "according" and self.low(place + 1) == "to":
                return self._credit(place)
        return None

    def _credit(self, place: int) -> Draft | None:
        start = self._without_connective(place)
        introduction = place - start < 4 and (
            place == start or self.is_("prepositions", start)
        )
        subject = Phrase(place + 2, self._source_end(place + 2, introduction))
        if subject.end == subject.start or (
            introduction and self.low(subject.end) != ","
        ):
            return None
        contents = [
            Phrase(subject.end + 1, len(self.tokens))
            if introduction
            else Phrase(start, place)
        ]
        if self.low(subject.end) == "," and self.is_("auxiliaries", subject.end + 1):
            contents.append(Phrase(subject.end + 1, self.scene.end(subject.end + 1)))
        draft = self.scene.credit(
            "according to", self._cue(place, place + 1), subject, contents
        )
        draft.covers = True
        return draft

    def _source_end(self, place: int, introduction: bool) -> int:
        if not introduction:
            phrase = self.clauses.subject_after(place)
            place = phrase.end if phrase else place
        while self.kind(place) in ("word", "aside"):
            place += 1
        return place

    def _without_connective(self, end: int) -> int:
        start = next(
            (at + 1 for at in range(end - 1, 0, -1) if self.low(at) in (":", ";")),
            0,
        )
        while start < end and (
            self.is_("conjunctions", start)
            or self.is_("connectives", start)
            or self.low(start) in (",", "so")
        ):
            start += 1
        return start

    def _speech_noun(self, place: int) -> Draft | None:
        """`his call for ...`, `a statement by the ministry that ...`."""
        particles = self.scene.language.speech_nouns.get(self.low(place))
        if particles is None:
            return None
        by = self.low(place + 1) in ("by", "from")
        particle = self._particle_after_agent(place + 2) if by else place + 1
        source = Phrase(place + 2, particle) if by else self._possessor(place)
        if (
            source is None
            or self.low(particle) not in particles
            or particle + 1 >= len(self.tokens)
        ):
            return None
        start = particle if self.low(particle) == "that" else particle + 1
        end = (
            self.scene.end(start) if start == particle else self._noun_phrase_end(start)
        )
        draft = self.scene.credit(
            "noun", self._cue(place, place), source, [Phrase(start, end)]
        )
        draft.attitude = True
        return draft if draft.content else None

    def _particle_after_agent(self, place: int) -> int:
        end = place
        while self.kind(end) == "word" and not self.is_("particles", end):
            end += 1
        return end

    def _possessor(self, noun: int) -> Phrase | None:
        """The "his" or "Trump's" that stands at most two words before a noun."""
        for place in range(noun - 1, max(-1, noun - 4), -1):
            if self.is_("possessives", place):
                return Phrase(place, place + 1)
            if self.low(place) == "'s":
                return self.clauses.subject_before(place)
            if self.kind(place) != "word" or self.is_("prepositions", place):
                return None
        return None

    def _noun_phrase_end(self, start: int) -> int:
        """Where the object of a noun ends: at a mark, or at the verb whose subject the noun is."""
        end = start
        while self.kind(end) in (
            "word",
            "quote",
            "aside",
        ) and not self.is_("auxiliaries", end):
            end += 1
        return end
