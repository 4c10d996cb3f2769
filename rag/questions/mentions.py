"""Whom the words of a question name: speakers and sources that are on record, somebody
unknown, or nobody at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rag.language import lexicon
from rag.language.names import meant, variant
from rag.language.words import fold, is_small, tokens, words
from rag.questions.patterns import any_of, vocabulary
from rag.types import Known, Span

_POSSESSIVE = re.compile(r"['’]s?$")
_WORD = re.compile(r"(?P<word>[^\W_]+)(?:['’]s\b)?")
_LONGEST_FULL_NAME = 4
_LONGEST_MENTION = 6


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


class Mentions:
    """What the words of one question name, given who is on record."""

    def __init__(self, text: str, known: Known) -> None:
        self.text = text
        self.known = known
        self.is_cased = text[1:] != text[1:].lower() and not text.isupper()

    def named(self, written: str, full_names_only: bool = False) -> Named | None:
        """Whom a list of names means, None where it cannot be one; nobody in particular
        ("experts") is an empty one.

        `full_names_only` takes somebody who is not on record only by two to four
        capitalised words.
        """
        written = _without_appositions(written)
        pieces = [piece for piece in vocabulary().separator.split(written) if piece]
        whole = self.on_record(_bare(written))
        if len(pieces) < 2 or (
            whole and fold(_bare(written)) in map(fold, whole.speakers + whole.sources)
        ):
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
        if self._is_any_of(vocabulary().pronouns, bare):
            return Named(pronoun=True)
        found = self.on_record(name) or self.on_record(bare)
        if found or not words(bare):
            return found
        head = _head(bare)
        if self._is_any_of(vocabulary().nobody, head) and not full_names_only:
            return Named()
        if self._is_any_of(vocabulary().nobody | vocabulary().documents, head):
            return None
        may_be_name = (
            self.is_full_name(bare) if full_names_only else self._may_be_name(bare)
        )
        return Named(speakers=(bare,)) if may_be_name else None

    def _is_any_of(self, listed: frozenset[str], word: str) -> bool:
        """Whether a word is one of a list; "US" and "WHO" are names, not small words."""
        return fold(word) in listed and not (word.isupper() and not self.text.isupper())

    def on_record(self, name: str) -> Named | None:
        """The source or speaker on record that a name means, with or without what it calls
        them ("President Putin").
        """
        source = _sources(self.known.sources).get(
            _key(vocabulary().source_ending.sub("", name))
        )
        if source:
            return Named(sources=(source,))
        speaker = self._speaker(name) or self._speaker(_behind_title(name))
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
        lists = lexicon.load()
        joins = lists.people["particles"] | vocabulary().name_words
        content = [part for part in parts if part.casefold() not in joins]
        if any(
            is_small(part, self.text) and not part[:1].isupper() for part in content
        ):
            return False
        is_thing = not self.is_cased and re.match(
            rf"{vocabulary().article}\s", name, re.IGNORECASE
        )
        if all(not part[:1].islower() for part in content) or not (
            self.is_cased or is_thing
        ):
            return bool(content)
        has_role = any(
            word in lists.titles | lists.people["bodies"]
            for part in content
            for word in words(part)
        )
        return has_role and (
            len(content) < len(parts) or not parts[-1].islower() or "'" in fold(name)
        )

    def is_full_name(self, name: str) -> bool:
        parts = name.split()
        capital = all(
            part[:1].isupper() and not is_small(part, self.text) for part in parts
        )
        return capital and 1 < len(parts) <= _LONGEST_FULL_NAME

    def in_keywords(self, text: str) -> tuple[tuple[str, ...], str]:
        """The speakers on record at the head of keywords such as "Putin Idlib", or by full
        name anywhere; and the rest.
        """
        found: list[str] = []
        rest, end, head_end = "", 0, 0
        for span, name, is_full in _mentions(text, self.known.speakers):
            is_head = not words(
                vocabulary().separator.sub(" ", f" {text[head_end : span.start]} ")
            )
            head_end = span.end if is_head else head_end
            if is_head or is_full:
                found.append(name)
                rest, end = f"{rest}{text[end : span.start]} ", span.end
        return tuple(dict.fromkeys(found)), rest + text[end:]

    def cited(self, text: str) -> tuple[tuple[str, ...], str]:
        """The sources on record to which a question is limited, as in "in the Guardian";
        and the rest of it.
        """
        present = set(words(text))
        sources = _sources(self.known.sources)
        spelled = {
            key: source
            for key, source in sources.items()
            if present.issuperset(key.split())
        }
        if not spelled:
            return (), text
        one = (
            rf"(?:{vocabulary().article}\s+)?{any_of(map(_spelling, spelled.values()))}"
        )
        listed = rf"{one}(?:(?:{vocabulary().separator.pattern}){one})*"
        cited = re.compile(
            rf"\b{vocabulary().source_lead}\s+(?P<sources>{listed})(?:['’]s?)?(?:\s+{vocabulary().source_noun})?(?!\w)",
            re.IGNORECASE,
        )
        found: list[str] = []

        def without(match: re.Match[str]) -> str:
            names = re.findall(one, match["sources"], re.IGNORECASE)
            if self.is_cased and any(name.islower() for name in names):
                return match[0]
            found.extend(spelled[_key(name)] for name in names)
            return " "

        rest = cited.sub(without, text)
        return tuple(dict.fromkeys(found)), rest


def _bare(written: str) -> str:
    """A name without quotation marks, and without adverbs around it."""
    parts = written.strip(' ,;:?!"“”').split()
    while parts and parts[0].casefold() in vocabulary().adverbs:
        parts = parts[1:]
    while parts and parts[-1].casefold() in vocabulary().adverbs:
        parts = parts[:-1]
    return " ".join(parts)


def _head(name: str) -> str:
    """The word that says who it is, with nothing of where: "officials" of "the local
    officials in Riverton".
    """
    joins = vocabulary().name_words
    parts = name.split()
    end = next(
        (
            place
            for place, part in enumerate(parts)
            if place and part.casefold() in joins
        ),
        len(parts),
    )
    return parts[end - 1]


def _behind_title(name: str) -> str:
    """The name behind its titles: "Vladimir Putin" of "Russian President Vladimir Putin"."""
    parts, titles = name.split(), lexicon.load().titles
    return " ".join(
        parts[
            max(
                (place + 1 for place, part in enumerate(parts) if fold(part) in titles),
                default=0,
            ) :
        ]
    )


def _without_appositions(written: str) -> str:
    """A list of names without what it calls them: "Ann Lee" of "Ann Lee, mayor of Riverton,"."""
    titles = lexicon.load().titles
    parts = written.split(",")
    kept = [
        part
        for part in parts
        if titles.isdisjoint(part.split()) or vocabulary().separator.search(f" {part} ")
    ]
    return ",".join(kept or parts)


def _key(source: str) -> str:
    """A source's name as it is compared: its folded words without a leading article."""
    return re.sub(rf"^{vocabulary().article}\s+", "", " ".join(words(source)))


