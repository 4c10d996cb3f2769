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

_NAME = r"\S+(?:\s+\S+){0,11}?"


Form = Literal[
    "what", "who", "whether", "when", "first", "change", "differ", "report", ""
]


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
    lists = {name: any_of(values) for name, values in data["words"].items()}
    slots = _slots(lists, data["pronouns"])

    def patterns(name: str) -> tuple[Pattern, ...]:
        return tuple(
            Pattern(form, _whole(template, slots)) for form, template in data[name]
        )

    def word_set(name: str) -> frozenset[str]:
        return frozenset(data[name])

    return Vocabulary(
        connectives=tuple(sorted(data["connectives"], key=len, reverse=True)),
        dependent_starts=word_set("dependent_starts"),
        adverbs=frozenset(data["words"]["adverbs"]),
        agreeing=frozenset(data["words"]["agreeing"]),
        pronouns=word_set("pronouns"),
        nobody=word_set("nobody"),
        documents=word_set("documents"),
        name_words=word_set("name_words"),
        question_words=word_set("question_words"),
        needs_topic=word_set("needs_topic"),
        contractions=tuple(
            (re.compile(rf"\b{short}\b", re.I), full)
            for short, full in data["contractions"].items()
        ),
        queries=data["queries"],
        patterns=patterns("patterns"),
        compared=patterns("compared"),
        prefixes={
            name: re.compile(
                rf"{_filled(any_of(values), slots)}(?:[\s,:]+|$)", re.IGNORECASE
            )
            for name, values in data["prefixes"].items()
        },
        times={name: any_of(values) for name, values in data["times"].items()},
        over_time=re.compile(rf"\b{any_of(data['over_time'])}\b", re.IGNORECASE),
        more=re.compile(rf"\b{any_of(data['more'])}\b", re.IGNORECASE),
        separator=re.compile(
            rf"\s*,\s*(?:{any_of(data['separators'])}\s+)?|\s+{any_of(data['separators'])}\s+",
            re.I,
        ),
        versus=re.compile(rf"\b{lists['versus']}(?!\w)", re.IGNORECASE),
        about=re.compile(rf"{lists['about']}\s+", re.IGNORECASE),
        anaphor=re.compile(rf"\b{any_of(data['anaphors'])}$", re.IGNORECASE),
        next_part=re.compile(data["next_part"], re.IGNORECASE),
        personal=re.compile(rf"\b{any_of(data['personal'])}$", re.IGNORECASE),
        article=any_of(data["articles"]),
        source_lead=any_of(data["source_leads"]),
        source_noun=any_of(data["source_nouns"]),
        source_ending=re.compile(
            rf"(?:['’]s?)?\s+{any_of(data['source_nouns'])}$", re.IGNORECASE
        ),
    )


def _slots(lists: Mapping[str, str], pronouns: Iterable[str]) -> dict[str, str]:
    """What may stand in each slot of a pattern: the lists of words, and names, topics and
    pronouns as groups.
    """
    return {
        **lists,
        "who": f"(?P<who>{_NAME})",
        "someone": f"(?P<someone>{_NAME})",
        "other": f"(?P<other>{_NAME})",
        "another": f"(?P<another>{_NAME})",
        "possessor": rf"(?:(?P<pronoun>{lists['whose']})|(?P<who>{_NAME.replace('S+', 'S+?')})['’]s?)",
        "pointer": f"(?P<pronoun>{any_of(pronouns)})",
        "topic": "(?P<topic>.*)",
        "rest": r"\b(?P<topic>.*)",
    }


def any_of(phrases: Iterable[str]) -> str:
    """A regular expression for any of the phrases, themselves regular expressions, the
    longest first.
    """
    return (
        "(?:"
        + "|".join(sorted(phrases, key=len, reverse=True)).replace(" ", r"\s+")
        + ")"
    )


def _filled(template: str, slots: Mapping[str, str]) -> str:
    slot = re.compile(r"(?<!P)<([a-z_]+)>")
    while slot.search(template):
        template = slot.sub(
            lambda found: slots[found[1]], template.replace(" ", r"\s+")
        )
    return template


def _whole(template: str, slots: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(_filled(template.replace(" ", r"\s+"), slots), re.IGNORECASE)
