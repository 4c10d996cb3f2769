"""Names of people as text: spellings and short forms of one name, surnames, and whom a name
can mean.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rag.language import lexicon
from rag.language.words import fold, words

_SHORTEST_VARIANT = 5

_SPELLINGS = [
    (re.compile(pattern), plain)
    for pattern, plain in [
        (r"ou|oo|u", "o"),
        (r"e", "a"),
        (r"i?y+|ii|ij", "i"),
        (r"kh", "h"),
        (r"q", "k"),
        (r"ph", "f"),
        (r"(.)\1+", r"\1"),
    ]
]


def is_form_of(word: str, other: str) -> bool:
    """Whether both are one word, or a country and its adjective ("Iran" and "Iranian")."""
    return word == other or (len(word) > 4 < len(other) + 1 and word[:4] == other[:4])


def same_person(known: Iterable[str], name: Iterable[str]) -> bool:
    """Whether two full names have one surname and given names that agree, an initial with
    its name too.
    """
    one, other = (
        [fold(word).rstrip(".") for word in known],
        [fold(word).rstrip(".") for word in name],
    )
    initial = one[0][:1] == other[0][:1] and 1 in (len(one[0]), len(other[0]))
    return variant(one[-1]) == variant(other[-1]) and (
        variant(one[0]) == variant(other[0]) or initial
    )


# Across articles


@lru_cache(maxsize=10_000)
def variant(word: str) -> str:
    """The word as it is compared between transliterations: Rohani and Rouhani, Zelensky and
    Zelenskyy are one.
    """
    plain = fold(word)
    if len(plain) < _SHORTEST_VARIANT:
        return plain
    for pattern, replacement in _SPELLINGS:
        plain = pattern.sub(replacement, plain)
    return plain


def unify(names: Iterable[str]) -> dict[str, str]:
    """The canonical name of each speaker's name, over the articles that the names come
    from.

    A surname becomes the only full name that ends in it, where that is as often quoted
    ("Critics" is no short "Wall Street critics"); different given names are never made one.
    Canonical is the spelling that occurs most often, then the shortest.
    """
    counts = Counter(names)
    ranked = sorted(counts, key=lambda name: (-counts[name], len(name), name))
    by_surname: dict[str, list[str]] = defaultdict(list)
    canonical: dict[str, str] = {}
    for name in (name for name in ranked if len(name.split()) > 1):
        alike = by_surname[variant(name.split()[-1])]
        same = next(
            (other for other in alike if same_person(other.split(), name.split())), None
        )
        if same is None:
            alike.append(name)
        canonical[name] = same or name
    for name in (name for name in ranked if name not in canonical):
        alike = by_surname[variant(name)]
        canonical[name] = (
            alike[0]
            if len(alike) == 1 and _may_be_short(name, alike[0], counts)
            else name
        )
    return canonical


def _may_be_short(surname: str, full: str, counts: Counter[str]) -> bool:
    """Whether a lone surname can stand for the full name: spelled as a name, and of
    somebody quoted as often.
    """
    return counts[full] >= counts[surname] and all(
        word[:1].isupper() for word in full.split()
    )


def meant(asked: str, known: Iterable[str]) -> str | None:
    """Whom of the known, the most quoted first, a name means: that very full name, else a
    full name, else any.
    """
    found = [
        name for name in known if fold(name) == fold(asked) or matches(asked, name)
    ]
    full = [name for name in found if len(name.split()) > 1]
    return next(
        (name for name in full if fold(name) == fold(asked)),
        next(iter(full or found), None),
    )


def matches(asked: str, canonical: str, language: str = "en") -> bool:
    """Whether a question's name can be that speaker: "putin" and "President Putin" are
    Vladimir Putin.

    A body ("Trump campaign") is meant only by all of its words.
    """
    rules = lexicon.load(language)
    wanted = [
        variant(word)
        for word in words(asked)
        if word not in rules.titles | rules.people["name_fillers"]
    ]
    wanted = wanted or [variant(word) for word in words(asked)]
    known = [variant(word) for word in words(canonical)]
    if not wanted or not known:
        return False
    if words(canonical)[-1] in rules.people["bodies"]:
        return set(wanted) == set(known)
    return (
        known[0] == wanted[-1]
        if len(known) == 1
        else all(word in known for word in wanted)
    )


def short_names(names: Iterable[str]) -> dict[str, str]:
    """The surname of each person, the whole name of a body or where two share a surname."""
    whole = list(dict.fromkeys(names))
    short = {name: surname(name) for name in whole}
    shared = Counter(short.values())
    return {name: name if shared[short[name]] > 1 else short[name] for name in whole}


def surname(name: str) -> str:
    """The surname of a person; a body keeps its name."""
    parts = name.split()
    is_person = len(parts) in (2, 3, 4) and parts[0].lower() != "the" and name.istitle()
    return parts[-1] if is_person else name
