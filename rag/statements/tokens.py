"""An article as the extraction reads it: tokens in units, where a whole quotation is one token.

A unit is a sentence, but sentences inside one quotation belong to one unit, so that
`"A. B," he said.` is the four tokens `"A. B,"`, `he`, `said`, `.`
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rag.language.segments import paragraphs, quotations, sentences
from rag.types import Span

Kind = Literal["word", "mark", "quote", "aside"]

_TOKEN = re.compile(
    r"\$?\d[\d,.]*\d(?:[-–]\w+|%)*|\d%|"
    r"['’](?:s|ve|d|ll|re|m)\b|"
    r"[^\W_](?:[^\W_]|[.&/@-](?=[^\W_])|['’](?!(?:s|ve|d|ll|re|m)\b)(?=[^\W_])|[\u0300-\u036f])*\.?|"
    r"--+|\.\.+|\S"
)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_CITY, _DAY = r"(?:[ /-]?{}[\w.’'-]{{1,20}}){{1,4}}", r"(?:,(?: [\w.]{1,12}){1,3}){0,2}"
_AGENCY, _DASH = r" ?\([A-Z][\w. /]{1,20}\)", r" ?(?:—|–|--|-) "
_DATELINE = re.compile(
    rf"(?:(?=\w{{3}}){_CITY.format('[A-Z](?![a-z])')}{_DAY}(?:{_AGENCY})?|{_CITY.format('[A-Z]')}{_DAY}{_AGENCY}){_DASH}"
)
_CLOSERS = ")]”’\"'"
_LONGEST_UNIT = 300
_TITLE_CASE = 0.6
_ASIDE = re.compile(r"\([^()\n]{1,60}\)|\[[^\[\]\n]{1,60}\]")


@dataclass(slots=True)
class Token:
    """A word, a mark of punctuation, a whole quotation or a whole parenthesis."""

    start: int
    end: int
    text: str
    low: str
    kind: Kind

    @property
    def capital(self) -> bool:
        return self.kind == "word" and self.text[0].isupper()


@dataclass(slots=True)
class Unit:
    """The tokens of one sentence, the number of its paragraph, and whether it is a headline
    with most words capitalised.
    """

    tokens: list[Token]
    paragraph: int
    is_headline: bool = False


@dataclass(slots=True)
class Tokens:
    """The units of an article in order, its paragraphs and its quotations."""

    text: str
    units: list[Unit]
    paragraphs: list[Span]
    quotations: list[Span]


def tokenize(text: str, language: str = "en") -> Tokens:
    """The article's units in order; an endless sentence is cut, so that reading takes
    linear time.
    """
    blocks, quoted = paragraphs(text), quotations(text)
    units: list[Unit] = []
    number = 0
    for span in _whole_quotations(sentences(text, language), quoted):
        while span.start >= blocks[number].end:
            number += 1
        opens_paragraph = span.start == blocks[number].start
        tokens = list(
            _tokens(
                text, _without_dateline(text, span) if opens_paragraph else span, quoted
            )
        )
        for start in range(0, len(tokens), _LONGEST_UNIT):
            units.append(Unit(tokens[start : start + _LONGEST_UNIT], number))
    if len(blocks) > 1 and units[1].paragraph > 0:
        units[0].is_headline = _is_in_title_case(
            text[blocks[0].start : units[0].tokens[-1].end]
        )
    return Tokens(text, units, blocks, quoted)


def _without_dateline(text: str, span: Span) -> Span:
    """The span behind "MOSCOW (AP) —", "SOCHI, 17 September —" or "Tehran, Sept. 7 (Reuters) -"."""
    dateline = _DATELINE.match(text, span.start, span.end)
    return (
        Span(dateline.end(), span.end)
        if dateline and dateline.end() < span.end
        else span
    )


def _is_in_title_case(sentence: str) -> bool:
    longer = [
        match.group() for match in _WORD.finditer(sentence) if len(match.group()) > 3
    ]
    return sum(word[:1].isupper() for word in longer) > _TITLE_CASE * len(longer)


def _whole_quotations(spans: list[Span], quoted: list[Span]) -> Iterator[Span]:
    """The sentences, those joined that one quotation holds together."""
    place = 0
    start: int | None = None
    for span in spans:
        start = span.start if start is None else start
        while place < len(quoted) and quoted[place].end <= span.end:
            place += 1
        if place < len(quoted) and quoted[place].start < span.end:
            continue
        yield Span(start, span.end)
        start = None


def _tokens(text: str, span: Span, quoted: list[Span]) -> Iterator[Token]:
    position = span.start
    for quotation in _within(span, quoted):
        yield from _words(text, position, quotation.start)
        yield Token(
            quotation.start,
            quotation.end,
            text[quotation.start : quotation.end],
            "",
            "quote",
        )
        position = quotation.end
    yield from _words(text, position, span.end)


def _within(span: Span, quoted: list[Span]) -> list[Span]:
    first = bisect_left(quoted, span.start, key=lambda quotation: quotation.start)
    last = bisect_left(quoted, span.end, key=lambda quotation: quotation.start)
    return quoted[first:last]


def _words(text: str, start: int, end: int) -> Iterator[Token]:
    position = start
    for aside in _ASIDE.finditer(text, start, end):
        if aside.start() == start and aside.end() >= end - 1:
            break
        yield from _plain_words(text, position, aside.start())
        yield Token(aside.start(), aside.end(), aside.group(), "", "aside")
        position = aside.end()
    yield from _plain_words(text, position, end)


def _plain_words(text: str, start: int, end: int) -> Iterator[Token]:
    for match in _TOKEN.finditer(text, start, end):
        word, stop = match.group(), match.end()
        if word[0].isalnum() or word[0] == "$" or (len(word) > 1 and word[0] in "'’"):
            if (
                len(word) > 1
                and word.endswith(".")
                and (stop == end or (word.islower() and text[stop] in _CLOSERS))
            ):
                word, stop = word[:-1], stop - 1
                yield Token(
                    match.start(), stop, word, word.lower().replace("’", "'"), "word"
                )
                yield Token(stop, match.end(), ".", ".", "mark")
            else:
                yield Token(
                    match.start(), stop, word, word.lower().replace("’", "'"), "word"
                )
        else:
            yield Token(match.start(), stop, word, word, "mark")
