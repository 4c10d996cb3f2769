"""The top line, the conversation and its evidence as HTML: pure functions from the nouns to
strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.output.documents import credit, plain_text, worded
from rag.page.conversation import Exchange
from rag.page.views.chips import chips
from rag.page.views.comparison import (
    also_in,
    comparison,
    grid,
    has_statements,
    relations,
)
from rag.page.views.feedback import feedback
from rag.page.views.pieces import (
    attributes,
    button,
    cited,
    count,
    isolated,
    original,
    suggestions,
    text,
    unseen,
    where,
)
from rag.page.views.refusal import refusal
from rag.page.views.shelf import doing
from rag.page.views.timeline import timeline
from rag.questions.parts import understood
from rag.types import Answer, Citation, Status

SHOWN_EXCHANGES = 20

_SENT = (
    "What is sent to a chat model: your question, the last few questions and answers before it, and the passages found as "
    "evidence, with their title, source, speaker and date. With none, nothing is sent. Keys come from the environment of "
    "the server; they are never shown, stored or asked for on this page."
)
_NOT_ANSWERING = "The closest that the articles hold. It does not answer the question."
_NOT_COMPARED = (
    "Name a topic, and people or sources if you like. What each of them is on record with is put side by side, in order "
    "of time, with how the statements stand to each other."
)


def masthead(status: Status, model: str) -> str:
    """The top line: the name, how many articles there are, what is being done, and the chat
    model in use.
    """
    return (
        '<header class="masthead"><h1>On Record</h1>'
        f'<p class="status" role="status">{_state(status)}</p>'
        f'<p class="model">model: {text(model) or "none"}</p></header>'
    )


def welcome(status: Status, questions: Sequence[str]) -> str:
    """What an empty conversation shows."""
    return (
        '<section class="welcome"><h2>What is on record?</h2>'
        f"<p>{_invitation(status)}</p>{suggestions(questions)}</section>"
    )


def conversation(exchanges: Sequence[Exchange], first: int | None = None) -> str:
    """Exchanges that have ended, numbered from 0; the newest, or those from `first` on, and
    a way to those before.
    """
    first = max(0, len(exchanges) - SHOWN_EXCHANGES) if first is None else first
    return _earlier(first) + "".join(
        exchange(exchanges[turn], turn) for turn in range(first, len(exchanges))
    )


def exchange(
    shown: Exchange,
    turn: int,
    *,
    latest: bool = False,
    status: Status | None = None,
    next_: Sequence[str] = (),
) -> str:
    """A question and its answer; the `latest` one is announced to screen readers, can be
    asked again and leads on.
    """
    busy = "true" if shown.state == "asking" else "false"
    live = f' aria-live="polite" aria-busy="{busy}"' if latest else ""
    return (
        f'<article class="exchange {_look(shown)}" data-turn="{turn}">'
        f'<h2 class="question" dir="auto">{text(shown.question)}</h2>'
        f'{_understood(shown, turn)}<div class="answer"{live}>{outcome(shown, turn, status)}</div>'
        f"<div>{comparison(shown.answer, turn)}</div>"
        f"{_on_paper(shown)}{_actions(shown, turn, latest)}{_feedback(shown, turn)}"
        f"{suggestions(next_)}</article>"
    )


def queued(exchanges: Sequence[Exchange]) -> str:
    """The questions that were put while another is being answered, in their order."""
    if not exchanges:
        return ""
    items = "".join(f'<li dir="auto">{text(one.question)}</li>' for one in exchanges)
    return f'<div class="quiet" role="status">Next:<ol>{items}</ol></div>'


def outcome(shown: Exchange, turn: int, status: Status | None = None) -> str:
    """The words of an answer, or what became of it instead, and what else the reader should
    know.
    """
    parts = [
        refusal(shown.answer, turn)
        if shown.answer.abstained
        else _prose(shown.answer, turn)
    ]
    if shown.answer.writer and shown.state != "asking":
        parts.append(f'<p class="writer">{text(worded(shown.answer))}</p>')
    if shown.state == "asking" and not shown.answer.text:
        parts.append(f'<p class="working">{_waiting(status)}</p>')
    if shown.state == "stopped":
        parts.append('<p class="notice">Stopped before the answer was complete.</p>')
    if shown.problem:
        parts.append(f'<p class="notice">{text(shown.problem)}</p>')
    parts += [f'<p class="notice">{text(each)}</p>' for each in shown.answer.notices]
    return "".join(parts)


def compared(shown: Exchange | None, status: Status | None = None) -> str:
    """The result of a comparison: what was compared, the timeline, the quotations side by
    side, how they stand.
    """
    if shown is None:
        return f'<section class="compared empty"><p class="quiet">{_NOT_COMPARED}</p></section>'
    asked = shown.answer.question
    busy = "true" if shown.state == "asking" else "false"
    return (
        f'<section class="compared {_look(shown)}" aria-label="Comparison" aria-live="polite" aria-busy="{busy}">'
        f'<h2 tabindex="-1" dir="auto">{text(asked.topic) or "Everything on record"}</h2>'
        f'<p class="quiet">{text(understood(replace(asked, topic="", kind="ask")))}</p>'
        f'{_table(shown.answer)}<div class="answer">{outcome(shown, 0, status)}</div>'
        f'{_on_paper(shown)}<footer class="actions">{footnote(shown)}</footer></section>'
    )


def evidence(shown: Exchange | None, turn: int, marker: int | None = None) -> str:
    """The numbered cards of an exchange, the one of `marker` marked as open."""
    if shown is None or not shown.answer.citations:
        return _evidence_frame(
            "Evidence", f'<p class="quiet">{_no_evidence(shown)}</p>'
        )
    cards = "".join(
        _card(citation, turn, citation.marker == marker)
        for citation in shown.answer.citations
    )
    remark = f'<p class="quiet">{_NOT_ANSWERING}</p>' if shown.answer.abstained else ""
    return _evidence_frame(
        _evidence_name(shown), f'{remark}<ol class="cards">{cards}</ol>'
    )


def footnote(shown: Exchange) -> str:
    """How much a complete answer rests on, and how long it took."""
    citations = shown.answer.citations
    if not citations or shown.answer.abstained or shown.state != "answered":
        return ""
    articles = len({citation.article_id for citation in citations})
    parts = [
        count(len(citations), "citation"),
        count(articles, "article"),
        f"{shown.answer.seconds:.2f} s",
    ]
    return f"<small>{' · '.join(parts)}</small>"


def way_back(place: str) -> str:
    """On a phone, the button from the evidence back to `place`."""
    return f'<button type="button" data-close="aside">← Back to the {place}</button>'


def what_is_sent() -> str:
    """What leaves this server for a chat model, and where its key is."""
    return f'<p class="quiet">{_SENT}</p>'


def notice(line: str) -> str:
    """One line that the reader should know of."""
    return f'<p class="notice" role="alert">{text(line)}</p>' if line else ""


def _table(answer: Answer) -> str:
    if not has_statements(answer):
        return ""
    return f'{timeline(answer, 0)}{grid(answer, 0)}{relations(answer, 0)}<h3 class="in-words">In words</h3>'


def _state(status: Status) -> str:
    parts = [count(status.articles, "article")]
    if status.problem:
        parts.append(f'<span class="problem">{text(status.problem)}</span>')
    elif status.busy:
        parts.append(text(doing(status.busy)))
    else:
        parts.append("ready" if status.ready else "starting")
    return " · ".join(parts)


def _invitation(status: Status) -> str:
    if status.articles:
        return "Ask what was said, and by whom. Every sentence of an answer is cited to the exact words."
    if status.ready:
        return "There are no articles yet. Add some under Articles, then ask what was said in them, and by whom."
    return "The articles are being read. They can be asked as soon as they are there."


def _earlier(first: int) -> str:
    if not first:
        return ""
    caption = f"Show earlier questions ({first})"
    return f'<p class="earlier">{button("earlier", caption, caption, turn=first)}</p>'


def _look(shown: Exchange) -> str:
    return (
        "refusal"
        if shown.state == "answered" and shown.answer.abstained
        else shown.state
    )


def _understood(shown: Exchange, turn: int) -> str:
    """Stands there even when empty, so that the answer below it is the same element from
    snapshot to snapshot.
    """
    is_understood = shown.state != "failed" and (
        shown.state != "asking" or shown.answer.text or shown.is_edited
    )
    return f"<div>{chips(shown.answer.question, turn, shown.is_edited) if is_understood else ''}</div>"


def _waiting(status: Status | None) -> str:
    if status is None or not status.starting:
        return "Looking through the articles…"
    work = status.busy
    stage = work.stage if work else "starting"
    far = f": {work.done:,} of {work.total:,}" if work and work.total else ""
    return f"{text(stage[:1].upper() + stage[1:])}{far}. Your question is next."


def _prose(answer: Answer, turn: int) -> str:
    paragraphs = [block for block in answer.text.split("\n\n") if block.strip()]
    return "".join(
        f'<p dir="auto">{cited(block, answer, turn)}</p>' for block in paragraphs
    )


def _actions(shown: Exchange, turn: int, latest: bool) -> str:
    if shown.state == "asking":
        return ""
    buttons = [footnote(shown)]
    if shown.answer.citations:
        kind = _evidence_name(shown)
        buttons.append(
            button("evidence", kind, f"{kind} for: {shown.question}", turn=turn)
        )
    if shown.answer.text:
        copied = attributes(copy=plain_text(shown.answer))
        buttons.append(
            f'<button type="button"{copied} aria-label="Copy the answer">Copy</button>'
        )
        buttons.append(
            button("save", "Export", "Export the answer with its evidence", turn=turn)
        )
    if latest:
        buttons.append(button("retry", "Retry", "Retry: ask this question again"))
    return f'<footer class="actions">{"".join(buttons)}</footer>'


def _on_paper(shown: Exchange) -> str:
    """The evidence of an exchange as a printed page has it, on which nothing can be opened;
    no screen shows it.
    """
    if shown.state == "asking" or not shown.answer.citations:
        return ""
    items = "".join(_printed(citation) for citation in shown.answer.citations)
    name = _evidence_name(shown)
    return f'<section class="on-paper"><h3>{name}</h3><ol>{items}</ol></section>'


def _printed(citation: Citation) -> str:
    known = [isolated(part) for part in credit(citation) if part != citation.url]
    return (
        f'<li><span class="number">{citation.marker}</span> '
        f'<span class="quote" dir="auto">{text(citation.words)}</span> '
        f"<small>{' · '.join(known)}{original(citation.url)}</small></li>"
    )


def _feedback(shown: Exchange, turn: int) -> str:
    return (
        feedback(shown, turn) if shown.state == "answered" and shown.answer.text else ""
    )


def _evidence_name(shown: Exchange) -> str:
    return "Nearest evidence" if shown.answer.abstained else "Evidence"


def _evidence_frame(title: str, content: str) -> str:
    return f'<section class="evidence-list" aria-label="{title}"><h2>{title}</h2>{content}</section>'


def _no_evidence(shown: Exchange | None) -> str:
    if shown is None:
        return "The words that an answer rests on appear here."
    return (
        "Looking for the words…"
        if shown.state == "asking"
        else "There is no evidence to show."
    )


def _card(citation: Citation, turn: int, is_open: bool) -> str:
    current = ' aria-current="true"' if is_open else ""
    who = (
        [citation.speaker, citation.kind]
        if citation.speaker
        else ["the article’s own words"]
    )
    said = (
        ""
        if citation.said in (None, citation.date)
        else f" · said {where(None, citation.said)}"
    )
    return (
        f'<li><button type="button" class="card"{attributes(event="cite", turn=turn, marker=citation.marker)}{current}>'
        f'<span class="number">{unseen("Citation ")}{citation.marker}</span>'
        f'<span class="quote" dir="auto">{text(citation.words)}</span>'
        f'<span class="who">{" · ".join(isolated(part) for part in who if part)}{said}</span>'
        f'<span class="where">{isolated(citation.title or "Untitled article")}'
        f"{where(citation.source, citation.date, before=' · ')}</span></button>{also_in(citation, turn)}</li>"
    )
