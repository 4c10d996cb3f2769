"""An article to be read: every statement marked with who says it, the cited words above all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    places: list[Place] = []
    changed = ""
    if citation and _holds(shown, citation):
        places.append(Place(_span(citation), "cited"))
    elif citation:
        changed = _changed(citation)
    for other in others:
        if other.article_id == shown.id and _holds(shown, other):
            hint = f"Citation {other.marker} of this answer"
            places.append(Place(_span(other), "also", hint))
    voices: list[Voice] = []
    for statement in statements:
        name = _name(statement, shown.text)
        voices.append(Voice(statement.span, name))
        for span in statement.content:
            places.append(Place(span, "said", f"{name} · {statement.kind}"))
    look = "reader voiced" if voices else "reader"
    # a stop of the Tab key, so that an article without a link is scrolled by keyboard
    return (
        f'<article class="{look}" tabindex="0" aria-label="{text(title(shown))}">'
        f'<h2 tabindex="-1">{isolated(title(shown))}</h2>'
        f'<p class="where">{where(shown.source, shown.date, shown.author)}'
        f"{original(shown.url)}</p>{changed}"
        f'<div class="body" dir="auto">{_body(shown.text, places, voices)}</div>'
        "</article>"
    )


def missing(citation: Citation) -> str:
    """What is left of a cited article that has been removed."""
    return (
        '<article class="reader"><h2 tabindex="-1">'
        f"{isolated(citation.title or 'Untitled article')}</h2>"
        '<p class="notice">This article has been removed. The cited words were:</p>'
        f'<blockquote dir="auto">{text(citation.words)}</blockquote></article>'
    )


def title(shown: Article) -> str:
    return shown.title or "Untitled article"


def _span(citation: Citation) -> Span:
    return Span(citation.start, citation.end)


def _holds(shown: Article, citation: Citation) -> bool:
    """Whether the article still has the cited words at their place."""
    words = shown.text[citation.start : citation.end]
    return bool(citation.quote) and words == citation.quote


def _changed(citation: Citation) -> str:
    words = text(citation.words)
    return (
        '<p class="notice">This article has changed since the answer; '
        "the cited words were:</p>"
        f'<blockquote dir="auto">{words}</blockquote>'
    )


def _name(statement: Statement, words: str) -> str:
    """The speaker; where nobody knows who it is, the article's own words for them."""
    if statement.names:
        return listed(statement.names)
    return statement.source.of(words) if statement.source else UNRESOLVED


def _body(words: str, places: Sequence[Place], voices: Sequence[Voice]) -> str:
    body = ""
    for paragraph in paragraphs(words):
        body += f"<p>{_paragraph(words, paragraph, places, voices)}</p>"
    return body


def _paragraph(
    words: str, paragraph: Span, places: Sequence[Place], voices: Sequence[Voice]
) -> str:
    """The paragraph's words in order, cut where a mark begins or ends, each change of
    speaker named before the words.
    """
    inside = [place for place in places if place.span.overlaps(paragraph)]
    speaking: dict[int, str] = {}
    for voice in voices:
        if voice.span.overlaps(paragraph):
            # who goes on from the paragraph before is named again where this one begins
            speaking[max(voice.span.start, paragraph.start)] = voice.name
    edges = {paragraph.start, paragraph.end, *speaking}
    for place in inside:
        edges.add(max(place.span.start, paragraph.start))
        edges.add(min(place.span.end, paragraph.end))
    shown, last = "", ""
    for start, end in pairwise(sorted(edges)):
        name = speaking.get(start, last)
        if name != last:
            shown += f'<span class="voice">{isolated(name)}<span>: </span></span>'
            last = name
        shown += _piece(words, Span(start, end), inside)
    return shown


def _piece(words: str, piece: Span, places: Sequence[Place]) -> str:
    """Words that look alike: those of the first place that holds them, if one does."""
    shown = text(piece.of(words))
    for place in places:
        if place.span.overlaps(piece):
            hint = f' title="{text(place.hint)}"' if place.hint else ' tabindex="-1"'
            return f'<mark class="{place.look}"{hint}>{shown}</mark>'
    return shown
