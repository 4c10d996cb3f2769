"""Questions that the articles can answer, from their own speakers and words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from rag import text as texts
from rag.question import content_words
from rag.types import Article, Statement

SHORTEST = 4


def questions(said: Iterable[tuple[Article, Statement]], count: int) -> list[str]:
    """At most `count` questions, one for each of the most quoted speakers, on what their statements name most.

    No two ask about the same topic as long as there are others.
    """
    topics: dict[str, Counter[str]] = defaultdict(Counter)
    quoted: Counter[str] = Counter()
    for article, statement in said:
        if statement.speaker:
            quoted[statement.speaker] += 1
            topics[statement.speaker].update(_topical_words(article, statement))
    found: dict[str, str] = {}
    for speaker, _ in quoted.most_common():
        ranked = sorted(topics[speaker].items(), key=lambda item: (item[0] in found.values(), -item[1], item[0]))
        if ranked and len(found) < count:
            found[speaker] = ranked[0][0]
    return [f"What did {speaker} say about {topic}?" for speaker, topic in found.items()]


def _topical_words(article: Article, statement: Statement) -> set[str]:
    """The words of a statement that stand in its article's title too, or are names, the speaker's own left out."""
    title = set(content_words(article.title)) if article.title else set()
    own = set(texts.words(statement.speaker or ""))
    said = " ".join(span.of(article.text) for span in statement.content).split()
    tokens = [token.strip(".,;:!?“”\"'’()[]") for token in said]
    is_name = [at > 0 and token[:1].isupper() for at, token in enumerate(tokens)]
    return {
        token
        for token, named in zip(tokens, is_name, strict=True)
        if len(token) >= SHORTEST and token.isalpha() and content_words(token) == [texts.fold(token)]
        if (named or texts.fold(token) in title) and texts.fold(token) not in own
    }
