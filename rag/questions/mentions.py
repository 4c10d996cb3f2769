"""Whom the words of a question name: speakers and sources that are on record, somebody
unknown, or nobody at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.language import lexicon
from rag.language.names import meant, variant
from rag.language.words import fold, is_small, tokens, words
from rag.questions.patterns import any_of, vocabulary
from rag.types import Known, Span

_POSSESSIVE = re.compile(r"['’]s?$")
_WORD = re.compile(r"(?P<word>[^\W_]+)(?:['’]s\b)?")
_QUOTED = ' ,;:?!"“”'
# "Recep Tayyip Erdogan" is one person even where nobody of that name is on record; a longer
# run of capitals is rather a headline (chosen by hand).
_LONGEST_FULL_NAME = 4
# "Ministry of Transport and Energy" has five words; looking further costs time at every word
# of a question (chosen by hand).
_LONGEST_MENTION = 6
# How many states of the archive have their tables kept, the latest used (chosen by hand).
_TABLES = 8


@dataclass(frozen=True, slots=True)
class Named:
    """Those who are named in one place of a question; `pronoun` where it refers back to
    somebody.
    """

    speakers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    pronoun: bool = False

    @property
    def count(self) -> int:
        return len(self.speakers) + len(self.sources)

    def __or__(self, other: Named) -> Named:
        return Named(
            tuple(dict.fromkeys(self.speakers + other.speakers)),
            tuple(dict.fromkeys(self.sources + other.sources)),
            self.pronoun or other.pronoun,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """Names on record that a text holds, each once, and the text without them."""

    names: tuple[str, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names a speaker on record, and whether by more than one word."""

    span: Span
    name: str
    is_full: bool


class Mentions:
    """What the words of one question name, given who is on record."""

    def __init__(self, text: str, known: Known) -> None:
        self.text = text
        self.known = known
        # Where only the first letter is a capital, or all are, capitals tell no names.
        self.is_cased = text[1:] != text[1:].lower() and not text.isupper()

    # In a place of names

    def named(self, written: str, full_names_only: bool = False) -> Named | None:
        """Whom a list of names means, None where it cannot be one; nobody in particular
        ("experts") is an empty one.

        `full_names_only` takes somebody who is not on record only by two to four
        capitalised words.
        """
        written = _without_appositions(written)
        pieces = list(filter(None, vocabulary().separator.split(written)))
        whole = self.on_record(_bare(written))
        # "Ministry of Transport and Energy" is one name with an "and" in it, but "President
        # Putin and Erdogan" are two.
        is_one = whole is not None and _is_spelled(_bare(written), whole)
        if len(pieces) < 2 or is_one:
            return whole or self._one(written, full_names_only)
        together = Named()
        for piece in pieces:
            one = self._one(piece, full_names_only)
            if one is None:
                return None
            together |= one
        return together

    def _one(self, written: str, full_names_only: bool) -> Named | None:
        name = _bare(written)
        bare = _POSSESSIVE.sub("", name)
        if self._is_any_of(vocabulary().pronouns, bare):  # "he", "the two leaders"
            return Named(pronoun=True)
        found = self.on_record(name) or self.on_record(bare)
        if found or not words(bare):
            return found
        head = _head(bare)
        if self._is_any_of(vocabulary().nobody, head):  # "experts", "local officials"
            return None if full_names_only else Named()
        if self._is_any_of(vocabulary().documents, head):  # "the joint statement"
            return None
        may_be_name = self.is_full_name if full_names_only else self._may_be_name
        return Named(speakers=(bare,)) if may_be_name(bare) else None

    def _is_any_of(self, listed: frozenset[str], word: str) -> bool:
        """Whether a word is one of a list; "US" and "WHO" are names, not small words."""
        is_acronym = word.isupper() and not self.text.isupper()
        return not is_acronym and fold(word) in listed

    def on_record(self, name: str) -> Named | None:
        """The source or speaker on record that a name means, with or without what it calls
        them ("President Putin").
        """
        key = _key(vocabulary().source_ending.sub("", name))
        source = _sources(self.known.sources).get(key)
        if source:
            return Named(sources=(source,))
        speaker = self._speaker(name) or self._speaker(_behind_titles(name))
        return Named(speakers=(speaker,)) if speaker else None

    def _speaker(self, name: str) -> str | None:
        """The speaker on record whom a name means."""
        asked = words(name)
        if not asked or all(is_small(token, self.text) for token in tokens(name)):
            return None
        candidates = _by_word(self.known.speakers).get(variant(asked[-1]), [])
        return meant(name, candidates)

    def _may_be_name(self, name: str) -> bool:
        """Whether somebody who is not on record can be called so: "Ann Lee", or a role such
        as "the finance minister".
        """
        parts = name.split()
        joins = lexicon.load().people["particles"] | vocabulary().name_words
        content = [part for part in parts if part.casefold() not in joins]
        has_lower = False
        for part in content:
            if is_small(part, self.text) and not part[:1].isupper():
                return False  # "Which team did he famously call games for?"
            has_lower |= part[:1].islower()
        if not has_lower:  # "Ann Lee", "the UN"
            return bool(content)
        has_article = _without_article(name) != name
        if not self.is_cased and not has_article:
            return True  # "what did priya raman say", but not "what did the dam say"
        return _is_role(parts, content)

    def is_full_name(self, name: str) -> bool:
        """Whether it looks like the name of a person: two to four capitalised words."""
        parts = name.split()
        for part in parts:
            if not part[:1].isupper() or is_small(part, self.text):
                return False
        return 1 < len(parts) <= _LONGEST_FULL_NAME

    # Anywhere in a text

    def in_keywords(self, text: str) -> Found:
        """The speakers on record at the head of keywords such as "Putin Idlib", or by full
        name anywhere; and the rest.
        """
        found: list[Mention] = []
        head_end = 0
        for mention in _mentions(text, self.known.speakers):
            # "Putin, Erdogan and Haley Idlib": only commas and "and" between names
            between = f" {text[head_end : mention.span.start]} "
            is_head = not words(vocabulary().separator.sub(" ", between))
            if is_head:
                head_end = mention.span.end
            if is_head or mention.is_full:
                found.append(mention)
        names = dict.fromkeys(mention.name for mention in found)
        return Found(tuple(names), without(text, [mention.span for mention in found]))

    def cited(self, text: str) -> Found:
        """The sources on record to which a question is limited, as in "in the Guardian";
        and the rest of it.
        """
        present = set(words(text))
        spelled: dict[str, str] = {}
        for key, source in _sources(self.known.sources).items():
            if present.issuperset(key.split()):
                spelled[key] = source
        if not spelled:
            return Found((), text)
        article = rf"(?:{vocabulary().article}\s+)?"
        one = article + any_of(map(_spelling, spelled.values()))
        found: list[str] = []
        spans: list[Span] = []
        for match in _citation(one).finditer(text):
            names = re.findall(one, match["sources"], re.IGNORECASE)
            if self.is_cased and any(name.islower() for name in names):
                continue  # "in time" is not "in Time" where a question has capitals
            found += [spelled[_key(name)] for name in names]
            spans.append(Span(*match.span()))
        return Found(tuple(dict.fromkeys(found)), without(text, spans))


