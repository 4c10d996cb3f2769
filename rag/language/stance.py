"""Where a statement stands: what it denies, what it is for and against, its course of
action, its numbers.

Words are compared by their stems; the lexicon of a language is data
(`<language>/stance.json` beside this file).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, Literal

from rag.language.lexicon import data as data_of
from rag.language.words import fold, small_words, stem
from rag.types import Said

Stems = tuple[str, ...]
Sense = Literal["denial", "none", "for", "against", "course", "opposite"]

LONGEST_READ = (
    4_000  # characters: a longer statement is a whole speech, read by its beginning
)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_CLAUSE_MARK = re.compile(r"[.,;:!?…()—–]|\s-\s")
_SENTENCE_MARK = re.compile(r"[.!?]")


# The words of a language


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase of the lexicon: `axis` and `side` (1 or -1) say which of two opposed courses
    or words it names.

    Praise and blame of what follows ("support the plan") has `takes_object`; other is of
    its subject.
    """

    sense: Sense
    axis: str = ""
    side: int = 0
    takes_object: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language that tell a stance, by their stems.

    `phrases` are found by the stem that they begin with, the longest first.
    """

    phrases: Mapping[str, Sequence[tuple[Stems, Sequence[Term]]]]
    clause_starts: frozenset[Stems]
    contrasts: frozenset[str]
    prescribes: frozenset[str]
    first_person: frozenset[str]
    prepositions: frozenset[str]
    auxiliaries: frozenset[str]
    copulas: frozenset[str]
    events: Sequence[frozenset[str]]
    dates: Mapping[str, int]
    vague: frozenset[str]
    numbers: Mapping[str, float]
    scales: Mapping[str, float]
    no_units: frozenset[str]
    small: frozenset[str]


@cache
def lexicon(language: str = "en") -> Lexicon:
    """The stance lexicon of a language."""
    data = data_of("stance", language)
    return Lexicon(
        phrases=_phrases_by_first_stem(data),
        clause_starts=frozenset(
            tuple(phrase.split()) for phrase in data["clause_starts"]
        ),
        contrasts=frozenset(data["contrasts"]),
        prescribes=frozenset(data["prescribes"]),
        first_person=frozenset(data["first_person"]),
        prepositions=frozenset(data["prepositions"]),
        auxiliaries=frozenset(data["auxiliaries"]),
        copulas=frozenset(data["copulas"]),
        events=[frozenset(map(stem, phrase.split())) for phrase in data["events"]],
        dates=_numbered_words(data["dates"]),
        vague=frozenset(data["vague"]),
        numbers=data["numbers"],
        scales=data["scales"],
        no_units=frozenset(data["no_units"]),
        small=small_words(language),
    )


def _phrases_by_first_stem(
    data: Mapping[str, Any],
) -> dict[str, list[tuple[Stems, Sequence[Term]]]]:
    terms: dict[Stems, dict[Term, None]] = defaultdict(dict)
    for phrase, term in _entries(data):
        terms[tuple(map(stem, phrase.split()))][term] = None
    phrases: dict[str, list[tuple[Stems, Sequence[Term]]]] = defaultdict(list)
    for stems in sorted(terms, key=len, reverse=True):
        phrases[stems[0]].append((stems, tuple(terms[stems])))
    return phrases


def _entries(data: Mapping[str, Any]) -> Iterator[tuple[str, Term]]:
    """The phrases of the lexicon's file with their terms."""
    senses: tuple[tuple[str, Sense], ...] = (
        ("denials", "denial"),
        ("no_stance", "none"),
        ("for", "for"),
        ("against", "against"),
        ("for_what_follows", "for"),
        ("against_what_follows", "against"),
    )
    for name, sense in senses:
        takes_object = name.endswith("_what_follows")
        for phrase in data[name]:
            yield phrase, Term(sense, takes_object=takes_object)
    for first, second in data["opposites"]:
        axis = f"{first.split()[0]} or {second.split()[0]}"
        for side, listed in ((1, first), (-1, second)):
            for word in listed.split():
                yield word, Term("opposite", axis, side)
    for axis, (one, other) in data["courses"].items():
        for side, listed in ((1, one), (-1, other)):
            for phrase in listed.split("|"):
                yield phrase, Term("course", axis, side)


