"""Who a name, a title or a pronoun is: inside one article, and across articles."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from rag import languages
from rag.languages import Language
from rag.reading import Reading, Token, Unit
from rag.text import fold, words
from rag.types import ResolvedBy

Gender = Literal["male", "female"]

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
_SHORTEST_VARIANT = 5


@dataclass(slots=True)
class Person:
    """Somebody or some body that an article names: the words of the name, and the titles it is given."""

    words: tuple[str, ...]
    gender: Gender | None = None
    titles: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return " ".join(self.words)


@dataclass(slots=True)
class Mention:
    """A name in the text: its title words and its name words, folded titles as written before the name."""

    start: int
    titles: list[str]
    words: list[str]


class Cast:
    """The people and bodies of one article, each of them once."""

    def __init__(self, reading: Reading, language: Language) -> None:
        self.language = language
        self.people: list[Person] = []
        self.by_word: dict[str, list[Person]] = defaultdict(list)
        self.subjects: list[tuple[int, Person]] = []
        self.focus: tuple[int, Person] | None = None
        for unit in reading.units:
            if not is_headline(unit):
                self._meet(unit)
        for unit in reading.units:
            self._note_subject(unit)

    # Meeting people

    def _meet(self, unit: Unit) -> None:
        for titles, name, place in _names(unit.tokens, self.language):
            person = self._person(name) if len(name) > 1 else self._known(name, titles)
            if person is None:
                continue
            person.gender = person.gender or self._gender(titles, name)
            person.titles.update(_role(titles))
            person.titles.update(_apposed_role(unit.tokens, place, self.language))

    def _person(self, name: list[str]) -> Person:
        for person in self.by_word[fold(name[-1])]:
            if _same_given_name(person.words, name):
                return person
        person = Person(tuple(name))
        self.people.append(person)
        for word in {fold(name[-1]), fold(name[0])}:
            self.by_word[word].append(person)
        return person

    def _known(self, name: list[str], titles: list[str]) -> Person | None:
        """The only person of that one name and of no other gender, or None."""
        gender = self._gender(titles, [])
        found = [p for p in self.by_word[fold(name[0])] if not (gender and p.gender and p.gender != gender)]
        return found[0] if len(found) == 1 else None

    def _gender(self, titles: list[str], name: list[str]) -> Gender | None:
        people = self.language.people
        given = fold(name[0]) if name else ""
        if given in people["female"] or any(title in people["female_titles"] for title in titles):
            return "female"
        if given in people["male"] or any(title in people["male_titles"] for title in titles):
            return "male"
        return None

    def _note_subject(self, unit: Unit) -> None:
        """The first person that a unit names outside quotations is its likely subject."""
        for titles, name, place in _names(unit.tokens, self.language):
            person = self._named(name, titles)
            if person:
                self.subjects.append((unit.tokens[place].start, person))
            return

    def _named(self, name: list[str], titles: list[str]) -> Person | None:
        if len(name) == 1:
            return self._known(name, titles)
        return next((p for p in self.by_word[fold(name[-1])] if _same_given_name(p.words, name)), None)

    # Resolving sources

    def resolve(self, source: list[Token]) -> tuple[str | None, ResolvedBy | None]:
        """The speaker that the source's tokens name, and by what they do; (None, None) where that stays open."""
        if not source:
            return None, None
        if len(source) == 1 and source[0].low in ("he", "she"):
            return self._resolve_pronoun(source[0])
        head = _head(source, self.language)
        speaker = self._resolve_name(head)
        if speaker:
            return speaker, "name"
        person = self._titled([token.low for token in head])
        if person:
            self.focus = (source[0].start, person)
            return person.name, "title"
        return self._apposed_name(source, head) or self._body(head)

    def _resolve_name(self, head: list[Token]) -> str | None:
        found = list(_names(head, self.language))
        if not found or (head[-1].kind == "word" and not head[-1].capital):
            return None
        titles, name, place = found[-1]
        person = self._named(name, titles)
        if person:
            self.focus = (head[0].start, person)
            return person.name
        return " ".join(name)

    def _apposed_name(self, source: list[Token], head: list[Token]) -> tuple[str | None, ResolvedBy | None] | None:
        """The name in "the group's strategist, Guy Cecil," """
        rest = source[len(head) :]
        if (
            len(rest) < 2
            or rest[0].low != ","
            or not rest[1].capital
            or head[-1].low not in self.language.people["titles"]
        ):
            return None
        tail = _head(rest[1:], self.language)
        speaker = self._resolve_name(tail)
        return (speaker, "name") if speaker else None

    def _resolve_pronoun(self, pronoun: Token) -> tuple[str | None, ResolvedBy | None]:
        gender: Gender = "male" if pronoun.low == "he" else "female"
        candidates = [s for s in self.subjects if s[0] < pronoun.start]
        if self.focus:
            candidates.append(self.focus)
        for _, person in sorted(candidates, key=lambda s: -s[0]):
            if person.gender in (None, gender):
                self.focus = (pronoun.start, person)
                return person.name, "pronoun"
        return None, None

    def _titled(self, head: list[str]) -> Person | None:
        """The only person of the title in "the Russian president"."""
        if not head or head[0] != "the" or len(head) < 2 or head[-1] not in self.language.people["titles"]:
            return None
        found = [person for person in self.people if self._holds(person, head[1:])]
        return found[0] if len(found) == 1 else None

    def _holds(self, person: Person, asked: list[str]) -> bool:
        roles = self.language.people["leaders"] if asked[-1] == "leader" else {asked[-1]}
        modifiers = set(asked[:-1])
        return any(
            title.split()[-1] in roles
            and modifiers <= set(title.split())
            and ("former" in modifiers) == ("former" in title)
            for title in person.titles
        )

    def _body(self, head: list[Token]) -> tuple[str | None, ResolvedBy | None]:
        """A group or body that the article names: "the Trump campaign", "Democratic aides"."""
        indefinite = not head or head[0].low in ("a", "an", "one", "another") or head[-1].text in self.language.titles
        plain = [token.text for token in head if token.low not in self.language.words["determiners"]]
        if indefinite or not any(word[0].isupper() for word in plain):
            return None, None
        return " ".join(plain), "name"


