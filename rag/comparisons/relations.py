"""How two statements stand to each other, told from their words alone, with the words that
carry it.

Only an explicit opposite contradicts: one content affirmed and denied, opposite words,
other numbers or days of one event. Opposite stances towards one thing differ; what is
uncertain on one topic only differs in emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from rag.comparisons.retell import shortened
from rag.language import stance
from rag.language.days import readable_date
from rag.language.names import short_names
from rag.language.segments import quotations, sentences
from rag.language.stance import Amount, Position, Stance
from rag.language.words import words
from rag.search.citations import speaker_named
from rag.types import RelationKind, Said, Span

SAME_TOPIC, SAME_OPINION, SAME_CONTENT = 0.35, 0.45, 0.6
# of sides taken on a course of action: with words in common, and without
LEAST_NEAR, SAME_COURSE = 0.25, 0.45
SAME_WORDS, LIKE_WORDS, RELATED_WORDS = 0.6, 0.3, 2
SAME_TIME = 31  # days within which two statements can contradict each other
APART = 0.1  # numbers nearer to each other than this share of the larger are one number, rounded
LEAD = 80
STRENGTH: dict[RelationKind, float] = {
    "contradicts": 4,
    "changed position": 3.5,
    "differs": 3,
    "agrees": 2,
    "repeats": 2,
    "differs in emphasis": 1,
}
_OWN_MARKER = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Found:
    """A relation with its reason; `strength` ranks it: by kind, within a kind by how near
    the contents are (0 to 1).
    """

    kind: RelationKind
    reason: str
    strength: float


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What sets two statements against or beside each other: the place in each, and why, in words.

    `shares_words` is true where they speak of it in the same words.
    """

    one: Span
    other: Span
    why: str
    shares_words: bool = True


def relate(one: Said, other: Said, similarity: float) -> Found | None:
    """The relation of two statements whose contents have this cosine similarity, None for
    unrelated ones.
    """
    first, second = _reading(one), _reading(other)
    kind, evidence = _compared(one, other, first, second, similarity)
    return _found(kind, one, other, evidence, similarity) if kind else None


def said_together(said: Said) -> str:
    """Why the speakers of a joint statement agree."""
    words = shortened(said.text)
    is_quoted = bool(quotations(words)) and words[0] in '“"'
    return f"together they said {words if is_quoted else f'“{words}”'}"


@lru_cache(maxsize=4096)
def _reading(said: Said) -> Stance:
    """The statement read with the words of its cue, and what joins them to the content,
    before it.
    """
    statement, article = said.statement, said.article.text
    if not statement.cue:
        return stance.stance_of(said.text)
    gap = article[statement.cue.end : statement.start]
    joined = gap if len(gap) < LEAD and not re.search(r"[.!?“”\"]", gap) else ""
    return stance.stance_of(said.text, statement.cue.of(article) + joined)


def _compared(
    one: Said, other: Said, first: Stance, second: Stance, similarity: float
) -> tuple[RelationKind | None, _Evidence]:
    in_time = is_later(one, other)
    explicit = next(_contradictions(first, second), None)
    if explicit and in_time:
        return "changed position", explicit
    if explicit:
        return "contradicts" if _can_contradict(
            one, other, first, second
        ) else "differs", explicit
    same, opposed = _stances(first, second, similarity)
    if opposed:
        return "changed position" if in_time else "differs", opposed
    alike = _alike(first, second, similarity)
    if alike:
        return "repeats" if in_time else "agrees", _beside(first, second, alike)
    if same and not in_time:
        return "differs in emphasis" if _conceded(one) or _conceded(
            other
        ) else "agrees", same
    return (
        "differs in emphasis" if _related(first, second, similarity) else None
    ), _on_one_topic(first, second)


def is_later(one: Said, other: Said) -> bool:
    """Whether both are one speaker's, of different days."""
    speaker = one.statement.speaker
    return (
        bool(speaker)
        and speaker == other.statement.speaker
        and bool(one.date and other.date)
        and one.date != other.date
    )


def _can_contradict(one: Said, other: Said, first: Stance, second: Stance) -> bool:
    """Not what should be, what was said long before, nor two speakers of themselves ("we
    will sign", "we will not").
    """
    we = (
        one.statement.speaker != other.statement.speaker
        and first.speaks_as_we
        and second.speaks_as_we
    )
    return (
        not (we or first.prescribes or second.prescribes)
        and _days_apart(one, other) <= SAME_TIME
    )


def _days_apart(one: Said, other: Said) -> int:
    try:
        return abs(
            (
                date.fromisoformat(one.date or "")
                - date.fromisoformat(other.date or "")
            ).days
        )
    except ValueError:
        return 0


