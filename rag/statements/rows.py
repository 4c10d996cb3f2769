"""Tokens in a row, and what can be asked of them.

A place is the number of a token. A place outside the row may be asked for, too: there stands
no word, so that the answer is "" or no.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from rag.statements.cases import Cases
from rag.statements.tokens import Token
from rag.statements.vocabulary import MARK
from rag.types import Span


@dataclass(frozen=True, slots=True)
class Phrase:
    """The tokens `start` to `end` (exclusive) of a row."""

    start: int
    end: int


class Row:
    """Tokens that stand side by side: a unit, or the words that name a speaker."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.names = [token.names for token in tokens]

    def low(self, place: int) -> str:
        """The word in small letters; "" for a quotation and an aside."""
        return self.tokens[place].low if 0 <= place < len(self.tokens) else ""

    def is_(self, place: int, *names: str, but: Collection[str] = ()) -> bool:
        """Whether one of these words, or of these classes of the vocabulary, stands here,
        and it is none of `but`.
        """
        if not 0 <= place < len(self.names):
            return False
        found = self.names[place]
        return not found.isdisjoint(names) and found.isdisjoint(but)

    def fits(self, place: int, cases: Cases) -> bool:
        """What the cases say of this place."""
        return cases.decide(self.names, place)

    # Runs of tokens

    def find(self, start: int, end: int, *names: str) -> int:
        """The first place from `start` on that is one of these; `end` where none comes
        before it.
        """
        for place in range(max(start, 0), min(end, len(self.names))):
            if not self.names[place].isdisjoint(names):
                return place
        return end

    def last(self, start: int, end: int, *names: str) -> int | None:
        """The last such place from `start` on and before `end`."""
        for place in range(end - 1, start - 1, -1):
            if self.is_(place, *names):
                return place
        return None

    def holds(self, start: int, end: int, *names: str) -> bool:
        """Whether one of these stands from `start` on and before `end`."""
        return self.find(start, end, *names) < end

    def reach(
        self, start: int, end: int, goals: Collection[str], stops: Collection[str]
    ) -> int | None:
        """The first place from `start` on that is a goal; None where a stop or `end` comes
        before it.
        """
        place = self.find(start, end, *goals, *stops)
        is_goal = place < end and self.is_(place, *goals)
        return place if is_goal else None

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
        start = min(self.skip(phrase.start, MARK), phrase.end)
        end = max(self.back(phrase.end, MARK), start)
        if start == end:
            return None
        return Span(self.tokens[start].start, self.tokens[end - 1].end)
