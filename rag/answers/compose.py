"""Evidence -> Answer without a chat model: sentences of the articles, credited and cited; or
a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answers import refusal
from rag.answers.refusal import Knowledge
from rag.language.days import readable_date
from rag.language.names import surname
from rag.language.words import listed
from rag.questions.patterns import vocabulary
from rag.search.citations import MARKER, cite, markers, outermost, with_markers
from rag.search.deduplicate import merged
from rag.search.evidence import Evidence, choose
from rag.statements.retell import marks_around
from rag.types import Answer, Citation, Question, Refusal, Said, Span, Statement

NEAREST = 2  # pieces of evidence that a refusal shows
OF_ONE_SPEAKER = 2  # statements that answer "who said ...?"
POSSESSIVES = frozenset({"his", "her", "its", "their"})


# Deciding


@dataclass(frozen=True, slots=True)
class Decision:
    """The evidence to answer with, or, with a `refusal`, the nearest there is; `notices`
    name who was silent.
    """

    evidence: list[Evidence]
    refusal: Refusal | None = None
    notices: tuple[str, ...] = ()


def decide(
    question: Question, ranked: Sequence[Evidence], known: Knowledge
) -> Decision:
    """Whether the evidence, weighed and ranked, answers the question, and which of it.

    Asked speakers answer with their own statements, each with a fair share of the room;
    "who" with whoever spoke.
    """
    chosen, notices = _answering(question, ranked, known)
    if chosen:
        return Decision(chosen, None, notices)
    elsewhere = _at_other_times(question, ranked, known)
    because = refusal.of_time(question, elsewhere, known)
    if because is None and question.speakers:
        because = refusal.of_speakers(question, known)
    if because is None:
        because = refusal.of_matter(question, known)
    nearest = elsewhere or choose([unit.as_told() for unit in ranked], NEAREST)
    return Decision(nearest, because)


def joined(decisions: Sequence[Decision]) -> Decision:
    """What answers the parts of a question, in their order; a part that nothing answers is
    told as a notice.

    Where nothing answers any part, the reasons of all.
    """
    answered = [one for one in decisions if one.refusal is None]
    refusals = [one.refusal for one in decisions if one.refusal]
    reasons = tuple(dict.fromkeys(because.reason for because in refusals))
    places: dict[tuple[str, int], Evidence] = {}
    for decision in answered or decisions:
        for unit in decision.evidence:
            places[unit.article.id, unit.span.start] = unit
    units = list(places.values())
    if not answered:
        return Decision(units, replace(refusals[0], reason=" ".join(reasons)))
    notices: list[str] = []
    for decision in answered:
        notices += decision.notices
    return Decision(units, None, (*notices, *reasons))


def _answering(
    question: Question, ranked: Sequence[Evidence], known: Knowledge
) -> tuple[list[Evidence], tuple[str, ...]]:
    """The evidence that answers, and where some of several asked speakers do not, why."""
    if question.form == "who":
        return _who(question, ranked), ()
    if question.speakers:
        return _said(question, ranked, known)
    told = _told(question, ranked, known)
    return _in_form(question, refusal.in_named_years(question, told)), ()


def _said(
    question: Question, ranked: Sequence[Evidence], known: Knowledge
) -> tuple[list[Evidence], tuple[str, ...]]:
    """The statements of the asked speakers on the topic."""
    chosen: list[Evidence] = []
    silent: list[str] = []
    share = max(2, question.sentences // len(question.speakers))
    for speaker in question.speakers:
        said = _said_by(question, ranked, known.names_of(speaker))
        bearing = [
            unit for unit in said if unit.bears_on_question or not question.topic
        ]
        best = choose(bearing or refusal.alike(question, said, known), share)
        chosen += _earliest_reports(_in_form(question, best), said)
        if not best:
            silent.append(speaker)
    if not chosen:
        return [], ()
    return chosen, tuple(refusal.silent(name, question, known) for name in silent)


def _told(
    question: Question, ranked: Sequence[Evidence], known: Knowledge
) -> list[Evidence]:
    """What the articles tell, where it probably answers."""
    told = [unit.as_told() for unit in ranked]
    bearing = [unit for unit in told if unit.bears_on_question]
    if not bearing or not refusal.is_supported(question, told, known):
        return []
    return choose(bearing, question.sentences)


def _at_other_times(
    question: Question, ranked: Sequence[Evidence], known: Knowledge
) -> list[Evidence]:
    """The nearest of what would answer if the question asked for no days."""
    if question.since or question.until:
        always = replace(question, since=None, until=None)
        answering, _ = _answering(always, known.weighed(always), known)
        return choose(answering, NEAREST)
    if question.speakers or question.form == "who":
        return []
    return choose(_told(question, ranked, known), NEAREST)


def _who(question: Question, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The best statements on the topic, at most two of one speaker."""
    speakers: set[str] = set()
    for unit in ranked:
        for statement in unit.statements:
            speakers.update(statement.names)
    said = _said_by(question, ranked, speakers - set(question.others))
    bearing = [unit for unit in said if unit.bears_on_question]
    chosen: list[Evidence] = []
    heard: list[tuple[str, ...]] = []
    for unit in choose(bearing, 2 * question.sentences):
        names = {statement.names for statement in unit.statements}
        is_new = all(heard.count(one) < OF_ONE_SPEAKER for one in names)
        if is_new and len(chosen) < question.sentences:
            chosen.append(unit)
            heard += names
    return _earliest_reports(chosen, said)


def _said_by(
    question: Question, units: Sequence[Evidence], names: Iterable[str]
) -> list[Evidence]:
    """What these said in the days asked for."""
    names = set(names)
    said = [unit.said_by(names, question.since, question.until) for unit in units]
    return [unit for unit in said if unit.statements]


