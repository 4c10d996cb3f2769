"""Where a statement stands: what it denies, what it is for and against, its course of
action, its numbers.

Words are compared by their roots; the lexicon of a language is data
(`<language>/stance.json` beside this file).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

from rag.language.lexicon import data as data_of
from rag.language.words import fold, root, small_words
from rag.types import Span

Roots = tuple[str, ...]
Sense = Literal["denial", "none", "for", "against", "course", "opposite"]

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_CLAUSE_MARK = re.compile(r"[.,;:!?…()—–]|\s-\s")
_EDGES = " \t\n\"“”„‟«»‘’'.,;:!?()–—"
LONGEST_EXCERPT, LONGEST_READ = 14, 4_000
VERDICTS = frozenset({"for", "against", "denial"})


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
    """The words of one language that tell a stance, by their roots."""

    phrases: Mapping[str, Sequence[tuple[Roots, Sequence[Term]]]]
    clause_starts: frozenset[Roots]
    contrasts: frozenset[str]
    prescribes: frozenset[str]
    first_person: frozenset[str]
    prepositions: frozenset[str]
    auxiliaries: frozenset[str]
    copulas: frozenset[str]
    events: frozenset[str]
    dates: Mapping[str, int]
    vague: frozenset[str]
    numbers: Mapping[str, float]
    scales: Mapping[str, float]
    no_units: frozenset[str]
    small: frozenset[str]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text, folded, with its root and its place."""

    word: str
    root: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A phrase of the lexicon in the text."""

    term: Term
    start: int
    end: int
    roots: Roots
    clause: int


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with what it counts; a vague one ("more than 100") leaves room."""

    value: float
    unit: str
    start: int
    end: int
    is_vague: bool


@dataclass(frozen=True, slots=True)
class Position:
    """A side taken, for (1), against (-1) or undecided (0), on the thing that `roots` name;
    `span` holds the words for it.
    """

    sign: int
    span: Span
    roots: frozenset[str]
    is_denied: bool = False


