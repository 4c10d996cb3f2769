"""Statements of several sides in rows and columns, numbered in reading order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.types import Column, Comparison, Question, Relation, Said


@dataclass(frozen=True, slots=True)
class Cited:
    """A statement in its place of the table, under its marker."""

    said: Said
    row: int
    column: int
    marker: int = 0


@dataclass(frozen=True)
class Table:
    """The statements of a comparison, in reading order, numbered from 1; a joint one has
    one number in several rows.
    """

    question: Question
    by: Literal["speaker", "source"]
    rows: tuple[str, ...]
    columns: tuple[Column, ...]
    cited: tuple[Cited, ...]

    def of_row(self, row: int) -> list[Cited]:
        return [one for one in self.cited if one.row == row]

    def at(self, marker: int) -> Cited:
        return next(one for one in self.cited if one.marker == marker)

    def names(self, *markers: int) -> list[str]:
        """The rows that hold statements of these numbers."""
        found: dict[str, None] = {}
        for marker in markers:
            for one in self.cited:
                if one.marker == marker:
                    found[self.rows[one.row]] = None
        return list(found)

    @property
    def several_dates(self) -> bool:
        return len({one.said.date for one in self.cited}) > 1

    @property
    def about(self) -> str:
        return f" on {self.question.topic}" if self.question.topic else ""

    def comparison(self, relations: Sequence[Relation]) -> Comparison:
        placed: dict[tuple[int, int], list[int]] = defaultdict(list)
        for one in self.cited:
            placed[one.row, one.column].append(one.marker)
        cells = []
        for row in range(len(self.rows)):
            cells.append(
                tuple(tuple(placed[row, at]) for at in range(len(self.columns)))
            )
        return Comparison(
            self.by, self.rows, self.columns, tuple(cells), tuple(relations)
        )


def tabled(
    question: Question,
    sides: Mapping[str, Sequence[Said]],
    by: Literal["speaker", "source"],
) -> Table:
    """The statements in rows and columns: by date, or by article where all are of one date."""
    rows = tuple(sides)
    everything: list[Said] = []
    for side in sides.values():
        everything += side
    columns = _columns(everything)
    placed: list[Cited] = []
    for row, name in enumerate(rows):
        for said in sorted(sides[name], key=_in_time):
            placed.append(Cited(said, row, columns.index(_column(said, columns))))
    if question.kind == "timeline":
        placed.sort(key=lambda one: (one.column, one.row))
    else:
        placed.sort(key=lambda one: (one.row, one.column))
    markers: dict[str, int] = {}
    numbered = []
    for one in placed:
        marker = markers.setdefault(one.said.statement.id, len(markers) + 1)
        numbered.append(replace(one, marker=marker))
    return Table(question, by, rows, columns, tuple(numbered))


def _in_time(said: Said) -> tuple[str, str, int]:
    return said.date or "9999", said.article.id, said.statement.start


def _columns(said: Sequence[Said]) -> tuple[Column, ...]:
    dates = sorted({one.date or "" for one in said}, key=lambda day: day or "9999")
    if len(dates) > 1:
        return tuple(Column(day or None) for day in dates)
    articles = {one.article.id: one.article for one in sorted(said, key=_in_time)}
    date = dates[0] or None if dates else None
    return tuple(Column(date, one.id, one.title) for one in articles.values())


def _column(said: Said, columns: Sequence[Column]) -> Column:
    for column in columns:
        is_of_article = column.article_id == said.article.id
        if is_of_article or (column.article_id is None and column.date == said.date):
            return column
    raise ValueError("a statement outside of its own columns")