def is_headline(unit: Unit) -> bool:
    plain = [token for token in unit.tokens if token.kind == "word" and len(token.text) > 3]
    return unit.paragraph == 0 and sum(token.capital for token in plain) > 0.6 * len(plain)


def _names(tokens: list[Token], language: Language) -> Iterator[tuple[list[str], list[str], int]]:
    """The titles, the words and the place of each run of capitalised words."""
    place = 0
    while place < len(tokens):
        run = place
        while run < len(tokens) and (tokens[run].capital or (run > place and _joins(tokens, run, language))):
            run += 1
        if run > place:
            titles, name = _split_titles(tokens, place, run, language)
            if name:
                yield titles, name, run - 1
        place = max(run, place + 1)


def _joins(tokens: list[Token], place: int, language: Language) -> bool:
    return tokens[place].low in language.people["particles"] and place + 1 < len(tokens) and tokens[place + 1].capital


def _split_titles(tokens: list[Token], start: int, end: int, language: Language) -> tuple[list[str], list[str]]:
    people = language.people
    titles_known = people["titles"] | people["male_titles"] | people["female_titles"]
    run = tokens[start:end]
    if start == 0 and len(run) > 0 and _is_function_word(run[0], language):
        run = run[1:]
    while run and (_is_function_word(run[0], language)):
        run = run[1:]
    cut = max((i + 1 for i, token in enumerate(run) if token.low in titles_known), default=0)
    name = [token.text for token in run[cut:] if token.low not in people["suffixes"]]
    titles = [token.low for token in run[:cut]]
    before = start - 1
    while not cut and before >= 0 and tokens[before].kind == "word" and (tokens[before].low in titles_known):
        titles.insert(0, tokens[before].low)
        before -= 1
    if titles and not cut and before >= 0 and tokens[before].capital:
        titles.insert(0, tokens[before].low)
    return titles, name


