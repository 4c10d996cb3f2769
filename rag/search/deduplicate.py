"""Reports of one statement: the same words in several articles are one statement with
several sources.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import pairwise

from rag.language import stance
from rag.language.segments import quotations
from rag.language.stance import Stance
from rag.language.words import fold, listed, words
from rag.search.citations import speaker_named
from rag.types import Said

SHINGLE = 3
SAME_QUOTED, SAME_WORDS = 0.8, 0.6
LEAST_QUOTED, LEAST_WORDS = 5, 3
SAME_ROOTS, LEAST_ROOTS = 0.85, 5
# days: what is only retold in later words is told of the same occasion for so long
RETOLD_WITHIN = 30
COMMON, CANDIDATES = 60, 6
AROUND = 400
COPIED = 0.5
LEADS = frozenset(
    {"that", "it", "this", "they", "he", "she", "a", "an", "the", "and", "but"}
)

Shingle = tuple[str, ...]


def merged(said: Sequence[Said], among: Sequence[Said] = ()) -> list[Said]:
    """The statements, each once, in the order given: its earliest report, with the later
    ones in `also`.

    Reports are of one statement when one speaker's quoted words are nearly the same or a
    part of the other's, or, within a month, when the words of their retelling are; not when
    their sentences name different dates. Broder's containment of word shingles is the
    measure. Further reports are looked for `among` other statements, too. `relevance` is
    the best of all reports, `sources` counts the independent ones.
    """
    given = {one.statement.id: at for at, one in reversed(list(enumerate(said)))}
    others = {one.statement.id: one for one in among if one.statement.id not in given}
    groups = _grouped(sorted([*said, *others.values()], key=_earliest_and_fullest))
    ranked = sorted(
        (min(given.get(one.statement.id, len(given)) for one in group), at)
        for at, group in enumerate(groups)
    )
    return [_first_report(groups[at]) for rank, at in ranked if rank < len(given)]


def independent(reports: Sequence[Said]) -> int:
    """The number of independent sources: reports of one outlet, or with copied sentences
    around, count once.
    """
    parties: list[list[Said]] = []
    for report in reports:
        same = [
            party
            for party in parties
            if any(_one_party(report, other) for other in party)
        ]
        parties = [party for party in parties if party not in same]
        parties.append([report, *(one for party in same for one in party)])
    return len(parties)


def _earliest_and_fullest(said: Said) -> tuple[str, int]:
    return said.article.date or "9999", -len(said.text)


def _first_report(reports: list[Said]) -> Said:
    flat = [
        replace(one, also=(), sources=1)
        for report in reports
        for one in (report, *report.also)
    ]
    return replace(
        flat[0],
        relevance=max(one.relevance for one in flat),
        also=tuple(flat[1:]),
        sources=independent(flat),
    )


def _grouped(ordered: Iterable[Said]) -> list[list[Said]]:
    """The statements in groups of reports; rare shingles that they share say which groups
    are worth comparing.
    """
    groups: list[list[Said]] = []
    holding: dict[tuple[str, Shingle], list[int]] = defaultdict(list)
    for one in ordered:
        name = listed(one.statement.names) or f"? {fold(speaker_named(one))}"
        keys = [
            (name, shingle)
            for shingle in _shingles(_told(one)) | _shingles(_quoted(one)) | _pairs(one)
        ]
        shared = Counter(
            at
            for key in keys
            if len(holding[key]) <= COMMON
            for at in set(holding[key])
        )
        found = next(
            (
                at
                for at, _ in shared.most_common(CANDIDATES)
                if _any_same(one, groups[at])
            ),
            len(groups),
        )
        if found == len(groups):
            groups.append([])
        groups[found].append(one)
        for key in keys:
            holding[key].append(found)
    return groups


def _pairs(said: Said) -> set[Shingle]:
    """The content words that retellings in other words have in common, two and two in the
    order of the alphabet.
    """
    return set(pairwise(sorted(_read(said).roots)))


def _any_same(one: Said, reports: Sequence[Said]) -> bool:
    return any(_is_same(one, report) for report in reports)


def _is_same(one: Said, other: Said) -> bool:
    """Whether both report one statement of one speaker."""
    if _on_other_days(one, other) or stance.alters(_read(one), _read(other)):
        return False
    if _contained(_quoted(one), _quoted(other), LEAST_QUOTED) >= SAME_QUOTED:
        return True
    if _days_apart(one, other) > RETOLD_WITHIN or _of_different_things(
        _read(one), _read(other)
    ):
        return False
    return _contained(
        _told(one), _told(other), LEAST_WORDS
    ) >= SAME_WORDS or _same_roots(_read(one), _read(other))


def _of_different_things(one: Stance, other: Stance) -> bool:
    """Whether each has content words that the other lacks: "the bridge is safe" and "the
    tunnel is safe".
    """
    return bool(one.roots - other.roots) and bool(other.roots - one.roots)


def _same_roots(one: Stance, other: Stance) -> bool:
    """Whether the content words of one, in any order and form, are nearly all the other's too."""
    shorter, longer = sorted((one.roots, other.roots), key=len)
    return (
        len(shorter) >= LEAST_ROOTS
        and len(shorter & longer) / len(shorter) >= SAME_ROOTS
    )


@lru_cache(maxsize=4096)
def _read(said: Said) -> Stance:
    statement = said.statement
    return stance.stance_of(
        said.text, statement.cue.of(said.article.text) if statement.cue else ""
    )


def _on_other_days(one: Said, other: Said) -> bool:
    first, second = one.statement.date or "", other.statement.date or ""
    return bool(first and second) and not (
        first.startswith(second) or second.startswith(first)
    )


def _days_apart(one: Said, other: Said) -> int:
    """The days between both; none where one is not known to the day."""
    try:
        return abs(
            (
                date.fromisoformat(one.date or "")
                - date.fromisoformat(other.date or "")
            ).days
        )
    except ValueError:
        return 0


def _told(said: Said) -> list[str]:
    """The content's words, without the small ones it begins with."""
    told = words(said.text)
    start = next((at for at, word in enumerate(told) if word not in LEADS), 0)
    return told[start:]


def _quoted(said: Said) -> list[str]:
    """The words between quotation marks."""
    text = said.text
    return [word for span in quotations(text) for word in words(span.of(text))]


def _shingles(words: Sequence[str]) -> set[Shingle]:
    return (
        {
            tuple(words[at : at + SHINGLE])
            for at in range(max(1, len(words) - SHINGLE + 1))
        }
        if words
        else set()
    )


def _contained(one: Sequence[str], other: Sequence[str], least: int) -> float:
    """The share of the shorter text's shingles that the other holds too; none below so many
    words.
    """
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < least:
        return 0.0
    shingles = _shingles(shorter)
    return len(shingles & _shingles(longer)) / len(shingles)


def _one_party(one: Said, other: Said) -> bool:
    """Whether both reports come from one outlet, or one article was copied from the other."""
    if one.article.id == other.article.id:
        return True
    if (
        one.article.source
        and other.article.source
        and fold(one.article.source) == fold(other.article.source)
    ):
        return True
    return _contained(_around(one), _around(other), 2 * SHINGLE) >= COPIED


def _around(said: Said) -> list[str]:
    """The words of the article before and after the statement."""
    text, span = said.article.text, said.statement.span
    return words(
        text[max(0, span.start - AROUND) : span.start]
        + " … "
        + text[span.end : span.end + AROUND]
    )
