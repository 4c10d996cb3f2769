"""HTML of everything the page shows: pure functions from the nouns to strings.

Whatever comes from an article, a question or a model passes through `_text`, so none of it becomes markup.
Buttons carry `data-event`, the name of what they ask the server for, and further `data-` attributes with it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from urllib.parse import urlsplit

from rag.answer import readable_date
from rag.page.conversation import Exchange, quoted, to_plain, understood
from rag.text import fold, paragraphs
from rag.types import Article, Citation, Progress, Report, Span, Status

LISTED_ARTICLES = 200
LISTED_REPORTS = 200

_MARKER = re.compile(r"\s*\[(\d+)\]")
_CITED_WORD = re.compile(r"(\S{0,40}?)((?:\s*\[\d+\]){1,3})")


def masthead(status: Status, model: str) -> str:
    """The top line: the name, how many articles there are, what is being done, and the chat model in use."""
    return (
        '<header class="masthead"><h1>On Record</h1>'
        f'<p class="status" role="status">{_state(status)}</p>'
        f'<p class="model">model: {_text(model) or "none"}</p></header>'
    )


def welcome(status: Status, suggestions: Sequence[str]) -> str:
    """What an empty conversation shows."""
    return (
        '<section class="welcome"><h2>What is on record?</h2>'
        f"<p>{_invitation(status)}</p>{_suggestions(suggestions)}</section>"
    )


def conversation(exchanges: Sequence[Exchange]) -> str:
    """Exchanges that have ended, numbered from 0."""
    return "".join(exchange(each, turn) for turn, each in enumerate(exchanges))


def exchange(
    shown: Exchange, turn: int, *, latest: bool = False, status: Status | None = None, suggestions: Sequence[str] = ()
) -> str:
    """A question and its answer; the `latest` one is announced to screen readers and can be asked again."""
    busy = "true" if shown.state == "asking" else "false"
    live = f' aria-live="polite" aria-busy="{busy}"' if latest else ""
    return (
        f'<article class="exchange {_look(shown)}" data-turn="{turn}">'
        f'<h2 class="question" dir="auto">{_text(shown.question)}</h2>'
        f'{_understood(shown)}<div class="answer"{live}>{_outcome(shown, turn, status)}</div>'
        f"{_actions(shown, turn, latest)}{_suggestions(suggestions)}</article>"
    )


def evidence(shown: Exchange | None, turn: int, marker: int | None = None) -> str:
    """The numbered cards of an exchange, the one of `marker` marked as open."""
    if shown is None or not shown.answer.citations:
        return _evidence_frame("Evidence", f'<p class="quiet">{_no_evidence(shown)}</p>')
    cards = "".join(_card(citation, turn, citation.marker == marker) for citation in shown.answer.citations)
    title = "Nearest evidence" if shown.answer.abstained else "Evidence"
    return _evidence_frame(title, f'<ol class="cards">{cards}</ol>')


def article(shown: Article, citation: Citation | None = None, others: Iterable[Citation] = ()) -> str:
    """A whole article; the words of `citation` are marked, those of `others` lightly.

    Places whose words the article no longer has are not marked, and the reader is told so.
    """
    here = [other for other in others if other.article_id == shown.id and _holds(shown, other)]
    strong = Span(citation.start, citation.end) if citation and _holds(shown, citation) else None
    changed = citation is not None and strong is None
    return (
        '<article class="reader">'
        f'<h2 tabindex="-1">{_isolated(shown.title or "Untitled article")}</h2>'
        f'<p class="where">{_where(shown.source, shown.date, shown.author)}{_original(shown.url)}</p>'
        f"{_changed(citation) if citation and changed else ''}"
        f'<div class="body" dir="auto">{_body(shown.text, strong, here)}</div></article>'
    )


def missing(citation: Citation) -> str:
    """What is left of a cited article that has been removed."""
    return (
        '<article class="reader"><h2 tabindex="-1">'
        f"{_isolated(citation.title or 'Untitled article')}</h2>"
        f'<p class="notice">This article has been removed. The cited words were:</p>'
        f'<blockquote dir="auto">{_text(quoted(citation.quote))}</blockquote></article>'
    )


def articles(every: Sequence[Article], wanted: str = "") -> str:
    """The list of articles whose title, source, author or date holds every word of `wanted`."""
    words = fold(wanted).split()
    found = [each for each in every if all(word in _searchable(each) for word in words)]
    if not found:
        return f'<p class="quiet">{"No article matches." if every else "There are no articles yet."}</p>'
    rows = "".join(_row(each) for each in found[:LISTED_ARTICLES])
    return f'<p class="quiet">{_listed(len(found), len(every))}</p><ul class="articles">{rows}</ul>'


def removed(last: Article | None) -> str:
    """The offer to take back the last removal."""
    if last is None:
        return ""
    return (
        f'<p class="undo" role="status"><span>{_isolated(_title(last))} was removed.</span> '
        '<button type="button" data-event="undo">Undo</button></p>'
    )


def progress(work: Progress, reports: Sequence[Report] = ()) -> str:
    """How far the adding of articles is, over the report so far."""
    bar = "" if work.total is None else f' value="{work.done}" max="{max(work.total, 1)}"'
    return (
        f'<p class="working"><label>{_text(_doing(work))} <progress{bar}></progress></label></p>'
        f"{report(reports) if reports else ''}"
    )


def report(reports: Sequence[Report]) -> str:
    """What became of each article that was given."""
    kinds = ("added", "updated", "unchanged", "skipped")
    counts = [(sum(each.change == kind for each in reports), kind) for kind in kinds]
    summary = ", ".join(f"{count} {kind}" for count, kind in counts if count) or "Nothing was found to add"
    notable = sorted(reports, key=lambda each: each.change != "skipped")[:LISTED_REPORTS]
    rows = "".join(_report_row(each) for each in notable)
    return f'<div class="report" role="status"><p>{summary}.</p><ul>{rows}</ul></div>'


def way_back(place: str) -> str:
    """On a phone, the button from the evidence back to `place`."""
    return f'<button type="button" data-close="aside">← Back to the {place}</button>'


def notice(line: str) -> str:
    """One line that the reader should know of."""
    return f'<p class="notice" role="alert">{_text(line)}</p>' if line else ""


def _text(value: str) -> str:
    return html.escape(value.encode("utf-8", "replace").decode("utf-8"))


def _isolated(value: str) -> str:
    return f"<bdi>{_text(value)}</bdi>"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _state(status: Status) -> str:
    parts = [_count(status.articles, "article")]
    if status.problem:
        parts.append(f'<span class="problem">{_text(status.problem)}</span>')
    elif status.busy:
        parts.append(_text(_doing(status.busy)))
    else:
        parts.append("ready" if status.ready else "starting")
    return " · ".join(parts)


def _doing(work: Progress) -> str:
    far = f" {work.done:,} of {work.total:,}" if work.total else ""
    left = f" · about {work.seconds_left:.0f} s left" if work.seconds_left and work.seconds_left >= 1 else ""
    return f"{work.stage}{far}{left}"


def _invitation(status: Status) -> str:
    if status.articles:
        return "Ask what was said, and by whom. Every sentence of an answer is cited to the exact words."
    if status.ready:
        return "There are no articles yet. Add some under Articles, then ask what was said in them, and by whom."
    return "The articles are being read. They can be asked as soon as they are there."


def _suggestions(questions: Sequence[str]) -> str:
    items = "".join(
        f'<li><button type="button" data-event="ask" data-question="{_text(question)}">{_text(question)}</button></li>'
        for question in questions
    )
    return f'<ul class="suggestions" aria-label="Suggested questions">{items}</ul>' if items else ""


def _look(shown: Exchange) -> str:
    return "refusal" if shown.state == "answered" and shown.answer.abstained else shown.state


def _understood(shown: Exchange) -> str:
    """Stands there even when empty, so that the answer below it is the same element from snapshot to snapshot."""
    return f'<p class="understood" aria-label="Understood as">{_text(understood(shown.answer.question))}</p>'


def _outcome(shown: Exchange, turn: int, status: Status | None) -> str:
    parts = [_answer_text(shown, turn)]
    if shown.state == "asking" and not shown.answer.text:
        parts.append(f'<p class="working">{_waiting(status)}</p>')
    if shown.state == "stopped":
        parts.append('<p class="notice">Stopped before the answer was complete.</p>')
    if shown.problem:
        parts.append(f'<p class="notice">{_text(shown.problem)}</p>')
    parts += [f'<p class="notice">{_text(each)}</p>' for each in shown.answer.notices]
    return "".join(parts)


def _waiting(status: Status | None) -> str:
    if status is None or status.ready:
        return "Looking through the articles…"
    return "The articles are still being read. Looking through those that are there…"


def _answer_text(shown: Exchange, turn: int) -> str:
    paragraphs = [block for block in shown.answer.text.split("\n\n") if block.strip()]
    body = "".join(f'<p dir="auto">{_with_markers(block, shown, turn)}</p>' for block in paragraphs)
    if not shown.answer.abstained:
        return body
    reason = shown.answer.reason or ""
    given = f"<p>{_text(reason)}</p>" if reason and reason not in shown.answer.text else ""
    return f'<p class="verdict">Not on record</p>{body}{given}'


def _with_markers(block: str, shown: Exchange, turn: int) -> str:
    """The words, each marker a button that stays on the line of the word before it."""
    pieces, last = [], 0
    for match in _CITED_WORD.finditer(block):
        word, markers = match.groups()
        buttons = "".join(_marker(marker, shown, turn) for marker in _MARKER.finditer(markers))
        pieces += [_text(block[last : match.start()]), f'<span class="held">{_text(word)}{buttons}</span>']
        last = match.end()
    return "".join([*pieces, _text(block[last:])])


def _marker(match: re.Match[str], shown: Exchange, turn: int) -> str:
    citation = shown.citation(int(match[1]))
    return _text(match[0]) if citation is None else _cite(citation, turn)


def _cite(citation: Citation, turn: int) -> str:
    words = quoted(citation.quote)
    said = f"{citation.speaker}: {words}" if citation.speaker else words
    return (
        f'<button type="button" class="cite" data-event="cite" data-turn="{turn}" data-marker="{citation.marker}" '
        f'data-tip="{_text(said)}" aria-label="Citation {citation.marker}: {_text(said)}">[{citation.marker}]</button>'
    )


def _actions(shown: Exchange, turn: int, latest: bool) -> str:
    if shown.state == "asking":
        return ""
    buttons = [_footnote(shown)]
    if shown.answer.citations:
        buttons.append(_button("evidence", "Evidence", f"Evidence for: {shown.question}", turn=str(turn)))
    if shown.answer.text:
        copied = _text(to_plain(shown.answer))
        buttons.append(f'<button type="button" data-copy="{copied}" aria-label="Copy the answer">Copy</button>')
    if latest:
        buttons.append(_button("retry", "Retry", "Ask this question again"))
    return f'<footer class="actions">{"".join(buttons)}</footer>'


def _footnote(shown: Exchange) -> str:
    citations = shown.answer.citations
    if not citations or shown.answer.abstained or shown.state != "answered":
        return ""
    cited = len({citation.article_id for citation in citations})
    parts = [_count(len(citations), "citation"), _count(cited, "article"), f"{shown.answer.seconds:.2f} s"]
    return f"<small>{' · '.join(parts)}</small>"


def _button(event: str, caption: str, name: str, **data: str) -> str:
    attributes = "".join(f' data-{key}="{_text(value)}"' for key, value in data.items())
    return f'<button type="button" data-event="{event}"{attributes} aria-label="{_text(name)}">{caption}</button>'


def _evidence_frame(title: str, content: str) -> str:
    return f'<section class="evidence-list" aria-label="{title}"><h2>{title}</h2>{content}</section>'


def _no_evidence(shown: Exchange | None) -> str:
    if shown is None:
        return "The words that an answer rests on appear here."
    return "Looking for the words…" if shown.state == "asking" else "There is no evidence to show."


def _card(citation: Citation, turn: int, is_open: bool) -> str:
    current = ' aria-current="true"' if is_open else ""
    who = [citation.speaker, citation.kind] if citation.speaker else ["the article’s own words"]
    return (
        f'<li><button type="button" class="card" data-event="cite" data-turn="{turn}" '
        f'data-marker="{citation.marker}"{current}><span class="number">{citation.marker}</span>'
        f'<span class="quote" dir="auto">{_text(quoted(citation.quote))}</span>'
        f'<span class="who">{" · ".join(_isolated(part) for part in who if part)}</span>'
        f'<span class="where">{_isolated(citation.title or "Untitled article")}'
        f"{_where(citation.source, citation.date, before=' · ')}</span></button></li>"
    )


def _where(source: str | None, date: str | None, author: str | None = None, before: str = "") -> str:
    known = [part for part in (author, source, date and readable_date(date)) if part]
    return before + " · ".join(_isolated(part) for part in known) if known else ""


def _original(url: str | None) -> str:
    if url is None or not _is_web_address(url):
        return ""
    return f' <a href="{_text(url)}" rel="noopener noreferrer" target="_blank">open original</a>'


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _holds(shown: Article, citation: Citation) -> bool:
    return bool(citation.quote) and shown.text[citation.start : citation.end] == citation.quote


def _changed(citation: Citation) -> str:
    words = _text(quoted(citation.quote))
    return (
        '<p class="notice">This article has changed since the answer; the cited words were:</p>'
        f'<blockquote dir="auto">{words}</blockquote>'
    )


def _body(text: str, strong: Span | None, light: Sequence[Citation]) -> str:
    return "".join(f"<p>{_marked(text, paragraph, strong, light)}</p>" for paragraph in paragraphs(text))


def _marked(text: str, paragraph: Span, strong: Span | None, light: Sequence[Citation]) -> str:
    spans = [Span(citation.start, citation.end) for citation in light]
    if strong:
        spans.append(strong)
    inside = [span for span in spans if span.overlaps(paragraph)]
    edges = {paragraph.start, paragraph.end}
    edges.update(edge for span in inside for edge in (span.start, span.end) if paragraph.start < edge < paragraph.end)
    cuts = sorted(edges)
    return "".join(_piece(text, Span(start, end), strong, light) for start, end in pairwise(cuts))


def _piece(text: str, piece: Span, strong: Span | None, light: Sequence[Citation]) -> str:
    words = _text(piece.of(text))
    if strong and strong.overlaps(piece):
        return f'<mark class="cited" tabindex="-1">{words}</mark>'
    for citation in light:
        if piece.overlaps(Span(citation.start, citation.end)):
            return f'<mark class="also" title="Citation {citation.marker} of this answer">{words}</mark>'
    return words


def _title(shown: Article) -> str:
    return shown.title or "Untitled article"


def _searchable(shown: Article) -> str:
    date = shown.date or ""
    known = (shown.title, shown.source, shown.author, date, readable_date(date))
    return fold(" ".join(part for part in known if part))


def _listed(found: int, total: int) -> str:
    if found > LISTED_ARTICLES:
        return f"The newest {LISTED_ARTICLES} of {_count(found, 'article')}; search to see others."
    return _count(total, "article") if found == total else f"{found:,} of {_count(total, 'article')}"


def _row(shown: Article) -> str:
    title = _title(shown)
    read = _text(f"Read {title}")
    return (
        f'<li><button type="button" class="open" data-event="read" data-article="{_text(shown.id)}" aria-label="{read}">'
        f'<span class="headline">{_isolated(title)}</span>'
        f'<span class="where">{_where(shown.source, shown.date) or "no source, no date"}</span></button>'
        f"{_button('remove', 'Remove', f'Remove {title}', article=shown.id)}</li>"
    )


def _report_row(each: Report) -> str:
    name = each.title or each.origin
    reason = f": <span>{_text(each.reason)}</span>" if each.reason else ""
    return f'<li class="{each.change}"><b>{each.change}</b> {_isolated(name)}{reason}</li>'
