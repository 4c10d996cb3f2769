"""Passages and statements -> evidence: the sentences that answer, each with who said it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest

from rag.language import stance
from rag.language.days import is_of_days
from rag.language.names import variant
from rag.language.segments import sentences
from rag.language.words import content_words, fold, stem, words
from rag.questions.patterns import vocabulary
from rag.questions.understand import query
from rag.types import Article, Hit, Passage, Question, Said, Span, Statement

# Measured on tests/benchmarks (newsquiz, statements) and the floor of the bundled articles;
# a plateau each, so that none needs its last digit.
LONGEST_UNIT = (
    700  # characters: about five sentences, what a statement runs over at most
)
CONTEXT, CONTEXT_CREDIT = 200, 0.5  # words in the title or so far before count half
LEAST_COVERAGE, LEAST_RELEVANCE = (
    0.3,
    0.38,
)  # below, a sentence does not bear on the question
SAME_WORDS = (
    0.6  # share of the shorter one's stems from which two sentences say the same
)
KEEP_SECOND, KEEP_FURTHER = (
    0.4,
    0.65,
)  # of the best relevance: the second piece, the others
SAME_ARTICLE = 0.05  # off the score for each piece of an article that is there already
MOSTLY = 0.6  # share of a sentence that is somebody's words: then it is theirs
RANK_CREDIT, RANK_HALVED = (
    0.2,
    5,
)  # for the place of its passage; half of it at the sixth
SPEAKER_CREDIT, ONLY_NAMED = (
    0.25,
    0.4,
)  # for the asked speaker; where only the name stands
LONGEST_WINDOW = 600  # characters of a place that is listed for reading
INFERRED, INFERRED_CERTAINTY = ("pronoun", "title"), 0.7  # less sure than a name
MOST_COMPARED = 24  # sentences that are embedded for a question: the time it takes

Weights = Callable[[Sequence[str]], dict[str, float]]
Similarities = Callable[[str, Sequence[str]], list[float]]
Units = Callable[[Article], "Sequence[Evidence]"]


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
        for statement in self.statements:
            if statement.date:
                return statement.date
        return self.leads_to or self.article.date

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
        """The words that name the speakers of its statements, as the article writes them and
        as they are resolved.
        """
        found: set[str] = set()
        for statement in self.statements:
            for name in statement.names:
                found.update(words(name))
            if statement.source:
                found.update(words(statement.source.of(self.article.text)))
        return frozenset(found)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(map(stem, content_words(self.text)))

    @cached_property
    def context_stems(self) -> frozenset[str]:
        """The stems of the title, of the words just before, and of its own."""
        before = self.article.text[max(0, self.span.start - CONTEXT) : self.span.end]
        return frozenset(map(stem, words(f"{self.article.title} {before}")))

    @cached_property
    def told(self) -> str:
        """What its statements say, without who says so; where it has none, its sentences."""
        said = [Said(statement, self.article).text for statement in self.statements]
        return " ".join(said) or self.text

    @cached_property
    def told_stems(self) -> frozenset[str]:
        return frozenset(map(stem, content_words(self.told)))

    @cached_property
    def reading(self) -> stance.Stance:
        """Where it stands, read with the first verb that it has for saying so."""
        led = [s for s in self.statements if s.cue]
        return stance.stance_of(
            self.told, Said(led[0], self.article).lead if led else ""
        )

    @property
    def certainty(self) -> float:
        """How surely one of its statements is the speaker's: by the precision of its rule,
        and less by a pronoun or title.
        """
        return max(map(_certainty, self.statements), default=1.0)

    @property
    def bears_on_question(self) -> bool:
        return self.coverage >= LEAST_COVERAGE and self.relevance >= LEAST_RELEVANCE

    def as_told(self) -> Evidence:
        """The same sentences as the article's own telling, unless most of their words are a
        known speaker's.
        """
        said = tuple(s for s in self.statements if s.names)
        told: set[int] = set()
        for statement in said:
            first, last = (
                max(statement.start, self.span.start),
                min(statement.end, self.span.end),
            )
            told.update(range(first, last))
        is_theirs = len(told) >= MOSTLY * len(self.span)
        return replace(self, statements=said if is_theirs else ())

    def said_by(
        self,
        speakers: Iterable[str],
        since: str | None = None,
        until: str | None = None,
    ) -> Evidence:
        """The same sentences with only the statements of these speakers in these days."""
        wanted = set(speakers)
        kept = []
        for statement in self.statements:
            day = statement.date or self.article.date
            if not wanted.isdisjoint(statement.names) and is_of_days(day, since, until):
                kept.append(statement)
        return replace(self, statements=tuple(kept))


def _certainty(statement: Statement) -> float:
    is_inferred = statement.resolved_by in INFERRED
    return statement.confidence * (INFERRED_CERTAINTY if is_inferred else 1.0)


# An article cut into evidence


def units(article: Article, statements: Sequence[Statement]) -> list[Evidence]:
    """The article cut into evidence: sentences, joined where one statement or its
    attribution runs over several.
    """
    covers = [_cover(statement) for statement in statements]
    joined: list[Span] = []
    for sentence in sentences(article.text):
        last = joined[-1] if joined else None
        if (
            last
            and sentence.end - last.start <= LONGEST_UNIT
            and _bridged(last, sentence, covers)
        ):
            joined[-1] = Span(last.start, sentence.end)
            continue
        joined.append(sentence)
    found = []
    for span in joined:
        if len(joined) > 1 and _is_headline(article, span):
            continue
        own = tuple(s for s in statements if span.start <= s.start < span.end)
        found.append(Evidence(article, span, own))
    return found


def _bridged(before: Span, after: Span, covers: Sequence[Span]) -> bool:
    return any(cover.start < before.end and cover.end > after.start for cover in covers)


def _cover(statement: Statement) -> Span:
    """From the first to the last character of a statement with its attribution."""
    parts = [*statement.content]
    parts += [part for part in (statement.source, statement.cue) if part]
    return Span(min(part.start for part in parts), max(part.end for part in parts))


def _is_headline(article: Article, span: Span) -> bool:
    is_as_long = len(span) < 2 * len(
        article.title
    )  # folding a whole article would be slow
    return is_as_long and fold(span.of(article.text)) == fold(article.title)


def found(
    hits: Sequence[Hit], said: Sequence[Said], all_units: Units
) -> list[Evidence]:
    """The evidence that lies in the passages found, or holds the statements found, each
    list best first.
    """
    articles: dict[str, Article] = {}
    places: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    for rank, hit in enumerate(hits):
        articles[hit.article.id] = hit.article
        places[hit.article.id].append((rank, hit.passage.span))
    for rank, one in enumerate(said):
        articles[one.article.id] = one.article
        begins = Span(one.statement.start, one.statement.start + 1)
        places[one.article.id].append((rank, begins))
    candidates = []
    for id, article in articles.items():
        for unit in all_units(article):
            ranks = [rank for rank, span in places[id] if unit.span.overlaps(span)]
            if ranks:
                candidates.append(replace(unit, rank=min(ranks)))
    return candidates


# Weighing


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
    surnames = {variant(name.split()[-1]) for name in question.speakers if name.split()}
    covering = []
    for unit in candidates:
        attribution = _attribution(unit, surnames)
        covering.append(
            replace(unit, coverage=coverage_of(unit, asked), attribution=attribution)
        )
    covering.sort(key=lambda unit: -unit.score)
    compared, others = covering[:MOST_COMPARED], covering[MOST_COMPARED:]
    near = similarities(query(question), [unit.text for unit in compared])
    weighed = [
        replace(unit, similarity=max(0.0, cosine))
        for unit, cosine in zip(compared, near, strict=True)
    ]
    return sorted(weighed + others, key=_best_first)


def _best_first(unit: Evidence) -> tuple[float, str, int]:
    return -unit.score, unit.article.id, unit.span.start


def singly(
    question: Question, weighed: Sequence[Evidence], weights: Weights
) -> list[Evidence]:
    """Each statement by itself, its coverage that of its own words; the best first."""
    asked = weights(_topic_stems(question))
    single = []
    for unit in weighed:
        for statement in unit.statements:
            alone = replace(unit, span=statement.span, statements=(statement,))
            covered = min(unit.coverage, coverage_of(alone, asked))
            single.append(replace(alone, coverage=covered))
    return sorted(single, key=lambda unit: -unit.relevance)


def _topic_stems(question: Question) -> list[str]:
    return list(
        dict.fromkeys(map(stem, content_words(question.topic or question.text)))
    )


def _attribution(unit: Evidence, surnames: AbstractSet[str]) -> float:
    if not surnames.isdisjoint(map(variant, unit.speaker_words)):
        return 1.0
    is_named = not surnames.isdisjoint(map(variant, words(unit.text)))
    return ONLY_NAMED if is_named else 0.0


def coverage_of(unit: Evidence, weighed: Mapping[str, float]) -> float:
    """The share of weighed stems in the sentences; those only in the title or just before
    count half.
    """
    return coverage(weighed, unit.stems, unit.context_stems)


def coverage(
    weighed: Mapping[str, float],
    whole: AbstractSet[str],
    half: AbstractSet[str] = frozenset(),
) -> float:
    """The share of stems by their weight, from 0 to 1; those that only stand in the second
    set count half. 0 where there are none.
    """
    total = sum(weighed.values())
    held = 0.0
    for word, weight in weighed.items():
        if word in whole:
            held += weight
        elif word in half:
            held += CONTEXT_CREDIT * weight
    return held / total if total else 0.0


def rarity(total: int, holding: int) -> float:
    """The weight of a word that `holding` of `total` passages hold (BM25's inverse document
    frequency).
    """
    return math.log(1 + (total - holding + 0.5) / (holding + 0.5))


# Choosing


def choose(ranked: Sequence[Evidence], most: int) -> list[Evidence]:
    """The best evidence, none much less relevant than the first, none saying again what
    another says.

    Each piece of an article lowers the score of its further ones, so that other articles
    have their say.
    """
    strongest = max((unit.relevance for unit in ranked), default=0.0)
    left = [u for u in ranked if u.relevance * u.certainty >= KEEP_SECOND * strongest]
    chosen: list[Evidence] = []
    taken: Counter[str] = Counter()
    while left and len(chosen) < most:
        best = max(
            left,
            key=lambda u: u.score * u.certainty - SAME_ARTICLE * taken[u.article.id],
        )
        chosen.append(best)
        taken[best.article.id] += 1
        left = [u for u in left if u is not best and not _says_again(u, best)]
        if len(chosen) == 2:  # what follows must be nearly as relevant as the first
            left = [
                u for u in left if u.relevance * u.certainty >= KEEP_FURTHER * strongest
            ]
    return chosen


def _says_again(unit: Evidence, other: Evidence) -> bool:
    smaller = min(len(unit.told_stems), len(other.told_stems))
    shared = len(unit.told_stems & other.told_stems)
    if not smaller or shared / smaller < SAME_WORDS:
        return False
    return not stance.alters(unit.reading, other.reading)


def explained(
    chosen: Sequence[Evidence], all_units: Units, most: int
) -> list[Evidence]:
    """At most so many of the chosen, each that leans on the sentence before it together
    with that sentence.
    """
    wanted: dict[tuple[str, int], Evidence] = {}
    for unit in chosen:
        together = [unit]
        if leans_back(unit):
            before = _sentence_before(unit, all_units(unit.article))
            together = [before, unit] if before else [unit]
        placed = {(one.article.id, one.span.start): one for one in together}
        if len(wanted | placed) <= most:
            wanted = placed | wanted
    return list(wanted.values())


def leans_back(unit: Evidence) -> bool:
    """Whether the sentence begins with a pronoun or the like that nothing in it explains."""
    first = words(unit.text[:40])[:1]
    if not first or first[0] not in vocabulary().dependent_starts:
        return False
    for statement in unit.statements:  # "He said": who he is, is resolved
        source = statement.source
        if statement.names and source and source.start - unit.span.start < 4:
            return False
    return True


def _sentence_before(unit: Evidence, everything: Sequence[Evidence]) -> Evidence | None:
    """The sentence before, unless it is what somebody else says."""
    earlier = [one for one in everything if one.span.end <= unit.span.start]
    if not earlier:
        return None
    before = earlier[-1].as_told()
    speakers = {name for statement in unit.statements for name in statement.names}
    others = [s for s in before.statements if speakers.isdisjoint(s.names)]
    if speakers and others:
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

    def place(unit: Evidence) -> tuple[str, int, int]:
        return unit.date or "9999", best[unit.article.id], unit.span.start

    return sorted(chosen, key=place)


# Places for reading


def windows(ranked: Sequence[Evidence], all_units: Units, k: int) -> list[Hit]:
    """The `k` best places as passages for reading: each unit with its neighbours, none
    overlapping another.
    """
    shown: list[Hit] = []
    for unit in ranked:
        if len(shown) == k:
            break
        taken = [hit.passage.span for hit in shown if hit.article.id == unit.article.id]
        if any(span.overlaps(unit.span) for span in taken):
            continue
        span = _window(unit, [one.span for one in all_units(unit.article)], taken)
        id = f"{unit.article.id}:{span.start}-{span.end}"
        passage = Passage(id, unit.article.id, span.start, span.end)
        shown.append(Hit(passage, unit.article, unit.score))
    return shown


def _window(unit: Evidence, spans: Sequence[Span], taken: Sequence[Span]) -> Span:
    """The unit's sentences, grown by whole units behind and before them in turn as long as
    the window stays short.
    """
    window = unit.span
    behind = [span for span in spans if span.start >= unit.span.end]
    before = [span for span in reversed(spans) if span.end <= unit.span.start]
    has_grown = True
    while has_grown:
        has_grown = False
        for side in (behind, before):
            if not side:
                continue
            wider = Span(min(window.start, side[0].start), max(window.end, side[0].end))
            is_free = not any(wider.overlaps(span) for span in taken)
            if len(wider) <= LONGEST_WINDOW and is_free:
                window, has_grown = wider, True
                del side[0]
    return window


def in_turn(rankings: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Several rankings as one, the first of each before the second of any; none overlapping
    another.
    """
    shown: list[Hit] = []
    for row in zip_longest(*rankings):
        for hit in row:
            if hit and not any(_overlap(hit, other) for other in shown):
                shown.append(hit)
    return shown


def _overlap(hit: Hit, other: Hit) -> bool:
    is_same_article = hit.article.id == other.article.id
    return is_same_article and hit.passage.span.overlaps(other.passage.span)
