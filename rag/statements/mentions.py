"""Names as an article writes them: the name in a run of capitalised words, its titles, the
roles beside it, and the words of a source that name somebody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Mention:
    """A run of capitalised words: the words of the name, the folded titles before it, and
    its last token's place.
    """

    name: list[str]
    titles: list[str]
    place: int


def mentions(tokens: list[Token]) -> Iterator[Mention]:
    """The names among the tokens, from left to right."""
    end = 0
    for place, token in enumerate(tokens):
        if place < end or CAPITAL not in token.names:
            continue
        end = _end_of_run(tokens, place)
        mention = _mention(tokens, place, end)
        if mention.name:
            yield mention


def _end_of_run(tokens: list[Token], start: int) -> int:
    """Where the capitalised words that begin at `start` end; a "von" between two of them
    belongs to the name.
    """
    end = _end_of_capitals(tokens, start)
    while start < end < len(tokens) - 1 and tokens[end].is_(NAME_PARTICLE):
        after = _end_of_capitals(tokens, end + 1)
        if after == end + 1:
            break
        end = after
    return end


def _end_of_capitals(tokens: list[Token], start: int) -> int:
    for place in range(start, len(tokens)):
        if CAPITAL not in tokens[place].names:
            return place
    return len(tokens)


def _mention(tokens: list[Token], start: int, end: int) -> Mention:
    """The name in a run of capitalised words, without function words before it, titles and
    suffixes.
    """
    run = tokens[start:end]
    # "In Ohio", "But Ann Lee"
    while run and run[0].is_(
        STARTER, NOT_NAME, PREPOSITION, SUBORDINATOR, CONNECTIVE, ADVERB, AUXILIARY
    ):
        run = run[1:]
    # The last title decides: "Former Vice President Joe Biden".
    cut = 0
    for place, token in enumerate(run):
        if token.is_(TITLE):
            cut = place + 1
    name = [token.text for token in run[cut:] if not token.is_(SUFFIX)]
    titles = [token.low for token in run[:cut]] or _titles_before(tokens, start)
    return Mention(name, titles, end - 1)


def _titles_before(tokens: list[Token], start: int) -> list[str]:
    """The small words of a title before a name: "Kremlin spokesman" before "Dmitry Peskov"."""
    first = start
    while first > 0 and tokens[first - 1].is_(TITLE):
        first -= 1
    if 0 < first < start and tokens[first - 1].is_(CAPITAL):
        first -= 1
    return [token.low for token in tokens[first:start]]


def roles(tokens: list[Token], mention: Mention) -> Iterator[tuple[str, ...]]:
    """The roles before the name ("Russian President ...") and behind it ("..., the Russian
    president,").
    """
    if mention.titles:
        yield tuple(mention.titles)
    comma = mention.place + 1
    if comma + 2 >= len(tokens) or not tokens[comma].is_(","):
        return
    role: list[str] = []
    opener, start = tokens[comma + 1], comma + 2
    end = start + _LONGEST_ROLE
    if tokens[start].is_("'s"):
        # "Mohammad Zarif, Iran's foreign minister"
        role.append(opener.low)
        start += 1
    elif not opener.is_("the", "a", "an"):
        return
    for token in tokens[start:end]:
        if not token.is_(WORD):
            return
        is_country = bool(role) and role[-1] == "of" and token.is_(CAPITAL)
        role.append(token.low)
        if token.is_(TITLE):
            yield tuple(role)
        elif is_country:
            yield tuple(role)  # "the president of Iran"
            return


def head(source: list[Token]) -> list[Token]:
    """The source without possessor, apposition, relative clause and prepositional phrases."""
    found: list[Token] = []
    for place, token in enumerate(source):
        if token.is_(MARK, RELATIVE):
            break
        is_title_before = bool(found) and found[-1].is_(TITLE)
        is_office = token.is_("of") and is_title_before
        # "Iran's minister", "Secretary of State Jason Kander": what counts stands behind.
        if token.is_("'s") or (is_office and _ends_in_name(source, place + 1)):
            found = []
        elif token.is_(PREPOSITION) and found:
            break
        elif token.is_(WORD):
            found.append(token)
    return found


def _ends_in_name(source: list[Token], start: int) -> bool:
    """Whether a name ends what follows "of", as in "Secretary of State Jason Kander"."""
    return _end_of_capitals(source, start) - start >= _SHORTEST_OFFICE_AND_NAME


def asked_role(source: list[Token], words: list[Token]) -> list[str]:
    """The role of "the foreign minister" or "Iran's foreign minister", nothing for "a
    minister"; `words` are the head of the source.
    """
    role = [token.low for token in words]
    if not role:
        return []
    if role[0] == "the":
        return role[1:]
    is_possessed = len(source) > 2 and source[1].is_("'s")
    if is_possessed and source[0].is_(CAPITAL):
        return [source[0].low, *role]
    return []
