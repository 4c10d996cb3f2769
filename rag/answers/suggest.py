"""Questions that the articles can answer, from their own speakers and words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from rag.language.words import fold, small_words, words
from rag.types import Article, Question, Statement

WORD = re.compile(r"[^\W\d_]{4,}")
NAME = re.compile(r"\b[^\W\d_a-z][\w’'-]+(?: [^\W\d_a-z][\w’'-]+)+")
ADJECTIVE = re.compile(r"(?:ian|ish|ese|ean|ary|ful|al|ed|ing|ly)$")


def questions(said: Iterable[tuple[Article, Statement]], count: int) -> list[str]:
    """At most `count` questions, one for each of the most quoted speakers, on what their
    statements name most.

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
        ranked = sorted(
            topics[speaker].items(),
            key=lambda item: (item[0] in found.values(), -item[1], item[0]),
        )
        if ranked and len(found) < count:
            found[speaker] = ranked[0][0]
    return [
        f"What did {speaker} say about {_with_article(topic)}?"
        for speaker, topic in found.items()
    ]


def topics(said: Iterable[tuple[Article, Statement]], count: int) -> list[str]:
    """At most `count` topics that the statements name most, as short phrases, the commonest
    first.
    """
    named: Counter[str] = Counter()
    for article, statement in said:
        named.update(_topical_phrases(article, statement))
    ranked = sorted(named, key=lambda topic: (-named[topic], topic))
    return list({fold(topic): topic for topic in reversed(ranked)}.values())[::-1][
        :count
    ]


def follow_ups(
    asked: Question, others: Sequence[str], several_days: bool, count: int
) -> list[str]:
    """At most `count` questions that go on from one: to other speakers on its topic, to
    differences, to changes.
    """
    if not asked.topic or asked.kind != "ask":
        return []
    # "UN press release" is none
    others = [
        name for name in others if all(word[:1].isupper() for word in name.split())
    ]
    found = [f"And {name}?" for name in others[:2]] if asked.speakers else []
    if len(asked.speakers) == 1 and others:
        found.insert(1, f"What do {asked.speakers[0]} and {others[0]} disagree on?")
    if len(asked.speakers) == 1 and several_days:
        found.insert(1, f"How has the position of {asked.speakers[0]} changed?")
    if not asked.speakers and others:
        found = [f"What did {name} say about {asked.topic}?" for name in others[:2]]
    return found[:count]


def _topical_words(article: Article, statement: Statement) -> set[str]:
    """The words of a statement that stand in its article's title too, less the speaker's
    own, small ones and adjectives.
    """
    title = (
        set(words(article.title)) - set(words(statement.speaker or "")) - small_words()
    )
    said = (
        word
        for span in statement.content
        for word in _inner_words(span.of(article.text))
    )
    return {
        word
        for word in said
        if fold(word) in title and not word.isupper() and not ADJECTIVE.search(word)
    }


def _inner_words(said: str) -> list[str]:
    """The words, but for those that a capital letter may only begin a sentence with."""
    found = WORD.finditer(said)
    return [
        word[0]
        for word in found
        if word[0].islower() or said[: word.start()].rstrip()[-1:].isalnum()
    ]


def _topical_phrases(article: Article, statement: Statement) -> set[str]:
    """The topical words, those that make up one name together."""
    single = _topical_words(article, statement)
    runs = {
        run for span in statement.content for run in NAME.findall(span.of(article.text))
    }
    title = set(words(article.title)) - set(words(statement.speaker or ""))
    names = {run for run in runs if title.issuperset(words(run))}
    return names | (single - {word for name in names for word in name.split()})


def _with_article(topic: str) -> str:
    return topic if topic[:1].isupper() else f"the {topic}"