def without(text: str, spans: Sequence[Span]) -> str:
    """A text with a space in place of each span."""
    for span in sorted(spans, key=lambda span: -span.start):
        text = f"{text[: span.start]} {text[span.end :]}"
    return text


# The parts of a name


def _bare(written: str) -> str:
    """A name without quotation marks, and without adverbs around it."""
    adverbs = vocabulary().adverbs
    parts = written.strip(_QUOTED).split()
    while parts and parts[0].casefold() in adverbs:
        parts = parts[1:]
    while parts and parts[-1].casefold() in adverbs:
        parts = parts[:-1]
    return " ".join(parts)


def _is_spelled(name: str, named: Named) -> bool:
    """Whether this is the whole name of one of them, not a part or a variant of it."""
    return fold(name) in map(fold, named.speakers + named.sources)


def _head(name: str) -> str:
    """The word that says who it is, with nothing of where: "officials" of "the local
    officials in Riverton".
    """
    joins = vocabulary().name_words
    parts = name.split()
    for place, part in enumerate(parts[1:]):
        if part.casefold() in joins:
            return parts[place]
    return parts[-1]


def _is_role(parts: Sequence[str], content: Sequence[str]) -> bool:
    """Whether a name says an office, and whose: "the finance minister", "minister Lee",
    "Iran's foreign minister"; "senior minister" alone does not.

    `content` are its `parts` without those that join them.
    """
    lists = lexicon.load()
    roles = lists.titles | lists.people["bodies"]
    has_role = not roles.isdisjoint(words(" ".join(content)))
    is_joined = len(content) < len(parts)
    is_named = not parts[-1].islower()
    is_owned = "'" in fold(" ".join(parts))
    return has_role and (is_joined or is_named or is_owned)


