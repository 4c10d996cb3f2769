"""Evidence -> Answer without a chat model: sentences of the articles, credited and cited;
or a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answers import refusal
from rag.answers.refusal import (
    Lookups,
    alike,
    in_named_years,
    is_supported,
    of_matter,
    of_speakers,
    of_time,
    offers,
)
from rag.language.days import readable_date
from rag.language.names import surname
from rag.language.words import listed
from rag.questions.patterns import vocabulary
from rag.search.citations import cite, markers, outermost, with_markers
from rag.search.deduplicate import merged
from rag.search.evidence import Evidence, choose
from rag.types import Answer, Citation, Question, Refusal, Said, Span

NEAREST = 2
POSSESSIVES = frozenset({"his", "her", "its", "their"})
_OWN_MARKER = re.compile(r"\[(\d+)\]")  # an article's own [1] is not one of ours


@dataclass(frozen=True, slots=True)
class Decision:
    """The evidence to answer with, or, with a `refusal`, the nearest there is; `notices`
    name who was silent.
    """

    evidence: list[Evidence]
    refusal: Refusal | None = None
    notices: tuple[str, ...] = ()


def decide(
    question: Question, ranked: Sequence[Evidence], lookups: Lookups
) -> Decision:
    """Whether the evidence, weighed and ranked, answers the question, and which of it.

    Asked speakers answer with their own statements, each with a fair share of the room;
    "who" with whoever spoke.
    """
    chosen, notices = _answering(question, ranked, lookups)
    if chosen:
        return Decision(chosen, None, notices)
    elsewhere = _at_other_times(question, ranked, lookups)
    because = of_time(question, elsewhere, lookups)
    if because is None:
        because = (of_speakers if question.speakers else of_matter)(question, lookups)
    return Decision(
        elsewhere or choose([unit.as_told() for unit in ranked], NEAREST), because
    )


def joined(decisions: Sequence[Decision]) -> Decision:
    """What answers the parts of a question, in their order; a part that nothing answers is
    told as a notice.

    Where nothing answers any part, the reasons of all.
    """
    answered = [decision for decision in decisions if decision.refusal is None]
    refusals = [decision.refusal for decision in decisions if decision.refusal]
    reasons = tuple(dict.fromkeys(because.reason for because in refusals))
    places = {
        (unit.article.id, unit.span.start): unit
        for one in answered or decisions
        for unit in one.evidence
    }
    if answered:
        return Decision(
            list(places.values()),
            None,
            tuple(n for one in answered for n in one.notices) + reasons,
        )
    return Decision(
        list(places.values()), replace(refusals[0], reason=" ".join(reasons))
    )


def _answering(
    question: Question, ranked: Sequence[Evidence], lookups: Lookups
) -> tuple[list[Evidence], tuple[str, ...]]:
    """The evidence that answers, and where some of several asked speakers do not, why."""
    if question.form == "who":
        return _who(question, ranked), ()
    if question.speakers:
        return _said(question, ranked, lookups)
    return _in_form(
        question, in_named_years(question, _told(question, ranked, lookups))
    ), ()


def _said(
    question: Question, ranked: Sequence[Evidence], lookups: Lookups
) -> tuple[list[Evidence], tuple[str, ...]]:
    """The statements of the asked speakers on the topic."""
    chosen: list[Evidence] = []
    silent: list[str] = []
    share = max(2, question.sentences // len(question.speakers))
    for speaker in question.speakers:
        said = _said_by(question, ranked, lookups.names_of(speaker))
        bearing = [
            unit for unit in said if unit.bears_on_question or not question.topic
        ]
        best = choose(bearing or alike(question, said, lookups.similarities), share)
        chosen += _earliest_reports(_in_form(question, best), said)
        silent += [] if best else [speaker]
    return chosen, tuple(
        refusal.silent(speaker, question, lookups) for speaker in silent if chosen
    )


def _told(
    question: Question, ranked: Sequence[Evidence], lookups: Lookups
) -> list[Evidence]:
    """What the articles tell, where it probably answers."""
    told = [unit.as_told() for unit in ranked]
    chosen = choose(
        [unit for unit in told if unit.bears_on_question], question.sentences
    )
    return chosen if chosen and is_supported(question, told, lookups) else []


def _at_other_times(
    question: Question, ranked: Sequence[Evidence], lookups: Lookups
) -> list[Evidence]:
    """The nearest of what would answer if the question asked for no days."""
    if question.since or question.until:
        always = replace(question, since=None, until=None)
        return choose(_answering(always, lookups.ever(always), lookups)[0], NEAREST)
    return (
        []
        if question.speakers or question.form == "who"
        else choose(_told(question, ranked, lookups), NEAREST)
    )


def _who(question: Question, ranked: Sequence[Evidence]) -> list[Evidence]:
    """The best statements on the topic, at most two of one speaker."""
    said = _said_by(
        question,
        ranked,
        {name for unit in ranked for s in unit.statements for name in s.names}
        - set(question.others),
    )
    chosen: list[Evidence] = []
    for unit in choose(
        [unit for unit in said if unit.bears_on_question], 2 * question.sentences
    ):
        speakers = [
            names for one in chosen for names in {s.names for s in one.statements}
        ]
        if len(chosen) < question.sentences and all(
            speakers.count(s.names) < 2 for s in unit.statements
        ):
            chosen.append(unit)
    return _earliest_reports(chosen, said)


def _said_by(
    question: Question, units: Sequence[Evidence], names: Iterable[str]
) -> list[Evidence]:
    """What these said in the days asked for."""
    said = (unit.said_by(names, question.since, question.until) for unit in units)
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
    everything = [
        Said(s, unit.article, unit.relevance)
        for unit in [*chosen, *said]
        for s in unit.statements
    ]
    once = merged(list({one.statement.id: one for one in everything}.values()))
    holding = {s.id: unit for unit in [*said, *chosen] for s in unit.statements}
    first = {report.statement.id: one for one in once for report in (one, *one.also)}
    found: dict[tuple[str, int], Evidence] = {}
    for unit in chosen:
        reports = tuple(first[s.id] for s in unit.statements)
        best = (
            unit
            if len(reports) > 1
            else replace(holding[reports[0].statement.id], rank=unit.rank)
        )
        found.setdefault(
            (best.article.id, best.span.start), replace(best, reports=reports)
        )
    return list(found.values())


def answered(question: Question, evidence: Sequence[Evidence]) -> Iterator[Answer]:
    """The evidence, in the order given, as an answer that grows by one piece; every
    sentence ends with its `[n]`.
    """
    dated = (
        question.form in ("when", "first") or len({unit.date for unit in evidence}) > 1
    )
    composer = _Composer(dated)
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
    text = " ".join(
        part for part in (because.reason, offers(question, because), near) if part
    )
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
            self._paragraphs.append([])
            if self._dated:
                self._paragraphs[-1].append(f"{readable_date(unit.date) or 'Undated'}:")
        self._date = unit.date
        self._paragraphs[-1].append(
            with_markers(self._sentence(unit), markers(citations))
        )

    def _sentence(self, unit: Evidence) -> str:
        """The unit's words, understandable alone: who speaks is named, and a leading
        connective is left out.
        """
        lead, names = "", []
        for statement in outermost(unit.statements):
            speaker = listed(statement.names)
            if not speaker:
                continue
            if statement.source is None or not _within(statement.source, unit.span):
                lead = lead or self._lead(unit, speaker)
            elif statement.resolved_by in ("pronoun", "title"):
                literal = statement.source.of(unit.article.text)
                names.append((statement.source, self._name(speaker, literal)))
            else:
                self._introduced.update(statement.names)
        text = _OWN_MARKER.sub(r"(\1)", " ".join(_replaced(unit, names).split()))
        return lead + _capitalised(_without_connective(text))

    def _lead(self, unit: Evidence, speaker: str) -> str:
        """`Name: ` before words whose attribution stands elsewhere in the article."""
        named_inside = any(
            listed(s.names) == speaker and s.source and _within(s.source, unit.span)
            for s in unit.statements
        )
        return "" if named_inside else f"{self._name(speaker)}: "

    def _name(self, speaker: str, literal: str = "") -> str:
        name = surname(speaker) if speaker in self._introduced else speaker
        self._introduced.add(speaker)
        return f"{name}’s" if literal.lower() in POSSESSIVES else name


def _replaced(unit: Evidence, names: Sequence[tuple[Span, str]]) -> str:
    """The unit's text with a name in place of each pronoun or title."""
    text = unit.text
    for span, name in sorted(set(names), key=lambda item: item[0].start, reverse=True):
        start, end = span.start - unit.span.start, span.end - unit.span.start
        text = text[:start] + name + text[end:]
    return text


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _without_connective(text: str) -> str:
    for words in vocabulary().connectives:
        match = re.match(rf"{re.escape(words)}\b,?\s+", text, re.IGNORECASE)
        if match and (text[match.end() - 2] == "," or words in ("but", "and")):
            return text[match.end() :]
    return text


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
