"""How two statements stand to each other, told from their words alone, with the words that
carry it.

Only an explicit opposite contradicts: one content affirmed and denied, opposite words,
other numbers or days of one event. Opposite stances towards one thing differ; what is
uncertain on one topic only differs in emphasis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rag.language import stance
from rag.language.days import days_apart, readable_date
from rag.language.names import short_names, surname
from rag.language.segments import sentences
from rag.language.stance import Amount, Position, Stance, read_statement
from rag.language.words import words
from rag.search.citations import speaker_named
from rag.statements.retell import reported, shortened
from rag.types import RelationKind, Said

# Cosines of MiniLM between the contents of two statements, set on tests/comparisons and the
# bundled articles: from here on both speak of one topic, take sides on one thing, say the
# same thing in other words.
SAME_TOPIC, SAME_OPINION, SAME_CONTENT = 0.35, 0.45, 0.6
# The same for sides taken on a course of action ("strike", "negotiate"): with words in
# common a low cosine is enough, without them it has to be that of one opinion.
LEAST_NEAR, SAME_COURSE = 0.25, 0.45
# Shares of the stems of both that both have: of nearly the same words, and of the like
# words that need a high cosine too; one shared word alone is no ground for anything.
SAME_WORDS, LIKE_WORDS, RELATED_WORDS = 0.6, 0.3, 2
SAME_TIME = 31  # days within which two statements can contradict each other
APART = (
    0.1  # numbers nearer to each other than this share of the larger are one, rounded
)
CONCEDED_WITHIN = 600  # characters behind a statement that are read for a "but"
# Which of several relations of one pair of speakers is shown first.
STRENGTH: dict[RelationKind, float] = {
    "contradicts": 4,
    "changed position": 3.5,
    "differs": 3,
    "agrees": 2,
    "repeats": 2,
    "differs in emphasis": 1,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A relation with its reason; `strength` ranks it: by kind, within a kind by how near
    the contents are (0 to 1).
    """

    kind: RelationKind
    reason: str
    strength: float


@dataclass(frozen=True, slots=True)
class _Ground:
    """Why two statements stand so, in words; `shares_words` is true where they speak of it
    in the same words.
    """

    why: str
    shares_words: bool = True


def relate(one: Said, other: Said, similarity: float) -> Found | None:
    """The relation of two statements whose contents have this cosine similarity, None for
    unrelated ones.
    """
    found = _compared(one, other, similarity)
    if found is None:
        return None
    kind, ground = found
    first, second = labels(one, other)
    reason = f"{labelled(one, first)} – {labelled(other, second)} ({ground.why})"
    near = max(0.0, similarity) + _directness(one, other) + ground.shares_words
    return Found(kind, reason, STRENGTH[kind] + near / 3)


def said_together(said: Said) -> str:
    """Why the speakers of a joint statement agree."""
    return f"together they said {shortened(said)}"


def is_later(one: Said, other: Said) -> bool:
    """Whether both are one speaker's, of different days."""
    speaker = one.statement.speaker
    if not speaker or speaker != other.statement.speaker:
        return False
    return bool(one.date and other.date) and one.date != other.date


def labels(one: Said, other: Said) -> tuple[str, str]:
    """What tells two statements apart: their speakers, else their days, their outlets,
    their articles.
    """
    first, second = speaker_named(one), speaker_named(other)
    if first != second:
        short = short_names([first, second])
        return short[first], short[second]
    days = readable_date(one.date) or "Undated", readable_date(other.date) or "Undated"
    outlets = one.article.source or "No outlet", other.article.source or "No outlet"
    titles = one.article.title, other.article.title
    for pair in (days, outlets, titles):
        if pair[0] != pair[1]:
            return pair
    return first, second


def labelled(said: Said, label: str) -> str:
    """The statement under its label, and with who says it where the label is another."""
    speaker = speaker_named(said)
    if label in (speaker, surname(speaker)):
        return reported(said, label)
    return f"{label}: {reported(said, surname(speaker))}"


