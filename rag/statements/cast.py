"""Who a name, a title or a pronoun of one article is."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

from rag.language.lexicon import Language
from rag.language.names import is_form_of, same_person
from rag.language.words import fold
from rag.statements.cases import Cases, no, one, yes
from rag.statements.mentions import Mention, asked_role, head, mentions, roles
from rag.statements.rows import Row
from rag.statements.tokens import Token, Tokens, Unit
from rag.statements.vocabulary import (
    BODY,
    CAPITAL,
    DETERMINER,
    ED,
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


# Whether a word can stand in a list of names: "the farmers Ann Lee, Bob Ray", but not in an
# apposition: "Lee, the head of sales"
_LISTED = Cases(
    yes(one(","), one(CAPITAL, but=[TITLE])),
    no(one(",")),
    yes(one("the", "both", CAPITAL, TITLE)),
)


class Cast:
    """The people of one article, each of them once, and what its sources mean."""

    def __init__(self, reading: Tokens, language: Language) -> None:
        self.language = language
        self.people: list[Person] = []
        self.by_word: dict[str, list[Person]] = defaultdict(list)
        self.nameless: set[str] = set()
        self.antecedents: list[Antecedent] = []
        self.focus: Antecedent | None = None
        named = []
        for unit in reading.units:
            row = Row(unit.tokens)
            named.append((unit, row, list(mentions(row))))
        # First all people, then the mentions of them: "Putin" may stand before "Vladimir Putin".
        for unit, row, found in named:
            # In a headline every word is capitalised: "Plan Fails" is nobody.
            if not unit.is_headline:
                self._meet(row, found)
        for unit, _, found in named:
            self._remember(unit, found)

    # Meeting people

    def _meet(self, row: Row, found: list[Mention]) -> None:
        """Take up the people whom a unit names, and what else it tells of them."""
        for mention in found:
            person = self._named(mention)
            is_full_name = len(mention.name) > 1
            if is_full_name and self._is_thing(mention.name):
                continue
            if person is None and is_full_name:
                person = self._new(mention.name)
            if person:
                given = fold(mention.name[0])
                person.gender = person.gender or self._gender(mention.titles, given)
                person.roles.update(roles(row, mention))

    def _new(self, name: list[str]) -> Person:
        person = Person(tuple(name))
        self.people.append(person)
        for word in {fold(name[0]), fold(name[-1])}:
            self.by_word[word].append(person)
        return person

    def _remember(self, unit: Unit, found: list[Mention]) -> None:
        """Keep whom a later pronoun can mean."""
        first = unit.tokens[0].start
        for order, mention in enumerate(found):
            person = self._named(mention)
            if person:
                start = unit.tokens[mention.place].start
                self.antecedents.append(Antecedent(start, (first, -order), person))

    def _is_thing(self, name: list[str]) -> bool:
        """Whether the name is a place's or a body's: "New Hampshire", "Fox News"."""
        people = self.language.people
        words = {word.lower() for word in name}
        is_place = name[0].lower() in people["place_starts"]
        return is_place or not words.isdisjoint(people["things"] | people["bodies"])

    def _named(self, mention: Mention) -> Person | None:
        """The person whom a mention means, if the article names them in full."""
        if len(mention.name) == 1:
            return self._only(mention)
        for person in self.by_word[fold(mention.name[-1])]:
            if same_person(person.words, mention.name):
                return person
        return None

    def _only(self, mention: Mention) -> Person | None:
        """The only person of that one name, unless a title speaks of the other gender."""
        gender = self._gender(mention.titles)
        possible = (None, gender) if gender else (None, "male", "female")
        known = self.by_word[fold(mention.name[0])]
        found = [person for person in known if person.gender in possible]
        return found[0] if len(found) == 1 else None

    def _gender(self, titles: list[str], given: str = "") -> Gender | None:
        """What a given name, or a title ("Mr.", "spokeswoman"), tells."""
        people = self.language.people
        genders: tuple[Gender, ...] = ("female", "male")
        for gender in genders:
            has_title = not people[f"{gender}_titles"].isdisjoint(titles)
            if has_title or given in people[gender]:
                return gender
        return None

    # Resolving sources

    def resolve(self, tokens: list[Token]) -> Resolved:
        """The speaker whom the source's tokens name, and by what they do; (None, None)
        where that stays open.
        """
        source = Row(tokens)
        if not tokens or self._is_joint(source):
            return _UNRESOLVED
        if len(tokens) == 1 and source.is_(0, PRONOUN):
            return self._by_pronoun(tokens[0])
        words = Row(head(source))
        speaker = self._by_name(words)
        if speaker:
            return speaker, "name"
        person = self._by_title(asked_role(source, words.tokens))
        if person:
            self._focus_on(person, tokens[0])
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

    def joint(self, tokens: list[Token]) -> tuple[str, ...]:
        """The names of all whom the source lists as speaking together; none where it names
        at most one.
        """
        source = Row(tokens)
        if not self._is_joint(source):
            return ()
        names = []
        for mention in mentions(source):
            person = self._named(mention)
            names.append(person.name if person else " ".join(mention.name))
        return tuple(dict.fromkeys(names))

    def _is_joint(self, source: Row) -> bool:
        """Whether the source lists several speakers ("Putin, Erdogan and Rouhani"), whose
        words are nobody's alone.
        """
        size = len(source.tokens)
        last = source.find(0, size, "and")
        is_pronoun = last == 1 and source.is_(0, PRONOUN)
        if is_pronoun and last < size:
            return True  # "He and Ann Lee"
        if last == size or not self._is_list(source, last):
            return False
        # "Ann Lee and the (late) envoy, ...": the list ends at the next mark.
        end = source.skip(last + 1, WORD)
        following = next(mentions(Row(source.tokens[last + 1 : end])), None)
        listed = list(mentions(Row(source.tokens[:last])))
        if following is None or not listed:
            return False
        # "Health and Human Services Secretary Ann Lee" lists nobody whom the article names.
        is_known = any(self._named(mention) for mention in listed)
        return is_known or not following.titles

    def _is_list(self, source: Row, end: int) -> bool:
        """Whether the words can be a list of names, and hold no apposition ("Lee, the head of
        sales and marketing").
        """
        return all(source.fits(place, _LISTED) for place in range(end))

    # One speaker

    def _by_name(self, words: Row) -> str | None:
        """The name that ends the words; "Smith" is the only Smith of the article."""
        found = list(mentions(words))
        ends_in_name = words.is_(len(words.tokens) - 1, CAPITAL)
        if not found or not ends_in_name:
            return None
        person = self._named(found[-1])
        if person is None:
            return " ".join(found[-1].name)
        self._focus_on(person, words.tokens[0])
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
        *modifiers, title = asked or [""]
        if title not in self.language.titles:
            return None
        found = [person for person in self.people if self._has_role(person, asked)]
        if len(found) != 1:
            self.nameless.add(title)
            return None
        # "The representative" alone is open when the article has one without a name, too.
        is_shared = title in self.nameless and not modifiers
        return None if is_shared else found[0]

    def _has_role(self, person: Person, asked: list[str]) -> bool:
        """Whether one of the person's roles has the asked title and all of its modifiers."""
        *modifiers, title = asked
        people = self.language.people
        offices = people["leaders"] if title == "leader" else {title}
        asks_past = not people["past"].isdisjoint(asked)
        for role in person.roles:
            has_office = not offices.isdisjoint(role)
            # "The former president" is not the president.
            is_past = not people["past"].isdisjoint(role)
            if not has_office or is_past != asks_past:
                continue
            if all(_is_in_role(word, role) for word in modifiers):
                return True
        return False

    def _in_apposition(self, source: Row, words: Row) -> str | None:
        """The name in "the group's strategist, Guy Cecil,", but not the town of "a farmer
        from Lima, Ohio".
        """
        size = len(source.tokens)
        comma = source.find(0, size, ",")
        name = Row(head(Row(source.tokens[comma + 1 :])))
        last = len(words.tokens) - 1
        is_name = name.is_(0, CAPITAL) and name.is_(len(name.tokens) - 1, CAPITAL)
        if last < 0 or not is_name:
            return None
        # "Two guests, Ann Lee and Bob Ray, said": neither alone
        is_alone = not source.holds(comma, size, "and")
        is_person = len(name.tokens) > 1 or words.is_(last, TITLE)
        is_before = words.tokens[last].start <= source.tokens[comma].start
        fits = is_before and is_person and is_alone
        return self._by_name(name) if fits else None

    def _before_verb(self, words: Row) -> str | None:
        """The Smith of "Smith issued a statement" before "saying ..."."""
        first = next(mentions(words), None)
        if first is None:
            return None
        end = first.place + 1
        has_verb = words.is_(end, ED)
        return self._by_name(Row(words.tokens[:end])) if has_verb else None

    def _possessed_body(self, source: Row, words: Row) -> str | None:
        """The "Lee campaign" of "Ann Lee's campaign"."""
        last = len(words.tokens) - 1
        if not words.is_(last, BODY) or words.holds(0, last + 1, CAPITAL):
            return None
        place = source.tokens.index(words.tokens[0])
        is_possessed = source.is_(place - 2, CAPITAL) and source.is_(place - 1, "'s")
        if not is_possessed:
            return None
        return f"{source.tokens[place - 2].text} {words.tokens[last].text}"

    def _body(self, words: Row) -> str | None:
        """A group or body that the article names: "the Trump campaign", "Democratic aides"."""
        last = len(words.tokens) - 1
        plain = [token for token in words.tokens if not token.is_(DETERMINER)]
        document = " ".join(token.low for token in plain)
        if document in self.language.people["documents"]:
            return document  # "the joint statement"
        is_indefinite = last < 0 or words.is_(0, INDEFINITE, NOT_NAME)
        is_somebody = words.is_(last, SUBJECT_PRONOUN) or words.is_(
            last, TITLE, but=[CAPITAL]
        )
        if is_indefinite or is_somebody:
            return None
        # "The Trump supporters gathered there" has a verb and is no name.
        has_verb = any(token.is_(ED) and token.text.islower() for token in plain)
        if has_verb or not Row(plain).holds(0, len(plain), CAPITAL):
            return None
        return " ".join(token.text for token in plain)


def _is_in_role(word: str, role: tuple[str, ...]) -> bool:
    """Whether a role has the word, or the country of the adjective: "Iranian" in "president
    of Iran".
    """
    return any(is_form_of(word, other) for other in role)
