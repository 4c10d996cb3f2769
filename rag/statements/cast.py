"""Who a name, a title or a pronoun of one article is."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

from rag.language.lexicon import Language
from rag.language.names import is_form_of, same_person
from rag.language.words import fold
from rag.statements.mentions import Mention, asked_role, head, mentions, roles
from rag.statements.tokens import Token, Tokens, Unit
from rag.statements.vocabulary import (
    BODY,
    CAPITAL,
    DETERMINER,
    FEMALE_PRONOUN,
    INDEFINITE,
    NOT_NAME,
    PRONOUN,
    SUBJECT_PRONOUN,
    TITLE,
    WORD,
)
from rag.types import ResolvedBy

Gender = Literal["male", "female"]
Resolved = tuple[str | None, ResolvedBy | None]

_UNRESOLVED: Resolved = (None, None)

# Whom a pronoun means was named not long before it: thirty mentions are some ten sentences.
# The limit keeps long articles linear.
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
        named = [(unit, list(mentions(unit.tokens))) for unit in reading.units]
        # First all people, then the mentions of them: "Putin" may stand before "Vladimir Putin".
        for unit, found in named:
            for mention in found:
                self._meet(unit, mention)
        for unit, found in named:
            self._remember(unit, found)

    # Meeting people

    def _meet(self, unit: Unit, mention: Mention) -> None:
        """Take up the person whom an article names, or what else it tells of them."""
        # In a headline every word is capitalised: "Plan Fails" is nobody.
        if unit.is_headline:
            return
        if len(mention.name) == 1:
            person = self._only(mention)
        elif self._is_thing(mention.name):
            return
        else:
            person = self._in_full(mention.name) or self._new(mention.name)
        if person:
            person.gender = person.gender or self._gender(mention)
            person.roles.update(roles(unit.tokens, mention))

    def _remember(self, unit: Unit, found: list[Mention]) -> None:
        """Keep whom a later pronoun can mean."""
        first = unit.tokens[0].start
        for order, mention in enumerate(found):
            person = self._named(mention)
            if person:
                start = unit.tokens[mention.place].start
                self.antecedents.append(Antecedent(start, (first, -order), person))

    def _new(self, name: list[str]) -> Person:
        person = Person(tuple(name))
        self.people.append(person)
        for word in {fold(name[0]), fold(name[-1])}:
            self.by_word[word].append(person)
        return person

    def _is_thing(self, name: list[str]) -> bool:
        """Whether the name is a place's or a body's: "New Hampshire", "Fox News"."""
        people = self.language.people
        words = [word.lower() for word in name]
        if words[0] in people["place_starts"]:
            return True
        has_thing = not people["things"].isdisjoint(words)
        return has_thing or not people["bodies"].isdisjoint(words)

    def _named(self, mention: Mention) -> Person | None:
        if len(mention.name) == 1:
            return self._only(mention)
        return self._in_full(mention.name)

    def _in_full(self, name: list[str]) -> Person | None:
        for person in self.by_word[fold(name[-1])]:
            if same_person(person.words, name):
                return person
        return None

    def _only(self, mention: Mention) -> Person | None:
        """The only person of that one name, unless a title speaks of the other gender."""
        gender = self._gender(Mention([], mention.titles, 0))
        found = []
        for person in self.by_word[fold(mention.name[0])]:
            is_other = person.gender and gender and person.gender != gender
            if not is_other:
                found.append(person)
        return found[0] if len(found) == 1 else None

    def _gender(self, mention: Mention) -> Gender | None:
        """What the given name, else a title ("Mr.", "spokeswoman"), tells."""
        people = self.language.people
        given = fold(mention.name[0]) if mention.name else ""
        is_her_title = not people["female_titles"].isdisjoint(mention.titles)
        if is_her_title or given in people["female"]:
            return "female"
        is_his_title = not people["male_titles"].isdisjoint(mention.titles)
        if is_his_title or given in people["male"]:
            return "male"
        return None

    # Resolving sources

    def resolve(self, source: list[Token]) -> Resolved:
        """The speaker whom the source's tokens name, and by what they do; (None, None)
        where that stays open.
        """
        if not source:
            return _UNRESOLVED
        if len(source) == 1 and source[0].is_(PRONOUN):
            return self._by_pronoun(source[0])
        if self._is_joint(source):
            return _UNRESOLVED
        words = head(source)
        speaker = self._by_name(words)
        if speaker:
            return speaker, "name"
        person = self._by_title(asked_role(source, words))
        if person:
            self._focus_on(person, source[0])
            return person.name, "title"
        speaker = (
            self._in_apposition(source, words)
            or self._before_verb(words)
            or self._possessed_body(source, words)
            or self._body(words)
        )
        return (speaker, "name") if speaker else _UNRESOLVED

    def _focus_on(self, person: Person, token: Token) -> None:
        """The last speaker is the likeliest antecedent of the next pronoun."""
        self.focus = Antecedent(token.start, (token.start, 0), person)

    # Several speakers

    def joint(self, source: list[Token]) -> tuple[str, ...]:
        """The names of all whom the source lists as speaking together; none where it names
        at most one.
        """
        if not self._is_joint(source):
            return ()
        names: dict[str, None] = {}
        for mention in mentions(source):
            person = self._named(mention)
            names[person.name if person else " ".join(mention.name)] = None
        return tuple(names)

    def _is_joint(self, source: list[Token]) -> bool:
        """Whether the source lists several speakers ("Putin, Erdogan and Rouhani"), whose
        words are nobody's alone.
        """
        last = 0
        while last < len(source) and not source[last].is_("and"):
            last += 1
        if last == len(source):
            return False
        if last == 1 and source[0].is_(PRONOUN):
            return True  # "He and Ann Lee"
        for place in range(last):
            if not self._may_be_listed(source, place):
                return False
        # "Ann Lee and the (late) envoy, ...": the list ends at the next mark.
        end = last + 1
        while end < len(source) and source[end].is_(WORD):
            end += 1
        listed = list(mentions(source[:last]))
        following = next(mentions(source[last + 1 : end]), None)
        if not listed or following is None:
            return False
        # "Health and Human Services Secretary Ann Lee" lists nobody whom the article names.
        is_known = any(self._named(mention) for mention in listed)
        return is_known or not following.titles

    def _may_be_listed(self, source: list[Token], place: int) -> bool:
        """Whether the word belongs to a list of names, and to no apposition ("Lee, the head
        of sales and marketing").
        """
        if source[place].is_(","):
            following = source[place + 1]
            return following.is_(CAPITAL) and not following.is_(TITLE)
        return source[place].is_("the", "both", CAPITAL, TITLE)

    # One speaker

    def _by_name(self, words: list[Token]) -> str | None:
        """The name that ends the words; "Smith" is the only Smith of the article."""
        found = list(mentions(words))
        if not found or not words[-1].is_(CAPITAL):
            return None
        person = self._named(found[-1])
        if person is None:
            return " ".join(found[-1].name)
        self._focus_on(person, words[0])
        return person.name

    def _by_pronoun(self, pronoun: Token) -> Resolved:
        """The nearest person before the pronoun who was a subject or a speaker and whose
        gender agrees.
        """
        gender: Gender = "female" if pronoun.is_(FEMALE_PRONOUN) else "male"
        last = bisect_left(self.antecedents, pronoun.start, key=lambda one: one.start)
        candidates = self.antecedents[max(0, last - _LOOK_BACK) : last]
        if self.focus:
            candidates.append(self.focus)
        candidates.sort(key=lambda one: one.rank, reverse=True)
        for candidate in candidates:
            person = candidate.person
            if person.gender in (None, gender):
                self._focus_on(person, pronoun)
                return person.name, "pronoun"
        return _UNRESOLVED

    def _by_title(self, asked: list[str]) -> Person | None:
        """The only person of the role in "the Russian president", unless the article has
        another of that title.
        """
        if not asked or asked[-1] not in self.language.titles:
            return None
        found = [person for person in self.people if self._has_role(person, asked)]
        if len(found) != 1:
            self.nameless.add(asked[-1])
            return None
        # "The representative" alone is open when the article has one without a name, too.
        is_shared = len(asked) == 1 and asked[-1] in self.nameless
        return None if is_shared else found[0]

    def _has_role(self, person: Person, asked: list[str]) -> bool:
        """Whether one of the person's roles has the asked title and all of its modifiers."""
        past = self.language.people["past"]
        offices = {asked[-1]}
        if asked[-1] == "leader":
            offices = set(self.language.people["leaders"])
        for role in person.roles:
            # "The former president" is not the president.
            is_same_time = past.isdisjoint(asked) == past.isdisjoint(role)
            if not is_same_time or offices.isdisjoint(role):
                continue
            if all(_is_in_role(word, role) for word in asked[:-1]):
                return True
        return False

    def _in_apposition(self, source: list[Token], words: list[Token]) -> str | None:
        """The name in "the group's strategist, Guy Cecil,", but not the town of "a farmer
        from Lima, Ohio".
        """
        comma = 0
        while comma < len(source) and not source[comma].is_(","):
            comma += 1
        name = head(source[comma + 1 :])
        if not words or not name:
            return None
        if not name[0].is_(CAPITAL) or not name[-1].is_(CAPITAL):
            return None
        if words[-1].start > source[comma].start:
            return None
        # "Two guests, Ann Lee and Bob Ray, said": neither alone
        for token in source[comma:]:
            if token.is_("and"):
                return None
        is_person = len(name) > 1 or words[-1].is_(TITLE)
        return self._by_name(name) if is_person else None

    def _before_verb(self, words: list[Token]) -> str | None:
        """The Smith of "Smith issued a statement" before "saying ..."."""
        first = next(mentions(words), None)
        if first is None:
            return None
        end = first.place + 1
        if end < len(words) and words[end].low.endswith("ed"):
            return self._by_name(words[:end])
        return None

    def _possessed_body(self, source: list[Token], words: list[Token]) -> str | None:
        """The "Lee campaign" of "Ann Lee's campaign"."""
        if not words or not words[-1].is_(BODY):
            return None
        place = source.index(words[0])
        is_possessed = place > 1 and source[place - 1].is_("'s")
        if not is_possessed or not source[place - 2].is_(CAPITAL):
            return None
        for token in words:
            if token.is_(CAPITAL):
                return None
        return f"{source[place - 2].text} {words[-1].text}"

    def _body(self, words: list[Token]) -> str | None:
        """A group or body that the article names: "the Trump campaign", "Democratic aides"."""
        plain = [token for token in words if not token.is_(DETERMINER)]
        document = " ".join(token.low for token in plain)
        if document in self.language.people["documents"]:
            return document  # "the joint statement"
        if not words or words[0].is_(INDEFINITE, NOT_NAME):
            return None
        last = words[-1]
        is_title = last.text in self.language.titles
        if is_title or last.is_(SUBJECT_PRONOUN):
            return None
        is_named = False
        for token in plain:
            # "The Trump supporters gathered there": a verb, no name
            if token.text.islower() and token.text.endswith("ed"):
                return None
            is_named = is_named or token.text[0].isupper()
        return " ".join(token.text for token in plain) if is_named else None


def _is_in_role(word: str, role: tuple[str, ...]) -> bool:
    """Whether a role has the word, or the country of the adjective: "Iranian" in "president
    of Iran".
    """
    return any(is_form_of(word, other) for other in role)