# Explicit opposites


def _contradictions(first: Stance, second: Stance) -> Iterator[_Evidence]:
    yield from _opposite_words(first, second)
    yield from _denials(first, second)
    yield from _other_numbers(first, second)


def _opposite_words(first: Stance, second: Stance) -> Iterator[_Evidence]:
    ones, others = first.positions("opposite"), second.positions("opposite")
    for axis in ones.keys() & others.keys():
        one, other = ones[axis][0], others[axis][0]
        if one.sign == -other.sign and _same_but(
            first, second, one.roots | other.roots
        ):
            against = (
                f"{_quoted(first, one.span)} against {_quoted(second, other.span)}"
            )
            yield _Evidence(
                one.span,
                other.span,
                "one denies it" if one.is_denied != other.is_denied else against,
            )


def _denials(first: Stance, second: Stance) -> Iterator[_Evidence]:
    shared = first.roots & second.roots
    denied = shared & (first.denied ^ second.denied)
    if (
        len(shared) >= RELATED_WORDS
        and denied == shared
        and _same_but(first, second, frozenset())
    ):
        yield _Evidence(_place(first, denied), _place(second, denied), "one denies it")


def _other_numbers(first: Stance, second: Stance) -> Iterator[_Evidence]:
    for one in first.amounts:
        for other in second.amounts:
            if (
                one.unit
                and one.unit == other.unit
                and _disagree(one, other, first, second)
            ):
                why = f"{_quoted(first, Span(one.start, one.end))} against {_quoted(second, Span(other.start, other.end))}"
                yield _Evidence(
                    Span(one.start, one.end), Span(other.start, other.end), why
                )


def _disagree(one: Amount, other: Amount, first: Stance, second: Stance) -> bool:
    """Whether two numbers of one unit cannot both be right; days only of what happens once."""
    if (
        one.is_vague
        or other.is_vague
        or abs(one.value - other.value) <= APART * max(one.value, other.value)
    ):
        return False
    if one.unit in first.lexicon.dates and not (
        first.tells_event and second.tells_event
    ):
        return False
    numbers = {
        t.root
        for r in (first, second)
        for t in r.tokens
        if t.word[0].isdigit() or t.word in r.lexicon.numbers
    }
    return (
        _same_but(first, second, frozenset(numbers))
        and len(first.amounts) == len(second.amounts) == 1
    )


def _same_but(first: Stance, second: Stance, but: frozenset[str]) -> bool:
    """Whether both speak of the same thing, apart from these words: one may say more than
    the other, not both.
    """
    apart = but | first.opposite_roots | second.opposite_roots
    ones, others = first.roots - apart, second.roots - apart
    return bool(ones & others) and (ones <= others or others <= ones)


# Stances


def _stances(
    first: Stance, second: Stance, similarity: float
) -> tuple[_Evidence | None, _Evidence | None]:
    """The evidence for the same stance, and for opposite ones, towards one thing."""
    shares_words = bool((first.roots & second.roots) - first.names - second.names)
    same: _Evidence | None = None
    for one, other, about in _pairs(first, second, similarity):
        if one.sign == other.sign:
            same = same or _Evidence(
                one.span, other.span, f"of one mind on {about}", shares_words
            )
        elif one.sign and other.sign:
            return same, _Evidence(
                one.span, other.span, f"opposed on {about}", shares_words
            )
    return same, None


def _pairs(
    first: Stance, second: Stance, similarity: float
) -> Iterator[tuple[Position, Position, str]]:
    """The sides that both take: on a course of action, and in praise or blame of something
    both name.
    """
    ones, others = first.positions("course"), second.positions("course")
    for axis in ones.keys() & others.keys():
        one, other = _side(ones[axis]), _side(others[axis])
        shared = (
            ((first.roots & second.roots) | (one.roots & other.roots))
            - first.names
            - second.names
        )
        if similarity < (LEAST_NEAR if shared else SAME_COURSE):
            continue
        if one.sign and other.sign:
            yield one, other, _named(first, one.roots & other.roots) or axis
        else:
            yield from _denied_words(ones[axis], others[axis], first)
    for one in first.opinions():
        for other in second.opinions():
            shared = one.roots & other.roots
            if shared and similarity >= SAME_OPINION:
                yield one, other, _named(first, shared)


def _side(positions: list[Position]) -> Position:
    """The one side taken, without a sign where both are."""
    signs = {position.sign for position in positions if position.sign}
    return positions[0] if len(signs) == 1 else replace(positions[0], sign=0)


