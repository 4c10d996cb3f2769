"""Article -> passages: runs of whole sentences that the embedding model reads whole, tiling
the article.
"""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence

from rag.language import segments
from rag.types import Article, Passage, Span

Count = Callable[[Sequence[str]], list[int]]
MAX_CHARACTERS = 2_000
TITLE_TOKENS = 40
NEARLY = 0.8


def split(article: Article, count: Count, limit: int) -> list[Passage]:
    """The article's passages, in order, tiling its text from the first character to the
    last.

    A passage together with the article's title (see `embedded_texts`) has at most `limit`
    word pieces as `count` counts them. Sentences stay whole, and a quotation stays with its
    attribution, unless one alone is longer.
    """
    room = limit - count([heading(article, count)])[0]
    units = _units(article.text)
    sizes = count([unit.of(article.text) for unit in units])
    pieces: list[tuple[Span, int]] = []
    for unit, size in zip(units, sizes, strict=True):
        pieces.extend(_fitting(article.text, unit, size, count, room))
    return [_passage(article, span) for span in _packed(article.text, pieces, room)]


def heading(article: Article, count: Count) -> str:
    """What stands before each passage when it is embedded: the title, cut to a small share
    of the room.
    """
    title = " ".join(article.title.split())
    while title and count([title + ". "])[0] > TITLE_TOKENS:
        title = title[: len(title) * 3 // 4]
    return f"{title}. " if title else ""


def embedded_texts(
    article: Article, passages: Sequence[Passage], count: Count
) -> list[str]:
    """The texts that the embedding model reads for an article's passages."""
    title = heading(article, count)
    return [title + passage.span.of(article.text) for passage in passages]


def _passage(article: Article, span: Span) -> Passage:
    key = f"{article.id}\0{span.start}\0{span.of(article.text)}"
    return Passage(
        hashlib.sha256(key.encode()).hexdigest()[:32], article.id, span.start, span.end
    )


def _units(text: str) -> list[Span]:
    """Sentences with the white space after them, joined where a cut would part a quotation
    from its attribution.
    """
    sentences = segments.sentences(text)
    if not sentences:
        return [Span(0, len(text))] if text else []
    quotations = segments.quotations(text)
    starts = [0]
    for before, sentence in zip(sentences, sentences[1:], strict=False):
        if not _holds_together(text, before, sentence, quotations):
            starts.append(sentence.start)
    return [Span(a, b) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _holds_together(
    text: str, before: Span, sentence: Span, quotations: list[Span]
) -> bool:
    """Whether the second sentence goes on with the quotation of the first, or is a bare
    quotation in its paragraph.
    """
    at = bisect_right(quotations, sentence.start - 1, key=lambda q: q.start) - 1
    if at >= 0 and quotations[at].start < sentence.start < quotations[at].end:
        return True
    begins = at + 1 < len(quotations) and quotations[at + 1].start == sentence.start
    return (
        begins
        and quotations[at + 1].end >= sentence.end
        and "\n" not in text[before.end : sentence.start]
    )


def _fitting(
    text: str, unit: Span, size: int, count: Count, room: int
) -> list[tuple[Span, int]]:
    """The unit itself where it fits, else its sentences or, where these are too long, its
    halves cut at white space.
    """
    if size <= room and len(unit) <= MAX_CHARACTERS:
        return [(unit, size)]
    inner = [s.start + unit.start for s in segments.sentences(unit.of(text))[1:]]
    middle = (unit.start + unit.end) // 2
    cut = (
        min(inner, key=lambda at: abs(at - middle))
        if inner
        else _cut_near(text, unit, middle)
    )
    halves = [Span(unit.start, cut), Span(cut, unit.end)]
    sizes = count([half.of(text) for half in halves])
    return [
        piece
        for half, n in zip(halves, sizes, strict=True)
        for piece in _fitting(text, half, n, count, room)
    ]


def _cut_near(text: str, unit: Span, middle: int) -> int:
    """The place after white space nearest before the middle, in the second quarter; else
    the middle.
    """
    lowest = (unit.start + middle) // 2
    for at in range(middle, lowest, -1):
        if text[at - 1].isspace():
            return at
    while middle > lowest and unicodedata.combining(text[middle]):
        middle -= 1
    return middle


def _packed(text: str, pieces: list[tuple[Span, int]], room: int) -> list[Span]:
    """Pieces joined into passages of about equal size, as few as fit, ending with a
    paragraph where one is near.
    """
    packed: list[Span] = []
    start, filled, left = 0, 0, sum(size for _, size in pieces)
    for at, (piece, size) in enumerate(pieces):
        filled += size
        passages_left = max(1, -(-left // room))
        goal = left / passages_left
        ends_paragraph = passages_left > 1 and "\n" in text[piece.end - 1 : piece.end]
        if filled >= goal * (NEARLY if ends_paragraph else 1) or _is_last(
            pieces, start, at, filled, room
        ):
            packed.append(Span(pieces[start][0].start, piece.end))
            start, left, filled = at + 1, left - filled, 0
    return packed


def _is_last(
    pieces: list[tuple[Span, int]], start: int, at: int, filled: int, room: int
) -> bool:
    """Whether the piece after this one is missing, or has no room any more in the passage
    begun at `start`.
    """
    if at + 1 == len(pieces):
        return True
    following, size = pieces[at + 1]
    return (
        filled + size > room or following.end - pieces[start][0].start > MAX_CHARACTERS
    )
