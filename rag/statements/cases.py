"""Lists of cases: what may stand at a place, written down in the order in which it is tried.

    _ENDS_NAME = Cases(
        no(after(CAPITAL), one("and"), one(CAPITAL)),  # "Ann Lee and Bob Ray left"
        yes(one("and")),
        yes(after(WORD), one(","), none(RELATIVE)),  # "Ann Lee, a farmer", not "Ann Lee, who"
    )

The first case that fits decides; where none fits, the answer is no. A case is a row of tokens:
`one` is the token asked about, and each further one stands behind the one before.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.statements.vocabulary import ASIDE, MARK, QUOTE, WORD

Names = frozenset[str]

_NOTHING: Names = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One token of a case: it has one of the `names`, and none of `but`.

    Without names it may be missing, too. An `earlier` one stands before the token asked
    about; `many` are as many as there are, or none.
    """

    names: Names
    but: Names = _NOTHING
    earlier: bool = False
    many: bool = False

    def accepts(self, found: Names) -> bool:
        if self.names and self.names.isdisjoint(found):
            return False
        return self.but.isdisjoint(found)


@dataclass(frozen=True, slots=True)
class Case:
    """Tokens that stand side by side, and what it means that they do."""

    answer: bool
    steps: Sequence[Step]
    offset: int

    def fits(self, tokens: Sequence[Names], place: int) -> bool:
        at = place + self.offset
        for step in self.steps:
            if step.many:
                while at < len(tokens) and step.accepts(tokens[at]):
                    at += 1
                continue
            found = tokens[at] if 0 <= at < len(tokens) else _NOTHING
            if not step.accepts(found):
                return False
            at += 1
        return True


class Cases:
    """Cases in the order in which they are tried."""

    def __init__(self, *cases: Case) -> None:
        self.cases = cases
        # Most tokens are none that any case asks about: one look tells.
        self.asked: Names = _NOTHING
        for case in cases:
            self.asked |= case.steps[-case.offset].names

    def decide(self, tokens: Sequence[Names], place: int) -> bool:
        """What the first case says that fits the tokens at this place."""
        if not 0 <= place < len(tokens) or self.asked.isdisjoint(tokens[place]):
            return False
        for case in self.cases:
            if case.fits(tokens, place):
                return case.answer
        return False


def yes(*steps: Step) -> Case:
    """A case in which the answer is yes."""
    return Case(True, steps, -int(steps[0].earlier))


def no(*steps: Step) -> Case:
    """A case in which the answer is no."""
    return Case(False, steps, -int(steps[0].earlier))


def one(*names: str, but: Collection[str] = ()) -> Step:
    """A token with one of the names, and none of `but`."""
    return Step(frozenset(names), frozenset(but))


def after(*names: str, but: Collection[str] = ()) -> Step:
    """The token before the one asked about; the first step of its case."""
    return Step(frozenset(names), frozenset(but), earlier=True)


def none(*names: str) -> Step:
    """Any token without these names, or the end of the unit."""
    return Step(_NOTHING, frozenset(names))


def many(*names: str) -> Step:
    """As many such tokens as there are, or none."""
    return Step(frozenset(names), many=True)


ANY = one(WORD, MARK, QUOTE, ASIDE)