@dataclass(frozen=True)
class Stance:
    """What a statement's words tell of its stance. `lead` are the words of its attribution,
    read before it.
    """

    text: str
    tokens: tuple[Word, ...]
    clauses: tuple[int, ...]
    marks: tuple[Mark, ...]
    amounts: tuple[Amount, ...]
    lexicon: Lexicon

    @cached_property
    def roots(self) -> frozenset[str]:
        """The roots of the words that carry content."""
        return frozenset(
            t.root for t in self.tokens if t.start >= 0 and self._carries(t)
        )

    def _carries(self, token: Word) -> bool:
        is_month = token.word in self.lexicon.dates and self.text[token.start].isupper()
        return is_month or token.word not in self.lexicon.small

    @cached_property
    def names(self) -> frozenset[str]:
        """The roots of words written with a capital inside a sentence."""
        found = (t for t in self.tokens if t.start > 0 and self.text[t.start].isupper())
        return frozenset(
            t.root
            for t in found
            if not self._begins_sentence(t) and t.word not in self.lexicon.small
        )

    def _begins_sentence(self, token: Word) -> bool:
        before = self.text[: token.start].rstrip(" “\"'‘(")
        return not before or before[-1] in ".!?…:"

    @cached_property
    def opposite_roots(self) -> frozenset[str]:
        return frozenset(
            root
            for mark in self.marks
            if mark.term.sense in ("opposite", "denial")
            for root in mark.roots
        )

    @cached_property
    def denied(self) -> frozenset[str]:
        """The content roots of clauses with an odd number of denials."""
        return frozenset(
            root for clause in self._denying for root in self._clause_roots(clause)
        )

    @cached_property
    def _denying(self) -> frozenset[int]:
        counts: dict[int, int] = defaultdict(int)
        for mark in self.marks:
            counts[mark.clause] += mark.term.sense == "denial"
        return frozenset(clause for clause, count in counts.items() if count % 2)

    @cached_property
    def speaks_as_we(self) -> bool:
        return any(t.word in self.lexicon.first_person for t in self.tokens)

    @property
    def is_led_by_verdict(self) -> bool:
        """Whether the attribution takes sides itself ("opposed the plan")."""
        return any(
            mark.start < 0 and mark.term.sense in VERDICTS for mark in self.marks
        )

    @cached_property
    def prescribes(self) -> bool:
        """Whether it says what should be, not what is."""
        return any(t.word in self.lexicon.prescribes for t in self.tokens)

    @cached_property
    def tells_event(self) -> bool:
        words = {t.root for t in self.tokens}
        return any(set(event.split()) <= words for event in self.lexicon.events)

    def _clause_roots(self, clause: int) -> frozenset[str]:
        found = (
            t
            for t, at in zip(self.tokens, self.clauses, strict=True)
            if at == clause and t.start >= 0
        )
        return frozenset(t.root for t in found if self._carries(t))

    def opinions(self) -> list[Position]:
        """Praise and blame with the roots of what it is said of."""
        found = []
        for mark in self.marks:
            if mark.term.sense in ("for", "against"):
                sign = 1 if mark.term.sense == "for" else -1
                sign = -sign if mark.clause in self._denying else sign
                found.append(
                    Position(
                        sign,
                        self._with_verdict(mark),
                        self._target(mark) - set(mark.roots),
                    )
                )
        return found

    def _target(self, mark: Mark) -> frozenset[str]:
        """The roots of what is praised or blamed: what follows up to a preposition, or the
        subject without its own.
        """
        inside = [
            t
            for t, at in zip(self.tokens, self.clauses, strict=True)
            if at == mark.clause and t.start >= 0
        ]
        after = [t for t in inside if t.start >= mark.end]
        if mark.term.takes_object and not (after and after[0].word == "by"):
            return self._without_prepositional(
                after[1:] if after and self._is_preposition(after[0]) else after,
                at_end=True,
            )
        return self._without_prepositional([t for t in inside if t.end <= mark.start])

    def _without_prepositional(
        self, tokens: Sequence[Word], at_end: bool = False
    ) -> frozenset[str]:
        kept, skipping = [], False
        for token in tokens:
            if self._is_preposition(token):
                if at_end:
                    break
                skipping = True
            elif token.word in self.lexicon.auxiliaries:
                skipping = False
            elif not skipping and token.word not in self.lexicon.small:
                kept.append(token.root)
        return frozenset(kept)

    def _is_preposition(self, token: Word) -> bool:
        return token.word in self.lexicon.prepositions

    def positions(self, sense: Sense) -> dict[str, list[Position]]:
        """The sides taken on each axis of opposed courses or opposite words, in the order
        of the text.
        """
        found: dict[str, list[Position]] = defaultdict(list)
        for mark in self.marks:
            if mark.term.sense == sense and mark.start >= 0:
                sign = (
                    0
                    if self._is_no_name(mark)
                    else mark.term.side * self._favour(mark.clause, sense)
                )
                is_denied = mark.clause in self._denying
                place = (
                    self._with_verdict(mark)
                    if sense == "course"
                    else Span(mark.start, mark.end)
                )
                found[mark.term.axis].append(
                    Position(sign, place, frozenset(mark.roots), is_denied)
                )
        return dict(found)

    def _is_no_name(self, mark: Mark) -> bool:
        """Whether a denial is of the word, not of the thing: "this is not a war"."""
        denials = [
            m
            for m in self.marks
            if m.term.sense == "denial"
            and m.clause == mark.clause
            and 0 <= m.start < mark.start
        ]
        before = [
            t.word for t in self.tokens if denials and 0 <= t.start < denials[0].start
        ][-1:]
        after = [
            t.word
            for t in self.tokens
            if denials and denials[0].end <= t.start < mark.start
        ]
        return (
            bool(before)
            and before[0] in self.lexicon.copulas
            and after[:1] in (["a"], ["an"], ["talking"])
        )

    def _favour(self, clause: int, sense: Sense) -> int:
        """1 where a clause favours the course it names, -1 where it blames or denies it, 0
        where it does both.
        """
        verdicts = {
            m.term.sense
            for m in self.marks
            if m.clause == clause and m.term.sense in ("for", "against")
        }
        favour = 1
        if sense == "course":
            favour = 0 if len(verdicts) == 2 else -1 if verdicts == {"against"} else 1
        return -favour if clause in self._denying else favour

    def _with_verdict(self, mark: Mark) -> Span:
        """The mark with the clause's praise, blame and denials."""
        near = [
            m
            for m in self.marks
            if m.clause == mark.clause and m.start >= 0 and m.term.sense in VERDICTS
        ]
        inside = [m for m in (mark, *near) if m.start >= 0] or [
            m for m in self.marks if m.start >= 0
        ]
        if not inside:
            return Span(0, len(self.text))
        return Span(min(m.start for m in inside), max(m.end for m in inside))

    def excerpt(self, span: Span) -> str:
        """The words around a place in the text: its clause, or a dozen words of a long one."""
        inside = [
            at
            for at, t in enumerate(self.tokens)
            if span.start <= t.start and t.end <= span.end
        ]
        if not inside:
            return ""
        around = [
            at
            for at, t in enumerate(self.tokens)
            if t.start >= 0 and self.clauses[at] == self.clauses[inside[0]]
        ]
        first, last = min(around[0], inside[0]), max(around[-1], inside[-1])
        if last - first > LONGEST_EXCERPT:
            first = max(first, min(inside[0] - 3, inside[-1] - LONGEST_EXCERPT))
            last = min(last, first + LONGEST_EXCERPT)
            while last > inside[0] and self.tokens[last].word in self.lexicon.small:
                last -= 1
        while first < inside[0] and self.tokens[first].word in ("that", "to"):
            first += 1
        return self._whole_words(self.tokens[first].start, self.tokens[last].end)

    def _whole_words(self, start: int, end: int) -> str:
        while start > 0 and not self.text[start - 1].isspace():
            start -= 1
        while end < len(self.text) and not self.text[end].isspace():
            end += 1
        return self.text[start:end].strip(_EDGES)


