"""What the package knows of each language: one JSON file a language, read once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Language:
    """The words that decide where a sentence ends; abbreviations are folded and without their last full stop."""

    never_final: frozenset[str]
    before_number: frozenset[str]
    sometimes_final: frozenset[str]
    sentence_starters: frozenset[str]
    attribution_verbs: frozenset[str]


@cache
def load(code: str = "en") -> Language:
    """The data of one language, English where the package has no file for it."""
    folder = Path(__file__).parent
    path = folder / f"{code}.json"
    data = json.loads((path if path.is_file() else folder / "en.json").read_text(encoding="utf-8"))
    return Language(
        never_final=frozenset(data["abbreviations"]["never_final"]),
        before_number=frozenset(data["abbreviations"]["before_number"]),
        sometimes_final=frozenset(data["abbreviations"]["sometimes_final"]),
        sentence_starters=frozenset(data["sentence_starters"]),
        attribution_verbs=frozenset(data["attribution_verbs"]),
    )
