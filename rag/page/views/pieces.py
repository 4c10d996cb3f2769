"""The small pieces that everything shown is made of; whatever comes from outside passes
through `text`.

Buttons carry `data-event`, the name of what they ask the server for, and further `data-`
attributes with it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from rag.language.days import readable_date
from rag.types import Answer, Citation

# What a button or a form may ask the server for, and where the page's script takes the
# reader meanwhile: to the question box, to the evidence beside, or nowhere ("").
EVENTS: Mapping[str, str] = {
    "ask": "question",
    "retry": "question",
    "refine": "question",
    "cite": "aside",
    "evidence": "aside",
    "read": "aside",
    "earlier": "",
    "more": "",
    "judge": "",
    "save": "",
    "remove": "",
    "undo": "",
}
_MARKER = re.compile(r"\s*\[(\d{1,9})\]")
_CITED_WORD = re.compile(r"(\S{0,40}?)((?:\s*\[\d{1,9}\]){1,3})")


def text(value: str) -> str:
    """The words as HTML that shows them and does nothing else."""
    return html.escape(value.encode("utf-8", "replace").decode("utf-8"))


def isolated(value: str) -> str:
    """Words whose direction of writing does not reach beyond them."""
    return f"<bdi>{text(value)}</bdi>"


def unseen(words: str) -> str:
    """Words of ours that are heard and not seen."""
    return f'<span class="unseen">{words}</span>'


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def attributes(**data: object) -> str:
    """`data-` attributes, with a space before each; None is left out."""
    return "".join(
        f' data-{name}="{text(str(value))}"'
        for name, value in data.items()
        if value is not None
    )


def button(event: str, caption: str, name: str, **data: object) -> str:
    """A button with a caption of ours, under a name for screen readers."""
    return f'<button type="button"{attributes(event=event, **data)} aria-label="{text(name)}">{caption}</button>'


def where(
    source: str | None, date: str | None, author: str | None = None, before: str = ""
) -> str:
    """Author, source and date, those that are known."""
    known = [part for part in (author, source, date and readable_date(date)) if part]
    return before + " · ".join(isolated(part) for part in known) if known else ""


def original(url: str | None) -> str:
    """A link to the article's own page, if it has a web address."""
    if url is None or not _is_web_address(url):
        return ""
    return f' <a href="{text(url)}" rel="noopener noreferrer" target="_blank">open original</a>'


def suggestions(questions: Iterable[str], name: str = "Suggested questions") -> str:
    items = "".join(
        f'<li><button type="button"{attributes(event="ask", question=question)}>{text(question)}</button></li>'
        for question in questions
    )
    return f'<ul class="suggestions" aria-label="{name}">{items}</ul>' if items else ""


def told(citation: Citation) -> str:
    """What hovering a citation tells: who says it, the words, and how many sources carry them."""
    words = citation.words
    said = f"{citation.speaker}: {words}" if citation.speaker else words
    return (
        f"{said} ({citation.sources} independent sources)"
        if citation.sources > 1
        else said
    )


def cite(citation: Citation, turn: int) -> str:
    """The marker of a citation as a button that opens its place."""
    name = text(f"Citation {citation.marker}: {told(citation)}")
    data = attributes(
        event="cite", turn=turn, marker=citation.marker, tip=told(citation)
    )
    return f'<button type="button" class="cite"{data} aria-label="{name}">[{citation.marker}]</button>'


def cited(block: str, answer: Answer, turn: int) -> str:
    """Words with their markers as buttons, each on the line of the word before it."""
    by_marker = {citation.marker: citation for citation in answer.citations}
    pieces, last = [], 0
    for match in _CITED_WORD.finditer(block):
        word, markers = match.groups()
        buttons = "".join(
            cite(by_marker[int(marker[1])], turn)
            if int(marker[1]) in by_marker
            else text(marker[0])
            for marker in _MARKER.finditer(markers)
        )
        pieces += [
            text(block[last : match.start()]),
            f'<span class="held">{text(word)}{buttons}</span>',
        ]
        last = match.end()
    return "".join([*pieces, text(block[last:])])


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
