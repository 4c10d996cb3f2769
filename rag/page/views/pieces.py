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
_MARKER = re.compile(r"\s*\[(\d{1,9})\]")  # nine digits: what int reads at once
# The end of a word and up to three markers after it, which no line may part: four and more
# would be longer than a line on a phone, and so may a word of over 40 letters be.
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
    given = ""
    for name, value in data.items():
        if value is not None:
            given += f' data-{name}="{text(str(value))}"'
    return given


def button(event: str, caption: str, name: str, **data: object) -> str:
    """A button with a caption of ours, under a name for screen readers, which holds the
    caption (WCAG 2.5.3): who speaks to the computer says what is to be seen.
    """
    given = attributes(event=event, **data)
    return f'<button type="button"{given} aria-label="{text(name)}">{caption}</button>'


def where(
    source: str | None, date: str | None, author: str | None = None, before: str = ""
) -> str:
    """Author, source and date, those that are known."""
    known = [part for part in (author, source, readable_date(date)) if part]
    if not known:
        return ""
    return before + " · ".join(map(isolated, known))


def original(url: str | None) -> str:
    """A link to the article's own page, if it has a web address."""
    if url is None or not _is_web_address(url):
        return ""
    return (
        f' <a href="{text(url)}" rel="noopener noreferrer" target="_blank">'
        "open original</a>"
    )


def suggestions(questions: Iterable[str], name: str = "Suggested questions") -> str:
    """Questions that a click asks; "" where there are none."""
    items = ""
    for question in questions:
        given = attributes(event="ask", question=question)
        items += f'<li><button type="button"{given}>{text(question)}</button></li>'
    return f'<ul class="suggestions" aria-label="{name}">{items}</ul>' if items else ""


def told(citation: Citation) -> str:
    """What hovering a citation tells: who says it, the words, and how many sources carry them."""
    words = citation.words
    said = f"{citation.speaker}: {words}" if citation.speaker else words
    if citation.sources > 1:
        return f"{said} ({citation.sources} independent sources)"
    return said


def cite(citation: Citation, turn: int) -> str:
    """The marker of a citation as a button that opens its place."""
    name = f"Citation {citation.marker}: {told(citation)}"
    data = attributes(
        event="cite", turn=turn, marker=citation.marker, tip=told(citation)
    )
    return (
        f'<button type="button" class="cite"{data} aria-label="{text(name)}">'
        f"[{citation.marker}]</button>"
    )


def cited(block: str, answer: Answer, turn: int) -> str:
    """Words with their markers as buttons, each on the line of the word before it."""
    by_marker = {citation.marker: citation for citation in answer.citations}
    shown, last = "", 0
    for match in _CITED_WORD.finditer(block):
        word, markers = match.groups()
        held = text(word)
        for marker in _MARKER.finditer(markers):
            citation = by_marker.get(int(marker[1]))
            # "[2019]" in an article's own words is no marker
            held += cite(citation, turn) if citation else text(marker[0])
        shown += text(block[last : match.start()])
        shown += f'<span class="held">{held}</span>'
        last = match.end()
    return shown + text(block[last:])


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
