"""Passages and statements -> evidence: the sentences that answer, each with who said it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest

from rag.language import segments, stance
from rag.language.days import is_of_days
from rag.language.names import variant
from rag.language.words import content_words, fold, stem, words
from rag.questions.patterns import vocabulary
from rag.questions.understand import query
from rag.types import Article, Hit, Passage, Question, Said, Span, Statement

LONGEST_UNIT = 700
CONTEXT, CONTEXT_CREDIT = 200, 0.5
SAME_WORDS = 0.6
KEEP_SECOND, KEEP_FURTHER = 0.4, 0.65
SAME_ARTICLE = 0.05
MOSTLY = 0.6
RANK_CREDIT, RANK_HALVED = 0.2, 5
SPEAKER_CREDIT, ONLY_NAMED = 0.25, 0.4
LONGEST_WINDOW = 600
LEAST_COVERAGE, LEAST_RELEVANCE = 0.3, 0.38
INFERRED, INFERRED_CERTAINTY = ("pronoun", "title"), 0.7
MOST_COMPARED = 24

Weights = Callable[[Sequence[str]], dict[str, float]]
Similarities = Callable[[str, Sequence[str]], list[float]]


@dataclass(frozen=True)
class Evidence:
    """One or a few whole sentences of an article, with the statements they make.

    `coverage` is the share of the topic's words found here (those only in the title or
    nearby count half), weighted by how rare they are; `similarity` the cosine between the
    sentences and the question; both from 0 to 1. `rank` is the place of their passage, or
    statement, among those found, from 0. `attribution` is 1 where the words are credited to
    somebody of an asked speaker's name, less where that name only stands in them, else 0.
    `leads_to` is the date of the sentence that it is shown with and before. `reports` are
    its statements together with their further reports, where those have been looked for.
    """

    article: Article
    span: Span
    statements: tuple[Statement, ...] = ()
    coverage: float = 0.0
    similarity: float = 0.0
    rank: int = 0
    attribution: float = 0.0
    reports: tuple[Said, ...] = ()
    leads_to: str | None = None

    @property
    def text(self) -> str:
        return self.span.of(self.article.text)

    @property
    def date(self) -> str | None:
        """When it was said, where the article tells of a statement, else the article's date."""
        return next(
            (s.date for s in self.statements if s.date),
            self.leads_to or self.article.date,
        )

    @property
    def relevance(self) -> float:
        return (self.coverage + self.similarity) / 2

    @property
    def score(self) -> float:
        """The relevance, and credit for the rank of its passage and for the asked speaker."""
        rank = RANK_HALVED / (RANK_HALVED + self.rank)
        return self.relevance + RANK_CREDIT * rank + SPEAKER_CREDIT * self.attribution

    @cached_property
    def speaker_words(self) -> frozenset[str]:
        """The words that name the speakers of its statements, as the article writes them
        and as they are resolved.
        """
        named = [name for s in self.statements for name in s.names]
        named += [s.source.of(self.article.text) for s in self.statements if s.source]
        return frozenset(word for name in named for word in words(name))

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(map(stem, content_words(self.text)))

    @cached_property
    def told(self) -> str:
        """What its statements say, without who says so; where it has none, its sentences."""
        return (
            " ".join(
                span.of(self.article.text)
                for s in self.statements
                for span in s.content
            )
            or self.text
        )

    @cached_property
    def told_stems(self) -> frozenset[str]:
        return frozenset(map(stem, content_words(self.told)))

    @cached_property
    def reading(self) -> stance.Stance:
        cue = next((s.cue for s in self.statements if s.cue), Span(0, 0))
        return stance.stance_of(self.told, cue.of(self.article.text))

    @property
    def certainty(self) -> float:
        """How surely one of its statements is the speaker's: by the precision of its rule,
        and less by a pronoun or title.
        """
        return max(
            (_certainty(statement) for statement in self.statements), default=1.0
        )

    @property
    def bears_on_question(self) -> bool:
        return self.coverage >= LEAST_COVERAGE and self.relevance >= LEAST_RELEVANCE

    def as_told(self) -> Evidence:
        """The same sentences as the article's own telling, unless most of their words are a
        known speaker's.
        """
        said = tuple(s for s in self.statements if s.names)
        told = {
            at
            for s in said
            for at in range(max(s.start, self.span.start), min(s.end, self.span.end))
        }
        return replace(
            self, statements=said if len(told) >= MOSTLY * len(self.span) else ()
        )

    def said_by(
        self,
        speakers: Iterable[str],
        since: str | None = None,
        until: str | None = None,
    ) -> Evidence:
        """The same sentences with only the statements of these speakers in these days."""
        names = set(speakers)
        said = (s for s in self.statements if names.intersection(s.names))
        in_days = tuple(
            s for s in said if is_of_days(s.date or self.article.date, since, until)
        )
        return replace(self, statements=in_days)


def _certainty(statement: Statement) -> float:
    return statement.confidence * (
        INFERRED_CERTAINTY if statement.resolved_by in INFERRED else 1.0
    )


