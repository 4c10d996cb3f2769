"""The words of a comparison: a short prose in which every sentence cites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.comparisons.relations import is_later
from rag.comparisons.table import Cited, Table
from rag.language.days import readable_date
from rag.language.names import short_names
from rag.language.words import listed
from rag.search.citations import citation, speaker_named
from rag.statements.retell import reported
from rag.types import Answer, Relation, RelationKind

QUOTED_OF_EACH, QUOTED_IN_TIME = 2, 12
OPPOSED: tuple[RelationKind, ...] = ("contradicts", "differs")
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


# The text


def told(table: Table, relations: Sequence[Relation]) -> Answer:
    """The comparison as an answer: a short prose in which every sentence cites, with the
    table and its relations.
    """
    if not table.cited and table.question.stance:
        verb = "agrees" if table.question.stance == "agrees" else "disagrees"
        reason = f"Nobody on record {verb} with {listed(table.question.others)}{table.about}."
        return Answer(table.question, reason, abstained=True, reason=reason)
    if not table.cited:
        reason = (
            " ".join(_nothing(table, row) for row in range(len(table.rows)))
            or f"Nothing on record{table.about}."
        )
        return Answer(
            table.question,
            reason,
            abstained=True,
            reason=reason,
            comparison=table.comparison(()),
        )
    citations = tuple(
        citation(said, marker)
        for marker, said in {one.marker: one.said for one in table.cited}.items()
    )
    text = "\n\n".join(
        paragraph for paragraph in _Prose(table, relations).paragraphs() if paragraph
    )
    return Answer(
        table.question, text, citations, comparison=table.comparison(relations)
    )


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
        self.short = (
            short_names(rows)
            if self.table.by == "speaker"
            else {name: name for name in rows}
        )

    def paragraphs(self) -> list[str]:
        silent = [
            _nothing(self.table, row)
            for row in range(len(self.table.rows))
            if not self.table.of_row(row)
        ]
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
            best = sorted(self.table.of_row(row), key=lambda one: -one.said.relevance)[
                :QUOTED_OF_EACH
            ]
            new = sorted(
                (one for one in best if one.marker not in told),
                key=lambda one: one.marker,
            )
            told.update(one.marker for one in new)
            paragraphs.append(
                " ".join(self._sentence(one, at == 0) for at, one in enumerate(new))
            )
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
        date = (
            f" ({readable_date(one.said.date) or 'undated'})"
            if self.table.several_dates
            else ""
        )
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
            told = (
                f"{names[0]} {CHANGES[relation.kind]} between {days[0]} and {days[1]}"
            )
        markers = "".join(
            f"[{marker}]" for marker in dict.fromkeys((relation.first, relation.second))
        )
        return f"{told}: {relation.reason} {markers}."

    def _parties(self, relation: Relation) -> list[str]:
        """Those who stand so to each other: speakers; outlets only where they report one
        speaker's words differently.
        """
        pair = (self.table.at(relation.first).said, self.table.at(relation.second).said)
        speakers = list(dict.fromkeys(map(speaker_named, pair)))
        if self.table.by == "source" and (len(speakers) > 1 or is_later(*pair)):
            return speakers
        return [
            self.short[name]
            for name in self.table.names(relation.first, relation.second)
        ]

    def _disagreements(self) -> list[str]:
        """The relations that set the sides apart first; where none does, that is said last,
        of their first statements.
        """
        apart = [r for r in self.relations if r.kind in OPPOSED]
        rest = [r for r in self.relations if r.kind not in OPPOSED]
        firsts = [
            cited[0]
            for row in range(len(self.table.rows))
            if (cited := self.table.of_row(row))
        ]
        if apart or len(firsts) < 2:
            return [" ".join(self._told([*apart, *rest]))]
        markers = "".join(
            f"[{marker}]" for marker in dict.fromkeys(one.marker for one in firsts)
        )
        names = listed([self.short[self.table.rows[one.row]] for one in firsts])
        return [
            *self._told(rest),
            f"No statements of {names}{self.table.about} oppose each other {markers}.",
        ]

    def _changes(self) -> list[str]:
        """What changed, from when to when, for each row; or that nothing did, or that there
        is but one day.
        """
        return [
            self._change(row)
            for row in range(len(self.table.rows))
            if self.table.of_row(row)
        ]

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
