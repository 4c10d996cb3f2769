"""Question -> what it asks for: speakers and topic, understood without a chat model."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rag import speakers as people
from rag.text import fold, words
from rag.types import Question, QuestionError

MORE = re.compile(r"\b(?:in detail|everything|all (?:the )?(?:statements|quotes)|at length|list (?:all|every))\b", re.I)
SENTENCES, MORE_SENTENCES = 6, 15
PARTICLES = frozenset({"the", "of", "for", "and", "de", "al", "bin", "von", "van", "der", "la", "di"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language that a question is made of, and those that tie a sentence to the one before."""

    stop_words: frozenset[str]
    saying_verbs: frozenset[str]
    topic_prepositions: frozenset[str]
    statement_nouns: frozenset[str]
    connectives: tuple[str, ...]
    dependent_starts: frozenset[str]


@cache
def vocabulary(language: str = "en") -> Vocabulary:
    path = Path(__file__).parent / "languages" / f"{language}_questions.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    connectives = tuple(sorted(data.pop("connectives"), key=len, reverse=True))
    return Vocabulary(connectives=connectives, **{name: frozenset(values) for name, values in data.items()})


def understand(text: str, known_speakers: Sequence[str], longest: int = 4_000) -> Question:
    """The question with its speakers and topic; speakers that are known carry the name the articles give them.

    Raises `QuestionError` for a question that is empty, has no word in it, or is longer than `longest` characters.
    """
    text = clean(text)
    if len(text) > longest:
        raise QuestionError(f"The question has {len(text):,} characters; ask in at most {longest:,}.")
    if not words(text):
        raise QuestionError("The question is empty; ask something such as: What did Putin say about Idlib?")
    asked = _asked_speakers(text, known_speakers)
    named = tuple(dict.fromkeys(_known(name, known_speakers) for name in asked))
    sentences = MORE_SENTENCES if MORE.search(text) else SENTENCES
    return Question(text, speakers=named, topic=_topic(text, asked), sentences=sentences)


def clean(text: str) -> str:
    """The question on one line, without characters that neither SQLite nor Chroma would take."""
    return " ".join(re.sub(r"[\ud800-\udfff\x00-\x1f]", " ", text).split())


def content_words(text: str) -> list[str]:
    """The folded words that carry meaning, in order, each once."""
    stop = vocabulary().stop_words
    found = [word for word in words(text) if word not in stop]
    return list(dict.fromkeys(found or words(text)))


def _asked_speakers(text: str, known_speakers: Sequence[str]) -> list[str]:
    """The names that the question asks for statements of, as it writes them; roles that nobody is known by left out."""
    for pattern in _speaker_patterns():
        match = pattern.search(text)
        if match:
            names = [_bare_name(name) for name in re.split(r",\s*(?:and\s+)?|\s+(?:and|or)\s+", match["who"])]
            return [name for name in names if _known(name, known_speakers) in known_speakers or _is_proper(name)]
    return []


def _bare_name(name: str) -> str:
    return re.sub(r"^(?:ever|also|actually|really)\s+|\s+(?:ever|also|actually|really)$", "", name.strip(' ,;:?!"“”'))


def _is_proper(name: str) -> bool:
    """Whether all but the particles of a name are capitalised, as in "Angela Merkel" or "the Bank of England"."""
    return bool(name) and all(word[:1].isupper() or word in PARTICLES for word in name.split()) and not name.islower()


@cache
def _speaker_patterns() -> tuple[re.Pattern[str], ...]:
    vocabulary_ = vocabulary()
    verbs = "|".join(sorted(vocabulary_.saying_verbs, key=len, reverse=True))
    nouns = "|".join(sorted(vocabulary_.statement_nouns))
    who = r"(?P<who>\S+(?:\s+\S+){0,7}?)"
    patterns = (
        rf"^(?:(?:what|why|how|when|where|and)\s+(?:else\s+)?)*(?:did|does|do|has|have|had|would|will|is)\s+{who}\s+(?:{verbs})\b",
        rf"\baccording\s+to\s+{who}(?=[,?.]|$|\s+(?:what|how|who|why|when|where|is|are|was|were|did|does|do|has|have)\b)",
        rf"\b(?:what|everything|how)\s+(?!(?:did|does|do|is|are|was|were|has|have)\b){who}\s+(?:{verbs})\b",
        rf"\b(?:what\s+(?:is|was|are|were)\s+|(?:show|give|tell|list)\s+(?:me\s+)?(?:all\s+)?){who}['’]s?\s+(?:\w+\s+)?(?:{nouns})\b",
        rf"\b(?:{nouns})\s+(?:of|by|from)\s+{who}(?=[,?.]|$|\s+(?:on|about|regarding|over|towards?)\b)",
    )
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def _known(name: str, known_speakers: Sequence[str]) -> str:
    """The speaker in the articles that a name means, the most quoted first; the name itself where there is none."""
    if set(words(name)) <= vocabulary().stop_words:
        return ""
    return next((known for known in known_speakers if people.matches(name, known)), name)


def _topic(text: str, asked: Sequence[str]) -> str:
    """What is left of the question when its speakers, its verb of saying and its small words are taken away."""
    if asked:
        text = text[text.rindex(asked[-1]) + len(asked[-1]) :] or text
    vocabulary_ = vocabulary()
    small = vocabulary_.stop_words | vocabulary_.saying_verbs | (vocabulary_.statement_nouns if asked else frozenset())
    kept = [word for word in re.findall(r"\w[\w’'-]*", text) if fold(word) not in small and words(word)]
    return " ".join(kept)