def _in_form(question: Question, chosen: Sequence[Evidence]) -> list[Evidence]:
    """Of what was chosen, the earliest where the question asks for it, else all."""
    if question.form != "first":
        return list(chosen)
    earliest = min((unit.date or "9999" for unit in chosen), default=None)
    return [unit for unit in chosen if (unit.date or "9999") == earliest]


def _earliest_reports(
    chosen: Sequence[Evidence], said: Sequence[Evidence]
) -> list[Evidence]:
    """Each statement in its earliest report, with all reports of it."""
    everything: dict[str, Said] = {}
    holding: dict[str, Evidence] = {}
    for unit in [*said, *chosen]:
        for statement in unit.statements:
            holding[statement.id] = unit
    for unit in [*chosen, *said]:
        for statement in unit.statements:
            everything[statement.id] = Said(statement, unit.article, unit.relevance)
    first: dict[str, Said] = {}
    for one in merged(list(everything.values())):
        for report in (one, *one.also):
            first[report.statement.id] = one
    found: dict[tuple[str, int], Evidence] = {}
    for unit in chosen:
        reports = tuple(first[statement.id] for statement in unit.statements)
        best = unit
        if len(reports) == 1:
            best = replace(holding[reports[0].statement.id], rank=unit.rank)
        found.setdefault(
            (best.article.id, best.span.start), replace(best, reports=reports)
        )
    return list(found.values())


# Composing


def answered(question: Question, evidence: Sequence[Evidence]) -> Iterator[Answer]:
    """The evidence, in the order given, as an answer that grows by one piece; every sentence
    ends with its `[n]`.
    """
    has_several_days = len({unit.date for unit in evidence}) > 1
    composer = _Composer(question.form in ("when", "first") or has_several_days)
    for unit in evidence:
        composer.add(unit)
        yield Answer(question, composer.text, tuple(composer.citations))


def refused(
    question: Question, because: Refusal, nearest: Sequence[Evidence]
) -> Answer:
    """A refusal: the reason, what is near, and the nearest evidence as citations."""
    citations: list[Citation] = []
    for unit in nearest:
        citations.extend(cite(unit, len(citations) + 1))
    near = f"The nearest that they hold: {markers(citations)}." if citations else ""
    parts = (because.reason, refusal.offers(question, because), near)
    text = " ".join(part for part in parts if part)
    return Answer(
        question,
        text,
        tuple(citations),
        abstained=True,
        reason=because.reason,
        refusal=because,
    )


class _Composer:
    """Builds the text: dates lead paragraphs where there are several, a speaker's name is
    full once, then short.
    """

    def __init__(self, dated: bool) -> None:
        self.citations: list[Citation] = []
        self._dated = dated
        self._introduced: set[str] = set()
        self._paragraphs: list[list[str]] = []
        self._date: str | None = None

    @property
    def text(self) -> str:
        return "\n\n".join(" ".join(sentences) for sentences in self._paragraphs)

    def add(self, unit: Evidence) -> None:
        citations = cite(unit, len(self.citations) + 1)
        self.citations.extend(citations)
        if not self._paragraphs or (self._dated and unit.date != self._date):
            day = readable_date(unit.date) or "Undated"
            self._paragraphs.append([f"{day}:"] if self._dated else [])
        self._date = unit.date
        self._paragraphs[-1].append(
            with_markers(self._sentence(unit), markers(citations))
        )

    def _sentence(self, unit: Evidence) -> str:
        """The unit's words, understandable alone: who speaks is named, and a leading
        connective is left out.
        """
        lead = ""
        names: dict[Span, str] = {}
        for statement in outermost(unit.statements):
            speaker, source = listed(statement.names), statement.source
            if not speaker:
                continue
            if source is None or not unit.span.contains(source):
                lead = lead or self._lead(unit, speaker)
            elif statement.resolved_by in ("pronoun", "title"):
                names[source] = self._name(speaker, source.of(unit.article.text))
            else:
                self._introduced.update(statement.names)
        line = MARKER.sub(r"(\1)", " ".join(_replaced(unit, names).split()))
        opening, closing = marks_around(unit.article, unit.span)
        text = _without_connective(line)
        return f"{lead}{opening}{text[:1].upper()}{text[1:]}{closing}"

    def _lead(self, unit: Evidence, speaker: str) -> str:
        """`Name: ` before words whose attribution stands elsewhere in the article."""
        for statement in unit.statements:
            if listed(statement.names) == speaker and _is_named_in(unit, statement):
                return ""
        return f"{self._name(speaker)}: "

    def _name(self, speaker: str, literal: str = "") -> str:
        name = surname(speaker) if speaker in self._introduced else speaker
        self._introduced.add(speaker)
        return f"{name}’s" if literal.lower() in POSSESSIVES else name


def _is_named_in(unit: Evidence, statement: Statement) -> bool:
    return statement.source is not None and unit.span.contains(statement.source)


def _replaced(unit: Evidence, names: dict[Span, str]) -> str:
    """The unit's text with a name in place of each pronoun or title."""
    text = unit.text
    for span in sorted(names, key=lambda span: span.start, reverse=True):
        start, end = span.start - unit.span.start, span.end - unit.span.start
        text = text[:start] + names[span] + text[end:]
    return text


def _without_connective(text: str) -> str:
    """ "However, he said" -> "he said"; only "but" and "and" go without a comma behind them."""
    for connective in vocabulary().connectives:
        match = re.match(rf"{re.escape(connective)}\b,?\s+", text, re.IGNORECASE)
        if not match:
            continue
        has_comma = text[match.end() - 2] == ","
        if has_comma or connective in ("but", "and"):
            return text[match.end() :]
    return text