def _numbered_words(rows: Sequence[str]) -> dict[str, int]:
    """Each word with the number of its row: names of months in one, of weekdays in another."""
    found: dict[str, int] = {}
    for kind, row in enumerate(rows):
        found.update(dict.fromkeys(row.split(), kind))
    return found


# What is read


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text, folded, with its stem and its place; -1 for one of the attribution."""

    word: str
    stem: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A phrase of the lexicon in the text."""

    term: Term
    start: int
    end: int
    stems: Stems
    clause: int


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with what it counts, and its words; a vague one ("more than 100") leaves room."""

    value: float
    unit: str
    words: str
    start: int
    end: int
    is_vague: bool


@dataclass(frozen=True, slots=True)
class Position:
    """A side taken, for (1), against (-1) or undecided (0), on the thing that `stems` name;
    `words` are the text's own for it.
    """

    sign: int
    words: str
    stems: frozenset[str]
    is_denied: bool = False


@dataclass(frozen=True)
class Stance:
    """What a statement's words tell of its stance: its tokens with the number of the clause
    of each, and the phrases of the lexicon and the amounts among them.
    """

    text: str
    tokens: tuple[Word, ...]
    clauses: tuple[int, ...]
    marks: tuple[Mark, ...]
    amounts: tuple[Amount, ...]
    lexicon: Lexicon

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the words that carry content."""
        return frozenset(
            t.stem for t in self.tokens if t.start >= 0 and self._carries(t)
        )

    def _carries(self, token: Word) -> bool:
        is_month = token.word in self.lexicon.dates and self.text[token.start].isupper()
        return is_month or token.word not in self.lexicon.small

    @cached_property
    def names(self) -> frozenset[str]:
        """The stems of words written with a capital inside a sentence."""
        found = set()
        for token in self.tokens:
            is_capitalised = token.start > 0 and self.text[token.start].isupper()
            if not is_capitalised or token.word in self.lexicon.small:
                continue
            before = self.text[: token.start].rstrip(" “\"'‘(")
            if before and before[-1] not in ".!?…:":
                found.add(token.stem)
        return frozenset(found)

    @cached_property
    def number_stems(self) -> frozenset[str]:
        """The stems of numbers in digits or words."""
        found = set()
        for token in self.tokens:
            if token.word[0].isdigit() or token.word in self.lexicon.numbers:
                found.add(token.stem)
        return frozenset(found)

    @cached_property
    def opposite_stems(self) -> frozenset[str]:
        """The stems of denials and of words that have an opposite."""
        found: set[str] = set()
        for mark in self.marks:
            if mark.term.sense in ("opposite", "denial"):
                found.update(mark.stems)
        return frozenset(found)

    @cached_property
    def denied(self) -> frozenset[str]:
        """The content stems of clauses with an odd number of denials."""
        found: set[str] = set()
        for clause in self._denying:
            found.update(t.stem for t in self._in_clause(clause) if self._carries(t))
        return frozenset(found)

    @cached_property
    def _denying(self) -> frozenset[int]:
        counts: dict[int, int] = defaultdict(int)
        for mark in self.marks:
            counts[mark.clause] += mark.term.sense == "denial"
        return frozenset(clause for clause, count in counts.items() if count % 2)

    @cached_property
    def speaks_as_we(self) -> bool:
        return any(t.word in self.lexicon.first_person for t in self.tokens)

    @cached_property
    def prescribes(self) -> bool:
        """Whether it says what should be, not what is."""
        return any(t.word in self.lexicon.prescribes for t in self.tokens)

    @cached_property
    def tells_event(self) -> bool:
        """Whether it tells of what happens once: "opens", "will be signed"."""
        held = {t.stem for t in self.tokens}
        return any(event <= held for event in self.lexicon.events)

    def _in_clause(self, clause: int) -> list[Word]:
        """The words of a clause, without those of the attribution."""
        numbered = zip(self.tokens, self.clauses, strict=True)
        return [t for t, number in numbered if number == clause and t.start >= 0]

    # Sides

    def opinions(self) -> list[Position]:
        """Praise and blame with the stems of what it is said of."""
        found = []
        for mark in self.marks:
            if mark.term.sense not in ("for", "against"):
                continue
            is_praise = mark.term.sense == "for"
            is_denied = mark.clause in self._denying
            sign = 1 if is_praise != is_denied else -1
            stems = self._target(mark) - set(mark.stems)
            found.append(Position(sign, self._words_of(mark), stems, is_denied))
        return found

    def _target(self, mark: Mark) -> frozenset[str]:
        """The stems of what is praised or blamed: what follows up to a preposition, or the
        subject without its own.
        """
        inside = self._in_clause(mark.clause)
        after = [t for t in inside if t.start >= mark.end]
        is_passive = bool(after) and after[0].word == "by"  # "criticised by the mayor"
        if mark.term.takes_object and not is_passive:
            if after and after[0].word in self.lexicon.prepositions:
                after = after[1:]
            return self._before_preposition(after)
        return self._without_prepositional([t for t in inside if t.end <= mark.start])

    def _before_preposition(self, tokens: Sequence[Word]) -> frozenset[str]:
        """ "the plan of the mayor" -> plan"""
        kept = set()
        for token in tokens:
            if token.word in self.lexicon.prepositions:
                break
            if token.word not in self.lexicon.auxiliaries | self.lexicon.small:
                kept.add(token.stem)
        return frozenset(kept)

    def _without_prepositional(self, tokens: Sequence[Word]) -> frozenset[str]:
        """ "the plan of the mayor will" -> plan: an auxiliary ends what a preposition begins."""
        kept, is_inside = set(), False
        for token in tokens:
            if token.word in self.lexicon.prepositions:
                is_inside = True
            elif token.word in self.lexicon.auxiliaries:
                is_inside = False
            elif not is_inside and token.word not in self.lexicon.small:
                kept.add(token.stem)
        return frozenset(kept)

    def positions(self, sense: Sense) -> dict[str, list[Position]]:
        """The sides taken on each axis of opposed courses or opposite words, in the order
        of the text.
        """
        found: dict[str, list[Position]] = defaultdict(list)
        for mark in self.marks:
            if mark.term.sense != sense or mark.start < 0:
                continue
            favour = 0 if self._is_no_name(mark) else self._favour(mark.clause, sense)
            sign = mark.term.side * favour
            is_denied = mark.clause in self._denying
            position = Position(
                sign, self._words_of(mark), frozenset(mark.stems), is_denied
            )
            found[mark.term.axis].append(position)
        return dict(found)

    def _words_of(self, mark: Mark) -> str:
        return self.text[mark.start : mark.end] if mark.start >= 0 else ""

    def _is_no_name(self, mark: Mark) -> bool:
        """Whether a denial is of the word, not of the thing: "this is not a war"."""
        for denial in self.marks:
            is_before = 0 <= denial.start < mark.start and denial.clause == mark.clause
            if denial.term.sense == "denial" and is_before:
                break
        else:
            return False
        placed = [t for t in self.tokens if t.start >= 0]
        before = [t.word for t in placed if t.start < denial.start]
        between = [t.word for t in placed if denial.end <= t.start < mark.start]
        has_copula = bool(before) and before[-1] in self.lexicon.copulas
        return has_copula and between[:1] in (["a"], ["an"], ["talking"])

    def _favour(self, clause: int, sense: Sense) -> int:
        """1 where a clause favours the course it names, -1 where it blames or denies it, 0
        where it does both.
        """
        favour = 1
        if sense == "course":
            senses = {mark.term.sense for mark in self.marks if mark.clause == clause}
            if "against" in senses:
                favour = 0 if "for" in senses else -1
        return -favour if clause in self._denying else favour


