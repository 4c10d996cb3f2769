"""The words of a comparison: a short prose in which every sentence cites."""

from __future__ import annotations

from collections.abc import Sequence

from rag.comparisons.relations import is_later
from rag.comparisons.table import Cited, Table
from rag.language.days import readable_date
from rag.language.names import short_names
from rag.language.words import listed
from rag.search.citations import citation, speaker_named
from rag.statements.retell import reported
from rag.types import Answer, Relation, RelationKind

QUOTED_OF_EACH, QUOTED_IN_TIME = 2, 12  # sentences: the table beside them has the rest
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


def told(table: Table, relations: Sequence[Relation]) -> Answer:
    """The comparison as an answer: a short prose in which every sentence cites, with the
    table and its relations.
    """
    if not table.cited:
        return _refused(table)
    once = {one.marker: one.said for one in table.cited}
    citations = tuple(citation(said, marker) for marker, said in once.items())
    paragraphs = _Prose(table, relations).paragraphs()
    text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    comparison = table.comparison(relations)
    return Answer(table.question, text, citations, comparison=comparison)


def _refused(table: Table) -> Answer:
    question = table.question
    if question.stance:
        verb = "agrees" if question.stance == "agrees" else "disagrees"
        reason = f"Nobody on record {verb} with {listed(question.others)}{table.about}."
        return Answer(question, reason, abstained=True, reason=reason)
    silent = [_nothing(table, row) for row in range(len(table.rows))]
    reason = " ".join(silent) or f"Nothing on record{table.about}."
    comparison = table.comparison(())
    return Answer(
        question, reason, abstained=True, reason=reason, comparison=comparison
    )


def _nothing(table: Table, row: int) -> str:
    where = "in" if table.by == "source" else "from"
    return f"Nothing on record {where} {table.rows[row]}{table.about}."


def _markers(*markers: int) -> str:
    return "".join(f"[{marker}]" for marker in dict.fromkeys(markers))


class _Prose:
    """The words of a comparison: the right form for its question."""

    def __init__(self, table: Table, relations: Sequence[Relation]) -> None:
        self.table = table
        self.relations = relations
        self.short = {name: name for name in table.rows}
        if table.by == "speaker":
            self.short = short_names(table.rows)

    def paragraphs(self) -> list[str]:
        question = self.table.question
        if question.form == "change":
            return [*self._changes(), self._in_time(), *self._silent()]
        if question.kind == "timeline":
            return [self._in_time(), *self._told(self.relations), *self._silent()]
        sides = self._sides()
        if question.form == "differ" or question.stance:
            return [*self._disagreements(), *sides]
        return [*sides, " ".join(self._told(self.relations))]

    def _silent(self) -> list[str]:
        rows = range(len(self.table.rows))
        return [_nothing(self.table, row) for row in rows if not self.table.of_row(row)]

    def _sides(self) -> list[str]:
        """Each row's most relevant statements, what several rows share only once."""
        told: set[int] = set()
        paragraphs = []
        for row in range(len(self.table.rows)):
            ranked = sorted(self.table.of_row(row), key=lambda one: -one.said.relevance)
            if not ranked:
                paragraphs.append(_nothing(self.table, row))
                continue
            new = [one for one in ranked[:QUOTED_OF_EACH] if one.marker not in told]
            new.sort(key=lambda one: one.marker)
            told.update(one.marker for one in new)
            sentences = [self._sentence(one, one is new[0]) for one in new]
            paragraphs.append(" ".join(sentences))
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
        day = readable_date(one.said.date) or "undated"
        date = f" ({day})" if self.table.several_dates else ""
        return f"{lead}{reported(one.said, name)}{date} [{one.marker}]."

    def _told(self, relations: Sequence[Relation]) -> list[str]:
        return [self._relation(relation) for relation in relations]

    def _relation(self, relation: Relation) -> str:
        pair = [self.table.at(relation.first).said, self.table.at(relation.second).said]
        names = self._parties(relation)
        subject = listed(names) if len(names) > 1 else f"The statements of {names[0]}"
        told = f"{subject} {VERBS[relation.kind]}"
        if is_later(*pair) and relation.kind in CHANGES:
            first, last = sorted(said.date or "" for said in pair)
            days = f"between {readable_date(first)} and {readable_date(last)}"
            told = f"{names[0]} {CHANGES[relation.kind]} {days}"
        markers = _markers(relation.first, relation.second)
        return f"{told}: {relation.reason} {markers}."

    def _parties(self, relation: Relation) -> list[str]:
        """Those who stand so to each other: speakers; outlets only where they report one
        speaker's words differently.
        """
        pair = (self.table.at(relation.first).said, self.table.at(relation.second).said)
        speakers = list(dict.fromkeys(map(speaker_named, pair)))
        if self.table.by == "source" and (len(speakers) > 1 or is_later(*pair)):
            return speakers
        rows = self.table.names(relation.first, relation.second)
        return [self.short[name] for name in rows]

    def _disagreements(self) -> list[str]:
        """The relations that set the sides apart first; where none does, that is said last,
        of their first statements.
        """
        apart = [one for one in self.relations if one.kind in OPPOSED]
        rest = [one for one in self.relations if one.kind not in OPPOSED]
        of_rows = [self.table.of_row(row) for row in range(len(self.table.rows))]
        firsts = [cited[0] for cited in of_rows if cited]
        if apart or len(firsts) < 2:
            return [" ".join(self._told([*apart, *rest]))]
        names = listed([self.short[self.table.rows[one.row]] for one in firsts])
        markers = _markers(*(one.marker for one in firsts))
        # the rules find what words carry: that they find nothing proves no agreement
        none = (
            f"I found no statements of {names}{self.table.about} that oppose each other"
        )
        return [*self._told(rest), f"{none} {markers}."]

    def _changes(self) -> list[str]:
        """What changed, from when to when, for each row; or that nothing was found to, or
        that there is but one day.
        """
        rows = range(len(self.table.rows))
        return [self._change(row) for row in rows if self.table.of_row(row)]

    def _change(self, row: int) -> str:
        cited = self.table.of_row(row)
        name, first, last = self.table.rows[row], cited[0], cited[-1]
        found = [one for one in self.relations if self.table.at(one.first).row == row]
        if any(relation.kind == "changed position" for relation in found):
            return " ".join(self._told(found))
        of_whom = f"of {name}{self.table.about}"
        day = readable_date(first.said.date)
        if first.said.date == last.said.date:
            when = day or "one undated article"
            from_whom = f"from {name}{self.table.about}"
            return f"All that is on record {from_whom} is of {when} [{first.marker}]."
        later = readable_date(last.said.date) or "an undated article"
        days = f"{day} [{first.marker}] and {later} [{last.marker}]"
        return (
            f"I found no change of position in the statements {of_whom} between {days}."
        )
