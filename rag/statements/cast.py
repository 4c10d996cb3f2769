"""Who a name, a title or a pronoun is: inside one article, and across articles."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from rag.language.lexicon import Language
from rag.language.names import is_form_of, same_person
from rag.language.words import fold
from rag.statements.tokens import Token, Tokens, Unit
from rag.types import ResolvedBy

Gender = Literal["male", "female"]
Resolved = tuple[str | None, ResolvedBy | None]

_UNRESOLVED: Resolved = (None, None)
_LOOK_BACK = 30


@dataclass(slots=True)
class Person:
    """Somebody whom an article names in full, with the roles it gives them ("russian
    president").
    """

    words: tuple[str, ...]
    gender: Gender | None = None
    roles: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def name(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Mention:
    """A run of capitalised words: the words of the name, the folded titles before it, and
    its last token's place.
    """

    name: list[str]
    titles: list[str]
    place: int


@dataclass(frozen=True, slots=True)
class Antecedent:
    """A person whom a pronoun behind `start` can mean; the latest unit ranks first, in it
    the first mention.
    """

    start: int
    rank: tuple[int, int]
    person: Person


class Cast:
    """The people of one article, each of them once, and what its sources mean."""

    def __init__(self, reading: Tokens, language: Language) -> None:
        self.language = language
        self.people: list[Person] = []
        self.by_word: dict[str, list[Person]] = defaultdict(list)
        self.nameless: set[str] = set()
        self.antecedents: list[Antecedent] = []
        self.focus: Antecedent | None = None
        mentions = [
            (unit, list(_mentions(unit.tokens, language))) for unit in reading.units
        ]
        for unit, named in mentions:
            for mention in named:
                self._meet(unit, mention)
        for unit, named in mentions:
            for order, mention in enumerate(named):
                person = self._named(mention)
                if person:
                    rank = (unit.tokens[0].start, -order)
                    self.antecedents.append(
                        Antecedent(unit.tokens[mention.place].start, rank, person)
                    )

    # Meeting people

    def _meet(self, unit: Unit, mention: Mention) -> None:
        if unit.is_headline:
            return
        if len(mention.name) > 1 and self._is_thing(mention.name):
            return
        person = (
            self._person(mention.name) if len(mention.name) > 1 else self._only(mention)
        )
        if person:
            person.gender = person.gender or self._gender(mention)
            person.roles.update(_roles(unit.tokens, mention, self.language))

    def _person(self, name: list[str]) -> Person:
        person = self._in_full(name)
        if person is None:
            person = Person(tuple(name))
            self.people.append(person)
            for word in {fold(name[0]), fold(name[-1])}:
                self.by_word[word].append(person)
        return person

    def _is_thing(self, name: list[str]) -> bool:
        """Whether the name is a place's or a body's: "New Hampshire", "Fox News"."""
        people, words_ = self.language.people, [word.lower() for word in name]
        return words_[0] in people["place_starts"] or not (
            people["things"] | people["bodies"]
        ).isdisjoint(words_)

    def _in_full(self, name: list[str]) -> Person | None:
        return next(
            (p for p in self.by_word[fold(name[-1])] if same_person(p.words, name)),
            None,
        )

    def _only(self, mention: Mention) -> Person | None:
        """The only person of that one name, unless a title speaks of the other gender."""
        gender = self._gender(Mention([], mention.titles, 0))
        found = [
            p
            for p in self.by_word[fold(mention.name[0])]
            if not (gender and p.gender and p.gender != gender)
        ]
        return found[0] if len(found) == 1 else None

    def _named(self, mention: Mention) -> Person | None:
        return (
            self._only(mention)
            if len(mention.name) == 1
            else self._in_full(mention.name)
        )

    def _gender(self, mention: Mention) -> Gender | None:
        people = self.language.people
        given = fold(mention.name[0]) if mention.name else ""
        if given in people["female"] or any(
            title in people["female_titles"] for title in mention.titles
        ):
            return "female"
        if given in people["male"] or any(
            title in people["male_titles"] for title in mention.titles
        ):
            return "male"
        return None

    # Resolving sources

    def resolve(self, source: list[Token]) -> Resolved:
        """The speaker whom the source's tokens name, and by what they do; (None, None)
        where that stays open.
        """
        if not source:
            return _UNRESOLVED
        if len(source) == 1 and source[0].low in self.language.people["pronouns"]:
            return self._by_pronoun(source[0])
        if self._is_joint(source):
            return _UNRESOLVED
        head = _head(source, self.language)
        speaker = self._by_name(head)
        if speaker:
            return speaker, "name"
        person = self._by_title(_asked_role(source, head))
        if person:
            self._focus_on(person, source[0])
            return person.name, "title"
        speaker = self._in_apposition(source, head) or self._before_verb(head)
        speaker = speaker or self._possessed_body(source, head) or self._body(head)
        return (speaker, "name") if speaker else _UNRESOLVED

    def joint(self, source: list[Token]) -> tuple[str, ...]:
        """The names of all whom the source lists as speaking together; none where it names
        at most one.
        """
        if not self._is_joint(source):
            return ()
        people = [
            (self._named(mention), mention)
            for mention in _mentions(source, self.language)
        ]
        return tuple(
            dict.fromkeys(
                person.name if person else " ".join(mention.name)
                for person, mention in people
            )
        )

    def _is_joint(self, source: list[Token]) -> bool:
        """Whether the source lists several speakers ("Putin, Erdogan and Rouhani"), whose
        words are nobody's alone.
        """
        last = next(
            (place for place, token in enumerate(source) if token.low == "and"), 0
        )
        if last == 1 and source[0].low in self.language.people["pronouns"]:
            return True
        listed = list(_mentions(source[:last], self.language))
        following = next(
            _mentions(source[last + 1 : _list_end(source, last + 1)], self.language),
            None,
        )
        if (
            not listed
            or following is None
            or any(not self._may_be_listed(source, at) for at in range(last))
        ):
            return False
        return any(self._named(mention) for mention in listed) or not following.titles

    def _may_be_listed(self, source: list[Token], place: int) -> bool:
        """Whether the word belongs to a list of names, and to no apposition ("Lee, the head
        of sales and marketing").
        """
        if source[place].low == ",":
            return (
                source[place + 1].capital
                and source[place + 1].low not in self.language.titles
            )
        return (
            source[place].capital
            or source[place].low in {"the", "both"} | self.language.titles
        )

    def _by_name(self, head: list[Token]) -> str | None:
        found = list(_mentions(head, self.language))
        if not found or not head[-1].capital:
            return None
        person = self._named(found[-1])
        if person is None:
            return " ".join(found[-1].name)
        self._focus_on(person, head[0])
        return person.name

    def _by_pronoun(self, pronoun: Token) -> Resolved:
        """The nearest person before the pronoun who was a subject or a speaker and whose
        gender agrees.
        """
        gender: Gender = (
            "female"
            if pronoun.low in self.language.people["female_pronouns"]
            else "male"
        )
        last = bisect_left(
            self.antecedents, pronoun.start, key=lambda antecedent: antecedent.start
        )
        candidates = self.antecedents[max(0, last - _LOOK_BACK) : last] + (
            [self.focus] if self.focus else []
        )
        for candidate in sorted(
            candidates, key=lambda candidate: candidate.rank, reverse=True
        ):
            if candidate.person.gender in (None, gender):
                self._focus_on(candidate.person, pronoun)
                return candidate.person.name, "pronoun"
        return _UNRESOLVED

    def _focus_on(self, person: Person, token: Token) -> None:
        """The last speaker is the likeliest antecedent of the next pronoun."""
        self.focus = Antecedent(token.start, (token.start, 0), person)

    def _by_title(self, asked: list[str]) -> Person | None:
        """The only person of the role in "the Russian president", unless the article has
        another of that title.
        """
        if not asked or asked[-1] not in self.language.titles:
            return None
        found = [person for person in self.people if self._has_role(person, asked)]
        if len(found) != 1:
            self.nameless.add(asked[-1])
        elif len(asked) > 1 or asked[-1] not in self.nameless:
            return found[0]
        return None

    def _has_role(self, person: Person, asked: list[str]) -> bool:
        """Whether one of the person's roles has the asked title and all of its modifiers."""
        offices = (
            self.language.people["leaders"] if asked[-1] == "leader" else {asked[-1]}
        )
        past = self.language.people["past"]
        return any(
            not offices.isdisjoint(role)
            and all(_is_in_role(word, role) for word in asked[:-1])
            and past.isdisjoint(asked) == past.isdisjoint(role)
            for role in person.roles
        )

    def _in_apposition(self, source: list[Token], head: list[Token]) -> str | None:
        """The name in "the group's strategist, Guy Cecil,", but not the town of "a farmer
        from Lima, Ohio".
        """
        comma = next(
            (place for place, token in enumerate(source) if token.low == ","),
            len(source),
        )
        name = _head(source[comma + 1 :], self.language)
        if (
            not head
            or not name
            or not name[0].capital
            or head[-1].start > source[comma].start
        ):
            return None
        alone = all(token.low != "and" for token in source[comma:])
        titled = head[-1].low in self.language.titles or len(name) > 1
        return self._by_name(name) if alone and titled and name[-1].capital else None

    def _before_verb(self, head: list[Token]) -> str | None:
        """The Smith of "Smith issued a statement" before "saying ..."."""
        first = next(_mentions(head, self.language), None)
        after = head[first.place + 1] if first and first.place + 1 < len(head) else None
        return (
            self._by_name(head[: first.place + 1])
            if first and after and after.low.endswith("ed")
            else None
        )

    def _possessed_body(self, source: list[Token], head: list[Token]) -> str | None:
        """The "Lee campaign" of "Ann Lee's campaign"."""
        place = source.index(head[0]) if head else 0
        possessed = (
            place > 1 and source[place - 1].low == "'s" and source[place - 2].capital
        )
        if (
            not possessed
            or head[-1].low not in self.language.people["bodies"]
            or any(token.capital for token in head)
        ):
            return None
        return f"{source[place - 2].text} {head[-1].text}"

    def _body(self, head: list[Token]) -> str | None:
        """A group or body that the article names: "the Trump campaign", "Democratic aides"."""
        people = self.language.people
        document = " ".join(
            token.low
            for token in head
            if token.low not in self.language.words["determiners"]
        )
        if document in people["documents"]:
            return document
        indefinite = (
            not head or head[0].low in people["indefinite"] | people["not_names"]
        )
        if (
            indefinite
            or head[-1].text in self.language.titles
            or head[-1].low in self.language.words["subject_pronouns"]
        ):
            return None
        plain = [
            token.text
            for token in head
            if token.low not in self.language.words["determiners"]
        ]
        named = any(word[0].isupper() for word in plain) and not any(
            word.islower() and word.endswith("ed") for word in plain
        )
        return " ".join(plain) if named else None


def _mentions(tokens: list[Token], language: Language) -> Iterator[Mention]:
    place = 0
    while place < len(tokens):
        end = place
        while end < len(tokens) and (
            tokens[end].capital or (end > place and _is_particle(tokens, end, language))
        ):
            end += 1
        if end > place:
            mention = _mention(tokens, place, end, language)
            if mention.name:
                yield mention
        place = max(end, place + 1)


def _is_particle(tokens: list[Token], place: int, language: Language) -> bool:
    following = place + 1
    return (
        tokens[place].low in language.people["particles"]
        and following < len(tokens)
        and tokens[following].capital
    )


def _mention(tokens: list[Token], start: int, end: int, language: Language) -> Mention:
    """The name in a run of capitalised words, without function words before it, titles and
    suffixes.
    """
    run = tokens[start:end]
    while run and _is_function_word(run[0], language):
        run = run[1:]
    cut = max(
        (place + 1 for place, token in enumerate(run) if token.low in language.titles),
        default=0,
    )
    name = [
        token.text
        for token in run[cut:]
        if token.low not in language.people["suffixes"]
    ]
    titles = (
        [token.low for token in run[:cut]]
        if cut
        else _titles_before(tokens, start, language)
    )
    return Mention(name, titles, end - 1)


def _titles_before(tokens: list[Token], start: int, language: Language) -> list[str]:
    """The small words of a title before a name: "Kremlin spokesman" before "Dmitry Peskov"."""
    first = start
    while first > 0 and tokens[first - 1].low in language.titles:
        first -= 1
    if first < start and first > 0 and tokens[first - 1].capital:
        first -= 1
    return [token.low for token in tokens[first:start]]


def _is_function_word(token: Token, language: Language) -> bool:
    lists = (
        language.words[name]
        for name in (
            "prepositions",
            "subordinators",
            "connectives",
            "adverbs",
            "auxiliaries",
        )
    )
    return (
        token.low in language.sentence_starters
        or token.low in language.people["not_names"]
        or any(token.low in words_ for words_ in lists)
    )


def _roles(
    tokens: list[Token], mention: Mention, language: Language
) -> Iterator[tuple[str, ...]]:
    """The roles before the name ("Russian President ...") and behind it ("..., the Russian
    president,").
    """
    if mention.titles:
        yield tuple(mention.titles)
    after = mention.place + 1
    if after + 2 >= len(tokens) or tokens[after].low != ",":
        return
    possessed = tokens[after + 2].low == "'s"
    if not possessed and tokens[after + 1].low not in ("the", "a", "an"):
        return
    role = [tokens[after + 1].low] if possessed else []
    for token in tokens[after + 2 + possessed : after + 8]:
        if token.kind != "word":
            return
        role.append(token.low)
        if token.low in language.titles:
            yield tuple(role)
        elif role[-2:-1] == ["of"] and token.capital:
            yield tuple(role)
            return


def _is_in_role(word: str, role: tuple[str, ...]) -> bool:
    """Whether a role has the word, or the country of the adjective: "Iranian" in "president
    of Iran".
    """
    return any(is_form_of(word, other) for other in role)


def _head(source: list[Token], language: Language) -> list[Token]:
    """The source without possessor, apposition, relative clause and prepositional phrases."""
    head: list[Token] = []
    for place, token in enumerate(source):
        if token.low in language.words["relatives"] or token.kind == "mark":
            break
        in_office = token.low == "of" and bool(head) and head[-1].low in language.titles
        if token.low == "'s" or (in_office and _ends_in_name(source[place + 1 :])):
            head = []
        elif token.low in language.words["prepositions"] and head:
            break
        elif token.kind == "word":
            head.append(token)
    return head


def _list_end(source: list[Token], start: int) -> int:
    """Where the name that begins at `start` ends, at the latest before the next mark."""
    return next(
        (at for at in range(start, len(source)) if source[at].kind != "word"),
        len(source),
    )


def _asked_role(source: list[Token], head: list[Token]) -> list[str]:
    """The role of "the foreign minister" or "Iran's foreign minister", nothing for "a minister"."""
    words_ = [token.low for token in head]
    if words_[:1] == ["the"]:
        return words_[1:]
    possessed = len(source) > 2 and source[1].low == "'s" and source[0].capital
    return [source[0].low, *words_] if possessed and words_ else []


def _ends_in_name(rest: list[Token]) -> bool:
    """Whether a name ends what follows "of", as in "Secretary of State Jason Kander"."""
    return (
        next(
            (place for place, token in enumerate(rest) if not token.capital), len(rest)
        )
        > 2
    )