# Reading


def stance_of(text: str, lead: str = "", language: str = "en") -> Stance:
    """The reading of a statement's `text`, of a very long one its beginning.

    Its attribution's words, `lead`, count for its first clause.
    """
    text, known = text[:LONGEST_READ], lexicon(language)
    led = [Word(token.word, token.stem, -1, -1) for token in _tokens(lead)]
    tokens = (*led, *_tokens(text))
    found = list(_phrases(tokens, known))
    inside: set[int] = set()
    for start, end, _ in found:
        inside.update(range(start + 1, end))
    clauses = _clauses(text, tokens, inside, known)
    marks: list[Mark] = []
    for start, end, terms in found:
        stems = tuple(t.stem for t in tokens[start:end])
        place = tokens[start].start, tokens[end - 1].end
        marks += [Mark(term, *place, stems, clauses[start]) for term in terms]
    amounts = tuple(_amounts(text, tokens, known))
    return Stance(text, tokens, clauses, tuple(marks), amounts, known)


@lru_cache(maxsize=4096)  # the statements of one comparison, each with every other
def read_statement(said: Said) -> Stance:
    """The stance of what somebody said, read with the article's verb for saying it."""
    return stance_of(said.text, said.lead)


def alters(one: Stance, other: Stance) -> bool:
    """Whether one text is no copy of the other, however alike: other numbers, opposite
    words, or a denial.
    """
    if (one.denied ^ other.denied) & one.stems & other.stems:
        return True
    first, second = one.positions("opposite"), other.positions("opposite")
    for axis in first.keys() & second.keys():
        signs = {position.sign for position in second[axis]}
        if any(-position.sign in signs for position in first[axis]):
            return True
    values = {amount.value for amount in one.amounts}
    others = {amount.value for amount in other.amounts}
    return not (values <= others or others <= values)


