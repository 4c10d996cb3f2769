"""An article to be read: every statement marked with who says it, the cited words above all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.language.segments import paragraphs
from rag.language.words import listed
from rag.page.views.pieces import isolated, original, text, where
from rag.types import Article, Citation, Span, Statement

UNRESOLVED = "not named"


@dataclass(frozen=True, slots=True)
class Place:
    """Words to be marked: how they look, and what hovering them tells."""

    span: Span
    look: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """Where somebody begins to be quoted, and who."""

    span: Span
    name: str


def article(
    shown: Article,
    citation: Citation | None = None,
    others: Iterable[Citation] = (),
    statements: Sequence[Statement] = (),
) -> str:
    """A whole article; the words of `citation` are marked, those of `others` and all
    `statements` lightly.

    Places whose words the article no longer has are not marked, and the reader is told so.
    """
    strong = (
        [Place(_span(citation), "cited")]
        if citation and _holds(shown, citation)
        else []
    )
    light = [
        Place(_span(other), "also", f"Citation {other.marker} of this answer")
        for other in others
        if other.article_id == shown.id and _holds(shown, other)
    ]
    voices = [
        Voice(statement.span, _name(statement, shown.text)) for statement in statements
    ]
    said = [
        Place(span, "said", f"{voice.name} · {statement.kind}")
        for statement, voice in zip(statements, voices, strict=True)
        for span in statement.content
    ]
    return (
        f'<article class="reader{" voiced" if voices else ""}" tabindex="0" '
        f'aria-label="{text(title(shown))}">'
        f'<h2 tabindex="-1">{isolated(title(shown))}</h2>'
        f'<p class="where">{where(shown.source, shown.date, shown.author)}{original(shown.url)}</p>'
        f"{_changed(citation) if citation and not strong else ''}"
        f'<div class="body" dir="auto">{_body(shown.text, [*strong, *light, *said], voices)}</div></article>'
    )


def missing(citation: Citation) -> str:
    """What is left of a cited article that has been removed."""
    return (
        '<article class="reader"><h2 tabindex="-1">'
        f"{isolated(citation.title or 'Untitled article')}</h2>"
        f'<p class="notice">This article has been removed. The cited words were:</p>'
        f'<blockquote dir="auto">{text(citation.words)}</blockquote></article>'
    )


def title(shown: Article) -> str:
    return shown.title or "Untitled article"


def _span(citation: Citation) -> Span:
    return Span(citation.start, citation.end)


def _holds(shown: Article, citation: Citation) -> bool:
    return (
        bool(citation.quote)
        and shown.text[citation.start : citation.end] == citation.quote
    )


def _changed(citation: Citation) -> str:
    words = text(citation.words)
    return (
        '<p class="notice">This article has changed since the answer; the cited words were:</p>'
        f'<blockquote dir="auto">{words}</blockquote>'
    )


def _name(statement: Statement, words: str) -> str:
    """The speaker; where nobody knows who it is, the article's own words for them."""
    if statement.names:
        return listed(statement.names)
    return f"“{statement.source.of(words)}”" if statement.source else UNRESOLVED


def _body(words: str, places: Sequence[Place], voices: Sequence[Voice]) -> str:
    return "".join(
        f"<p>{''.join(_pieces(words, each, places, voices))}</p>"
        for each in paragraphs(words)
    )


def _pieces(
    words: str, paragraph: Span, places: Sequence[Place], voices: Sequence[Voice]
) -> Iterator[str]:
    """The paragraph's words in order, cut where a mark begins or ends, each change of
    speaker named before the words.
    """
    inside = [place for place in places if place.span.overlaps(paragraph)]
    speaking = {
        max(voice.span.start, paragraph.start): voice.name
        for voice in voices
        if voice.span.overlaps(paragraph)
    }
    edges = {paragraph.start, paragraph.end, *speaking}
    edges.update(
        edge for place in inside for edge in (place.span.start, place.span.end)
    )
    last = None
    for start, end in pairwise(
        sorted(edge for edge in edges if paragraph.start <= edge <= paragraph.end)
    ):
        if start in speaking and speaking[start] != last:
            last = speaking[start]
            yield f'<span class="voice"><bdi>{text(last)}</bdi><span>: </span></span>'
        yield _piece(words, Span(start, end), inside)


def _piece(words: str, piece: Span, places: Sequence[Place]) -> str:
    shown = text(piece.of(words))
    place = next((place for place in places if place.span.overlaps(piece)), None)
    if place is None:
        return shown
    hint = f' title="{text(place.hint)}"' if place.hint else ' tabindex="-1"'
    return f'<mark class="{place.look}"{hint}>{shown}</mark>'
