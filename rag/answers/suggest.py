"""Questions that the articles can answer, from their own speakers and words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from rag.language import lexicon
from rag.language.words import fold, small_words, words
from rag.types import Article, Question, Statement

WORD = re.compile(r"[^\W\d_]{4,}")
NAME = re.compile(r"\b[^\W\d_a-z][\w’'-]+(?: [^\W\d_a-z][\w’'-]+)+")
# Endings of adjectives: "say about the economic?" is no question.
ADJECTIVE = re.compile(
    r"(?:ian|ish|ese|ean|ary|ful|al|ed|ing|ly|ic|ive|ous|able|ible|less)$"
)
# A person's name as articles write it: two to four words, each with a capital and not all
# in capitals ("ALSO READ"), without a bare initial at its end ("Maybe T.").
PERSON = re.compile(
    r"[^\W\d_a-z][\w’'.-]*[a-z][\w’'.-]*(?: (?:[^\W\d_]+[’'.-]?)+){1,3}(?<!\.)"
)


def question_about(speaker: str, topic: str = "") -> str:
    """The question of what a speaker said, on a topic where one is given."""
    about = f" about {topic}" if topic else ""
    return f"What did {speaker} say{about}?"


def questions(said: Iterable[tuple[Article, Statement]], count: int) -> list[str]:
    """At most `count` questions, one for each of the most quoted people, on what their
    statements name most.

    No two ask about the same topic as long as there are others.
    """
    named: dict[str, Counter[str]] = defaultdict(Counter)
    quoted: Counter[str] = Counter()
    written: dict[str, str] = {}
    for article, statement in said:
        if statement.speaker and is_person(statement.speaker):
            quoted[statement.speaker] += 1
            for topic in _topical_words(article, statement):
                named[statement.speaker][topic] += 1
                written.setdefault(topic, _with_article(topic, article.text))
    found: dict[str, str] = {}
    for speaker, _ in quoted.most_common():
        taken = set(found.values())

        def rank(
            topic: str, speaker: str = speaker, taken: set[str] = taken
        ) -> tuple[bool, int, str]:
            return topic in taken, -named[speaker][topic], topic

        if named[speaker]:
            found[speaker] = min(named[speaker], key=rank)
        if len(found) == count:
            break
    return [question_about(speaker, written[topic]) for speaker, topic in found.items()]


def is_person(name: str) -> bool:
    """Whether a name looks like that of a person, whom a question may name."""
    first = fold(name.split()[0])
    if first in small_words() or first in lexicon.load().sentence_starters:
        return False  # "Maybe T.", "The Kremlin"
    return PERSON.fullmatch(name) is not None


def topics(said: Iterable[tuple[Article, Statement]], count: int) -> list[str]:
    """At most `count` topics that the statements name most, as short phrases, the commonest
    first.
    """
    named: Counter[str] = Counter()
    for article, statement in said:
        named.update(_topical_phrases(article, statement))
    once: dict[str, str] = {}
    for topic in sorted(named, key=lambda topic: (-named[topic], topic)):
        once.setdefault(fold(topic), topic)
    return list(once.values())[:count]


def follow_ups(
    asked: Question, others: Sequence[str], several_days: bool, count: int
) -> list[str]:
    """At most `count` questions that go on from one: to other speakers on its topic, to
    differences, to changes.
    """
    if not asked.topic or asked.kind != "ask":
        return []
    # "UN press release" is nobody to ask about
    people = [
        name for name in others if all(word[:1].isupper() for word in name.split())
    ]
    if not asked.speakers:
        return [question_about(name, asked.topic) for name in people[:2]][:count]
    found = [f"And {name}?" for name in people[:2]]
    if len(asked.speakers) == 1 and people:
        found.insert(1, f"What do {asked.speakers[0]} and {people[0]} disagree on?")
    if len(asked.speakers) == 1 and several_days:
        found.insert(
            1, f"How has {asked.speakers[0]}’s position on {asked.topic} changed?"
        )
    return found[:count]


def _topical_words(article: Article, statement: Statement) -> set[str]:
    """The words of a statement that stand in its article's title too, less the speaker's
    own, small ones and adjectives.
    """
    title = (
        set(words(article.title)) - set(words(statement.speaker or "")) - small_words()
    )
    found = set()
    for span in statement.content:
        for word in _inner_words(span.of(article.text)):
            is_plain = not word.isupper() and not ADJECTIVE.search(word)
            if is_plain and fold(word) in title:
                found.add(word)
    return found


def _inner_words(said: str) -> list[str]:
    """The words, but for those that a capital letter may only begin a sentence with."""
    found = []
    for match in WORD.finditer(said):
        word, before = match[0], said[: match.start()].rstrip()
        if word[0].islower() or before[-1:].isalnum():
            found.append(word)
    return found


def _topical_phrases(article: Article, statement: Statement) -> set[str]:
    """The topical words, those that make up one name together."""
    title = set(words(article.title)) - set(words(statement.speaker or ""))
    names: set[str] = set()
    for span in statement.content:
        runs = NAME.findall(span.of(article.text))
        names.update(run for run in runs if title.issuperset(words(run)))
    parts = {word for name in names for word in name.split()}
    return names | (_topical_words(article, statement) - parts)


def _with_article(topic: str, text: str) -> str:
    """ "the ceasefire" where the text has the noun so, "terrorism" where it never does."""
    has_article = re.search(
        rf"\b(?:the|a|an|this)\s+{re.escape(topic)}\b", text, re.IGNORECASE
    )
    return f"the {topic}" if has_article and topic[:1].islower() else topic