def _tokens(text: str) -> Iterator[Word]:
    for match in _TOKEN.finditer(text):
        word = fold(match.group())
        yield Word(word, stem(word), match.start(), match.end())


def _phrases(
    tokens: Sequence[Word], known: Lexicon
) -> Iterator[tuple[int, int, Sequence[Term]]]:
    """The lexicon's phrases among the tokens, the longest first, none over another."""
    stems = tuple(token.stem for token in tokens)
    at = 0
    while at < len(tokens):
        for phrase, terms in known.phrases.get(stems[at], ()):
            end = at + len(phrase)
            if stems[at:end] == phrase:
                yield at, end, terms
                at = end
                break
        else:
            at += 1


def _clauses(
    text: str, tokens: Sequence[Word], inside: set[int], known: Lexicon
) -> tuple[int, ...]:
    """The number of each token's clause, none cut `inside` a phrase; the attribution
    belongs to the first.

    What begins with an auxiliary goes on with the sentence's first clause that has none
    ("An attack, he said, would").
    """
    words = tuple(token.word for token in tokens)
    numbers: list[int] = []
    waiting, latest = [0], 0  # the clauses of this sentence that have no auxiliary yet
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at and tokens[at - 1].start >= 0 else None
        is_start = any(
            words[at : at + len(start)] == start for start in known.clause_starts
        )
        is_auxiliary = token.word in known.auxiliaries
        if before and at not in inside and (is_start or _parts(text, before, token)):
            latest += 1
            if _SENTENCE_MARK.search(text, before.end, token.start):
                waiting = []
            if is_auxiliary and waiting:
                numbers.append(waiting[0])
            else:
                numbers.append(latest)
                waiting = [*waiting, latest]
        else:
            numbers.append(numbers[-1] if numbers else 0)
        if is_auxiliary:
            waiting = [clause for clause in waiting if clause != numbers[-1]]
    return tuple(numbers)


def _parts(text: str, before: Word, after: Word) -> bool:
    """Whether a mark between two words parts clauses; a comma between two names does not."""
    are_names = text[before.start].isupper() and text[after.start].isupper()
    if are_names and text[before.end : after.start].strip() == ",":
        return False
    return bool(_CLAUSE_MARK.search(text, before.end, after.start))


def _amounts(text: str, tokens: Sequence[Word], known: Lexicon) -> Iterator[Amount]:
    """The numbers with the stem of the next content word; a day of a month has the month
    for its unit.
    """
    at = 0
    while at < len(tokens):
        first, value = at, _number(tokens[at], known)
        at += 1
        if value is None or tokens[first].start < 0:
            continue
        while at < len(tokens) and tokens[at].word in known.scales:  # "3 million"
            value *= known.scales[tokens[at].word]
            at += 1
        units = [t.stem for t in tokens[at : at + 2] if t.word not in known.no_units]
        before = {t.word for t in tokens[max(0, first - 3) : first]}
        start, end = tokens[first].start, tokens[at - 1].end
        is_vague = not before.isdisjoint(known.vague)
        yield Amount(
            value, units[0] if units else "", text[start:end], start, end, is_vague
        )


def _number(token: Word, known: Lexicon) -> float | None:
    if token.word[0].isdigit() and token.word.isascii():
        is_version = token.word.count(".") > 1  # "1.2.3"
        return None if is_version else float(token.word.replace(",", ""))
    return known.numbers.get(token.word)