@cache
def lexicon(language: str = "en") -> Lexicon:
    """The stance lexicon of a language, its phrases by the root they begin with, the
    longest first.
    """
    data = data_of("stance", language)
    terms: dict[Roots, dict[Term, None]] = defaultdict(dict)
    for phrase, term in _entries(data):
        terms[tuple(map(root, phrase.split()))][term] = None
    phrases: dict[str, list[tuple[Roots, Sequence[Term]]]] = defaultdict(list)
    for roots in sorted(terms, key=len, reverse=True):
        phrases[roots[0]].append((roots, tuple(terms[roots])))
    names = (
        "contrasts",
        "prescribes",
        "first_person",
        "prepositions",
        "auxiliaries",
        "copulas",
        "vague",
        "no_units",
    )
    words = {name: frozenset(data[name]) for name in names}
    return Lexicon(
        phrases=phrases,
        clause_starts=frozenset(
            tuple(phrase.split()) for phrase in data["clause_starts"]
        ),
        events=frozenset(
            " ".join(map(root, phrase.split())) for phrase in data["events"]
        ),
        dates={
            word: kind for kind, row in enumerate(data["dates"]) for word in row.split()
        },
        numbers=data["numbers"],
        scales=data["scales"],
        small=small_words(language),
        **words,
    )


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
        yield from (
            (phrase, Term(sense, takes_object=name.endswith("_what_follows")))
            for phrase in data[name]
        )
    for first, second in data["opposites"]:
        axis = f"{first.split()[0]} or {second.split()[0]}"
        yield from ((word, Term("opposite", axis, 1)) for word in first.split())
        yield from ((word, Term("opposite", axis, -1)) for word in second.split())
    for axis in data["courses"]:
        one, other = data["courses"][axis]
        yield from ((phrase, Term("course", axis, 1)) for phrase in one.split("|"))
        yield from ((phrase, Term("course", axis, -1)) for phrase in other.split("|"))


def stance_of(text: str, lead: str = "", language: str = "en") -> Stance:
    """The reading of a statement's `text`, of a very long one its beginning.

    Its attribution's words, `lead`, count for its first clause.
    """
    text, words = text[:LONGEST_READ], lexicon(language)
    tokens = (*(Word(t.word, t.root, -1, -1) for t in _tokens(lead)), *_tokens(text))
    found = list(_phrases(tokens, words))
    clauses = _clauses(
        text,
        tokens,
        {at for start, end, _ in found for at in range(start + 1, end)},
        words,
    )
    marks = tuple(
        Mark(
            term,
            tokens[start].start,
            tokens[end - 1].end,
            tuple(t.root for t in tokens[start:end]),
            clauses[start],
        )
        for start, end, terms in found
        for term in terms
    )
    return Stance(text, tokens, clauses, marks, tuple(_amounts(tokens, words)), words)


