"""Passages for a question: dense and lexical search fused by reciprocal rank,
near-duplicates dropped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from rag.archive.archive import Archive
from rag.language.words import content_words, words
from rag.types import ANYTHING, Article, Hit, Passage, Said, Scope

# Set on newsquiz and statements (tests/benchmarks): with the usual constant 60 and equal
# weights, fusion loses to BM25 alone (passage_recall@4 .55 against .75), since names and
# topics stand in the text of news as they are asked for.
RANK_CONSTANT = 10
LEXICAL_WEIGHT, DENSE_WEIGHT = 1.0, 0.6
DEPTH = 50  # passages of each search that are fused
MOST = 100  # passages that may be asked for
# Jaccard of word shingles from which two passages are one text, such as an agency's report
# in two papers.
SAME_TEXT, SHINGLE = 0.8, 4
SAME_ARTICLE = 0.4  # of the score is left to each further passage of an article
# The share of different words; all but one of 7,800 passages of both benchmarks have more.
LEAST_DIFFERENT = 0.3
# News of the day counts three times as much, and that fades within months.
FRESH, FADING_DAYS = 2.0, 45

Search = Callable[[str, int, Scope], list[Hit]]
Score = Callable[[Sequence[tuple[str, str]]], list[float]]
Shingles = frozenset[tuple[str, ...]]
FULL_DATE = len("2018-09-07")


def fuse(
    rankings: Sequence[Sequence[str]],
    weights: Sequence[float],
    constant: int = RANK_CONSTANT,
) -> list[tuple[str, float]]:
    """Weighted reciprocal rank fusion: the ids of several rankings in one, best first, with
    their scores.

    The score is the sum of weight / (constant + rank), ranks from 1 (Cormack, Clarke and
    Buettcher, SIGIR 2009).
    """
    scores: dict[str, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, id in enumerate(ranking, start=1):
            scores[id] = scores.get(id, 0.0) + weight / (constant + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def search(archive: Archive, query: str, k: int, scope: Scope = ANYTHING) -> list[Hit]:
    """The `k` best visible passages for a query (at most 100) in the articles of a scope,
    best first, each text once.
    """
    k = max(0, min(k, MOST))
    if not archive.store.count()[1]:
        return []
    depth = max(DEPTH, 3 * k)
    lexical = archive.store.search(content_words(query), depth, scope)
    vector = archive.embeddings.embed_query(query)
    anybody = replace(scope, speakers=())
    near = archive.index.passages.search(vector, depth, anybody)
    dense = [id for id, _ in near]
    ranked = fuse([lexical, dense], [LEXICAL_WEIGHT, DENSE_WEIGHT])
    found = archive.store.passages([id for id, _ in ranked])
    hits = []
    for id, score in ranked:
        if id in found:
            hit = Hit(*found[id], score)
            hits.append(replace(hit, score=score * _prose(hit.text)))
    return distinct(_best_first(hits), k)


def statements(
    archive: Archive, topic: str, k: int, scope: Scope = ANYTHING
) -> list[Said]:
    """The `k` best visible statements on a topic within a scope, best first; without a
    topic the oldest first.
    """
    wanted = content_words(topic) if topic else []
    lexical = archive.store.search_statements(wanted, k, scope)
    if not wanted:
        return list(archive.store.said(lexical).values())
    near = archive.index.statements.search(
        archive.embeddings.embed_query(topic), k, scope
    )
    dense = [id for id, _ in near]
    ranked = [
        id for id, _ in fuse([lexical, dense], [LEXICAL_WEIGHT, DENSE_WEIGHT])[:k]
    ]
    found = archive.store.said(ranked)
    return [found[id] for id in ranked if id in found]


def is_within(article: Article, scope: Scope) -> bool:
    """Whether an article is of the scope's sources and days."""
    if scope.sources and article.source not in scope.sources:
        return False
    if scope.since and (not article.date or article.date < scope.since):
        return False
    return not (scope.until and (not article.date or article.date > scope.until))


def distinct(hits: Iterable[Hit], k: int) -> list[Hit]:
    """The first `k` hits that neither overlap an earlier one nor repeat its text (word
    shingles, Jaccard).
    """
    kept: list[tuple[Hit, Shingles]] = []
    for hit in hits:
        if len(kept) == k:
            break
        shingles = _shingles(hit.text)
        if not any(_repeats(hit, shingles, other, others) for other, others in kept):
            kept.append((hit, shingles))
    return [hit for hit, _ in kept]


def fresh(hits: Iterable[Hit], day: str) -> list[Hit]:
    """The hits best first, the more recent before a day (ISO) their articles, the higher
    their scores.
    """
    weighed = []
    for hit in hits:
        weight = 1 + FRESH * _freshness(hit.article.date, day)
        weighed.append(replace(hit, score=hit.score * weight))
    return _best_first(weighed)


