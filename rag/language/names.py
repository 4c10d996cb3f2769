"""Names of people as text: spellings and short forms of one name, surnames, and whom a name
can mean.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rag.language import lexicon
from rag.language.words import fold, words

# "Bush" and "Bosh" are two people: short words differ by too few letters to be spellings of
# one name.
_SHORTEST_VARIANT = 5
# "Iran" has the first four letters of "Iranian", "Syria" those of "Syrian"; three would make
# "Iran" and "Iraq" one.
_SHARED_LETTERS = 4
# "Recep Tayyip Erdogan" and one word more; longer names are of bodies (chosen by hand).
_LONGEST_PERSON = 4

# Rules by which transliterations of one name become one word, applied in this order.
_SPELLINGS = (
    (re.compile(r"ou|oo|u"), "o"),  # Rouhani and Rohani
    (re.compile(r"e"), "a"),  # Mohammed and Mohammad
    (re.compile(r"i?y+|ii|ij"), "i"),  # Zelensky, Zelenskiy and Zelenskyy
    (re.compile(r"kh"), "h"),  # Akhmed and Ahmed
    (re.compile(r"q"), "k"),  # Qaddafi and Kaddafi
    (re.compile(r"ph"), "f"),  # Joseph and Josef
    (re.compile(r"(.)\1+"), r"\1"),  # Mohammad and Mohamad
)


def is_form_of(word: str, other: str) -> bool:
    """Whether both are one word, or a country and its adjective ("Iran" and "Iranian")."""
    if word == other:
        return True
    if len(word) <= _SHARED_LETTERS or len(other) < _SHARED_LETTERS:
        return False
    return word[:_SHARED_LETTERS] == other[:_SHARED_LETTERS]


def same_person(known: Iterable[str], name: Iterable[str]) -> bool:
    """Whether two full names have one surname and given names that agree, an initial with
    its name too.
    """
    one = [fold(word).rstrip(".") for word in known]
    other = [fold(word).rstrip(".") for word in name]
    if variant(one[-1]) != variant(other[-1]):
        return False
    if variant(one[0]) == variant(other[0]):
        return True
    has_initial = 1 in (len(one[0]), len(other[0]))  # "J. Trump" and "John Trump"
    return has_initial and one[0][:1] == other[0][:1]


# Across articles


@lru_cache(maxsize=10_000)  # room for the words of some thousand names
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
    lone: list[str] = []
    for name in ranked:
        if len(name.split()) < 2:
            lone.append(name)
            continue
        people = by_surname[variant(name.split()[-1])]
        known = _person_named(name, people)
        if known is None:
            people.append(name)
        canonical[name] = known or name
    for name in lone:
        people = by_surname[variant(name)]
        # With Bill and Hillary Clinton on record, "Clinton" stays a name of its own.
        is_short = len(people) == 1 and _may_be_short(name, people[0], counts)
        canonical[name] = people[0] if is_short else name
    return canonical


def _person_named(name: str, people: Sequence[str]) -> str | None:
    for other in people:
        if same_person(other.split(), name.split()):
            return other
    return None


def _may_be_short(surname: str, full: str, counts: Counter[str]) -> bool:
    """Whether a lone surname can stand for the full name: spelled as a name, and of
    somebody quoted as often.
    """
    has_capitals = all(word[:1].isupper() for word in full.split())
    return has_capitals and counts[full] >= counts[surname]


def meant(asked: str, known: Iterable[str]) -> str | None:
    """Whom of the known, the most quoted first, a name means: that very full name, else a
    full name, else any.
    """
    found: dict[str, tuple[bool, bool]] = {}
    for name in known:
        is_full = len(name.split()) > 1
        is_very_name = fold(name) == fold(asked)
        if is_very_name or matches(asked, name):
            found[name] = (is_full and is_very_name, is_full)
    return max(found, key=lambda name: found[name], default=None)


def matches(asked: str, canonical: str, language: str = "en") -> bool:
    """Whether a question's name can be that speaker: "putin" and "President Putin" are
    Vladimir Putin.

    A body ("Trump campaign") is meant only by all of its words.
    """
    rules = lexicon.load(language)
    fillers = rules.titles | rules.people["name_fillers"]
    named = [word for word in words(asked) if word not in fillers]
    wanted = list(map(variant, named or words(asked)))
    known = list(map(variant, words(canonical)))
    if not wanted or not known:
        return False
    if words(canonical)[-1] in rules.people["bodies"]:
        return set(wanted) == set(known)
    if len(known) == 1:  # "Vladimir Putin" can be the one who is on record as "Putin"
        return known[0] == wanted[-1]
    return set(wanted) <= set(known)


def short_names(names: Iterable[str]) -> dict[str, str]:
    """The surname of each person, the whole name of a body or where two share a surname."""
    whole = list(dict.fromkeys(names))
    bearers = Counter(map(surname, whole))
    short: dict[str, str] = {}
    for name in whole:
        is_shared = bearers[surname(name)] > 1
        short[name] = name if is_shared else surname(name)
    return short


def surname(name: str) -> str:
    """The surname of a person; a body keeps its name."""
    parts = name.split()
    may_be_person = 1 < len(parts) <= _LONGEST_PERSON and name.istitle()
    if may_be_person and parts[0] != "The":  # "The Guardian" is none
        return parts[-1]
    return name
