"""Names as an article writes them: the name in a run of capitalised words, its titles, the
roles beside it, and the words of a source that name somebody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.statements.rows import Row
from rag.statements.tokens import Token
from rag.statements.vocabulary import (
    ADVERB,
    AUXILIARY,
    CAPITAL,
    CONNECTIVE,
    MARK,
    NAME_PARTICLE,
    NOT_NAME,
    PREPOSITION,
    RELATIVE,
    STARTER,
    SUBORDINATOR,
    SUFFIX,
    TITLE,
    WORD,
)

# "Ann Lee, the deputy foreign minister of the state of Ohio, ...": how many words of an
# apposition are searched for a role.
_LONGEST_ROLE = 6

# "Secretary of State Jason Kander": with three words behind "of", the last are a name; "the
# Secretary of State" has one, "the Governor of New Hampshire" two.
_SHORTEST_OFFICE_AND_NAME = 3


# Capitalised words before a name that are no part of it: "In Ohio", "But Ann Lee"
_BEFORE_NAME = (
    *(STARTER, NOT_NAME, PREPOSITION, SUBORDINATOR),
    *(CONNECTIVE, ADVERB, AUXILIARY),
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A run of capitalised words: the words of the name, the folded titles before it, and
    its last token's place.
    """

    name: list[str]
    titles: list[str]
    place: int


def mentions(row: Row) -> Iterator[Mention]:
    """The names in the row, from left to right."""
    size = len(row.tokens)
    start = row.find(0, size, CAPITAL)
    while start < size:
        end = _end_of_run(row, start)
        mention = _mention(row, start, end)
        if mention.name:
            yield mention
        start = row.find(end, size, CAPITAL)


def _end_of_run(row: Row, start: int) -> int:
    """Where the capitalised words that begin at `start` end; a "von" between two of them
    belongs to the name.
    """
    end = row.skip(start, CAPITAL)
    while row.is_(end, NAME_PARTICLE) and row.is_(end + 1, CAPITAL):
        end = row.skip(end + 1, CAPITAL)
    return end


def _mention(row: Row, start: int, end: int) -> Mention:
    """The name in a run of capitalised words, without function words before it, titles and
    suffixes.
    """
    first = min(end, row.skip(start, *_BEFORE_NAME))
    # The last title decides: "Former Vice President Joe Biden".
    title = row.last(first, end, TITLE)
    if title is None:
        words, titles = row.tokens[first:end], _titles_before(row, start)
    else:
        words, titles = row.tokens[title + 1 : end], row.tokens[first : title + 1]
    name = [token.text for token in words if not token.is_(SUFFIX)]
    return Mention(name, [token.low for token in titles], end - 1)


def _titles_before(row: Row, start: int) -> list[Token]:
    """The small words of a title before a name: "Kremlin spokesman" before "Dmitry Peskov"."""
    first = row.back(start, TITLE)
    has_modifier = first < start and row.is_(first - 1, CAPITAL)
    if has_modifier:
        first -= 1
    return row.tokens[first:start]


def roles(row: Row, mention: Mention) -> Iterator[tuple[str, ...]]:
    """The roles before the name ("Russian President ...") and behind it ("..., the Russian
    president,").
    """
    if mention.titles:
        yield tuple(mention.titles)
    comma = mention.place + 1
    opener, start = comma + 1, comma + 2
    end = start + _LONGEST_ROLE
    owner: list[str] = []
    # "Mohammad Zarif, Iran's foreign minister, ..."
    if row.is_(start, "'s"):
        owner.append(row.low(opener))
        start += 1
    is_role = bool(owner) or row.is_(opener, "the", "a", "an")
    if not is_role or not row.is_(comma, ","):
        return
    for place in range(start, min(end, row.skip(start, WORD))):
        # "the president of Iran"
        is_country = row.is_(place, CAPITAL, but=[TITLE]) and row.is_(place - 1, "of")
        if is_country or row.is_(place, TITLE):
            words = [token.low for token in row.tokens[start : place + 1]]
            yield (*owner, *words)
        if is_country:
            return


def head(row: Row) -> list[Token]:
    """The source without possessor, apposition, relative clause and prepositional phrases."""
    found: list[Token] = []
    for place in range(row.find(0, len(row.tokens), MARK, RELATIVE)):
        token = row.tokens[place]
        is_behind_title = bool(found) and found[-1].is_(TITLE)
        is_office = is_behind_title and token.is_("of")
        # "Secretary of State Jason Kander", "Iran's minister": what counts stands behind.
        names_holder = is_office and _ends_in_name(row, place + 1)
        if names_holder or token.is_("'s"):
            found = []
        elif found and token.is_(PREPOSITION):
            break
        elif token.is_(WORD):
            found.append(token)
    return found


def _ends_in_name(row: Row, start: int) -> bool:
    """Whether a name ends what follows "of", as in "Secretary of State Jason Kander"."""
    return row.skip(start, CAPITAL) - start >= _SHORTEST_OFFICE_AND_NAME


def asked_role(source: Row, words: list[Token]) -> list[str]:
    """The role of "the foreign minister" or "Iran's foreign minister", nothing for "a
    minister"; `words` are the head of the source.
    """
    role = [token.low for token in words]
    if role[:1] == ["the"]:
        return role[1:]
    is_possessed = source.is_(0, CAPITAL) and source.is_(1, "'s")
    return [source.low(0), *role] if role and is_possessed else []
