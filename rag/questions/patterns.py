"""The words and patterns that questions of one language are made of, read from
`language/<code>/questions.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rag.language import lexicon
from rag.types import QuestionForm

# A name, or a list of names, of up to twelve words (chosen by hand); without a bound, a
# question of 600 words takes ten times as long (0.05 s).
_NAME = r"\S+(?:\s+\S+){0,11}?"
_SLOT = re.compile(r"(?<!P)<([a-z_]+)>")

# "" stands for the form of the question before: "and Erdogan?"
Form = QuestionForm | Literal[""]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of asking: the form of answer that it wants, "" for the one asked for before,
    and how it is worded.
    """

    form: Form
    template: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language that a question is made of, and those that tie a sentence
    to the one before.
    """

    connectives: tuple[str, ...]
    dependent_starts: frozenset[str]
    adverbs: frozenset[str]
    agreeing: frozenset[str]
    pronouns: frozenset[str]
    nobody: frozenset[str]
    documents: frozenset[str]
    name_words: frozenset[str]
    question_words: frozenset[str]
    needs_topic: frozenset[str]
    contractions: tuple[tuple[re.Pattern[str], str], ...]
    queries: Mapping[str, str]
    patterns: tuple[Pattern, ...]
    compared: tuple[Pattern, ...]
    prefixes: Mapping[str, re.Pattern[str]]
    times: Mapping[str, str]
    over_time: re.Pattern[str]
    more: re.Pattern[str]
    separator: re.Pattern[str]
    versus: re.Pattern[str]
    about: re.Pattern[str]
    anaphor: re.Pattern[str]
    next_part: re.Pattern[str]
    personal: re.Pattern[str]
    article: str
    source_lead: str
    source_noun: str
    source_ending: re.Pattern[str]


@cache
def vocabulary(language: str = "en") -> Vocabulary:
    """The words and patterns of one language; a pattern's slots (`<who>`) are its groups
    and lists of words.
    """
    data = lexicon.data("questions", language)
    lists = {name: any_of(phrases) for name, phrases in data["words"].items()}
    slots = _slots(lists, data["pronouns"])
    joins, nouns = any_of(data["separators"]), any_of(data["source_nouns"])
    return Vocabulary(
        connectives=tuple(sorted(data["connectives"], key=len, reverse=True)),
        dependent_starts=frozenset(data["dependent_starts"]),
        adverbs=frozenset(data["words"]["adverbs"]),
        agreeing=frozenset(data["words"]["agreeing"]),
        pronouns=frozenset(data["pronouns"]),
        nobody=frozenset(data["nobody"]),
        documents=frozenset(data["documents"]),
        name_words=frozenset(data["name_words"]),
        question_words=frozenset(data["question_words"]),
        needs_topic=frozenset(data["needs_topic"]),
        contractions=_contractions(data["contractions"]),
        queries=data["queries"],
        patterns=_patterns(data["patterns"], slots),
        compared=_patterns(data["compared"], slots),
        prefixes=_prefixes(data["prefixes"], slots),
        times={name: any_of(phrases) for name, phrases in data["times"].items()},
        over_time=_compiled(rf"\b{any_of(data['over_time'])}\b"),
        more=_compiled(rf"\b{any_of(data['more'])}\b"),
        # "Putin, Erdogan, and Haley": a comma, a word, or both
        separator=_compiled(rf"\s*,\s*(?:{joins}\s+)?|\s+{joins}\s+"),
        # "vs." ends in a mark, behind which there is no boundary of a word
        versus=_compiled(rf"\b{lists['versus']}(?!\w)"),
        about=_compiled(rf"{lists['about']}\s+"),
        anaphor=_compiled(rf"\b{any_of(data['anaphors'])}$"),
        next_part=_compiled(data["next_part"]),
        personal=_compiled(rf"\b{any_of(data['personal'])}$"),
        article=any_of(data["articles"]),
        source_lead=any_of(data["source_leads"]),
        source_noun=nouns,
        source_ending=_compiled(rf"(?:['’]s?)?\s+{nouns}$"),
    )


def _slots(lists: Mapping[str, str], pronouns: Iterable[str]) -> dict[str, str]:
    """What may stand in each slot of a pattern: the lists of words, and names, topics and
    pronouns as groups.
    """
    # "Putin's": the name ends before its possessive, which itself is no space
    owner = rf"(?P<who>{_NAME.replace('S+', 'S+?')})['’]s?"
    return {
        **lists,
        "who": f"(?P<who>{_NAME})",
        "someone": f"(?P<someone>{_NAME})",
        "other": f"(?P<other>{_NAME})",
        "another": f"(?P<another>{_NAME})",
        "possessor": rf"(?:(?P<pronoun>{lists['whose']})|{owner})",
        "pointer": f"(?P<pronoun>{any_of(pronouns)})",
        "topic": "(?P<topic>.*)",
        "rest": r"\b(?P<topic>.*)",
    }


def _patterns(
    rows: Iterable[tuple[Form, str]], slots: Mapping[str, str]
) -> tuple[Pattern, ...]:
    """Ways of asking in the order of the data: the first that fits a question reads it."""
    found = []
    for form, template in rows:
        found.append(Pattern(form, _compiled(_filled(template, slots))))
    return tuple(found)


def _prefixes(
    rows: Mapping[str, Iterable[str]], slots: Mapping[str, str]
) -> dict[str, re.Pattern[str]]:
    """What may stand before a question, by what it does: "please", "compare"."""
    found: dict[str, re.Pattern[str]] = {}
    for name, templates in rows.items():
        found[name] = _compiled(rf"{_filled(any_of(templates), slots)}(?:[\s,:]+|$)")
    return found


def _contractions(
    rows: Mapping[str, str],
) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Short forms and what they stand for: "what's" is "what is"."""
    found = []
    for short, full in rows.items():
        found.append((_compiled(rf"\b{short}\b"), full))
    return tuple(found)


def any_of(phrases: Iterable[str]) -> str:
    """A regular expression for any of the phrases, themselves regular expressions, the
    longest first.
    """
    longest_first = sorted(phrases, key=len, reverse=True)
    return f"(?:{'|'.join(longest_first)})".replace(" ", r"\s+")


def _filled(template: str, slots: Mapping[str, str]) -> str:
    """A template with the contents of its slots, which may have slots themselves."""
    template = template.replace(" ", r"\s+")
    while _SLOT.search(template):
        template = _SLOT.sub(lambda slot: slots[slot[1]], template)
    return template


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