def units(article: Article, statements: Sequence[Statement]) -> list[Evidence]:
    """The article cut into evidence: sentences, joined where one statement or its
    attribution runs over several.
    """
    sentences = segments.sentences(article.text)
    joined: list[Span] = []
    covers = [_cover(statement) for statement in statements]
    for sentence in sentences:
        last = joined[-1] if joined else None
        if (
            last
            and sentence.end - last.start <= LONGEST_UNIT
            and _bridged(last, sentence, covers)
        ):
            joined[-1] = Span(last.start, sentence.end)
        else:
            joined.append(sentence)
    return [
        Evidence(
            article,
            span,
            tuple(s for s in statements if span.start <= s.start < span.end),
        )
        for span in joined
        if not _is_headline(article, span) or len(joined) == 1
    ]


def _cover(statement: Statement) -> Span:
    """From the first to the last character of a statement with its attribution."""
    parts = [
        *statement.content,
        *(part for part in (statement.source, statement.cue) if part),
    ]
    return Span(min(part.start for part in parts), max(part.end for part in parts))


def _bridged(before: Span, after: Span, covers: Sequence[Span]) -> bool:
    return any(cover.start < before.end and cover.end > after.start for cover in covers)


def _is_headline(article: Article, span: Span) -> bool:
    return len(span) < 2 * len(article.title) and fold(span.of(article.text)) == fold(
        article.title
    )


def found(
    hits: Sequence[Hit],
    said: Sequence[Said],
    all_units: Callable[[Article], Sequence[Evidence]],
) -> list[Evidence]:
    """The evidence that lies in the passages found, or holds the statements found, each
    list best first.
    """
    articles = {hit.article.id: hit.article for hit in hits} | {
        one.article.id: one.article for one in said
    }
    places: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    for rank, hit in enumerate(hits):
        places[hit.article.id].append((rank, hit.passage.span))
    for rank, one in enumerate(said):
        places[one.article.id].append(
            (rank, Span(one.statement.start, one.statement.start + 1))
        )
    candidates = []
    for id, article in articles.items():
        for unit in all_units(article):
            ranks = [rank for rank, span in places[id] if unit.span.overlaps(span)]
            if ranks:
                candidates.append(replace(unit, rank=min(ranks)))
    return candidates


def weigh(
    question: Question,
    candidates: Sequence[Evidence],
    weights: Weights,
    similarities: Similarities,
) -> list[Evidence]:
    """The candidates with their coverage, attribution and similarity to the question, best
    first.

    Only those that come first without it are compared with the question; the others'
    similarity stays 0.
    """
    asked = weights(_topic_stems(question))
    covering = [
        replace(
            unit,
            coverage=_coverage(unit, asked),
            attribution=_attribution(unit, question.speakers),
        )
        for unit in candidates
    ]
    covering.sort(key=lambda unit: -unit.score)
    compared = covering[:MOST_COMPARED]
    near = similarities(query(question), [unit.text for unit in compared])
    weighed = [
        replace(unit, similarity=max(0.0, value))
        for unit, value in zip(compared, near, strict=True)
    ]
    return sorted(
        weighed + covering[MOST_COMPARED:],
        key=lambda unit: (-unit.score, unit.article.id, unit.span.start),
    )


def singly(
    question: Question, weighed: Sequence[Evidence], weights: Weights
) -> list[Evidence]:
    """Each statement by itself, its coverage that of its own words; the best first."""
    asked = weights(_topic_stems(question))
    single = [
        replace(unit, span=statement.span, statements=(statement,))
        for unit in weighed
        for statement in unit.statements
    ]
    covered = [
        replace(unit, coverage=min(unit.coverage, _coverage(unit, asked)))
        for unit in single
    ]
    return sorted(covered, key=lambda unit: -unit.relevance)


def _topic_stems(question: Question) -> list[str]:
    return list(
        dict.fromkeys(map(stem, content_words(question.topic or question.text)))
    )


def _attribution(unit: Evidence, speakers: Sequence[str]) -> float:
    surnames = {variant(speaker.split()[-1]) for speaker in speakers if speaker.split()}
    if not surnames.isdisjoint(map(variant, unit.speaker_words)):
        return 1.0
    return 0.0 if surnames.isdisjoint(map(variant, words(unit.text))) else ONLY_NAMED


def windows(
    ranked: Sequence[Evidence],
    all_units: Callable[[Article], Sequence[Evidence]],
    k: int,
) -> list[Hit]:
    """The `k` best places as passages for reading: each unit with its neighbours, none
    overlapping another.
    """
    shown: list[Hit] = []
    for unit in ranked:
        if len(shown) == k:
            break
        taken = [hit.passage.span for hit in shown if hit.article.id == unit.article.id]
        if not any(span.overlaps(unit.span) for span in taken):
            span = _window(unit, [one.span for one in all_units(unit.article)], taken)
            id = f"{unit.article.id}:{span.start}-{span.end}"
            shown.append(
                Hit(
                    Passage(id, unit.article.id, span.start, span.end),
                    unit.article,
                    unit.score,
                )
            )
    return shown


