"""Statements of several sides in rows and columns, numbered in reading order."""

from __future__ import annotations

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
        return list(
            dict.fromkeys(
                self.rows[one.row]
                for marker in markers
                for one in self.cited
                if one.marker == marker
            )
        )

    @property
    def several_dates(self) -> bool:
        return len({one.said.date for one in self.cited}) > 1

    @property
    def about(self) -> str:
        return f" on {self.question.topic}" if self.question.topic else ""

    def comparison(self, relations: Sequence[Relation]) -> Comparison:
        cells = [[[] for _ in self.columns] for _ in self.rows]  # type: list[list[list[int]]]
        for one in self.cited:
            cells[one.row][one.column].append(one.marker)
        frozen = tuple(tuple(tuple(cell) for cell in row) for row in cells)
        return Comparison(self.by, self.rows, self.columns, frozen, tuple(relations))


def tabled(
    question: Question,
    sides: Mapping[str, Sequence[Said]],
    by: Literal["speaker", "source"],
) -> Table:
    """The statements in rows and columns: by date, or by article where all are of one date."""
    rows = tuple(sides)
    columns = _columns([said for side in sides.values() for said in side])
    placed = [
        Cited(said, row, columns.index(_column(said, columns)))
        for row, name in enumerate(rows)
        for said in sorted(sides[name], key=_in_time)
    ]
    placed.sort(
        key=lambda one: (
            (one.column, one.row)
            if question.kind == "timeline"
            else (one.row, one.column)
        )
    )
    markers = {
        id: at
        for at, id in enumerate(
            dict.fromkeys(one.said.statement.id for one in placed), start=1
        )
    }
    numbered = tuple(
        replace(one, marker=markers[one.said.statement.id]) for one in placed
    )
    return Table(question, by, rows, columns, numbered)


def _in_time(said: Said) -> tuple[str, str, int]:
    return said.date or "9999", said.article.id, said.statement.start


def _columns(said: Sequence[Said]) -> tuple[Column, ...]:
    dates = sorted({one.date or "" for one in said}, key=lambda day: day or "9999")
    if len(dates) > 1:
        return tuple(Column(day or None) for day in dates)
    articles = {one.article.id: one.article for one in sorted(said, key=_in_time)}
    return tuple(
        Column(dates[0] or None, article.id, article.title)
        for article in articles.values()
    )


def _column(said: Said, columns: Sequence[Column]) -> Column:
    return next(
        c
        for c in columns
        if c.article_id == said.article.id or (not c.article_id and c.date == said.date)
    )
