"""Statements of several sides -> a comparison: a table of citations, relations between
them, and prose that cites all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
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
RELATIONS_OF_TWO = (
    3  # sentences on two rows that a reader takes in; fewer for more rows
)
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
        said = [one.said for one in table.cited]
        try:
            return told(table, proposed(said, question.topic, model, timeout))
        except ModelError as error:
            from_words = "The relations are told from the words of the statements."
            notices = (f"{error} {from_words}",)
    return replace(told(table, related(table, similarities)), notices=notices)


def _standing(table: Table, similarities: Similarities) -> Table:
    """Only those who stand to the others as the question asks, with the statements that show it."""
    kept: set[int] = set()
    for relation in related(table, similarities):
        if _fits(table, relation):
            kept.update((relation.first, relation.second))
    sides: dict[str, list[Said]] = {}
    for row, name in enumerate(table.rows):
        said = [one.said for one in table.of_row(row) if one.marker in kept]
        if said:
            sides[name] = said
    return tabled(table.question, sides, table.by)


def _fits(table: Table, relation: Relation) -> bool:
    """Whether a relation is of the kind asked for, and between those asked of and others."""
    question = table.question
    rows = set(table.names(relation.first, relation.second))
    asked_of = rows.intersection(question.others)
    is_between = bool(asked_of) and asked_of != rows
    return is_between and relation.kind in STANDING[question.stance or "differs"]


# Relations


@dataclass(frozen=True, slots=True)
class _Pair:
    first: Cited
    second: Cited
    found: Found

    @property
    def weight(self) -> float:
        relevance = (self.first.said.relevance + self.second.said.relevance) / 2
        return self.found.strength + relevance

    @property
    def markers(self) -> set[int]:
        return {self.first.marker, self.second.marker}


def related(table: Table, similarities: Similarities) -> list[Relation]:
    """The strongest relations of each two rows, fewer the more rows there are; in time,
    those within each row.
    """
    chosen: list[Cited] = []
    for row in range(len(table.rows)):
        chosen += _most_relevant(table.of_row(row))
    relations: list[Relation] = []
    for one in {one.marker: one for one in chosen}.values():
        if len(table.names(one.marker)) > 1:  # a joint statement
            why = said_together(one.said)
            relations.append(Relation("agrees", one.marker, one.marker, why))
    cosines = similarities([one.said.text for one in chosen]) if len(chosen) > 1 else []
    place = {one.marker: at for at, one in enumerate(chosen)}
    for pairs, most in _matches(table, chosen):
        found: list[_Pair] = []
        for first, second in pairs:
            if not _may_be_related(table, first, second):
                continue
            cosine = float(cosines[place[first.marker]][place[second.marker]])
            relation = relate(first.said, second.said, cosine)
            if relation:
                found.append(_Pair(first, second, relation))
        for pair in _strongest(found, most):
            first_marker, second_marker = pair.first.marker, pair.second.marker
            relations.append(
                Relation(
                    pair.found.kind, first_marker, second_marker, pair.found.reason
                )
            )
    return relations


def _may_be_related(table: Table, first: Cited, second: Cited) -> bool:
    """Not two statements of which one is joint with a row of the other."""
    rows, others = table.names(first.marker), table.names(second.marker)
    return (
        first.row == second.row or table.by == "source" or set(rows).isdisjoint(others)
    )


def _most_relevant(cited: Sequence[Cited]) -> list[Cited]:
    best = sorted(cited, key=lambda one: -one.said.relevance)[:MOST_RELATED]
    return sorted(best, key=lambda one: one.marker)


def _matches(
    table: Table, cited: Sequence[Cited]
) -> Iterator[tuple[list[tuple[Cited, Cited]], int]]:
    """The pairs to look at, a group for each two rows or, in time, for each row; and how
    many to keep of each.
    """
    of_row: list[list[Cited]] = [[] for _ in table.rows]
    for one in cited:
        of_row[one.row].append(one)
    question = table.question
    is_in_time = question.kind == "timeline" or question.form == "change"
    if is_in_time or len(table.rows) == 1:
        for row in of_row:
            pairs = [
                (a, b) for a, b in combinations(row, 2) if is_later(a.said, b.said)
            ]
            yield pairs, RELATIONS_OF_TWO
        return
    most = max(1, RELATIONS_OF_TWO + 2 - len(table.rows))
    for ones, others in combinations(of_row, 2):
        pairs = list(product(ones, others))
        if (
            table.by == "source"
        ):  # what two outlets report of one speaker, where they do
            pairs = [(a, b) for a, b in pairs if _of_one_speaker(a, b)] or pairs
        yield pairs, most


def _of_one_speaker(first: Cited, second: Cited) -> bool:
    names = first.said.statement.names
    return bool(names) and names == second.said.statement.names


def _strongest(pairs: Sequence[_Pair], most: int) -> list[_Pair]:
    """The strongest pairs, each statement in one of them; mere differences in emphasis only
    where nothing else is.
    """
    chosen: list[_Pair] = []
    used: set[int] = set()
    for pair in sorted(pairs, key=lambda pair: -pair.weight):
        is_weak = pair.found.kind == "differs in emphasis" and bool(chosen)
        if len(chosen) == most or is_weak or used & pair.markers:
            continue
        chosen.append(pair)
        used |= pair.markers
    return chosen