def _is_function_word(token: Token, language: Language) -> bool:
    words_ = language.words
    return token.text[0].isupper() and (
        token.low in language.sentence_starters
        or token.low in words_["prepositions"]
        or token.low in words_["subordinators"]
        or token.low in words_["connectives"]
        or token.low in words_["adverbs"]
        or token.low in words_["auxiliaries"]
        or token.low in language.people["not_names"]
    )


def _role(titles: list[str]) -> Iterator[str]:
    if titles:
        yield " ".join(titles)


def _apposed_role(tokens: list[Token], last: int, language: Language) -> Iterator[str]:
    """The role in "Putin, the Russian president,"."""
    if last + 2 >= len(tokens) or tokens[last + 1].low != "," or tokens[last + 2].low not in ("the", "a", "an"):
        return
    role: list[str] = []
    for token in tokens[last + 3 : last + 9]:
        if token.kind != "word":
            break
        role.append(token.low)
        if token.low in language.people["titles"]:
            yield " ".join(role)


def _head(source: list[Token], language: Language) -> list[Token]:
    """The source without possessor, apposition, relative clause and prepositional phrases."""
    head: list[Token] = []
    for token in source:
        if token.low in language.words["relatives"] or token.kind == "mark":
            break
        if token.low == "of" and head and head[-1].low in language.titles and _is_office(source, token):
            head = []
            continue
        if token.low in language.words["prepositions"] and head:
            break
        if token.low in ("'s", "’"):
            head = []
            continue
        if token.kind == "word":
            head.append(token)
    return head


def _is_office(source: list[Token], of: Token) -> bool:
    """Whether a name ends what "of" begins, as in "Secretary of State Jason Kander"."""
    rest = source[source.index(of) + 1 :]
    run = next((place for place, token in enumerate(rest) if not token.capital), len(rest))
    return run > 2


def _same_given_name(known: tuple[str, ...], name: list[str]) -> bool:
    one, other = fold(known[0]).rstrip("."), fold(name[0]).rstrip(".")
    return variant(known[-1]) == variant(name[-1]) and (
        one == other or (one[:1] == other[:1] and 1 in (len(one), len(other)))
    )


# Across articles


def variant(word: str) -> str:
    """The word as it is compared between transliterations: Rohani and Rouhani, Zelensky and Zelenskyy are one."""
    plain = fold(word)
    if len(plain) < _SHORTEST_VARIANT:
        return plain
    for pattern, replacement in _SPELLINGS:
        plain = pattern.sub(replacement, plain)
    return plain


def unify(names: Iterable[str]) -> dict[str, str]:
    """The canonical name of each name: a surname becomes the only full name that ends in it.

    Different given names are never made one; the commonest spelling, then the shortest, is canonical.
    """
    counts = Counter(names)
    ranked = sorted(counts, key=lambda name: (-counts[name], len(name), name))
    full: dict[str, str] = {}
    by_surname: dict[str, list[str]] = defaultdict(list)
    for name in ranked:
        parts = name.split()
        if len(parts) < 2:
            continue
        surname = variant(parts[-1])
        same = next((other for other in by_surname[surname] if _same_given_name(tuple(other.split()), parts)), None)
        if same is None:
            by_surname[surname].append(name)
        full[name] = same or name
    return {name: full.get(name) or _only(by_surname[variant(name)], name) for name in counts}


def _only(found: list[str], name: str) -> str:
    return found[0] if len(found) == 1 else name


def matches(asked: str, canonical: str, language: str = "en") -> bool:
    """Whether the name that a question asks for can be that speaker: "putin" or "President Putin" is Vladimir Putin."""
    people = languages.load(language).people
    titles = people["titles"] | people["male_titles"] | people["female_titles"] | {"the", "s"}
    wanted = [variant(word) for word in words(asked) if word not in titles] or [variant(word) for word in words(asked)]
    known = [variant(word) for word in words(canonical)]
    if not wanted or not known:
        return False
    if len(known) == 1:
        return known[0] == wanted[-1]
    if known[-1] in map(variant, people["bodies"]):
        return set(wanted) == set(known)
    return all(word in known for word in wanted)
