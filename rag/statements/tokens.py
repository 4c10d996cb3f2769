"""An article as the extraction reads it: tokens in units, where a whole quotation is one token.

A unit is a sentence, but sentences inside one quotation belong to one unit, so that
`"A. B," he said.` is the four tokens `"A. B,"`, `he`, `said`, `.`
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from rag.language.segments import paragraphs, quotations, sentences
from rag.statements.vocabulary import ASIDE, of_mark, of_quotation, of_word
from rag.types import Span

# Numbers ("$1,000", "17-year-old", "47%"), clitics ("'s"), words with what joins their letters
# ("U.S.", "R-Fla.", "AT&T", "don't"), marks
_NUMBER = r"\$?\d[\d,.]*\d(?:[-–]\w+|%)*|\d%"
_CLITIC = r"['’](?:s|ve|d|ll|re|m)\b"
_JOINT = rf"[.&/@-](?=[^\W_])|(?!{_CLITIC})['’](?=[^\W_])"
_PLAIN = rf"[^\W_]+(?:(?:{_JOINT}|[\u0300-\u036f])[^\W_]*)*\.?"
_TOKEN = re.compile(rf"(?P<word>{_NUMBER}|{_CLITIC}|{_PLAIN}|\$)|--+|\.\.+|\S")
_LETTERS = re.compile(r"[^\W\d_][\w’'-]*")
_ASIDE = re.compile(r"\([^()\n]{1,60}\)|\[[^\[\]\n]{1,60}\]")

# "MOSCOW (AP) —", "SOCHI, 17 September —", "Tehran, Sept. 7 (Reuters) -": a town in capitals,
# or one with an agency behind it
_CITY, _DAY = r"(?:[ /-]?{}[\w.’'-]{{1,20}}){{1,4}}", r"(?:,(?: [\w.]{1,12}){1,3}){0,2}"
_AGENCY, _DASH = r" ?\([A-Z][\w. /]{1,20}\)", r" ?(?:—|–|--|-) "
_SHOUTED = rf"(?=\w{{3}}){_CITY.format('[A-Z](?![a-z])')}{_DAY}(?:{_AGENCY})?"
_BY_AGENCY = rf"{_CITY.format('[A-Z]')}{_DAY}{_AGENCY}"
_DATELINE = re.compile(rf"(?:{_SHOUTED}|{_BY_AGENCY}){_DASH}")

_ASIDE_NAMES = frozenset([ASIDE])

_CLOSERS = ")]”’\"'"

# No sentence is so long; a text without full stops is cut, since rules look back and forth
# in a unit and would else take quadratic time.
_LONGEST_UNIT = 300

# In a headline like "The Plan Has Failed" even verbs are capitalised; a sentence about many
# people stays below. Of words up to three letters headlines write many small.
_TITLE_CASE = 0.6
_LONGEST_SMALL_WORD = 3


@dataclass(slots=True)
class Token:
    """A word, a mark of punctuation, a whole quotation or a whole parenthesis; `names` are
    all by which it can be asked for.
    """

    start: int
    end: int
    text: str
    low: str
    names: frozenset[str]

    def is_(self, *names: str) -> bool:
        """Whether the token is one of these words, or in one of these classes."""
        return not self.names.isdisjoint(names)


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
    for sentence in _whole_quotations(sentences(text, language), quoted):
        span = sentence
        while span.start >= blocks[number].end:
            number += 1
        if span.start == blocks[number].start:
            span = _without_dateline(text, span)
        tokens = _tokens(text, span, quoted, language)
        for start in range(0, len(tokens), _LONGEST_UNIT):
            units.append(Unit(tokens[start : start + _LONGEST_UNIT], number))
    # A first paragraph of one sentence may be a headline.
    if len(blocks) > 1 and units[1].paragraph > 0:
        first = units[0]
        headline = text[blocks[0].start : first.tokens[-1].end]
        first.is_headline = _is_in_title_case(headline)
    return Tokens(text, units, blocks, quoted)


def _whole_quotations(spans: list[Span], quoted: list[Span]) -> Iterator[Span]:
    """The sentences, those joined that one quotation holds together."""
    place = 0
    start: int | None = None
    for span in spans:
        if start is None:
            start = span.start
        while place < len(quoted) and quoted[place].end <= span.end:
            place += 1
        goes_on = place < len(quoted) and quoted[place].start < span.end
        if not goes_on:
            yield Span(start, span.end)
            start = None


def _without_dateline(text: str, span: Span) -> Span:
    """The span behind "MOSCOW (AP) —"; a dateline without a sentence stays."""
    dateline = _DATELINE.match(text, span.start, span.end)
    if dateline is None or dateline.end() == span.end:
        return span
    return Span(dateline.end(), span.end)


def _is_in_title_case(sentence: str) -> bool:
    longer = [
        word for word in _LETTERS.findall(sentence) if len(word) > _LONGEST_SMALL_WORD
    ]
    capital = [word for word in longer if word[0].isupper()]
    return len(capital) > _TITLE_CASE * len(longer)


def _tokens(text: str, span: Span, quoted: list[Span], language: str) -> list[Token]:
    """The tokens of one sentence, each of its quotations one."""
    first = bisect_left(quoted, span.start, key=lambda quotation: quotation.start)
    last = bisect_left(quoted, span.end, key=lambda quotation: quotation.start)
    tokens: list[Token] = []
    position = span.start
    for quotation in quoted[first:last]:
        tokens += _with_asides(text, position, quotation.start, language)
        words = quotation.of(text)
        names = of_quotation(words)
        tokens.append(Token(quotation.start, quotation.end, words, "", names))
        position = quotation.end
    tokens += _with_asides(text, position, span.end, language)
    return tokens


def _with_asides(text: str, start: int, end: int, language: str) -> list[Token]:
    """The tokens between two quotations, each parenthesis one."""
    tokens: list[Token] = []
    position = start
    for aside in _ASIDE.finditer(text, start, end):
        # A sentence that is all in parentheses is read like any other.
        if aside.start() == start and aside.end() >= end - 1:
            break
        tokens += _words(text, position, aside.start(), language)
        words = aside.group()
        tokens.append(Token(aside.start(), aside.end(), words, "", _ASIDE_NAMES))
        position = aside.end()
    tokens += _words(text, position, end, language)
    return tokens


def _words(text: str, start: int, end: int, language: str) -> list[Token]:
    """The words and marks between two parentheses."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text, start, end):
        word, (first, stop) = match.group(), match.span()
        if match.lastgroup is None:
            tokens.append(Token(first, stop, word, word, of_mark(word)))
            continue
        has_stop = word.endswith(".") and _ends_sentence(text, word, stop, end)
        if has_stop:
            word = word[:-1]
            stop -= 1
        low, names = of_word(word, language)
        tokens.append(Token(first, stop, word, low, names))
        if has_stop:
            tokens.append(Token(stop, stop + 1, ".", ".", of_mark(".")))
    return tokens


def _ends_sentence(text: str, word: str, stop: int, end: int) -> bool:
    """Whether the full stop of a word is that of the sentence: the last one, or one before
    a closing mark as in "(he left.)", but not in "(the U.S.)".
    """
    if stop == end:
        return True
    return word.islower() and text[stop] in _CLOSERS