def _behind_titles(name: str) -> str:
    """The name behind its titles: "Vladimir Putin" of "Russian President Vladimir Putin"."""
    titles = lexicon.load().titles
    parts = name.split()
    start = 0
    for place, part in enumerate(parts):
        if fold(part) in titles:
            start = place + 1
    return " ".join(parts[start:])


def _without_appositions(written: str) -> str:
    """A list of names without what it calls them: "Ann Lee" of "Ann Lee, mayor of Riverton,"."""
    titles = lexicon.load().titles
    parts = written.split(",")
    kept = []
    for part in parts:
        has_title = not titles.isdisjoint(part.split())
        # "and President Erdogan" is one more of the list
        goes_on = vocabulary().separator.search(f" {part} ")
        if goes_on or not has_title:
            kept.append(part)
    return ",".join(kept or parts)


def _without_article(name: str) -> str:
    return re.sub(rf"^{vocabulary().article}\s+", "", name, flags=re.IGNORECASE)


# Sources as they are written


def _key(source: str) -> str:
    """A source's name as it is compared: its folded words without a leading article."""
    return _without_article(" ".join(words(source)))


def _spelling(source: str) -> str:
    """A pattern for a source as it or its plain letters are written, with any spaces and
    marks between the words.
    """
    plain = _without_article(source)
    own = r"[\W_]+".join(map(re.escape, re.findall(r"[^\W_]+", plain)))
    folded = r"[\W_]+".join(words(plain))
    return f"(?:{own}|{folded})"


def _citation(one: str) -> re.Pattern[str]:
    """Sources behind what leads to them: "as reported by Northwire and the Coast Gazette",
    "in daily ledger articles".
    """
    told = vocabulary()
    listed = rf"{one}(?:(?:{told.separator.pattern}){one})*"
    ending = rf"(?:['’]s?)?(?:\s+{told.source_noun})?(?!\w)"
    return re.compile(
        rf"\b{told.source_lead}\s+(?P<sources>{listed}){ending}", re.IGNORECASE
    )


# Tables of those on record


@lru_cache(maxsize=_TABLES)
def _sources(sources: tuple[str, ...]) -> Mapping[str, str]:
    """The sources by their names as they are compared; the most frequent of those alike."""
    found: dict[str, str] = {}
    for source in reversed(sources):
        key = _key(source)
        if key:
            found[key] = source
    return found


@lru_cache(maxsize=_TABLES)
def _by_word(known: tuple[str, ...]) -> Mapping[str, list[str]]:
    """The speakers by each of their words as it is compared between spellings, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in known:
        for word in dict.fromkeys(map(variant, words(name))):
            found[word].append(name)
    return found


@lru_cache(maxsize=_TABLES)
def _by_ending(known: tuple[str, ...]) -> Mapping[tuple[str, ...], str]:
    """The speakers by what names them, words as they are compared: the full name; people by
    its later words too.
    """
    bodies = lexicon.load().people["bodies"]
    found: dict[tuple[str, ...], str] = {}
    for name in known:
        parts = words(_without_article(name))
        if not parts:
            continue
        # Among keywords, "energy" alone does not name the Ministry of Transport and Energy.
        is_joined = not vocabulary().name_words.isdisjoint(parts)
        is_body = parts[-1] in bodies or is_joined
        endings = 1 if is_body else len(parts)
        for start in range(endings):
            found.setdefault(tuple(map(variant, parts[start:])), name)
    return found


def _mentions(text: str, known: tuple[str, ...]) -> Iterator[Mention]:
    """The speakers on record whom a text names, in order, each by the most words."""
    by_ending = _by_ending(known)
    found = list(_WORD.finditer(text))
    forms = tuple(variant(fold(word["word"])) for word in found)
    place = 0
    while place < len(found):
        size = _longest_ending(forms[place : place + _LONGEST_MENTION], by_ending)
        first = found[place]
        is_small_word = size == 1 and is_small(first["word"], text)
        if size and not is_small_word:
            name = by_ending[forms[place : place + size]]
            span = Span(first.start(), found[place + size - 1].end())
            yield Mention(span, name, is_full=size > 1)
        place += max(size, 1)


def _longest_ending(
    forms: tuple[str, ...], by_ending: Mapping[tuple[str, ...], str]
) -> int:
    """How many of the words name a speaker on record; 0 where none do."""
    for size in range(len(forms), 0, -1):
        if forms[:size] in by_ending:
            return size
    return 0
