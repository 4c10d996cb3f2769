"""Statements of several sides -> a comparison: a table of citations, relations between them, and prose that cites all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from rag.attribution import reported
from rag.proposals import proposed
from rag.relations import Found, is_later, relate, said_together
from rag.reports import citation, short_names, speaker_named
from rag.text import listed, readable_date
from rag.types import Answer, Column, Comparison, ModelError, Question, Relation, RelationKind, Said

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Similarities = Callable[[Sequence[str]], Sequence[Sequence[float]]]

MOST_RELATED = 24  # statements of one side that are compared, the most relevant ones
RELATIONS_OF_TWO = 3
QUOTED_OF_EACH, QUOTED_IN_TIME = 2, 12
OPPOSED: tuple[RelationKind, ...] = ("contradicts", "differs")
STANDING: dict[str, tuple[RelationKind, ...]] = {"agrees": ("agrees", "repeats"), "differs": OPPOSED}
VERBS: dict[RelationKind, str] = {
    "agrees": "agree",
    "repeats": "say the same",
    "differs": "differ",
    "differs in emphasis": "differ in emphasis",
    "contradicts": "contradict each other",
    "changed position": "differ",
}
CHANGES: dict[RelationKind, str] = {
    "repeats": "said the same again",
    "differs in emphasis": "shifted in emphasis",
    "changed position": "changed position",
}


@dataclass(frozen=True, slots=True)
class Cited:
    """A statement in its place of the table, under its marker."""

    said: Said
    row: int
    column: int
    marker: int = 0


@dataclass(frozen=True)
class Table:
    """The statements of a comparison, in reading order, numbered from 1; a joint one has one number in several rows."""

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
            dict.fromkeys(self.rows[one.row] for marker in markers for one in self.cited if one.marker == marker)
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


def compared(
    question: Question,
    sides: Mapping[str, Sequence[Said]],
    by: Literal["speaker", "source"],
    similarities: Similarities,
    model: BaseChatModel | None = None,
    timeout: float = 60.0,
) -> Answer:
    """The sides, in their order, side by side, with the relations of their statements.

    `similarities` gives the cosine of each pair of texts. The relations are told from the words, or by the chat
    `model` where there is one and it answers within `timeout` seconds. A side without statements is "nothing on
    record"; where no side has any, the answer is a refusal.
    """
    table = tabled(question, sides, by)
    if question.stance:
        table = _standing(table, similarities)
    notices: tuple[str, ...] = ()
    if model is not None and len(table.cited) > 1:
        try:
            return told(table, proposed([one.said for one in table.cited], question.topic, model, timeout))
        except ModelError as error:
            notices = (f"{error} The relations are told from the words of the statements.",)
    return replace(told(table, related(table, similarities)), notices=notices)


def _standing(table: Table, similarities: Similarities) -> Table:
    """Only those who stand to the others as the question asks, with the statements that show it."""
    fitting = [relation for relation in related(table, similarities) if _fits(table, relation)]
    kept = {marker for relation in fitting for marker in (relation.first, relation.second)}
    sides = {name: [one.said for one in table.of_row(row) if one.marker in kept] for row, name in enumerate(table.rows)}
    shown = {name: said for name, said in sides.items() if said}
    return tabled(table.question, shown, table.by)


def _fits(table: Table, relation: Relation) -> bool:
    question = table.question
    rows = table.names(relation.first, relation.second)
    is_between = 0 < len(set(rows) & set(question.others)) < len(set(rows))
    return is_between and relation.kind in STANDING[question.stance or "differs"]


def tabled(question: Question, sides: Mapping[str, Sequence[Said]], by: Literal["speaker", "source"]) -> Table:
    """The statements in rows and columns: by date, or by article where all are of one date."""
    rows = tuple(sides)
    columns = _columns([said for side in sides.values() for said in side])
    placed = [
        Cited(said, row, columns.index(_column(said, columns)))
        for row, name in enumerate(rows)
        for said in sorted(sides[name], key=_in_time)
    ]
    placed.sort(key=lambda one: (one.column, one.row) if question.kind == "timeline" else (one.row, one.column))
    markers = {id: at for at, id in enumerate(dict.fromkeys(one.said.statement.id for one in placed), start=1)}
    numbered = tuple(replace(one, marker=markers[one.said.statement.id]) for one in placed)
    return Table(question, by, rows, columns, numbered)


def _in_time(said: Said) -> tuple[str, str, int]:
    return said.date or "9999", said.article.id, said.statement.start


def _columns(said: Sequence[Said]) -> tuple[Column, ...]:
    dates = sorted({one.date or "" for one in said}, key=lambda day: day or "9999")
    if len(dates) > 1:
        return tuple(Column(day or None) for day in dates)
    articles = {one.article.id: one.article for one in sorted(said, key=_in_time)}
    return tuple(Column(dates[0] or None, article.id, article.title) for article in articles.values())


def _column(said: Said, columns: Sequence[Column]) -> Column:
    return next(c for c in columns if c.article_id == said.article.id or (not c.article_id and c.date == said.date))


# Relations


@dataclass(frozen=True, slots=True)
class _Pair:
    first: Cited
    second: Cited
    found: Found

    @property
    def weight(self) -> float:
        return self.found.strength + (self.first.said.relevance + self.second.said.relevance) / 2


def related(table: Table, similarities: Similarities) -> list[Relation]:
    """The strongest relations of each two rows, fewer the more rows there are; in time, those within each row."""
    chosen = [one for row in range(len(table.rows)) for one in _most_relevant(table.of_row(row))]
    joint = {one.marker: one.said for one in chosen if len(table.names(one.marker)) > 1}
    cosines = similarities([one.said.text for one in chosen]) if len(chosen) > 1 else []
    place = {one.marker: at for at, one in enumerate(chosen)}
    relations = [Relation("agrees", marker, marker, said_together(said)) for marker, said in joint.items()]
    for pairs, most in _matches(table, chosen):
        found = (
            _Pair(one, other, relation)
            for one, other in pairs
            if not {*table.names(one.marker)} & {*table.names(other.marker)}
            or one.row == other.row
            or table.by == "source"
            if (relation := relate(one.said, other.said, float(cosines[place[one.marker]][place[other.marker]])))
        )
        relations += [
            Relation(pair.found.kind, pair.first.marker, pair.second.marker, pair.found.reason)
            for pair in _strongest(found, most)
        ]
    return relations


def _most_relevant(cited: Sequence[Cited]) -> list[Cited]:
    best = sorted(cited, key=lambda one: -one.said.relevance)[:MOST_RELATED]
    return sorted(best, key=lambda one: one.marker)


def _matches(table: Table, cited: Sequence[Cited]) -> Iterator[tuple[list[tuple[Cited, Cited]], int]]:
    """The pairs to look at, a group for each two rows or, in time, for each row; and how many to keep of each."""
    of_row = [[one for one in cited if one.row == row] for row in range(len(table.rows))]
    if table.question.kind == "timeline" or table.question.form == "change" or len(table.rows) == 1:
        for row in of_row:
            yield (
                [(one, other) for one, other in combinations(row, 2) if is_later(one.said, other.said)],
                RELATIONS_OF_TWO,
            )
        return
    most = max(1, RELATIONS_OF_TWO + 2 - len(table.rows))
    for ones, others in combinations(of_row, 2):
        pairs = [(one, other) for one in ones for other in others]
        same = [(a, b) for a, b in pairs if a.said.statement.names and a.said.statement.names == b.said.statement.names]
        yield (same or pairs) if table.by == "source" else pairs, most


def _strongest(pairs: Iterator[_Pair], most: int) -> list[_Pair]:
    """The strongest pairs, each statement in one of them; mere differences in emphasis only where nothing else is."""
    chosen: list[_Pair] = []
    for pair in sorted(pairs, key=lambda pair: -pair.weight):
        used = {marker for other in chosen for marker in (other.first.marker, other.second.marker)}
        weak = pair.found.kind == "differs in emphasis" and chosen
        if len(chosen) < most and not weak and not used & {pair.first.marker, pair.second.marker}:
            chosen.append(pair)
    return chosen


# The text


def told(table: Table, relations: Sequence[Relation]) -> Answer:
    """The comparison as an answer: a short prose in which every sentence cites, with the table and its relations."""
    if not table.cited and table.question.stance:
        verb = "agrees" if table.question.stance == "agrees" else "disagrees"
        reason = f"Nobody on record {verb} with {listed(table.question.others)}{table.about}."
        return Answer(table.question, reason, abstained=True, reason=reason)
    if not table.cited:
        reason = " ".join(_nothing(table, row) for row in range(len(table.rows))) or f"Nothing on record{table.about}."
        return Answer(table.question, reason, abstained=True, reason=reason, comparison=table.comparison(()))
    citations = tuple(citation(said, marker) for marker, said in {one.marker: one.said for one in table.cited}.items())
    text = "\n\n".join(paragraph for paragraph in _Prose(table, relations).paragraphs() if paragraph)
    return Answer(table.question, text, citations, comparison=table.comparison(relations))


def _nothing(table: Table, row: int) -> str:
    return f"Nothing on record {'in' if table.by == 'source' else 'from'} {table.rows[row]}{table.about}."


@dataclass
class _Prose:
    """The words of a comparison: the right form for its question."""

    table: Table
    relations: Sequence[Relation]
    short: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        rows = self.table.rows
        self.short = short_names(rows) if self.table.by == "speaker" else {name: name for name in rows}

    def paragraphs(self) -> list[str]:
        silent = [_nothing(self.table, row) for row in range(len(self.table.rows)) if not self.table.of_row(row)]
        form = self.table.question.form
        if form == "change":
            return [*self._changes(), self._in_time(), *silent]
        if self.table.question.kind == "timeline":
            return [self._in_time(), *self._told(self.relations), *silent]
        sides = self._sides()
        if form == "differ" or self.table.question.stance:
            return [*self._disagreements(), *sides]
        return [*sides, " ".join(self._told(self.relations))]

    def _sides(self) -> list[str]:
        """Each row's most relevant statements, what several rows share only once."""
        told: set[int] = set()
        paragraphs = []
        for row in range(len(self.table.rows)):
            best = sorted(self.table.of_row(row), key=lambda one: -one.said.relevance)[:QUOTED_OF_EACH]
            new = sorted((one for one in best if one.marker not in told), key=lambda one: one.marker)
            told.update(one.marker for one in new)
            paragraphs.append(" ".join(self._sentence(one, at == 0) for at, one in enumerate(new)))
            if not best:
                paragraphs.append(_nothing(self.table, row))
        return paragraphs

    def _in_time(self) -> str:
        """One statement a row and date, the most relevant, in order of time."""
        best: dict[tuple[int, int], Cited] = {}
        for one in sorted(self.table.cited, key=lambda one: -one.said.relevance):
            best.setdefault((one.column, one.row), one)
        chosen = [best[place] for place in sorted(best)][:QUOTED_IN_TIME]
        return " ".join(self._sentence(one, True) for one in chosen)

    def _sentence(self, one: Cited, is_first: bool) -> str:
        """What was said, by whom, with its date where there are several, and its marker."""
        row = self.table.rows[one.row]
        name = speaker_named(one.said)
        if name == row and not is_first:
            name = self.short[row]
        lead = f"{row}: " if self.table.by == "source" else ""
        date = f" ({readable_date(one.said.date) or 'undated'})" if self.table.several_dates else ""
        return f"{lead}{reported(one.said, name)}{date} [{one.marker}]."

    def _told(self, relations: Sequence[Relation]) -> list[str]:
        return [self._relation(relation) for relation in relations]

    def _relation(self, relation: Relation) -> str:
        pair = [self.table.at(relation.first).said, self.table.at(relation.second).said]
        days = [readable_date(day) for day in sorted(said.date or "" for said in pair)]
        names = self._parties(relation)
        subject = listed(names) if len(names) > 1 else f"The statements of {names[0]}"
        told = f"{subject} {VERBS[relation.kind]}"
        if is_later(*pair) and relation.kind in CHANGES:
            told = f"{names[0]} {CHANGES[relation.kind]} between {days[0]} and {days[1]}"
        markers = "".join(f"[{marker}]" for marker in dict.fromkeys((relation.first, relation.second)))
        return f"{told}: {relation.reason} {markers}."

    def _parties(self, relation: Relation) -> list[str]:
        """Those who stand so to each other: speakers; outlets only where they report one speaker's words differently."""
        pair = (self.table.at(relation.first).said, self.table.at(relation.second).said)
        speakers = list(dict.fromkeys(map(speaker_named, pair)))
        if self.table.by == "source" and (len(speakers) > 1 or is_later(*pair)):
            return speakers
        return [self.short[name] for name in self.table.names(relation.first, relation.second)]

    def _disagreements(self) -> list[str]:
        """The relations that set the sides apart first; where none does, that is said last, of their first statements."""
        apart = [r for r in self.relations if r.kind in OPPOSED]
        rest = [r for r in self.relations if r.kind not in OPPOSED]
        firsts = [cited[0] for row in range(len(self.table.rows)) if (cited := self.table.of_row(row))]
        if apart or len(firsts) < 2:
            return [" ".join(self._told([*apart, *rest]))]
        markers = "".join(f"[{marker}]" for marker in dict.fromkeys(one.marker for one in firsts))
        names = listed([self.short[self.table.rows[one.row]] for one in firsts])
        return [*self._told(rest), f"No statements of {names}{self.table.about} oppose each other {markers}."]

    def _changes(self) -> list[str]:
        """What changed, from when to when, for each row; or that nothing did, or that there is but one day."""
        return [self._change(row) for row in range(len(self.table.rows)) if self.table.of_row(row)]

    def _change(self, row: int) -> str:
        cited = self.table.of_row(row)
        name, first, last = self.table.rows[row], cited[0], cited[-1]
        found = [r for r in self.relations if self.table.at(r.first).row == row]
        if any(relation.kind == "changed position" for relation in found):
            return " ".join(self._told(found))
        if first.said.date == last.said.date:
            day = readable_date(first.said.date) or "one undated article"
            return f"All that is on record from {name}{self.table.about} is of {day} [{first.marker}]."
        days = f"{readable_date(first.said.date)} [{first.marker}] and {readable_date(last.said.date) or 'later'} [{last.marker}]"
        return f"The statements of {name}{self.table.about} between {days} show no change of position."
