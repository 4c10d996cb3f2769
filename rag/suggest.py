"""Questions that the articles can answer, from their own speakers and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from rag import text as texts
from rag.question import content_words
from rag.types import Article, Statement

MOST_STATEMENTS = 60


def questions(
    speakers: Iterable[str],
    statements_by: Callable[[Sequence[str]], Sequence[Statement]],
    article: Callable[[str], Article | None],
    count: int,
) -> list[str]:
    """At most `count` questions, one a speaker, each about what most of that speaker's statements name.

    Topics differ as long as there are others.
    """
    found: list[str] = []
    taken: set[str] = set()
    for speaker in speakers:
        if len(found) == count:
            break
        topic = _topic(speaker, statements_by([speaker])[:MOST_STATEMENTS], article, taken)
        if topic:
            taken.add(texts.fold(topic))
            found.append(f"What did {speaker} say about {topic}?")
    return found


def _topic(
    speaker: str, statements: Sequence[Statement], article: Callable[[str], Article | None], taken: set[str]
) -> str:
    """The name or title word in most of the statements, as it is written there; new ones first."""
    own = set(texts.words(speaker))
    seen: Counter[str] = Counter()
    written: dict[str, str] = {}
    for statement in statements:
        told = article(statement.article_id)
        if told:
            for word in _topical_words(told, statement):
                folded = texts.fold(word)
                seen[folded] += 1
                written.setdefault(folded, word)
    ranked = sorted((word for word in seen if word not in own), key=lambda word: (word in taken, -seen[word], word))
    return written[ranked[0]] if ranked else ""


def _topical_words(article: Article, statement: Statement) -> set[str]:
    """The words of a statement that are names, or stand in its article's title."""
    title = set(content_words(article.title)) if article.title else set()
    said = " ".join(span.of(article.text) for span in statement.content)
    tokens = [token.strip(".,;:!?“”\"'’()[]") for token in said.split()]
    names = {token for token in tokens[1:] if token[:1].isupper() and len(token) > 3 and token.isalpha()}
    return {t for t in tokens if texts.fold(t) in title and len(t) > 3 and t.isalpha()} | {
        name for name in names if content_words(name)[0] == texts.fold(name)
    }