def _denied_words(
    ones: list[Position], others: list[Position], first: Stance
) -> Iterator[tuple[Position, Position, str]]:
    """The pairs of which one denies the word that the other uses ("this is no military
    operation").
    """
    for one in ones:
        for other in others:
            shared = one.roots & other.roots
            if shared and one.is_denied != other.is_denied:
                yield (
                    replace(one, sign=1),
                    replace(other, sign=-1),
                    f"the word {_named(first, shared)}",
                )


def _alike(first: Stance, second: Stance, similarity: float) -> str:
    """Why both say the same, in words; empty where they may not."""
    shared = first.roots & second.roots
    if (
        len(shared - first.names - second.names) < RELATED_WORDS
        or (first.denied ^ second.denied) & shared
    ):
        return ""
    overlap = len(shared) / len(first.roots | second.roots)
    if overlap >= SAME_WORDS:
        return "nearly the same words"
    return (
        "nearly the same content"
        if overlap >= LIKE_WORDS and similarity >= SAME_CONTENT
        else ""
    )


def _conceded(said: Said) -> bool:
    """Whether a "but" follows: in the rest of the sentence, or at the head of the next."""
    article, end = said.article.text, said.statement.end
    contrasts = stance.lexicon().contrasts
    spans = [span for span in sentences(article[: end + 600]) if span.end > end][:2]
    rest = words(article[end : spans[0].end]) if spans else []
    following = words(spans[1].of(article))[:1] if len(spans) > 1 else []
    return bool(contrasts & {*rest, *following})


def _related(first: Stance, second: Stance, similarity: float) -> bool:
    shared = first.roots & second.roots
    return similarity >= SAME_OPINION or (bool(shared) and similarity >= SAME_TOPIC)


# The reason in words


def _on_one_topic(first: Stance, second: Stance) -> _Evidence:
    named = _named(first, first.roots & second.roots)
    return _beside(
        first, second, f"both speak of {named}" if named else "near in content"
    )


def _beside(first: Stance, second: Stance, why: str) -> _Evidence:
    """The two statements side by side, by the longest word that they share."""
    shared = first.roots & second.roots
    return _Evidence(
        _place(first, shared or first.roots),
        _place(second, shared or second.roots),
        why,
        bool(shared),
    )


def _place(reading: Stance, roots: frozenset[str]) -> Span:
    """Where the longest of these words stands; the whole text where none does."""
    found = [t for t in reading.tokens if t.start >= 0 and t.root in roots]
    if not found:
        return Span(0, len(reading.text))
    token = max(found, key=lambda t: t.end - t.start)
    return Span(token.start, token.end)


def _named(reading: Stance, roots: frozenset[str]) -> str:
    """The longest of these words as the text writes it, in quotation marks; empty for none."""
    return _quoted(reading, _place(reading, roots)) if roots else ""


def _quoted(reading: Stance, span: Span) -> str:
    return f"“{span.of(reading.text)}”"


def _found(
    kind: RelationKind, one: Said, other: Said, evidence: _Evidence, similarity: float
) -> Found:
    first, second = labels(one, other)
    reason = f"{first}{_words(one, evidence.one)} – {second}{_words(other, evidence.other)} ({evidence.why})"
    near = max(0.0, similarity) + _directness(one, other) + evidence.shares_words
    return Found(kind, reason, STRENGTH[kind] + near / 3)


def _directness(one: Said, other: Said) -> float:
    """The share of statements that quote the speaker's own words."""
    return sum(said.statement.kind != "indirect" for said in (one, other)) / 2


def _words(said: Said, span: Span) -> str:
    """The statement's words around a place, without quotation marks within, after a cue
    that takes sides ("opposed").
    """
    reading = _reading(said)
    words = re.sub(r"[“”„‟\"«»]", "", " ".join(reading.excerpt(span).split()))
    words = _OWN_MARKER.sub(r"(\1)", words)
    cue = (
        f" ({said.statement.cue.of(said.article.text)})"
        if said.statement.cue and reading.is_led_by_verdict
        else ""
    )
    return f"{cue}: “{words}”"


def labels(one: Said, other: Said) -> tuple[str, str]:
    """What tells two statements apart: their speakers, else their days, their outlets,
    their articles.
    """
    first, second = speaker_named(one), speaker_named(other)
    if first != second:
        short = short_names([first, second])
        return short[first], short[second]
    days = readable_date(one.date) or "Undated", readable_date(other.date) or "Undated"
    outlets = one.article.source or "No outlet", other.article.source or "No outlet"
    titles = one.article.title, other.article.title
    return next(
        (pair for pair in (days, outlets, titles) if pair[0] != pair[1]),
        (first, second),
    )