def _directness(one: Said, other: Said) -> float:
    """The share of statements that quote the speaker's own words."""
    return sum(said.statement.kind != "indirect" for said in (one, other)) / 2


# Which relation


def _compared(
    one: Said, other: Said, similarity: float
) -> tuple[RelationKind, _Ground] | None:
    """The clearest relation that the words carry: an explicit opposite, opposed sides, the
    same content, one side, and at last one topic.
    """
    first, second = read_statement(one), read_statement(other)
    in_time = is_later(one, other)
    explicit = next(_contradictions(first, second), None)
    if explicit and in_time:
        return "changed position", explicit
    if explicit:
        can_contradict = _can_contradict(one, other, first, second)
        return ("contradicts" if can_contradict else "differs"), explicit
    same, opposed = _stances(first, second, similarity)
    if opposed:
        return ("changed position" if in_time else "differs"), opposed
    shared = first.stems & second.stems
    alike = _alike(first, second, similarity)
    if alike:
        return ("repeats" if in_time else "agrees"), _Ground(alike, bool(shared))
    if same and not in_time:
        is_conceded = _conceded(one) or _conceded(other)
        return ("differs in emphasis" if is_conceded else "agrees"), same
    is_near = bool(shared) and similarity >= SAME_TOPIC
    if is_near or similarity >= SAME_OPINION:
        named = _longest(first, shared)
        why = f"both speak of {named}" if named else "near in content"
        return "differs in emphasis", _Ground(why, bool(shared))
    return None


def _can_contradict(one: Said, other: Said, first: Stance, second: Stance) -> bool:
    """Not what should be, what was said long before, nor two speakers of themselves ("we
    will sign", "we will not").
    """
    is_of_two = one.statement.speaker != other.statement.speaker
    if is_of_two and first.speaks_as_we and second.speaks_as_we:
        return False
    if first.prescribes or second.prescribes:
        return False
    return days_apart(one.date, other.date) <= SAME_TIME


# Explicit opposites


def _contradictions(first: Stance, second: Stance) -> Iterator[_Ground]:
    yield from _opposite_words(first, second)
    yield from _denials(first, second)
    yield from _other_numbers(first, second)


def _opposite_words(first: Stance, second: Stance) -> Iterator[_Ground]:
    """ "Prices will rise" and "prices will fall"."""
    ones, others = first.positions("opposite"), second.positions("opposite")
    for axis in ones.keys() & others.keys():
        one, other = ones[axis][0], others[axis][0]
        if one.sign != -other.sign:
            continue
        if not _same_but(first, second, one.stems | other.stems):
            continue
        if one.is_denied != other.is_denied:
            yield _Ground("one denies it")
        else:
            yield _Ground(f"{one.words} against {other.words}")


def _denials(first: Stance, second: Stance) -> Iterator[_Ground]:
    """ "The vaccine is safe" and "the vaccine isn't safe": all that both say, one denies."""
    shared = first.stems & second.stems
    denied = shared & (first.denied ^ second.denied)
    is_all_denied = len(shared) >= RELATED_WORDS and denied == shared
    if is_all_denied and _same_but(first, second, frozenset()):
        yield _Ground("one denies it")


def _other_numbers(first: Stance, second: Stance) -> Iterator[_Ground]:
    """ "12 people died in the fire" and "30 people died in the fire"."""
    for one in first.amounts:
        for other in second.amounts:
            is_of_one_unit = one.unit and one.unit == other.unit
            if is_of_one_unit and _disagree(one, other, first, second):
                yield _Ground(f"{one.words} against {other.words}")


def _disagree(one: Amount, other: Amount, first: Stance, second: Stance) -> bool:
    """Whether two numbers of one unit cannot both be right; days only of what happens once."""
    is_rounded = abs(one.value - other.value) <= APART * max(one.value, other.value)
    if one.is_vague or other.is_vague or is_rounded:
        return False
    is_day = one.unit in first.lexicon.dates
    if is_day and not (first.tells_event and second.tells_event):
        return False
    if len(first.amounts) != 1 or len(second.amounts) != 1:
        return False
    return _same_but(first, second, first.number_stems | second.number_stems)


