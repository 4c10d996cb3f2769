"""Evidence -> Answer without a chat model: sentences of the articles, credited and cited; or a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rag.evidence import Evidence, choose
from rag.question import vocabulary
from rag.types import Answer, Citation, Question, Span, Statement

Weigh = Callable[[Sequence[Evidence]], list[Evidence]]

LEAST_COVERAGE, LEAST_RELEVANCE = 0.3, 0.38
NEAREST = 3
POSSESSIVES = frozenset({"his", "her", "its", "their"})
_OWN_MARKER = re.compile(r"\[(\d+)\]")  # an article's own [1] is not one of ours
_END = re.compile(r"(?P<stop>[.。]?)(?P<close>[”\"’'»]*)$")


@dataclass(frozen=True, slots=True)
class Decision:
    """The evidence to answer with, or, with a `refusal`, the nearest there is; `notices` name who was silent."""

    evidence: list[Evidence]
    refusal: str | None = None
    notices: tuple[str, ...] = ()


def decide(question: Question, candidates: Sequence[Evidence], weighed: Weigh, known: Collection[str]) -> Decision:
    """Whether the candidates answer the question, and with which of them.

    Asked speakers answer with their own statements, each with a fair share of the room. `known` are the names of
    all speakers in the articles.
    """
    chosen: list[Evidence] = []
    silent: list[str] = []
    share = max(2, question.sentences // max(1, len(question.speakers)))
    for speaker in question.speakers:
        said = [unit for unit in (unit.said_by([speaker]) for unit in candidates) if unit.statements]
        best = choose([unit for unit in weighed(said) if _bears_on(unit)], share)
        chosen += best
        silent += [] if best else [_silent(speaker, question.topic, speaker in known)]
    if chosen:
        return Decision(chosen, None, tuple(silent))
    ranked = weighed([unit.as_told() for unit in candidates])
    if not question.speakers:
        chosen = choose([unit for unit in ranked if _bears_on(unit)], question.sentences)
        silent = [] if chosen else [_not_said(question)]
    return Decision(chosen or choose(ranked, NEAREST), " ".join(silent) or None)


def _bears_on(unit: Evidence) -> bool:
    return unit.coverage >= LEAST_COVERAGE and unit.relevance >= LEAST_RELEVANCE


def _not_said(question: Question) -> str:
    return f"The articles do not say. Looked for: {question.topic or question.text}."


def _silent(speaker: str, topic: str, is_known: bool) -> str:
    about = f" about {topic}" if topic else ""
    if is_known:
        return f"The articles quote {speaker}, but hold nothing that {speaker} said{about}."
    return f"Nothing on record: no article quotes {speaker}. Looked for: what {speaker} said{about}."


def answered(question: Question, evidence: Sequence[Evidence]) -> Iterator[Answer]:
    """The evidence, in the order given, as an answer that grows by one piece; every sentence ends with its `[n]`."""
    composer = _Composer(several_dates=len({unit.article.date for unit in evidence}) > 1)
    for unit in evidence:
        composer.add(unit)
        yield Answer(question, composer.text, tuple(composer.citations))


def refused(question: Question, reason: str, nearest: Sequence[Evidence]) -> Answer:
    """A refusal: the reason, and the nearest evidence as citations."""
    citations: list[Citation] = []
    for unit in nearest:
        citations.extend(cite(unit, len(citations) + 1))
    near = f" The nearest that they hold: {markers(citations)}." if citations else ""
    return Answer(question, reason + near, tuple(citations), abstained=True, reason=reason)


def cite(unit: Evidence, first: int) -> list[Citation]:
    """The citations of one piece of evidence, numbered from `first`: its statements, or its own words."""
    said = _outermost(unit.statements)
    if not said:
        return [_citation(unit, first, unit.span, None)]
    return [_citation(unit, first + at, statement.span, statement) for at, statement in enumerate(said)]


def markers(citations: Sequence[Citation]) -> str:
    return "".join(f"[{citation.marker}]" for citation in citations)


def readable_date(iso: str | None) -> str:
    """`2018-09-07` as `7 September 2018`."""
    if not iso:
        return ""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {day:%B} {day.year}"


def _outermost(statements: Sequence[Statement]) -> list[Statement]:
    """The statements that do not lie inside another one."""
    spans = [statement.span for statement in statements]
    return [
        statement
        for at, statement in enumerate(statements)
        if not any(
            other.start <= statement.start
            and statement.end <= other.end
            and (len(other), -i) > (len(statement.span), -at)
            for i, other in enumerate(spans)
            if i != at
        )
    ]


def _citation(unit: Evidence, marker: int, span: Span, statement: Statement | None) -> Citation:
    article = unit.article
    return Citation(
        marker,
        article.id,
        article.title,
        article.source,
        article.date,
        article.url,
        span.start,
        span.end,
        span.of(article.text),
        statement.speaker if statement else None,
        statement.kind if statement else None,
    )


class _Composer:
    """Builds the text: dates lead paragraphs where there are several, a speaker's name is full once, then short."""

    def __init__(self, several_dates: bool) -> None:
        self.citations: list[Citation] = []
        self._several_dates = several_dates
        self._introduced: set[str] = set()
        self._paragraphs: list[list[str]] = []
        self._date: str | None = None

    @property
    def text(self) -> str:
        return "\n\n".join(" ".join(sentences) for sentences in self._paragraphs)

    def add(self, unit: Evidence) -> None:
        citations = cite(unit, len(self.citations) + 1)
        self.citations.extend(citations)
        if not self._paragraphs or (self._several_dates and unit.article.date != self._date):
            self._paragraphs.append([])
            if self._several_dates:
                self._paragraphs[-1].append(f"{readable_date(unit.article.date) or 'Undated'}:")
        self._date = unit.article.date
        self._paragraphs[-1].append(_with_markers(self._sentence(unit), markers(citations)))

    def _sentence(self, unit: Evidence) -> str:
        """The unit's words, understandable alone: who speaks is named, and a leading connective is left out."""
        lead, names = "", []
        for statement in _outermost(unit.statements):
            if not statement.speaker:
                continue
            if statement.source is None or not _within(statement.source, unit.span):
                lead = lead or self._lead(unit, statement.speaker)
            elif statement.resolved_by in ("pronoun", "title"):
                literal = statement.source.of(unit.article.text)
                names.append((statement.source, self._name(statement.speaker, literal)))
            else:
                self._introduced.add(statement.speaker)
        text = _OWN_MARKER.sub(r"(\1)", " ".join(_replaced(unit, names).split()))
        return lead + _capitalised(_without_connective(text))

    def _lead(self, unit: Evidence, speaker: str) -> str:
        """`Name: ` before words whose attribution stands elsewhere in the article."""
        named_inside = any(s.speaker == speaker and s.source and _within(s.source, unit.span) for s in unit.statements)
        return "" if named_inside else f"{self._name(speaker)}: "

    def _name(self, speaker: str, literal: str = "") -> str:
        name = _short(speaker) if speaker in self._introduced else speaker
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


def _short(name: str) -> str:
    """The surname of a person; a body keeps its name."""
    parts = name.split()
    return parts[-1] if len(parts) in (2, 3, 4) and parts[0].lower() != "the" and name.istitle() else name


def _without_connective(text: str) -> str:
    for words in vocabulary().connectives:
        match = re.match(rf"{re.escape(words)}\b,?\s+", text, re.IGNORECASE)
        if match and (text[match.end() - 2] == "," or words in ("but", "and")):
            return text[match.end() :]
    return text


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _with_markers(sentence: str, numbers: str) -> str:
    """The sentence with its markers before the full stop, which stands outside a closing quotation mark."""
    match = _END.search(sentence)
    if match and match["stop"]:
        return f"{sentence[: match.start()]}{match['close']} {numbers}."
    return f"{sentence} {numbers}" if sentence[-1:] in '?!…”"' else f"{sentence} {numbers}."
