"""A refusal as the page shows it: why the articles do not answer, and what can be asked instead."""

from __future__ import annotations

from collections.abc import Mapping

from rag.language.words import listed
from rag.page.views.pieces import attributes, cite, text
from rag.types import Answer


def refusal(answer: Answer, turn: int) -> str:
    """The reason, whom and what the articles do answer for, and where the nearest evidence is."""
    return (
        '<p class="verdict">Not on record</p>'
        f'<p class="reason" dir="auto">{text(answer.reason or answer.text)}</p>'
        f"{_speakers(answer)}{_topics(answer)}{_nearest(answer, turn)}"
    )


def has_offers(answer: Answer) -> bool:
    """Whether a refusal leads on by itself."""
    return bool(_speakers(answer) or _topics(answer))


def _speakers(answer: Answer) -> str:
    about = f" about {answer.question.topic}" if answer.question.topic else ""
    near = answer.refusal.speakers if answer.refusal else ()
    return _offered(
        "On this topic, on record",
        {name: f"What did {name} say{about}?" for name in near},
    )


def _topics(answer: Answer) -> str:
    who = listed(answer.question.speakers)
    near = answer.refusal.topics if answer.refusal and who else ()
    return _offered(
        f"{who} did speak on",
        {topic: f"What did {who} say about {topic}?" for topic in near},
    )


def _offered(lead: str, questions: Mapping[str, str]) -> str:
    """Buttons that ask, each with its question as its name."""
    items = "".join(
        f'<li><button type="button"{attributes(event="ask", question=question)} aria-label="{text(question)}" dir="auto">'
        f"{text(caption)}</button></li>"
        for caption, question in questions.items()
    )
    return (
        f'<div class="offers"><p>{text(lead)}:</p><ul>{items}</ul></div>'
        if items
        else ""
    )


def _nearest(answer: Answer, turn: int) -> str:
    markers = "".join(cite(citation, turn) for citation in answer.citations)
    return (
        f'<p class="nearest">Nearest evidence, which does not answer it:{markers}</p>'
        if markers
        else ""
    )