def _same_but(first: Stance, second: Stance, but: frozenset[str]) -> bool:
    """Whether both speak of the same thing, apart from these words: one may say more than
    the other, not both.
    """
    apart = but | first.opposite_stems | second.opposite_stems
    ones, others = first.stems - apart, second.stems - apart
    return bool(ones & others) and (ones <= others or others <= ones)


# Stances


def _stances(
    first: Stance, second: Stance, similarity: float
) -> tuple[_Ground | None, _Ground | None]:
    """The ground for the same stance, and for opposite ones, towards one thing."""
    shares_words = bool((first.stems & second.stems) - first.names - second.names)
    same: _Ground | None = None
    for one, other, about in _sides_on_one_thing(first, second, similarity):
        if one.sign == other.sign:
            same = same or _Ground(f"of one mind on {about}", shares_words)
        elif one.sign and other.sign:
            return same, _Ground(f"opposed on {about}", shares_words)
    return same, None


def _sides_on_one_thing(
    first: Stance, second: Stance, similarity: float
) -> Iterator[tuple[Position, Position, str]]:
    """The sides that both take: on a course of action, and in praise or blame of something
    both name.
    """
    ones, others = first.positions("course"), second.positions("course")
    for axis in ones.keys() & others.keys():
        one, other = _side(ones[axis]), _side(others[axis])
        shared = (first.stems & second.stems) | (one.stems & other.stems)
        needed = LEAST_NEAR if shared - first.names - second.names else SAME_COURSE
        if similarity < needed:
            continue
        if one.sign and other.sign:
            yield one, other, _longest(first, one.stems & other.stems) or axis
        else:
            yield from _denied_words(ones[axis], others[axis], first)
    if similarity < SAME_OPINION:
        return
    for praise in first.opinions():
        for blame in second.opinions():
            about = _longest(first, praise.stems & blame.stems)
            if about:
                yield praise, blame, about


def _side(positions: list[Position]) -> Position:
    """The one side taken, without a sign where both are."""
    signs = {position.sign for position in positions if position.sign}
    return positions[0] if len(signs) == 1 else replace(positions[0], sign=0)


def _denied_words(
    ones: list[Position], others: list[Position], first: Stance
) -> Iterator[tuple[Position, Position, str]]:
    """The pairs of which one denies the word that the other uses ("this is no military
    operation").
    """
    for one in ones:
        for other in others:
            shared = one.stems & other.stems
            if shared and one.is_denied != other.is_denied:
                word = f"the word {_longest(first, shared)}"
                yield replace(one, sign=1), replace(other, sign=-1), word


def _alike(first: Stance, second: Stance, similarity: float) -> str:
    """Why both say the same, in words; empty where they may not."""
    shared = first.stems & second.stems
    named = first.names | second.names
    is_denied_by_one = (first.denied ^ second.denied) & shared
    if len(shared - named) < RELATED_WORDS or is_denied_by_one:
        return ""
    overlap = len(shared) / len(first.stems | second.stems)
    if overlap >= SAME_WORDS:
        return "nearly the same words"
    if overlap >= LIKE_WORDS and similarity >= SAME_CONTENT:
        return "nearly the same content"
    return ""


def _conceded(said: Said) -> bool:
    """Whether a "but" follows: in the rest of the sentence, or at the head of the next."""
    text, end = said.article.text, said.statement.end
    behind = [
        span for span in sentences(text[: end + CONCEDED_WITHIN]) if span.end > end
    ]
    rest = words(text[end : behind[0].end]) if behind else []
    following = words(behind[1].of(text))[:1] if len(behind) > 1 else []
    return not stance.lexicon().contrasts.isdisjoint([*rest, *following])


def _longest(reading: Stance, stems: frozenset[str]) -> str:
    """The longest word of these stems as the text writes it; empty for none."""
    found = [t for t in reading.tokens if t.start >= 0 and t.stem in stems]
    if not found:
        return ""
    token = max(found, key=lambda t: t.end - t.start)
    return reading.text[token.start : token.end]
