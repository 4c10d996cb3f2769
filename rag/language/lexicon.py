"""What the package knows of each language: a folder of JSON files, each read once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Frame = Literal["clause", "told", "object", "quote"]
Tense = Literal["base", "third", "past", "gerund", "participle"]

_FOLDER = Path(__file__).parent
_TENSES: tuple[Tense, ...] = ("base", "third", "past", "gerund", "participle")


@dataclass(frozen=True, slots=True)
class Cue:
    """One form of a verb of speech.

    `frame` says what follows it: a clause ("said that ..."), an addressee and a clause
    ("told reporters that ..."), an object ("praised the plan"), or only a quotation
    ("continued: ..."). `particles` may come between the verb and the content; a verb that
    `needs` one reports nothing without it ("spoke of peace", but not "spoke softly"). A
    `strict` one reports only clauses ("wrote that ...", but not "wrote a book"). A `noun`
    has forms that are more often nouns ("claims", "attacks").
    """

    lemma: str
    frame: Frame
    tense: Tense
    particles: frozenset[str] = frozenset()
    needs: bool = False
    strict: bool = False
    noun: bool = False


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language, folded; abbreviations are without their last full stop."""

    never_final: frozenset[str]
    before_number: frozenset[str]
    sometimes_final: frozenset[str]
    sentence_starters: frozenset[str]
    attribution_verbs: frozenset[str]
    cues: Mapping[str, Cue]
    governors: Mapping[str, list[tuple[tuple[str, ...], bool]]]
    words: Mapping[str, frozenset[str]]
    people: Mapping[str, frozenset[str]]
    titles: frozenset[str]
    speech_nouns: Mapping[str, frozenset[str]]
    confidence: Mapping[str, float]


@cache
def data(name: str, language: str = "en") -> Any:
    """What the file of that name holds for a language, or for English where the language
    has no such file.
    """
    path = _FOLDER / language / f"{name}.json"
    if not path.is_file():
        # an article may be declared to be in any language, and is read all the same
        path = _FOLDER / "en" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def of_all(name: str) -> Any:
    """What the file of that name beside the languages' folders holds of all of them."""
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@cache
def load(code: str = "en") -> Language:
    """The words of one language that sentences and statements are told by."""
    given = data("statements", code)
    grammar, people = given["grammar"], _sets(given["people"])
    cues = _cues(given["cues"])
    # "asked" and "asks" attribute a quotation, "asking" and "ask" do not
    attributing = [form for form, cue in cues.items() if cue.tense in ("third", "past")]
    particles = {noun: row.split() for noun, row in given["speech_nouns"].items()}
    abbreviations = _sets(given["abbreviations"])
    return Language(
        never_final=abbreviations["never_final"],
        before_number=abbreviations["before_number"],
        sometimes_final=abbreviations["sometimes_final"],
        sentence_starters=frozenset(given["sentence_starters"]),
        attribution_verbs=frozenset(attributing),
        cues=cues,
        governors=_governors(grammar["governors"]),
        words=_sets(grammar),
        people=people,
        speech_nouns=_sets(particles),
        confidence=given["confidence"],
        titles=people["titles"] | people["male_titles"] | people["female_titles"],
    )


def _sets(rows: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The lists of words among the rows, by name; others, such as the governors, are read
    by themselves.
    """
    sets: dict[str, frozenset[str]] = {}
    for name, words in rows.items():
        if isinstance(words, list):
            sets[name] = frozenset(words)
    return sets


def _governors(
    phrases: Mapping[str, bool],
) -> dict[str, list[tuple[tuple[str, ...], bool]]]:
    """Phrases before an infinitive ("went on to") by their last word, and whether they deny
    it ("declined to").
    """
    by_last_word: dict[str, list[tuple[tuple[str, ...], bool]]] = defaultdict(list)
    for phrase, negated in phrases.items():
        words = tuple(phrase.split())
        by_last_word[words[-1]].append((words, negated))
    return dict(by_last_word)


def _cues(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Cue]:
    """The cues by each of their forms, written in the order of the tenses after the lemma:
    "goes went going gone"; a participle that is the past form too ("said") is left out.
    """
    cues: dict[str, Cue] = {}
    for lemma, row in rows.items():
        forms = [lemma, *row["forms"].split()]
        for tense, form in zip(_TENSES, forms, strict=False):
            cues[form] = Cue(
                lemma,
                row["frame"],
                tense,
                particles=frozenset(row.get("particles", "").split()),
                needs=row.get("needs", False),
                strict=row.get("strict", False),
                noun=row.get("noun", False),
            )
    return cues
