"""Statements of several sides -> a comparison: a table of citations, relations between
them, and prose that cites all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from rag.comparisons.proposals import proposed
from rag.comparisons.prose import OPPOSED, told
from rag.comparisons.relations import Found, is_later, relate, said_together
from rag.comparisons.table import Cited, Table, tabled
from rag.errors import ModelError
from rag.types import Answer, Question, Relation, RelationKind, Said

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Similarities = Callable[[Sequence[str]], Sequence[Sequence[float]]]

MOST_RELATED = 24  # statements of one side that are compared, the most relevant ones
RELATIONS_OF_TWO = 3
STANDING: dict[str, tuple[RelationKind, ...]] = {
    "agrees": ("agrees", "repeats"),
    "differs": OPPOSED,
}


def compared(
    question: Question,
    sides: Mapping[str, Sequence[Said]],
    by: Literal["speaker", "source"],
    similarities: Similarities,
    model: BaseChatModel | None = None,
    timeout: float = 60.0,
) -> Answer:
    """The sides, in their order, side by side, with the relations of their statements.

    `similarities` gives the cosine of each pair of texts. The relations are told from the
    words, or by the chat `model` where there is one and it answers within `timeout`
    seconds. A side without statements is "nothing on record"; where no side has any, the
    answer is a refusal.
    """
    table = tabled(question, sides, by)
    if question.stance:
        table = _standing(table, similarities)
    notices: tuple[str, ...] = ()
    if model is not None and len(table.cited) > 1:
        try:
            return told(
                table,
                proposed(
                    [one.said for one in table.cited], question.topic, model, timeout
                ),
            )
        except ModelError as error:
            notices = (
                f"{error} The relations are told from the words of the statements.",
            )
    return replace(told(table, related(table, similarities)), notices=notices)


def _standing(table: Table, similarities: Similarities) -> Table:
    """Only those who stand to the others as the question asks, with the statements that show it."""
    fitting = [
        relation for relation in related(table, similarities) if _fits(table, relation)
    ]
    kept = {
        marker for relation in fitting for marker in (relation.first, relation.second)
    }
    sides = {
        name: [one.said for one in table.of_row(row) if one.marker in kept]
        for row, name in enumerate(table.rows)
    }
    shown = {name: said for name, said in sides.items() if said}
    return tabled(table.question, shown, table.by)


def _fits(table: Table, relation: Relation) -> bool:
    question = table.question
    rows = table.names(relation.first, relation.second)
    is_between = 0 < len(set(rows) & set(question.others)) < len(set(rows))
    return is_between and relation.kind in STANDING[question.stance or "differs"]


# Relations


@dataclass(frozen=True, slots=True)
class _Pair:
    first: Cited
    second: Cited
    found: Found

    @property
    def weight(self) -> float:
        return (
            self.found.strength
            + (self.first.said.relevance + self.second.said.relevance) / 2
        )


def related(table: Table, similarities: Similarities) -> list[Relation]:
    """The strongest relations of each two rows, fewer the more rows there are; in time,
    those within each row.
    """
    chosen = [
        one
        for row in range(len(table.rows))
        for one in _most_relevant(table.of_row(row))
    ]
    joint = {one.marker: one.said for one in chosen if len(table.names(one.marker)) > 1}
    cosines = similarities([one.said.text for one in chosen]) if len(chosen) > 1 else []
    place = {one.marker: at for at, one in enumerate(chosen)}
    relations = [
        Relation("agrees", marker, marker, said_together(said))
        for marker, said in joint.items()
    ]
    for pairs, most in _matches(table, chosen):
        found = (
            _Pair(one, other, relation)
            for one, other in pairs
            if not {*table.names(one.marker)} & {*table.names(other.marker)}
            or one.row == other.row
            or table.by == "source"
            if (
                relation := relate(
                    one.said,
                    other.said,
                    float(cosines[place[one.marker]][place[other.marker]]),
                )
            )
        )
        relations += [
            Relation(
                pair.found.kind,
                pair.first.marker,
                pair.second.marker,
                pair.found.reason,
            )
            for pair in _strongest(found, most)
        ]
    return relations


def _most_relevant(cited: Sequence[Cited]) -> list[Cited]:
    best = sorted(cited, key=lambda one: -one.said.relevance)[:MOST_RELATED]
    return sorted(best, key=lambda one: one.marker)


def _matches(
    table: Table, cited: Sequence[Cited]
) -> Iterator[tuple[list[tuple[Cited, Cited]], int]]:
    """The pairs to look at, a group for each two rows or, in time, for each row; and how
    many to keep of each.
    """
    of_row = [
        [one for one in cited if one.row == row] for row in range(len(table.rows))
    ]
    if (
        table.question.kind == "timeline"
        or table.question.form == "change"
        or len(table.rows) == 1
    ):
        for row in of_row:
            yield (
                [
                    (one, other)
                    for one, other in combinations(row, 2)
                    if is_later(one.said, other.said)
                ],
                RELATIONS_OF_TWO,
            )
        return
    most = max(1, RELATIONS_OF_TWO + 2 - len(table.rows))
    for ones, others in combinations(of_row, 2):
        pairs = [(one, other) for one in ones for other in others]
        same = [
            (a, b)
            for a, b in pairs
            if a.said.statement.names
            and a.said.statement.names == b.said.statement.names
        ]
        yield (same or pairs) if table.by == "source" else pairs, most


def _strongest(pairs: Iterator[_Pair], most: int) -> list[_Pair]:
    """The strongest pairs, each statement in one of them; mere differences in emphasis only
    where nothing else is.
    """
    chosen: list[_Pair] = []
    for pair in sorted(pairs, key=lambda pair: -pair.weight):
        used = {
            marker
            for other in chosen
            for marker in (other.first.marker, other.second.marker)
        }
        weak = pair.found.kind == "differs in emphasis" and chosen
        if (
            len(chosen) < most
            and not weak
            and not used & {pair.first.marker, pair.second.marker}
        ):
            chosen.append(pair)
    return chosen