def _spelling(source: str) -> str:
    """A pattern for a source as it or its plain letters are written, with any spaces and
    marks between the words.
    """
    plain = re.sub(rf"^{vocabulary().article}\s+", "", source, flags=re.IGNORECASE)
    own = r"[\W_]+".join(re.escape(word) for word in re.findall(r"[^\W_]+", plain))
    return f"(?:{own}|" + r"[\W_]+".join(words(plain)) + ")"


@lru_cache(maxsize=8)
def _sources(sources: tuple[str, ...]) -> Mapping[str, str]:
    return {_key(source): source for source in reversed(sources) if _key(source)}


@lru_cache(maxsize=8)
def _by_word(known: tuple[str, ...]) -> Mapping[str, list[str]]:
    """The speakers by each of their words as it is compared between spellings, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in known:
        for word in dict.fromkeys(map(variant, words(name))):
            found[word].append(name)
    return found


@lru_cache(maxsize=8)
def _by_ending(known: tuple[str, ...]) -> Mapping[tuple[str, ...], str]:
    """The speakers by what names them, words as they are compared: the full name; people by
    its later words too.
    """
    lists = lexicon.load()
    found: dict[tuple[str, ...], str] = {}
    for name in known:
        parts = words(
            re.sub(rf"^{vocabulary().article}\s+", "", name, flags=re.IGNORECASE)
        )
        is_body = parts[-1:] and (
            parts[-1] in lists.people["bodies"]
            or not vocabulary().name_words.isdisjoint(parts)
        )
        for start in range(1 if is_body else len(parts)):
            found.setdefault(tuple(map(variant, parts[start:])), name)
    return found


def _mentions(text: str, known: tuple[str, ...]) -> Iterator[tuple[Span, str, bool]]:
    """The speakers on record whom a text names, in order, and whether by more than one word."""
    by_ending = _by_ending(known)
    found = list(_WORD.finditer(text))
    forms = [variant(fold(word["word"])) for word in found]
    place = 0
    while place < len(found):
        sizes = range(min(_LONGEST_MENTION, len(found) - place), 0, -1)
        size = next(
            (size for size in sizes if tuple(forms[place : place + size]) in by_ending),
            0,
        )
        if size and not (size == 1 and is_small(found[place]["word"], text)):
            span = Span(found[place].start(), found[place + size - 1].end())
            yield span, by_ending[tuple(forms[place : place + size])], size > 1
        place += size or 1
