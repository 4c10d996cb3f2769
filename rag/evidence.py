"""Passages and statements -> evidence: the sentences that answer, each with who said it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rag import text as texts
from rag.question import content_words, vocabulary
from rag.types import Article, Hit, Question, Span, Statement

LONGEST_UNIT = 700
CONTEXT_CREDIT = 0.5
SAME_WORDS = 0.6
KEEP_SECOND, KEEP_FURTHER = 0.4, 0.65
SAME_ARTICLE = 0.05
MOSTLY = 0.6
RANK_CREDIT, RANK_HALVED = 0.2, 5
MOST_COMPARED = 24

Weights = Callable[[Sequence[str]], dict[str, float]]
Similarities = Callable[[str, Sequence[str]], list[float]]


@dataclass(frozen=True)
class Evidence:
    """One or a few whole sentences of an article, with the statements they make.

    `coverage` is the share of the topic's words found here (those only in the title or nearby count half), weighted
    by how rare they are; `similarity` the cosine between the sentences and the question; both from 0 to 1.
    `rank` is the place of their passage among those found, from 0.
    """

    article: Article
    span: Span
    statements: tuple[Statement, ...] = ()
    coverage: float = 0.0
    similarity: float = 0.0
    rank: int = 0

    @property
    def text(self) -> str:
        return self.span.of(self.article.text)

    @property
    def relevance(self) -> float:
        return (self.coverage + self.similarity) / 2

    @property
    def score(self) -> float:
        """The relevance, and credit for the rank of its passage."""
        return self.relevance + RANK_CREDIT * RANK_HALVED / (RANK_HALVED + self.rank)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(map(stem, content_words(self.text)))

    def as_told(self) -> Evidence:
        """The same sentences as the article's own telling, unless most of their words are a known speaker's."""
        said = tuple(s for s in self.statements if s.speaker)
        told = {at for s in said for at in range(max(s.start, self.span.start), min(s.end, self.span.end))}
        return replace(self, statements=said if len(told) >= MOSTLY * len(self.span) else ())

    def said_by(self, speakers: Iterable[str]) -> Evidence:
        """The same sentences with only the statements of these speakers."""
        names = set(speakers)
        return replace(self, statements=tuple(s for s in self.statements if s.speaker in names))


def stem(word: str) -> str:
    """The word without its commonest English endings, enough to compare forms of one word."""
    return re.sub(r"(?<=\w{4})(?:ations?|ings?|edly|ed|ies|es|e|s|y)$", "", word)


def units(article: Article, statements: Sequence[Statement]) -> list[Evidence]:
    """The article cut into evidence: sentences, joined where one statement or its attribution runs over several."""
    sentences = texts.sentences(article.text)
    joined: list[Span] = []
    covers = [_cover(statement) for statement in statements]
    for sentence in sentences:
        last = joined[-1] if joined else None
        if last and sentence.end - last.start <= LONGEST_UNIT and _bridged(last, sentence, covers):
            joined[-1] = Span(last.start, sentence.end)
        else:
            joined.append(sentence)
    return [
        Evidence(article, span, tuple(s for s in statements if span.start <= s.start < span.end))
        for span in joined
        if not _is_headline(article, span) or len(joined) == 1
    ]


def _cover(statement: Statement) -> Span:
    """From the first to the last character of a statement with its attribution."""
    parts = [*statement.content, *(part for part in (statement.source, statement.cue) if part)]
    return Span(min(part.start for part in parts), max(part.end for part in parts))


def _bridged(before: Span, after: Span, covers: Sequence[Span]) -> bool:
    return any(cover.start < before.end and cover.end > after.start for cover in covers)


def _is_headline(article: Article, span: Span) -> bool:
    return bool(article.title) and texts.fold(span.of(article.text)) == texts.fold(article.title)


def in_hits(hits: Sequence[Hit], statements_of: Callable[[str], Sequence[Statement]]) -> list[Evidence]:
    """The evidence that lies in the passages found, articles in the order of their best passage."""
    found: list[Evidence] = []
    for article in {hit.article.id: hit.article for hit in hits}.values():
        ranks = [(rank, hit.passage.span) for rank, hit in enumerate(hits) if hit.article.id == article.id]
        for unit in units(article, statements_of(article.id)):
            rank = next((rank for rank, span in ranks if unit.span.overlaps(span)), None)
            if rank is not None:
                found.append(replace(unit, rank=rank))
    return found


def weigh(
    question: Question, candidates: Sequence[Evidence], weights: Weights, similarities: Similarities
) -> list[Evidence]:
    """The candidates that cover the topic best, with their similarity to the question too, best first."""
    topic = question.topic or question.text
    asked = {stem(word): weight for word, weight in weights(content_words(topic)).items()}
    covering = sorted(
        (replace(unit, coverage=_coverage(unit, asked)) for unit in candidates), key=lambda u: -u.coverage
    )
    compared = covering[:MOST_COMPARED]
    near = similarities(question.text, [unit.text for unit in compared])
    weighed = [replace(unit, similarity=max(0.0, value)) for unit, value in zip(compared, near, strict=True)]
    return sorted(weighed, key=lambda unit: (-unit.score, unit.article.id, unit.span.start))


def _coverage(unit: Evidence, asked: dict[str, float]) -> float:
    total = sum(asked.values())
    if not total:
        return 0.0
    around = unit.article.text[max(0, unit.span.start - LONGEST_UNIT) : unit.span.end]
    context = {stem(word) for word in texts.words(f"{unit.article.title} {around}")}
    credit = sum(
        weight * (1.0 if word in unit.stems else CONTEXT_CREDIT if word in context else 0.0)
        for word, weight in asked.items()
    )
    return credit / total


def rarity(total: int, holding: int) -> float:
    """The weight of a word that `holding` of `total` passages hold (BM25's inverse document frequency)."""
    return math.log(1 + (total - holding + 0.5) / (holding + 0.5))


def choose(ranked: Sequence[Evidence], most: int) -> list[Evidence]:
    """The best evidence, none much less relevant than the first, none saying again what another says.

    Each piece of an article lowers the score of its further ones, so that other articles have their say.
    """
    strongest = max((unit.relevance for unit in ranked), default=0.0)
    left = [unit for unit in ranked if unit.relevance >= KEEP_SECOND * strongest]
    chosen: list[Evidence] = []
    while left and len(chosen) < most:
        if len(chosen) == 2:
            left = [unit for unit in left if unit.relevance >= KEEP_FURTHER * strongest]
            if not left:
                break
        taken = Counter(unit.article.id for unit in chosen)
        best = max(left, key=lambda unit: unit.score - SAME_ARTICLE * taken[unit.article.id])
        chosen.append(best)
        left = [unit for unit in left if unit is not best and not _says_again(unit, best)]
    return chosen


def _says_again(unit: Evidence, other: Evidence) -> bool:
    smaller = min(len(unit.stems), len(other.stems))
    return bool(smaller) and len(unit.stems & other.stems) / smaller >= SAME_WORDS


def explained(chosen: Sequence[Evidence], all_units: Callable[[Article], list[Evidence]], most: int) -> list[Evidence]:
    """At most so many of the chosen, each that leans on the sentence before it together with that sentence."""
    wanted: dict[tuple[str, int], Evidence] = {}
    for unit in chosen:
        before = _sentence_before(unit, all_units(unit.article)) if leans_back(unit) else None
        together = {(one.article.id, one.span.start): one for one in (before, unit) if one}
        if len(wanted | together) <= most:
            wanted = together | wanted
    return list(wanted.values())


def leans_back(unit: Evidence) -> bool:
    """Whether the sentence begins with a pronoun or the like that nothing in it explains."""
    first = texts.words(unit.text[:40])[:1]
    if not first or first[0] not in vocabulary().dependent_starts:
        return False
    return not any(s.speaker and s.source and s.source.start - unit.span.start < 4 for s in unit.statements)


def _sentence_before(unit: Evidence, everything: Sequence[Evidence]) -> Evidence | None:
    earlier = [one for one in everything if one.span.end <= unit.span.start]
    return replace(earlier[-1].as_told(), coverage=unit.coverage, similarity=unit.similarity) if earlier else None


def in_reading_order(chosen: Sequence[Evidence]) -> list[Evidence]:
    """Articles by date, those of one day by their best evidence; within an article, the order of its text."""
    best: dict[str, int] = {}
    for rank, unit in enumerate(chosen):
        best.setdefault(unit.article.id, rank)
    return sorted(chosen, key=lambda unit: (unit.article.date or "9999", best[unit.article.id], unit.span.start))
