"""Reports of one statement: the same words in several articles are one statement with
several sources.

Two reports are compared by the containment of their word shingles (Broder, "On the
resemblance and containment of documents", 1997).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.language import stance
from rag.language.days import days_apart
from rag.language.segments import quotations
from rag.language.stance import Stance, read_statement
from rag.language.words import fold, listed, words
from rag.search.citations import speaker_named
from rag.types import Said

# All numbers here were set on tests/search/test_deduplicate.py and the bundled articles.
SHINGLE = (
    3  # words: two in a row are often the same by chance, four miss short quotations
)
SAME_QUOTED, SAME_WORDS = (
    0.8,
    0.6,
)  # containment: quoted words change less than retold ones
LEAST_QUOTED, LEAST_WORDS = (
    5,
    3,
)  # fewer words in common are a phrase that everybody uses
SAME_STEMS, LEAST_STEMS = 0.85, 5  # the same for content words in any order and form
RETOLD_WITHIN = (
    30  # days: what is only retold in later words is told of the same occasion
)
COMMON, CANDIDATES = (
    60,
    6,
)  # a shingle in more groups tells nothing; groups compared at most
AROUND = (
    400  # characters before and after a statement by which copied articles are told
)
COPIED = 0.5  # containment of these surroundings: one article was made from the other
# The small words that one report begins with and the other does not.
LEADS = frozenset(
    {"that", "it", "this", "they", "he", "she", "a", "an", "the", "and", "but"}
)

Shingle = tuple[str, ...]


def merged(said: Sequence[Said], among: Sequence[Said] = ()) -> list[Said]:
    """The statements, each once, in the order given: its earliest report, with the later
    ones in `also`.

    Reports are of one statement when one speaker's quoted words are nearly the same or a
    part of the other's, or, within a month, when the words of their retelling are; not when
    their sentences name different dates. Further reports are looked for `among` other
    statements, too. `relevance` is the best of all reports, `sources` counts the
    independent ones.
    """
    place: dict[str, int] = {}
    for at, one in enumerate(said):
        place.setdefault(one.statement.id, at)
    others = {one.statement.id: one for one in among if one.statement.id not in place}
    groups = _grouped(sorted([*said, *others.values()], key=_earliest_and_fullest))
    kept: list[tuple[int, Said]] = []
    for group in groups:
        places = [place[one.statement.id] for one in group if one.statement.id in place]
        if places:
            kept.append((min(places), _first_report(group)))
    kept.sort(key=lambda pair: pair[0])
    return [one for _, one in kept]


def independent(reports: Sequence[Said]) -> int:
    """The number of independent sources: reports of one outlet, or with copied sentences
    around, count once.
    """
    parties: list[list[Said]] = []
    for report in reports:
        party, apart = [report], []
        for other in parties:
            if any(_one_party(report, one) for one in other):
                party += other
            else:
                apart.append(other)
        parties = [*apart, party]
    return len(parties)


def _earliest_and_fullest(said: Said) -> tuple[str, int]:
    return said.article.date or "9999", -len(said.text)


def _first_report(reports: list[Said]) -> Said:
    flat: list[Said] = []
    for report in reports:
        flat += [replace(one, also=(), sources=1) for one in (report, *report.also)]
    relevance = max(one.relevance for one in flat)
    sources = independent(flat)
    return replace(flat[0], relevance=relevance, also=tuple(flat[1:]), sources=sources)


def _grouped(ordered: Iterable[Said]) -> list[list[Said]]:
    """The statements in groups of reports; rare shingles that they share say which groups
    are worth comparing.
    """
    groups: list[list[Said]] = []
    holding: dict[tuple[str, Shingle], list[int]] = defaultdict(list)
    for one in ordered:
        keys = _keys(one)
        shared: Counter[int] = Counter()
        for key in keys:
            if len(holding[key]) <= COMMON:
                shared.update(set(holding[key]))
        for found, _ in shared.most_common(CANDIDATES):
            if any(_is_same(one, report) for report in groups[found]):
                break
        else:
            found = len(groups)
            groups.append([])
        groups[found].append(one)
        for key in keys:
            holding[key].append(found)
    return groups


def _keys(said: Said) -> list[tuple[str, Shingle]]:
    """What reports of one statement have in common: who, and shingles of its words or
    pairs of its content words, since a retelling has others between them.
    """
    name = listed(said.statement.names) or f"? {fold(speaker_named(said))}"
    pairs = set(pairwise(sorted(read_statement(said).stems)))
    shingles = _shingles(_told(said)) | _shingles(_quoted(said)) | pairs
    return [(name, shingle) for shingle in shingles]


def _is_same(one: Said, other: Said) -> bool:
    """Whether both report one statement of one speaker."""
    first, second = read_statement(one), read_statement(other)
    if _on_other_days(one, other) or stance.alters(first, second):
        return False
    if _contained(_quoted(one), _quoted(other), LEAST_QUOTED) >= SAME_QUOTED:
        return True
    # "the bridge is safe" and "the tunnel is safe": each has what the other lacks
    are_of_two_things = first.stems - second.stems and second.stems - first.stems
    if are_of_two_things or days_apart(one.date, other.date) > RETOLD_WITHIN:
        return False
    if _contained(_told(one), _told(other), LEAST_WORDS) >= SAME_WORDS:
        return True
    return _have_same_stems(first, second)


def _have_same_stems(first: Stance, second: Stance) -> bool:
    """Whether the content words of one, in any order and form, are nearly all the other's too."""
    shorter, longer = sorted((first.stems, second.stems), key=len)
    if len(shorter) < LEAST_STEMS:
        return False
    return len(shorter & longer) / len(shorter) >= SAME_STEMS


def _on_other_days(one: Said, other: Said) -> bool:
    first, second = one.statement.date or "", other.statement.date or ""
    if not first or not second:
        return False
    return not (first.startswith(second) or second.startswith(first))


def _told(said: Said) -> list[str]:
    """The content's words, without the small ones it begins with."""
    told = words(said.text)
    while told and told[0] in LEADS and not LEADS.issuperset(told):
        told = told[1:]
    return told


def _quoted(said: Said) -> list[str]:
    """The words between quotation marks."""
    found: list[str] = []
    for span in quotations(said.text):
        found += words(span.of(said.text))
    return found


def _shingles(told: Sequence[str]) -> set[Shingle]:
    if not told:
        return set()
    count = max(1, len(told) - SHINGLE + 1)
    return {tuple(told[at : at + SHINGLE]) for at in range(count)}


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
    outlet, another = one.article.source, other.article.source
    if outlet and another and fold(outlet) == fold(another):
        return True
    return _contained(_around(one), _around(other), 2 * SHINGLE) >= COPIED


def _around(said: Said) -> list[str]:
    """The words of the article before and after the statement."""
    text, span = said.article.text, said.statement.span
    before = text[max(0, span.start - AROUND) : span.start]
    return words(f"{before} … {text[span.end : span.end + AROUND]}")