def alters(one: Stance, other: Stance) -> bool:
    """Whether one text is no copy of the other, however alike: other numbers, opposite
    words, or a denial.
    """
    if (one.denied ^ other.denied) & one.roots & other.roots:
        return True
    first, second = one.positions("opposite"), other.positions("opposite")
    if any(
        a.sign == -b.sign
        for axis in first
        for a in first[axis]
        for b in second.get(axis, ())
    ):
        return True
    values, others = (
        {amount.value for amount in one.amounts},
        {amount.value for amount in other.amounts},
    )
    return not (values <= others or others <= values)


def _tokens(text: str) -> Iterator[Word]:
    for match in _TOKEN.finditer(text):
        word = fold(match.group())
        yield Word(word, root(word), match.start(), match.end())


def _phrases(
    tokens: Sequence[Word], words: Lexicon
) -> Iterator[tuple[int, int, Sequence[Term]]]:
    """The lexicon's phrases among the tokens, the longest first, none over another."""
    at = 0
    while at < len(tokens):
        candidates = words.phrases.get(tokens[at].root, ())
        found = next(
            (
                c
                for c in candidates
                if tuple(t.root for t in tokens[at : at + len(c[0])]) == c[0]
            ),
            None,
        )
        if found:
            yield at, at + len(found[0]), found[1]
        at += len(found[0]) if found else 1


def _clauses(
    text: str, tokens: Sequence[Word], inside: Collection[int], words: Lexicon
) -> tuple[int, ...]:
    """The number of each token's clause, none cut `inside` a phrase; the attribution
    belongs to the first.

    What begins with an auxiliary goes on with the sentence's first clause that has none
    ("An attack, he said, would").
    """
    found: list[int] = []
    waiting, latest, end = [0], 0, -1
    for at, token in enumerate(tokens):
        starts = any(
            tuple(t.word for t in tokens[at : at + len(s)]) == s
            for s in words.clause_starts
        )
        if (
            end >= 0
            and at not in inside
            and (starts or _parts(text, tokens[at - 1], token))
        ):
            latest += 1
            waiting = [] if re.search(r"[.!?]", text[end : token.start]) else waiting
            goes_on = token.word in words.auxiliaries and waiting
            found.append(waiting[0] if goes_on else latest)
            waiting = waiting if goes_on else [*waiting, latest]
        else:
            found.append(found[-1] if found else 0)
        if token.word in words.auxiliaries:
            waiting = [clause for clause in waiting if clause != found[-1]]
        end = token.end if token.start >= 0 else -1
    return tuple(found)


def _parts(text: str, before: Word, after: Word) -> bool:
    """Whether a mark between two words parts clauses; a comma between two names does not."""
    between = text[before.end : after.start]
    if (
        between.strip() == ","
        and text[before.start].isupper()
        and text[after.start].isupper()
    ):
        return False
    return bool(_CLAUSE_MARK.search(between))


def _amounts(tokens: Sequence[Word], words: Lexicon) -> Iterator[Amount]:
    """The numbers with the root of the next content word; a day of a month has the month
    for its unit.
    """
    at = 0
    while at < len(tokens):
        first, value = at, _number(tokens[at], words)
        at += 1
        if value is None or tokens[first].start < 0:
            continue
        while at < len(tokens) and tokens[at].word in words.scales:
            value *= words.scales[tokens[at].word]
            at += 1
        unit = next(
            (t.root for t in tokens[at : at + 2] if t.word not in words.no_units), ""
        )
        before = {t.word for t in tokens[max(0, first - 3) : first]}
        yield Amount(
            value,
            unit,
            tokens[first].start,
            tokens[at - 1].end,
            bool(before & words.vague),
        )


def _number(token: Word, words: Lexicon) -> float | None:
    if token.word[0].isdigit() and token.word.isascii():
        return float(token.word.replace(",", "")) if token.word.count(".") < 2 else None
    return words.numbers.get(token.word)