def _freshness(published: str | None, day: str) -> float:
    """From 1 on the day itself towards 0 long before it; 0 after it, and where no day is known."""
    if not published or len(published) < FULL_DATE or published > day:
        return 0.0
    age = date.fromisoformat(day) - date.fromisoformat(published[:FULL_DATE])
    return math.exp(-age.days / FADING_DAYS)


def varied(hits: Iterable[Hit]) -> list[Hit]:
    """The hits best first, each one's score lowered by what stands before it: its article,
    or much of its words.

    A greedy choice as in maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998).
    """
    left, chosen = list(hits), list[Hit]()
    while left:
        best = max(left, key=lambda hit: hit.score)
        chosen.append(best)
        left = [_behind(hit, best) for hit in left if hit is not best]
    return chosen


def _behind(hit: Hit, best: Hit) -> Hit:
    """The hit with the score that is left to it behind a better one."""
    new = 1 - _shared(_shingles(hit.text), _shingles(best.text))
    new *= SAME_ARTICLE if hit.article.id == best.article.id else 1
    return hit if new == 1 else replace(hit, score=hit.score * new)


def reranked(hits: Sequence[Hit], query: str, score: Score) -> list[Hit]:
    """The hits in the order of a cross-encoder, which reads the query and each passage
    together with its title.
    """
    values = score([(query, f"{hit.article.title}. {hit.text}") for hit in hits])
    best = sorted(zip(values, hits, strict=True), key=lambda pair: -pair[0])
    ranked = [hit for _, hit in best]
    return [
        replace(hit, score=1 / (RANK_CONSTANT + rank))
        for rank, hit in enumerate(ranked, start=1)
    ]


def _prose(text: str) -> float:
    """1 for a text of many different words, less for one that says the same few again and
    again to be found.
    """
    found = words(text)
    if not found:
        return 1.0
    return min(1.0, len(set(found)) / (LEAST_DIFFERENT * len(found)))


def _best_first(hits: Iterable[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: -hit.score)


def _repeats(hit: Hit, shingles: Shingles, other: Hit, others: Shingles) -> bool:
    is_same_article = hit.article.id == other.article.id
    if is_same_article and hit.passage.span.overlaps(other.passage.span):
        return True
    return _shared(shingles, others) >= SAME_TEXT


def _shared(shingles: Shingles, others: Shingles) -> float:
    """The share of all shingles of two texts that both hold (Jaccard)."""
    both = len(shingles & others)
    return both / (len(shingles) + len(others) - both) if both else 0.0


@lru_cache(maxsize=1_000)
def _shingles(text: str) -> Shingles:
    found = words(text)
    count = max(1, len(found) - SHINGLE + 1)
    return frozenset(tuple(found[at : at + SHINGLE]) for at in range(count))


class NewsRetriever(BaseRetriever):
    """The search as a LangChain retriever: `k` documents for a query, best first.

    Each `Document` holds a passage's text, its id, and as metadata `article_id`, `start`,
    `end`, `score`, `title`, `author`, `source`, `date`, `url` and `language`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: Search
    k: int = 10

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        scope: Scope = ANYTHING,
        **_: Any,
    ) -> list[Document]:
        hits = self.search(query, self.k if k is None else k, scope)
        return [document(hit) for hit in hits]


def document(hit: Hit) -> Document:
    """A hit as a LangChain document."""
    article = hit.article
    metadata = {
        "article_id": article.id,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "score": hit.score,
        "title": article.title,
        "author": article.author,
        "source": article.source,
        "date": article.date,
        "url": article.url,
        "language": article.language,
    }
    return Document(id=hit.passage.id, page_content=hit.text, metadata=metadata)


def hits_of(
    documents: Iterable[Document], articles: Callable[[str], Article | None]
) -> list[Hit]:
    """Documents of this or any retriever as hits, those left out that are not a place in a
    visible article.

    A document of another retriever needs `article_id` and `start` in its metadata, or its
    text is looked for in the article named by `article_id` or `source`.
    """
    hits = []
    for rank, found in enumerate(documents, start=1):
        known = found.metadata
        article = articles(str(known.get("article_id", known.get("source", ""))))
        start = _place(found, article) if article else -1
        if article is None or start < 0:
            continue
        end = start + len(found.page_content)
        passage = Passage(found.id or f"{article.id}:{start}", article.id, start, end)
        score = float(known.get("score", 1 / (RANK_CONSTANT + rank)))
        hits.append(Hit(passage, article, score))
    return hits


def _place(found: Document, article: Article) -> int:
    """Where the document's text stands in the article; -1 where it does not."""
    start = found.metadata.get("start", found.metadata.get("start_index"))
    if isinstance(start, int) and article.text.startswith(found.page_content, start):
        return start
    return article.text.find(found.page_content)