def in_turn(rankings: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Several rankings as one, the first of each before the second of any; none overlapping
    another.
    """
    shown: list[Hit] = []
    for hit in (hit for row in zip_longest(*rankings) for hit in row if hit):
        if not any(
            hit.article.id == other.article.id
            and hit.passage.span.overlaps(other.passage.span)
            for other in shown
        ):
            shown.append(hit)
    return shown


def _window(unit: Evidence, spans: Sequence[Span], taken: Sequence[Span]) -> Span:
    """The unit's sentences, grown by whole units behind and before them as long as the
    window stays short.
    """
    window = unit.span
    behind = [span for span in spans if span.start >= unit.span.end]
    before = [span for span in reversed(spans) if span.end <= unit.span.start]
    while behind or before:
        grown = window
        for side in (behind, before):
            wider = (
                Span(min(grown.start, side[0].start), max(grown.end, side[0].end))
                if side
                else grown
            )
            if len(wider) <= LONGEST_WINDOW and not any(
                wider.overlaps(span) for span in taken
            ):
                grown = wider
                side[:1] = []
        if grown == window:
            break
        window = grown
    return window


def _coverage(unit: Evidence, asked: dict[str, float]) -> float:
    total = sum(asked.values())
    if not total:
        return 0.0
    around = unit.article.text[max(0, unit.span.start - CONTEXT) : unit.span.end]
    context = {stem(word) for word in words(f"{unit.article.title} {around}")}
    credit = sum(
        weight
        * (1.0 if word in unit.stems else CONTEXT_CREDIT if word in context else 0.0)
        for word, weight in asked.items()
    )
    return credit / total


def rarity(total: int, holding: int) -> float:
    """The weight of a word that `holding` of `total` passages hold (BM25's inverse document
    frequency).
    """
    return math.log(1 + (total - holding + 0.5) / (holding + 0.5))


def choose(ranked: Sequence[Evidence], most: int) -> list[Evidence]:
    """The best evidence, none much less relevant than the first, none saying again what
    another says.

    Each piece of an article lowers the score of its further ones, so that other articles
    have their say.
    """
    strongest = max((unit.relevance for unit in ranked), default=0.0)
    left = [
        unit
        for unit in ranked
        if unit.relevance * unit.certainty >= KEEP_SECOND * strongest
    ]
    chosen: list[Evidence] = []
    while left and len(chosen) < most:
        if len(chosen) == 2:
            left = [
                unit
                for unit in left
                if unit.relevance * unit.certainty >= KEEP_FURTHER * strongest
            ]
            if not left:
                break
        taken = Counter(unit.article.id for unit in chosen)
        best = max(
            left,
            key=lambda unit: (
                unit.score * unit.certainty - SAME_ARTICLE * taken[unit.article.id]
            ),
        )
        chosen.append(best)
        left = [
            unit for unit in left if unit is not best and not _says_again(unit, best)
        ]
    return chosen


def _says_again(unit: Evidence, other: Evidence) -> bool:
    smaller = min(len(unit.told_stems), len(other.told_stems))
    if not smaller or len(unit.told_stems & other.told_stems) / smaller < SAME_WORDS:
        return False
    return not stance.alters(unit.reading, other.reading)


def explained(
    chosen: Sequence[Evidence],
    all_units: Callable[[Article], Sequence[Evidence]],
    most: int,
) -> list[Evidence]:
    """At most so many of the chosen, each that leans on the sentence before it together
    with that sentence.
    """
    wanted: dict[tuple[str, int], Evidence] = {}
    for unit in chosen:
        before = (
            _sentence_before(unit, all_units(unit.article))
            if leans_back(unit)
            else None
        )
        together = {
            (one.article.id, one.span.start): one for one in (before, unit) if one
        }
        if len(wanted | together) <= most:
            wanted = together | wanted
    return list(wanted.values())


def leans_back(unit: Evidence) -> bool:
    """Whether the sentence begins with a pronoun or the like that nothing in it explains."""
    first = words(unit.text[:40])[:1]
    if not first or first[0] not in vocabulary().dependent_starts:
        return False
    return not any(
        s.names and s.source and s.source.start - unit.span.start < 4
        for s in unit.statements
    )


def _sentence_before(unit: Evidence, everything: Sequence[Evidence]) -> Evidence | None:
    """The sentence before, unless it is what somebody else says."""
    earlier = [one for one in everything if one.span.end <= unit.span.start]
    before = earlier[-1].as_told() if earlier else None
    speakers = {name for s in unit.statements for name in s.names}
    if (
        before is None
        or speakers
        and any(speakers.isdisjoint(s.names) for s in before.statements)
    ):
        return None
    return replace(
        before, coverage=unit.coverage, similarity=unit.similarity, leads_to=unit.date
    )


def in_reading_order(chosen: Sequence[Evidence]) -> list[Evidence]:
    """Evidence by date, that of one day by their best evidence; within an article, the
    order of its text.
    """
    best: dict[str, int] = {}
    for rank, unit in enumerate(chosen):
        best.setdefault(unit.article.id, rank)
    return sorted(
        chosen,
        key=lambda unit: (unit.date or "9999", best[unit.article.id], unit.span.start),
    )
